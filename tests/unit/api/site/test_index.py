from chalicelib.api.site.index import ENTRIES, index


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
