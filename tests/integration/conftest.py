"""What holds in every integration test."""

from collections.abc import Iterator

import pytest

from tests.permissions import calls_judged


@pytest.fixture(autouse=True)
def functions_keep_to_their_roles() -> Iterator[None]:
    """Fail a test in which a function calls AWS in a way that its role does not allow."""
    with calls_judged() as refused:
        yield
    assert sorted(set(refused)) == []
