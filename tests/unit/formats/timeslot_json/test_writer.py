"""What Timeslot JSON looks like, to the byte."""

from datetime import UTC, datetime

import orjson
from hypothesis import given

from chalicelib.domain.slots import FLOATING, Group, Location, Slot
from chalicelib.formats import timeslot_json
from tests.unit.formats.strategies import slots

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)


def _written(*values: Slot, groups: dict[str, Group] | None = None) -> bytes:
    return b"".join(timeslot_json.write(values, groups=groups or {}))


def test_five_plain_slots_have_the_length_and_bytes_of_the_documented_example() -> None:
    uids = (
        "0845ce4a-fddc-4763-9b0b-a9b71b43027c",
        "dea06f7b-3b54-4994-852f-5f0dcaf47a8c",
        "add63601-b890-463c-9acf-1841c34c7782",
        "b6649d08-7d7e-407a-9750-d38f4912a3e8",
        "638b6626-1153-4f26-b2ad-94bf9652943c",
    )
    values = [
        Slot(
            uid=uid,
            title=f"Slot title {68 - place}",
            visibility="public",
            start=datetime(2019, 9, 15 - place, 20 - place, 44, 2, tzinfo=UTC),
            end=datetime(2019, 10, 15 - place, 20 - place, 44, 2, tzinfo=UTC),
        )
        for place, uid in enumerate(uids)
    ]
    body = _written(*values)
    assert len(body) == 886
    assert body.startswith(
        b'[{"uid":"0845ce4a-fddc-4763-9b0b-a9b71b43027c","title":"Slot title 68","visibility":"public",'
        b'"start":"2019-09-15T20:44:02.000Z","end":"2019-10-15T20:44:02.000Z","location":null},{"uid":"dea06f7b'
    )


def test_nothing_is_an_empty_array() -> None:
    assert _written() == b"[]"


def test_many_slots_are_one_array() -> None:
    values = [Slot(uid=str(number), title="", start=NINE) for number in range(1_201)]
    pieces = list(timeslot_json.write(values))
    assert [item["uid"] for item in orjson.loads(b"".join(pieces))] == [str(number) for number in range(1_201)]
    assert len(pieces) == 4


def test_a_full_slot_has_every_key_in_order() -> None:
    slot = Slot(
        uid="u",
        title="Zürich",
        start=NINE,
        end=TEN,
        visibility="foaf",
        timezone="Europe/Zurich",
        location=Location("Hall", "CH", "8001", "Zürich", "Limmatquai 1", 47.37, 8.54),
        description="Two\nlines",
        media=({"url": "https://x/y"},),
        notes=("a", 1),
        settings={"alerts": [{"minutes": 5}]},
        groups=("g1", "g2", "g3"),
        recurring=True,
        sequence=3,
        ical="BEGIN:VEVENT\r\nEND:VEVENT\r\n",
    )
    groups = {"g1": Group("g1", "One"), "g2": Group("g2", "Two", image="i", public=True, description="d")}
    assert _written(slot, groups=groups).decode() == (
        '[{"uid":"u","title":"Zürich","visibility":"foaf","start":"2026-03-01T09:00:00.000Z","end":"2026-03-01T10:00:00.000Z",'
        '"location":{"name":"Hall","country":"CH","postalcode":"8001","city":"Zürich","address":"Limmatquai 1",'
        '"latitude":47.37,"longitude":8.54},"description":"Two\\nlines","timezone":"Europe/Zurich",'
        '"media":[{"url":"https://x/y"}],"notes":["a",1],"settings":{"alerts":[{"minutes":5}]},'
        '"groups":[{"uuid":"g1","name":"One"},{"uuid":"g2","name":"Two","image":"i","public":true,"description":"d"},{"uuid":"g3"}],'
        '"ical":"BEGIN:VEVENT\\r\\nEND:VEVENT\\r\\n"}]'
    )


def test_an_empty_location_has_its_seven_keys() -> None:
    (written,) = orjson.loads(_written(Slot(uid="", title="", start=NINE, location=Location())))
    assert written["location"] == {
        "name": "", "country": "", "postalcode": "", "city": "", "address": "", "latitude": None, "longitude": None
    }  # fmt: skip


def test_times_say_what_they_are() -> None:
    day = datetime(2026, 3, 1)
    written = orjson.loads(
        _written(
            Slot(uid="open", title="", start=NINE),
            Slot(uid="days", title="", start=day, end=datetime(2026, 3, 3), all_day=True),
            Slot(uid="floating", title="", start=day, end=datetime(2026, 3, 1, 1), timezone=FLOATING),
            Slot(uid="fine", title="", start=NINE.replace(microsecond=120_000), end=NINE.replace(microsecond=120_001)),
        )
    )
    assert [(item["start"], item["end"], item.get("allday"), item.get("timezone")) for item in written] == [
        ("2026-03-01T09:00:00.000Z", None, None, None),
        ("2026-03-01T00:00:00.000Z", "2026-03-03T00:00:00.000Z", True, None),
        ("2026-03-01T00:00:00.000", "2026-03-01T01:00:00.000", None, "floating"),
        ("2026-03-01T09:00:00.120Z", "2026-03-01T09:00:00.120001Z", None, None),
    ]


def test_a_revision_is_written_where_no_text_has_it() -> None:
    assert orjson.loads(_written(Slot(uid="", title="", start=NINE, sequence=2)))[0]["sequence"] == 2


@given(slots())
def test_the_same_slot_is_the_same_bytes(slot: Slot) -> None:
    assert _written(slot) == _written(Slot(*slot))
