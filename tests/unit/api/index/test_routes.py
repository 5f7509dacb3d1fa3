from chalicelib.api.index.routes import ENTRIES, index
from tests.http_client import HttpClient


def test_only_interfaces_with_routes_are_listed() -> None:
    assert index("https://slotport.test", {"/", "/v1/me", "/entities/events"}) == {
        "slots": {"summary": ENTRIES[0].summary, "urls": ["https://slotport.test/v1"]},
        "conventions": {
            "summary": ENTRIES[2].summary,
            "urls": ["https://slotport.test/auth", "https://slotport.test/entities"],
        },
    }


def test_nothing_registered_is_an_empty_index() -> None:
    assert index("https://slotport.test", {"/"}) == {}


def test_index_is_served_by_get_and_head() -> None:
    from app import app

    client = HttpClient(app)
    answer = client.get("/")
    assert answer.status == 200
    assert answer.json()["service"] == "Slotport"
    assert answer.json()["interfaces"]["slots"]["urls"] == ["https://slotport.test/v1"]
    assert client.head("/").status == 200


def test_entry_point_stays_short() -> None:
    import app

    with open(app.__file__) as file:
        assert len(file.readlines()) < 60
