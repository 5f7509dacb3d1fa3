"""Passwords are kept as argon2id and nothing else."""

import pytest
from argon2 import PasswordHasher

from chalicelib.services import passwords as module
from chalicelib.services.passwords import Passwords
from tests.passwords import DEPLOYED


@pytest.fixture(autouse=True)
def _as_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(("MEMORY_KIB", "PASSES"), DEPLOYED, strict=True):
        monkeypatch.setattr(module, name, value)


def test_hash_is_argon2id_with_a_salt_of_its_own() -> None:
    first, second = Passwords().hash("secret word"), Passwords().hash("secret word")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


def test_verify_tells_the_right_password_from_others() -> None:
    passwords = Passwords()
    hashed = passwords.hash("secret word")
    assert passwords.verify("secret word", hashed) is True
    assert passwords.verify("secret Word", hashed) is False
    assert passwords.verify("secret word", "no hash at all") is False


def test_without_a_hash_no_password_is_right() -> None:
    assert Passwords().verify("nobody has this password", None) is False


def test_hash_of_other_parameters_is_outdated() -> None:
    passwords = Passwords()
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("x")) is True
    assert passwords.is_outdated(passwords.hash("x")) is False


def test_password_is_the_same_from_every_keyboard() -> None:
    passwords = Passwords()
    assert passwords.verify("cafe\u0301 \ufb01ne", passwords.hash("caf\u00e9 fine")) is True
