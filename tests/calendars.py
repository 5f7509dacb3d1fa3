"""Small calendar files for tests, and large ones that are varied and always the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta


def event(uid: str, summary: str = "A slot", start: str = "20260301T100000Z", *lines: str) -> str:
    """Give a VEVENT; `lines` are further properties."""
    named = [f"UID:{uid}"] if uid else []
    return "\r\n".join(
        ["BEGIN:VEVENT", *named, "DTSTAMP:20260101T000000Z", f"DTSTART:{start}", f"SUMMARY:{summary}", *lines, "END:VEVENT", ""]
    )


def calendar(*events: str) -> bytes:
    """Give a VCALENDAR."""
    return "".join(["BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n", *events, "END:VCALENDAR\r\n"]).encode()


def varied_events(count: int) -> Iterator[str]:
    """Yield events as people have them: plain, all-day, zoned, recurring with a changed occurrence, with alarms, long texts."""
    day = datetime(2010, 1, 1, 8)
    for number in range(count):
        start = day + timedelta(hours=7 * number)
        local, ends = start.strftime("%Y%m%dT%H%M%S"), (start + timedelta(hours=1)).strftime("%Y%m%dT%H%M%S")
        uid = f"varied-{number}@example.org"
        text = f"DESCRIPTION:Nummer {number}\\, über alles\\; „gut“ " + "lang " * (number % 40)
        match number % 8:
            case 0:
                yield event(uid, f"All day {number}", f"{local[:8]}").replace("DTSTART:", "DTSTART;VALUE=DATE:")
            case 1:
                yield event(uid, f"In Berlin {number}", local, f"DTEND;TZID=Europe/Berlin:{ends}", _folded(text)).replace(
                    "DTSTART:", "DTSTART;TZID=Europe/Berlin:"
                )
            case 2:
                yield event(uid, f"Weekly {number}", f"{local}Z", f"DTEND:{ends}Z", "RRULE:FREQ=WEEKLY;COUNT=5")
            case 3:
                alarm = ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Now", "TRIGGER:-PT15M", "END:VALARM")
                yield event(uid, f"Alarmed {number}", f"{local}Z", "CLASS:PUBLIC", *alarm)
            case 4:
                guests = tuple(f"ATTENDEE;CN=Guest {guest}:mailto:guest{guest}@example.org" for guest in range(number % 5))
                yield event(uid, f"With guests {number}", f"{local}Z", *guests)
            case _:
                yield event(uid, f"Plain {number}", f"{local}Z", f"DTEND:{ends}Z", _folded(text))


def _folded(line: str) -> str:
    """Fold a line as RFC 5545 §3.1 has it, between characters."""
    parts, part = [], ""
    for character in line:
        if len((part + character).encode()) > 74:
            parts.append(part)
            part = ""
        part += character
    return "\r\n ".join([*parts, part])
