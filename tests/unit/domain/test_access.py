"""What is another's answers as what does not exist."""

import pytest

from chalicelib.domain.access import existing
from chalicelib.domain.errors import NotFound


def test_existing_gives_what_is_there_even_when_it_is_empty() -> None:
    assert existing("", "thing", id=1) == ""
    assert existing(0, "thing", id=1) == 0


def test_existing_names_what_is_not_there() -> None:
    with pytest.raises(NotFound) as raised:
        existing(None, "thing", id=1)
    assert (raised.value.code, raised.value.details) == ("thing", {"id": 1})
