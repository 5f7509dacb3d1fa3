"""What an e-mail address, a password and a name must look like."""

import pytest

from chalicelib.domain.accounts import email_fault, email_key, name_fault, password_fault


@pytest.mark.parametrize(
    "email",
    [
        "ada@example.org",
        " Ada.Lovelace+slots@sub.example.org ",
        "o'hara@localhost",
        "δοκιμή@παράδειγμα.ελ",
        "1@2.co",
        f"{'a' * 64}@b.org",
    ],
)
def test_email_that_can_be_one_has_no_fault(email: str) -> None:
    assert email_fault(email) is None


@pytest.mark.parametrize(
    "email",
    ["", "ada", "@example.org", "ada@", "a@@b.org", "a b@c.org", ".a@b.org", "a.@b.org", "a..b@c.org", "a@-b.org", "a@b..org",
     "a@b.org\nBcc: c@d.org", "<a@b.org>", f"{'a' * 65}@b.org"],
)  # fmt: skip
def test_email_that_cannot_be_one_is_told(email: str) -> None:
    assert email_fault(email) == "must be an e-mail address"


def test_email_has_a_length_limit_in_octets() -> None:
    host = ".".join(["ü" * 20] * 7)
    assert email_fault(f"a@{host}.org") == "must be at most 254 octets"


def test_email_is_the_same_from_every_keyboard() -> None:
    assert email_fault("do\u0308rte@mu\u0308ller.example") is None
    assert email_key("do\u0308rte@MU\u0308LLER.example") == email_key("d\u00f6rte@m\u00fcller.example")


def test_email_key_ignores_case_and_space() -> None:
    assert email_key(" Ada@Example.ORG ") == email_key("ada@example.org") == "ada@example.org"


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("1234567", "must have at least 8 characters"),
        ("12345678", None),
        ("x" * 1_000, None),
        ("x" * 1_001, "must have at most 1000 characters"),
    ],
)
def test_password_length(password: str, fault: str | None) -> None:
    assert password_fault(password) == fault


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Ada", None),
        (" ", "must not be empty"),
        ("x" * 1_001, "must have at most 1000 characters"),
        ("Ada\r\nBcc: bob@example.org", "must be one line without control characters"),
        ("A\0da", "must be one line without control characters"),
        (" Ada\n", None),
    ],
)
def test_name(name: str, fault: str | None) -> None:
    assert name_fault(name) == fault
