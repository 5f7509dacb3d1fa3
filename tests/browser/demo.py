"""The lively month, the export jobs and the convention that the pictures in the README show."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tests.browser.browsing import Person
from tests.browser.worlds import Convention, Entry, convene, define_export, keep

HALF: Final = timedelta(minutes=30)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

MONTH: Final = {
    "Work": [
        Entry("Stand-up", "20260504T0915", HALF / 2, "Room 2", "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=12"),
        Entry("Review with design", "20260506T1400", HOUR, "Room 4"),
        Entry("Interview", "20260508T1100", HOUR),
        Entry("Release 4.0", "20260512T1600", HALF * 3),
        Entry("Planning", "20260518T1000", HOUR * 2, "Room 2"),
        Entry("Data workshop", "20260519", DAY * 3, "Leipzig"),
        Entry("One to one with Grace", "20260513T1330", HALF),
        Entry("Retrospective", "20260529T1500", HOUR),
        Entry("Board meeting", "20260527T0930", HOUR * 3),
    ],
    "Family": [
        Entry("Grandma's 80th birthday", "20260509", DAY, "Potsdam"),
        Entry("Dentist", "20260505T0830", HALF),
        Entry("Parents' evening", "20260521T1900", HOUR * 2, "School"),
        Entry("At the lake", "20260514", DAY * 4, "Müritz"),
        Entry("Piano lesson", "20260505T1700", HALF * 3 / 2, "", "FREQ=WEEKLY;COUNT=4"),
        Entry("Cinema", "20260530T2000", HOUR * 2),
    ],
    "Choir": [
        Entry("Rehearsal", "20260507T1930", HOUR * 2, "St. John", "FREQ=WEEKLY;COUNT=4;BYDAY=TH"),
        Entry("Dress rehearsal", "20260523T1600", HOUR * 3, "St. John"),
        Entry("Concert", "20260524T1900", HOUR * 2, "St. John"),
    ],
    "Running": [
        Entry("Intervals", "20260505T1830", HOUR, "Track", "FREQ=WEEKLY;COUNT=4;BYDAY=TU"),
        Entry("Long run", "20260503T0900", HOUR * 2, "", "FREQ=WEEKLY;COUNT=5;BYDAY=SU"),
        Entry("City half marathon", "20260531T1000", HOUR * 3),
    ],
}


def live_a_month(person: Person) -> None:
    """Fill a person's May of 2026."""
    for group, entries in MONTH.items():
        keep(person, group, entries)


def run_exports(person: Person) -> list[int]:
    """Define export jobs of several kinds and start some; give the ids of those that were started."""
    zipped = [{"type": "download", "packer": "zip"}]
    first_sunday = {"weekdays": ["sunday"], "days_of_month": [1, 2, 3, 4, 5, 6, 7], "hours": [10], "timezone": "Europe/Berlin"}
    define_export(person, "Archive of all years", ical=True, schedules=[first_sunday], transports=zipped)
    define_export(
        person,
        "Concerts, for the choir's site",
        csv={},
        search={"search": [{"type": "match", "mode": "fulltext", "string": "concert"}]},
    )
    everything = define_export(person, "Everything, as every format", xml=True, ical=True, csv={}, transports=zipped)
    nightly = define_export(person, "Nightly copy", schedules=[{"hours": [3], "timezone": "Europe/Berlin"}])
    weekly = define_export(
        person,
        "Week for the office screen",
        schedules=[{"weekdays": ["monday"], "hours": [6], "timezone": "Europe/Berlin"}],
        transports=zipped,
    )
    started = [everything, nightly, weekly]
    for number in started:
        answer = person.http.post(f"/api/v1/export/{number}/start")
        assert answer.status_code == 200, answer.text
    return started


PROGRAMME: Final = [
    ("Opening", 30, "10:00", "main-hall"),
    ("The dungeon under the library", 180, "10:30", "table-1"),
    ("Painting miniatures", 90, "10:30", "workshop"),
    ("Trains across Europe", 120, "11:00", "table-2"),
    ("How to write a villain", 60, "11:00", "main-hall"),
    ("Space traders", 150, "11:30", "table-3"),
    ("Maps for beginners", 60, "12:30", "workshop"),
    ("Quiz", 60, "13:00", "main-hall"),
    ("Dragons of the north", 180, "14:00", "table-1"),
    ("Wool and sheep", 90, "14:00", "table-2"),
    ("Dice, a history", 60, "14:30", "main-hall"),
    ("Castle on the hill", 120, "14:30", "table-3"),
]
UNPLACED: Final = [("Midnight horror", 180), ("Speed chess", 60), ("Board games for small hands", 90)]


def hold_a_convention(person: Person, slug: str) -> Convention:
    """Make a convention of two days with five rooms, a programme, and some events that have no room yet."""
    con = convene(person, "Spring Games", slug, **{"start-date": "2026-05-16", "end-date": "2026-05-17"})
    for title, area, seats in (
        ("Main hall", "Ground floor", 200),
        ("Workshop", "Ground floor", 20),
        ("Table 1", "First floor", 6),
        ("Table 2", "First floor", 6),
        ("Table 3", "First floor", 5),
    ):
        con.add("locations", {"title": title, "area": area, "max-attendees": seats})
    con.add("tagtypes", {"title": "kind", "values": ["talk", "game", "workshop"], "requirement": "*"})
    for title, minutes, begins, room in PROGRAMME:
        kind = "talk" if room == "main-hall" else "workshop" if room == "workshop" else "game"
        event = con.add("events", {"title": title, "duration": minutes, "max-attendees": 5, "tags": {"kind": kind}})
        con.add("timeslots", {"event": int(event["id"]), "start": f"2026-05-16T{begins}:00", "locations": [room]})
    for title, minutes in UNPLACED:
        con.add("events", {"title": title, "duration": minutes, "max-attendees": 5, "tags": {"kind": "game"}})
    return con
