"""Accounts and sessions."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from chalicelib.domain.accounts import Caller, Session, User
from chalicelib.domain.errors import Conflict, InvalidInput, NotAuthenticated, NotFound, TooManyAttempts
from chalicelib.services import passwords
from chalicelib.services.accounts import token_hash
from tests.fakes.services import NOON, FakeServices
from tests.unit.services.conftest import PASSWORD


def _token(services: FakeServices, email: str = "ada@example.org") -> str:
    return services.accounts.sign_in(email=email, password=PASSWORD).token


def test_sign_up_makes_an_account_with_a_random_id(services: FakeServices) -> None:
    user = services.accounts.sign_up(email=" Ada@Example.org ", password=PASSWORD, name=" Ada ")
    stored = services.fake_accounts.user(user.id)
    assert stored == User(user.id, "Ada@Example.org", "Ada", user.password_hash, NOON)
    assert 0 < user.id < 2**53
    assert PASSWORD not in repr(stored)


def test_sign_up_names_every_bad_field(services: FakeServices) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.accounts.sign_up(email="ada", password="short", name="")
    assert refused.value.details == {
        "fields": {"email": "must be an e-mail address", "password": "must have at least 8 characters", "name": "must not be empty"}
    }


@pytest.mark.usefixtures("ada")
def test_sign_up_refuses_an_address_that_is_taken_in_other_case(services: FakeServices) -> None:
    with pytest.raises(Conflict, match="email_taken"):
        services.accounts.sign_up(email="ADA@example.ORG", password=PASSWORD, name="Another")


def test_sign_in_opens_a_session_whose_token_is_kept_as_a_hash_only(services: FakeServices, ada: Caller) -> None:
    opened = services.accounts.sign_in(email="ADA@example.org", password=PASSWORD)
    assert opened.user.id == ada.user_id
    assert len(opened.token) == 43
    assert services.fake_accounts._sessions == {
        token_hash(opened.token): Session(token_hash(opened.token), ada.user_id, NOON + timedelta(days=30), NOON)
    }
    assert services.accounts.caller_of(opened.token) == Caller(ada.user_id, token_hash(opened.token))


@pytest.mark.parametrize("token", ["", "unknown", "x" * 10_000, "\udcff", "é"])
def test_token_that_is_none_is_refused(services: FakeServices, token: str) -> None:
    with pytest.raises(NotAuthenticated, match="invalid_token"):
        services.accounts.caller_of(token)


@pytest.mark.usefixtures("ada")
def test_token_expires_thirty_days_after_its_last_use(services: FakeServices) -> None:
    token = _token(services)
    for _ in range(3):
        services.now += timedelta(days=29)
        services.accounts.caller_of(token)
    services.now += timedelta(days=30)
    with pytest.raises(NotAuthenticated, match="invalid_token"):
        services.accounts.caller_of(token)


@pytest.mark.usefixtures("ada")
def test_last_use_is_written_at_most_once_a_day(services: FakeServices) -> None:
    token = _token(services)
    key = token_hash(token)
    services.now += timedelta(hours=23, minutes=59)
    services.accounts.caller_of(token)
    assert services.fake_accounts._sessions[key].touched == NOON
    services.now += timedelta(minutes=1)
    services.accounts.caller_of(token)
    assert services.fake_accounts._sessions[key][2:] == (NOON + timedelta(days=31), NOON + timedelta(days=1))


@pytest.mark.usefixtures("ada")
def test_sign_out_ends_the_session_at_once_and_no_other(services: FakeServices) -> None:
    first, second = _token(services), _token(services)
    services.accounts.sign_out(first)
    with pytest.raises(NotAuthenticated):
        services.accounts.caller_of(first)
    assert services.accounts.caller_of(second).token_hash == token_hash(second)


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_wrong_password_and_unknown_address_answer_alike_and_lock_alike(services: FakeServices, email: str) -> None:
    for _ in range(10):
        with pytest.raises(NotAuthenticated, match=r"^wrong_credentials$"):
            services.accounts.sign_in(email=email, password="wrong password")
        services.now += timedelta(seconds=30)
    with pytest.raises(TooManyAttempts) as locked:
        services.accounts.sign_in(email=email.upper(), password=PASSWORD)
    assert locked.value.details == {"retry_after": 600}


@pytest.mark.usefixtures("ada")
def test_lock_ends_after_the_period(services: FakeServices) -> None:
    for _ in range(10):
        with pytest.raises(NotAuthenticated):
            services.accounts.sign_in(email="ada@example.org", password="wrong password")
    services.now += timedelta(minutes=15)
    assert services.accounts.sign_in(email="ada@example.org", password=PASSWORD).user.name == "Ada"


@pytest.mark.usefixtures("ada")
def test_success_starts_the_count_of_failures_anew(services: FakeServices) -> None:
    for _ in range(3):
        for _ in range(9):
            with pytest.raises(NotAuthenticated):
                services.accounts.sign_in(email="ada@example.org", password="wrong password")
        services.accounts.sign_in(email="ada@example.org", password=PASSWORD)


def test_sign_in_hashes_anew_what_was_hashed_with_other_parameters(services: FakeServices, ada: Caller) -> None:
    services.fake_accounts.set_password(ada.user_id, PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD))
    services.accounts.sign_in(email="ada@example.org", password=PASSWORD)
    user = services.fake_accounts.user(ada.user_id)
    assert user is not None
    assert user.password_hash.startswith(f"$argon2id$v=19$m={passwords.MEMORY_KIB},t={passwords.PASSES},p=1$")


def test_change_of_password_ends_all_sessions(services: FakeServices, ada: Caller) -> None:
    tokens = [_token(services) for _ in range(2)]
    services.accounts.set_password(ada.user_id, "another password")
    for token in tokens:
        with pytest.raises(NotAuthenticated):
            services.accounts.caller_of(token)
    with pytest.raises(NotAuthenticated):
        services.accounts.sign_in(email="ada@example.org", password=PASSWORD)
    assert services.accounts.sign_in(email="ada@example.org", password="another password").user.id == ada.user_id


def test_change_of_password_needs_a_good_new_one(services: FakeServices, ada: Caller) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.accounts.set_password(ada.user_id, "short")
    assert refused.value.details == {"fields": {"password": "must have at least 8 characters"}}


def test_session_can_be_opened_first_and_authenticated_later(services: FakeServices, ada: Caller) -> None:
    token, session = services.accounts.open_session()
    assert session == Session(token_hash(token), None, NOON + timedelta(days=30), NOON)
    with pytest.raises(NotAuthenticated):
        services.accounts.caller_of(token)
    services.accounts.authenticate(token, email="ada@example.org", password=PASSWORD)
    assert services.accounts.caller_of(token).user_id == ada.user_id
    with pytest.raises(NotAuthenticated):
        services.accounts.authenticate("unknown", email="ada@example.org", password=PASSWORD)


def test_users_are_found_by_id_and_address(services: FakeServices, ada: Caller) -> None:
    assert services.accounts.user(ada.user_id) == services.accounts.user_by_email("ADA@EXAMPLE.ORG")
    with pytest.raises(NotFound, match="user"):
        services.accounts.user(1)
    with pytest.raises(NotFound, match="user"):
        services.accounts.user_by_email("x@y.z")


class _Part:
    """A part of the product that something belongs to."""

    def __init__(self, *, refuses: bool = False, pieces: int = 1) -> None:
        self.refuses = refuses
        self.pieces = pieces

    def check(self, user: User) -> None:
        if self.refuses:
            raise Conflict("hand_over_first", user=user.id)

    def remove(self, user: User, *, until: float) -> bool:
        self.pieces -= 1
        return self.pieces <= 0


def test_leaving_removes_account_and_sessions(services: FakeServices, ada: Caller, bob: Caller) -> None:
    token = _token(services)
    assert services.accounts.leave(ada, password=PASSWORD, until=float("inf")) is True
    with pytest.raises(NotAuthenticated):
        services.accounts.caller_of(token)
    with pytest.raises(NotFound):
        services.accounts.user(ada.user_id)
    assert services.accounts.user(bob.user_id).name == "Bob"


def test_leaving_needs_the_password(services: FakeServices, ada: Caller) -> None:
    with pytest.raises(NotAuthenticated, match="wrong_credentials"):
        services.accounts.leave(ada, password="wrong password", until=float("inf"))
    assert services.accounts.user(ada.user_id).name == "Ada"


def test_leaving_removes_nothing_when_a_part_refuses(services: FakeServices, ada: Caller) -> None:
    first, second = _Part(), _Part(refuses=True)
    services.accounts._leaving = lambda: (first, second)
    with pytest.raises(Conflict, match="hand_over_first"):
        services.accounts.leave(ada, password=PASSWORD, until=float("inf"))
    assert first.pieces == 1
    assert services.accounts.user(ada.user_id).name == "Ada"


def test_leaving_goes_on_when_asked_again(services: FakeServices, ada: Caller) -> None:
    part = _Part(pieces=3)
    services.accounts._leaving = lambda: (part,)
    answers = [services.accounts.leave(ada, password=PASSWORD, until=float("inf")) for _ in range(3)]
    assert answers == [False, False, True]
