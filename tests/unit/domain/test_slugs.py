"""Slugs of any script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.slugs import is_slug, normal_slug, slug_of


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("My Convention", "my-convention"),
        ("ביגור 16", "ביגור-16"),
        ("  --Äpfel & Birnen__ ", "äpfel-birnen"),
        ("Cafe\u0301", "café"),
        ("☃", ""),
        ("x" * 99 + " y", "x" * 99),
    ],
)
def test_slug_is_made_of_a_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@given(st.text(max_size=300))
def test_made_slugs_are_slugs_and_stay_as_they_are(title: str) -> None:
    slug = slug_of(title)
    assert slug == "" or (is_slug(slug) and normal_slug(slug) == slug)


@pytest.mark.parametrize("text", ["", "-a", "a-", "a b", "a/b", "a\n", "x" * 101, "a.b", "%41"])
def test_what_cannot_stand_in_an_address_is_no_slug(text: str) -> None:
    assert not is_slug(text)
