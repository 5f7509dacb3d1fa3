from __future__ import annotations

import pytest

from chalicelib.domain.zones import iana_zone


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "CET", "Etc/GMT+5"])
def test_name_of_a_zone_gives_it(name: str) -> None:
    zone = iana_zone(name)
    assert zone is not None
    assert zone.key == name


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "Europe", "Europe/Berln", "europe/../berlin", "/etc/passwd", "../UTC", "leapseconds", "a\0b", "\ud800",
        "x" * 5_000,
        "localtime", "posixrules", "Factory", "posix/Europe/Berlin", "right/Europe/Berlin",
    ],
)  # fmt: skip
def test_any_other_name_gives_none_also_what_only_some_machines_know(name: str) -> None:
    assert iana_zone(name) is None
