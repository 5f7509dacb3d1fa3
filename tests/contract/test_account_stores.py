"""`UserStore`, `SessionStore`, `GroupStore` and `ImportJobStore`, on the fake and on DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.aws.account_table import DynamoAccountStore
from chalicelib.domain.accounts import FAILED_LOGIN_PERIOD, Session, User
from chalicelib.domain.errors import Conflict, NotFound, TooLarge
from chalicelib.domain.slots import Group
from chalicelib.services.ports.imports import ImportJob
from tests.fakes.accounts import FakeAccountStore

NOW = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
ANNA = User(9_007_199_254_740_991, "Anna@Example.com", "Anna", "$argon2id$anna", NOW)
BERT = User(7, "bert@example.com", "Bert", "$argon2id$bert", NOW, spread=16)
MAX_GROUPS = 5


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest) -> FakeAccountStore | DynamoAccountStore:
    if request.param == "fake":
        return FakeAccountStore(max_groups=MAX_GROUPS)
    return DynamoAccountStore(request.getfixturevalue("dynamodb"), table="accounts", max_groups=MAX_GROUPS)


Store = FakeAccountStore | DynamoAccountStore


def session(token_hash: str, user_id: int | None = ANNA.id) -> Session:
    return Session(token_hash, user_id, NOW + timedelta(days=30), NOW)


# users


def test_user_is_found_by_id_and_address(store: Store) -> None:
    store.create_user(ANNA)
    store.create_user(BERT)
    assert (store.user(ANNA.id), store.user(BERT.id), store.user(8)) == (ANNA, BERT, None)
    assert store.user_by_email(" aNNa@example.COM ") == ANNA
    assert store.user_by_email("nobody@example.com") is None
    assert store.user_by_email("x" * 10_000) is None


@pytest.mark.parametrize("address", ["Anna@Example.com", "ANNA@EXAMPLE.COM", " anna@example.com"])
def test_address_is_taken_without_case(store: Store, address: str) -> None:
    store.create_user(ANNA)
    with pytest.raises(Conflict) as refused:
        store.create_user(BERT._replace(email=address))
    assert (refused.value.code, refused.value.details) == ("email_taken", {"email": address})
    assert store.user(BERT.id) is None
    assert store.user_by_email("anna@example.com") == ANNA


def test_twenty_sign_ups_with_one_address_succeed_once(store: Store) -> None:
    def create(number: int) -> bool:
        try:
            store.create_user(ANNA._replace(id=number))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        succeeded = list(pool.map(create, range(1, 21)))
    assert sum(succeeded) == 1
    assert store.user_by_email(ANNA.email) == ANNA._replace(id=succeeded.index(True) + 1)


def test_password_is_replaced(store: Store) -> None:
    store.create_user(ANNA)
    store.set_password(ANNA.id, "$new")
    assert store.user(ANNA.id) == ANNA._replace(password_hash="$new")
    with pytest.raises(NotFound) as missing:
        store.set_password(8, "$new")
    assert (missing.value.code, missing.value.details) == ("user", {"id": 8})


def test_spread_only_rises(store: Store) -> None:
    store.create_user(ANNA)
    assert store.raise_spread(ANNA.id, 16) == ANNA._replace(spread=16)
    assert store.raise_spread(ANNA.id, 4) == ANNA._replace(spread=16)
    assert store.user(ANNA.id) == ANNA._replace(spread=16)
    with pytest.raises(NotFound) as missing:
        store.raise_spread(8, 16)
    assert (missing.value.code, missing.value.details) == ("user", {"id": 8})


def test_deleted_user_leaves_nothing(store: Store) -> None:
    for user in (ANNA, BERT):
        store.create_user(user)
        store.put_session(session(f"hash of {user.name}", user.id))
        store.ensure_group(user.id, Group("g", user.name))
    store.count_failed_login(ANNA.email, NOW)
    store.delete_user(ANNA)
    store.delete_user(ANNA)
    assert (store.user(ANNA.id), store.user_by_email(ANNA.email)) == (None, None)
    assert store.session("hash of Anna") is None
    assert store.groups(ANNA.id) == []
    assert store.failed_logins(ANNA.email, NOW)[0] == 0
    assert store.user_by_email(BERT.email) == BERT
    assert store.session("hash of Bert") == session("hash of Bert", BERT.id)
    assert store.groups(BERT.id) == [Group("g", "Bert")]
    store.create_user(BERT._replace(id=8, email=ANNA.email))
    store.delete_user(ANNA)
    assert store.user_by_email(ANNA.email) == BERT._replace(id=8, email=ANNA.email)


def test_failed_logins_count_within_their_period(store: Store) -> None:
    assert store.failed_logins("a", NOW) == (0, NOW + FAILED_LOGIN_PERIOD)
    assert store.count_failed_login("a", NOW) == 1
    later = NOW + timedelta(minutes=5)
    assert store.count_failed_login(" A", later) == 2
    assert store.failed_logins("a", later) == (2, NOW + FAILED_LOGIN_PERIOD)
    assert store.failed_logins("b", later) == (0, later + FAILED_LOGIN_PERIOD)
    over = NOW + FAILED_LOGIN_PERIOD
    assert store.failed_logins("a", over) == (0, over + FAILED_LOGIN_PERIOD)
    assert store.count_failed_login("a", over) == 1
    store.forget_failed_logins("a")
    store.forget_failed_logins("a")
    assert store.failed_logins("a", over) == (0, over + FAILED_LOGIN_PERIOD)


def test_failed_logins_at_once_are_all_counted(store: Store) -> None:
    with ThreadPoolExecutor(20) as pool:
        counts = sorted(pool.map(lambda _: store.count_failed_login("a", NOW), range(20)))
    assert counts == list(range(1, 21))


# sessions


def test_session_is_found_by_hash(store: Store) -> None:
    store.put_session(session("one"))
    store.put_session(session("nobody's", None))
    assert store.session("one") == session("one")
    assert store.session("nobody's") == session("nobody's", None)
    assert store.session("two") is None


def test_session_can_be_authenticated(store: Store) -> None:
    store.put_session(session("one", None))
    store.put_session(session("one"))
    assert store.session("one") == session("one")
    store.delete_sessions(ANNA.id)
    assert store.session("one") is None


@pytest.mark.parametrize("user_id", [ANNA.id, None])
def test_touched_session_lives_longer(store: Store, user_id: int | None) -> None:
    store.put_session(session("one", user_id))
    touched = session("one", user_id)._replace(expires=NOW + timedelta(days=60), touched=NOW + timedelta(days=30))
    store.touch_session(touched)
    assert store.session("one") == touched
    store.touch_session(session("gone", user_id))
    assert store.session("gone") is None


@pytest.mark.parametrize("user_id", [ANNA.id, None])
def test_session_ends_at_once(store: Store, user_id: int | None) -> None:
    store.put_session(session("one", user_id))
    store.delete_session(session("one", user_id))
    store.delete_session(session("one", user_id))
    assert store.session("one") is None


def test_all_sessions_of_a_user_end(store: Store) -> None:
    for number in range(60):
        store.put_session(session(f"{number:02}"))
    store.put_session(session("other", BERT.id))
    store.delete_sessions(ANNA.id)
    assert [number for number in range(60) if store.session(f"{number:02}") is not None] == []
    assert store.session("other") is not None


# groups


def test_groups_are_listed_by_name(store: Store) -> None:
    groups = [Group("2", "Work"), Group("3", "Home", "https://x/y.png", True, "d" * 100_000), Group("1", "Work")]
    for group in groups:
        assert store.ensure_group(ANNA.id, group) == group
    assert store.groups(ANNA.id) == [groups[1], groups[2], groups[0]]
    assert store.user_and_groups(ANNA.id) == (None, [groups[1], groups[2], groups[0]])
    store.create_user(ANNA)
    assert store.user_and_groups(ANNA.id) == (ANNA, [groups[1], groups[2], groups[0]])
    assert store.group(ANNA.id, "3") == groups[1]
    assert store.group(BERT.id, "3") is None
    assert store.groups(BERT.id) == []


def test_twenty_wishes_for_a_group_make_one(store: Store) -> None:
    with ThreadPoolExecutor(20) as pool:
        given = list(pool.map(lambda number: store.ensure_group(ANNA.id, Group("g", f"{number}")), range(20)))
    assert store.groups(ANNA.id) == [given[0]]
    assert set(given) == {given[0]}


def test_groups_are_limited(store: Store) -> None:
    with ThreadPoolExecutor(MAX_GROUPS) as pool:
        list(pool.map(lambda number: store.ensure_group(ANNA.id, Group(f"{number}", "x")), range(MAX_GROUPS)))
    for _ in range(2):
        with pytest.raises(TooLarge) as refused:
            store.ensure_group(ANNA.id, Group("one more", "x"))
        assert (refused.value.code, refused.value.details) == ("too_many_groups", {"limit": MAX_GROUPS})
        assert store.ensure_group(ANNA.id, Group("0", "y")) == Group("0", "x")
        store.delete_group(ANNA.id, "0")
        store.ensure_group(ANNA.id, Group("0", "x"))
    assert len(store.groups(ANNA.id)) == MAX_GROUPS


def test_group_is_replaced_and_removed(store: Store) -> None:
    store.ensure_group(ANNA.id, Group("g", "old"))
    store.replace_group(ANNA.id, Group("g", "new"))
    assert store.group(ANNA.id, "g") == Group("g", "new")
    store.delete_group(ANNA.id, "g")
    assert store.group(ANNA.id, "g") is None
    with pytest.raises(NotFound) as not_replaced:
        store.replace_group(ANNA.id, Group("g", "x"))
    with pytest.raises(NotFound) as not_removed:
        store.delete_group(ANNA.id, "g")
    for missing in (not_replaced, not_removed):
        assert (missing.value.code, missing.value.details) == ("group", {"uuid": "g"})


# imports that run as jobs

JOB = ImportJob("i", ANNA.id, "uploads/x", {"group": None, "strict": True}, "pending", NOW)


def test_import_is_created_once(store: Store) -> None:
    assert store.create_import(JOB)
    assert not store.create_import(JOB._replace(source="other"))
    assert store.import_job(ANNA.id, "i") == JOB
    assert store.import_job(BERT.id, "i") is None


def test_import_only_advances(store: Store) -> None:
    store.create_import(JOB)
    store.advance_import(ANNA.id, "i", done=10, total=20)
    store.advance_import(ANNA.id, "i", done=5, total=21)
    store.advance_import(ANNA.id, "i", done=11, total=19)
    assert store.import_job(ANNA.id, "i") == JOB._replace(state="processing", done=10, total=20)
    store.advance_import(ANNA.id, "none", done=5, total=21)
    assert store.import_job(ANNA.id, "none") is None


def test_import_ends_once(store: Store) -> None:
    store.create_import(JOB)
    report = {"created": 3, "rejected": [{"entry": number, "reason": "x" * 100} for number in range(1_000)]}
    store.end_import(ANNA.id, "i", state="done", report=report, done=20)
    store.end_import(ANNA.id, "i", state="failed", report={}, done=0)
    store.advance_import(ANNA.id, "i", done=30, total=30)
    assert store.import_job(ANNA.id, "i") == JOB._replace(state="done", done=20, report=report)
