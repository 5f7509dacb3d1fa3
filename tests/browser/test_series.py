"""How slots that recur are told of: in words that hold, else in those of their rule."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import PHONE, Axe, OpenPage, Person, Watch, overflow
from tests.browser.hostile import expect_only_text
from tests.calendars import calendar

MARCH = "/#/calendar?view=list&date=2026-03-02"
MONDAY = "DTSTART;TZID=Europe/Berlin:20260302T180000"
FRIDAY = "DTSTART;TZID=Europe/Berlin:20260327T180000"
DAY = "DTSTART;VALUE=DATE:20260302"
IN_UTC = "DTSTART:20260302T233000Z"
IN_NEW_YORK = "DTSTART;TZID=America/New_York:20260302T200000"
FLOATING = "DTSTART:20260302T180000"
ON_THE_HILL = "DTSTART;TZID=Hill:20260302T180000"
HILL = (
    "BEGIN:VTIMEZONE\r\nTZID:Hill\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0030\r\nTZOFFSETTO:+0030\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)

WORKDAYS = "BYDAY=MO,TU,WE,TH,FR"
RULES: list[tuple[str, str, str]] = [
    (MONDAY, "FREQ=DAILY;COUNT=10", "Every day, 10 times"),
    (MONDAY, "FREQ=DAILY;INTERVAL=3;COUNT=1", "Every 3 days, once"),
    (MONDAY, f"FREQ=DAILY;{WORKDAYS}", "Every week from Monday to Friday"),
    (MONDAY, "FREQ=DAILY;BYMONTH=3,4", "Every day, in March and April only"),
    (MONDAY, "FREQ=WEEKLY", "Every week on Monday"),
    (MONDAY, "freq=weekly;byday=we,mo;count=12", "Every week on Monday and Wednesday, 12 times"),
    (MONDAY, "FREQ=WEEKLY;BYDAY=SU,MO,TU,WE,TH,FR,SA", "Every day"),
    (MONDAY, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU", "Every 2 weeks on Monday and Wednesday"),
    (MONDAY, "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", "Every 2 weeks on Monday and Sunday (weeks begin on Sunday)"),
    (MONDAY, "FREQ=WEEKLY;BYDAY=FR;COUNT=4", "Every week on Friday, 4 times, and first on Monday, 2 March 2026"),
    (MONDAY, "FREQ=WEEKLY;BYHOUR=18;BYMINUTE=0;BYSECOND=0", "Every week on Monday"),
    (FRIDAY, "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR;UNTIL=20270503T160000Z", "Every 2 months on the last Friday, until 3 May 2027"),
    (MONDAY, "FREQ=MONTHLY", "Every month on the 2nd"),
    (MONDAY, "FREQ=MONTHLY;BYMONTHDAY=2,15,31", "Every month on the 2nd, 15th and 31st (in months that have it)"),
    (MONDAY, "FREQ=MONTHLY;BYMONTHDAY=2,-1", "Every month on the 2nd and last day"),
    (MONDAY, "FREQ=MONTHLY;BYDAY=1MO,3MO,-2TU", "Every month on the first and third Monday and the second to last Tuesday"),
    (MONDAY, f"FREQ=MONTHLY;{WORKDAYS};BYSETPOS=1", "Every month on the first weekday (Monday to Friday)"),
    (MONDAY, "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1;INTERVAL=3", "Every 3 months on the first Monday"),
    (FRIDAY, "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13,27", "Every Friday that is the 13th or 27th"),
    (MONDAY, "FREQ=YEARLY", "Every year on 2 March"),
    (MONDAY, "FREQ=YEARLY;BYMONTH=3,9;INTERVAL=2", "Every 2 years on 2 March and 2 September"),
    (MONDAY, "FREQ=YEARLY;BYMONTH=3;BYDAY=1MO;COUNT=3", "Every year on the first Monday in March, 3 times"),
    (MONDAY, "FREQ=YEARLY;BYDAY=9MO", "Every year on the 9th Monday of the year"),
    (MONDAY, "FREQ=HOURLY;INTERVAL=8;UNTIL=20260304T170000Z", "Every 8 hours, until 4 March 2026, 18:00"),
    # The end is an instant, and which day that is, the clock of the series tells; before its hour, it is the end of the day before.
    (MONDAY, "FREQ=WEEKLY;UNTIL=20260502T220000Z", "Every week on Monday, until 2 May 2026"),
    (MONDAY, "FREQ=WEEKLY;UNTIL=20260503T215959Z", "Every week on Monday, until 3 May 2026"),
    (MONDAY, "FREQ=WEEKLY;UNTIL=20260503", "Every week on Monday, until 3 May 2026"),
    (DAY, "FREQ=DAILY;UNTIL=20260305", "Every day, until 5 March 2026"),
    (FLOATING, "FREQ=DAILY;UNTIL=20260305T170000", "Every day, until 4 March 2026"),
    # Here it is Tuesday already.
    (IN_UTC, "FREQ=WEEKLY;BYDAY=MO;UNTIL=20260323T233000Z", "Every week on Monday, until 23 March 2026 (UTC)"),
    (IN_NEW_YORK, "FREQ=WEEKLY;UNTIL=20260317T000000Z", "Every week on Monday, until 16 March 2026 (New York time)"),
    (IN_NEW_YORK, "FREQ=DAILY;COUNT=5", "Every day, 5 times"),
    (
        ON_THE_HILL,
        "FREQ=WEEKLY;UNTIL=20260323T173000Z",
        "Every week on Monday, until 23 March 2026, 17:30 UTC (on the clock of “Hill”)",
    ),
]
NO_WORDS = [
    "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,-1",
    "FREQ=YEARLY;BYWEEKNO=10",
    "FREQ=YEARLY;BYYEARDAY=61",
    "FREQ=DAILY;BYHOUR=9,18",
    "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
    "FREQ=WEEKLY;BYDAY=1MO",
    "FREQ=HOURLY;BYDAY=MO",
    "FREQ=MONTHLY;BYDAY=MO,-1FR",
    "FREQ=DAILY;COUNT=3;UNTIL=20260401",
    "FREQ=DAILY;UNTIL=20260101",
    "FREQ=DAILY;UNTIL=20260230",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;RSCALE=CHINESE",
    "FREQ=DAILY;FREQ=WEEKLY",
    "FREQ=FORTNIGHTLY",
    "FREQ=<img src=x onerror=alert(1)>",
]
WEEKLY = (MONDAY, "RRULE:FREQ=WEEKLY;COUNT=8")
MORE: list[tuple[list[tuple[str, ...]], str]] = [
    ([(*WEEKLY, "EXDATE;TZID=Europe/Berlin:20260309T180000")], "Every week on Monday, 8 times, with 1 date left out"),
    # What would not have taken place is not left out.
    (
        [(*WEEKLY, "EXDATE:20260309T170000Z,20260316T170000Z,20260323T100000Z,20260324T170000Z", "RDATE:20260310T170000Z")],
        "Every week on Monday, 8 times, with 1 date added and 2 left out",
    ),
    # What another clock says is taken at its word.
    ([(*WEEKLY, "EXDATE;TZID=America/New_York:20260309T130000")], "Every week on Monday, 8 times, with 1 date left out"),
    # The first occurrence is none of the rule's; some programs leave it out.
    (
        [(MONDAY, "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=8", "EXDATE;TZID=Europe/Berlin:20260302T180000")],
        "Every week on Tuesday, 8 times",
    ),
    (
        [
            (*WEEKLY, "EXDATE:20260309T170000Z", "BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT5M\r\nRDATE:20260101\r\nEND:VALARM"),
            ("DTSTART:20260317T170000Z", "RECURRENCE-ID:20260316T170000Z"),
        ],
        "Every week on Monday, 8 times, with 1 date left out and 1 changed",
    ),
    (
        [WEEKLY, ("DTSTART:20260317T170000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260316T170000Z")],
        "Every week on Monday, 8 times, with 1 date changed, and otherwise from 16 March 2026 on",
    ),
    ([("DTSTART:20260317T170000Z", "RECURRENCE-ID:20260316T170000Z")], "One time of a series, without the series itself"),
    ([(MONDAY, "RDATE:20260302T170000Z,20260304T170000Z", "RDATE:20260305T170000Z")], "On 3 dates"),
    (
        [(*WEEKLY, "RRULE:FREQ=MONTHLY", "EXRULE:FREQ=YEARLY")],
        "By rules of its own: FREQ=WEEKLY;COUNT=8 and FREQ=MONTHLY, but not FREQ=YEARLY",
    ),
]


def keep(person: Person, told: list[list[tuple[str, ...]]], zone: str = "") -> None:
    """Import slots of one component or several, each with the number of its place for a title."""
    events = [
        "\r\n".join(("BEGIN:VEVENT", f"UID:{number}@series", f"SUMMARY:Number {number}.", *lines, "END:VEVENT", ""))
        for number, components in enumerate(told)
        for lines in components
    ]
    answer = person.http.post("/v1/import", content=calendar(zone, *events), headers={"Content-Type": "text/calendar"})
    assert (answer.status_code, answer.json()["rejected"]) == (200, []), answer.text


def note(page: Page, number: int) -> str:
    """Open a slot, give what its first sentence says of the series, and close it again."""
    page.get_by_role("button", name=f"Number {number}.").first.click()
    told = page.get_by_role("dialog").locator(".note strong")
    expect(told).to_have_count(1)
    words = told.inner_text()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    return words


def test_rules_are_told_in_words(open_page: OpenPage, person: Person, watch: Watch) -> None:
    told = [*RULES, *((MONDAY, rule, f"By a rule of its own: {rule}") for rule in NO_WORDS)]
    keep(person, [[(start, f"RRULE:{rule}")] for start, rule, _ in told], HILL)
    page = open_page(person)
    page.goto(MARCH)
    expect(page.get_by_role("button", name="Number 0.").first).to_be_visible()
    while (more := page.get_by_role("button", name="more of")).count():
        more.click()
    watch.requests.clear()
    assert [note(page, number) for number in range(len(told))] == [f"{words}." for _, _, words in told]
    # Each slot is read when it is opened.
    assert len([request for request in watch.requests if "/v1/" in request.url]) == len(told)
    expect_only_text(page)


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
def test_single_dates_of_a_series_are_counted(open_page: OpenPage, person: Person, axe: Axe, dark: bool) -> None:
    keep(person, [components for components, _ in MORE])
    page = open_page(person, size=PHONE, dark=dark)
    page.goto(MARCH)
    assert [note(page, number) for number in range(len(MORE))] == [f"{words}." for _, words in MORE]
    page.get_by_role("button", name=f"Number {len(MORE) - 1}.").first.click()
    expect(page.get_by_text("a change changes the whole series")).to_be_visible()
    assert overflow(page) == 0
    axe(page)


def test_rules_of_a_time_zone_are_not_those_of_a_slot(open_page: OpenPage, person: Person) -> None:
    keep(person, [[(ON_THE_HILL,)]], HILL)
    (slot,) = person.http.get("/v1/slots").json()["data"]
    assert "RRULE" in slot["ical"]
    page = open_page(person)
    page.goto("/#/calendar?view=month&date=2026-03-02")
    alone = page.get_by_role("button", name="Number 0.")
    expect(alone).to_have_text("Monday 2 March, 18:30 – Number 0.")
    alone.click()
    expect(page.get_by_label("Title")).to_have_value("Number 0.")
    expect(page.get_by_role("dialog").locator(".note")).to_have_count(0)
