"""What the documentation of the original services shows, as data."""

from __future__ import annotations

from typing import Any, Final

EXPORTED: Final = [
    ("0845ce4a-fddc-4763-9b0b-a9b71b43027c", "Slot title 68", "2019-09-15T20:44:02.000Z", "2019-10-15T20:44:02.000Z"),
    ("dea06f7b-3b54-4994-852f-5f0dcaf47a8c", "Slot title 67", "2019-09-14T19:44:02.000Z", "2019-10-14T19:44:02.000Z"),
    ("add63601-b890-463c-9acf-1841c34c7782", "Slot title 66", "2019-09-13T18:44:02.000Z", "2019-10-13T18:44:02.000Z"),
    ("b6649d08-7d7e-407a-9750-d38f4912a3e8", "Slot title 65", "2019-09-12T17:44:02.000Z", "2019-10-12T17:44:02.000Z"),
    ("638b6626-1153-4f26-b2ad-94bf9652943c", "Slot title 64", "2019-09-11T16:44:02.000Z", "2019-10-11T16:44:02.000Z"),
]
EXPORT_LENGTH: Final = 886
"""Bytes of the JSON export of those five slots."""

IMPORTED: Final = [
    ("07a45e5b-1d1e-4f41-ad36-4c15ca9150d6", "20190921T204402", "20191021T204402", 20),
    ("775f2ad2-3ef4-4b00-b31a-30a5f1c1b12a", "20190922T214402", "20191022T214402", 21),
    ("5a77d85e-a2f0-41a6-a19e-c62ccfcf68ab", "20190923T224402", "20191023T224402", 22),
    ("c634b65e-dff4-4724-bbb1-1c2a528b93c8", "20190924T234402", "20191024T234402", 23),
    ("49084ef4-b9da-4e1e-9a82-a4bc6d5cfff2", "20190925T004402", "20191025T004402", 24),
]
IMPORT_LINES: Final = [
    "BEGIN:VCALENDAR\r\n",
    "VERSION:2.0\r\n",
    "PRODID:icalendar-ruby\r\n",
    "CALSCALE:GREGORIAN\r\n",
    "METHOD:PUBLISH\r\n",
    *(
        line
        for uid, start, end, number in IMPORTED
        for line in (
            "BEGIN:VEVENT\r\n",
            "DTSTAMP:20180319T195407Z\r\n",
            f"UID:{uid}\r\n",
            f"DTSTART:{start}\r\n",
            f"DTEND:{end}\r\n",
            "CLASS:PUBLIC\r\n",
            "DESCRIPTION:\r\n",
            f"SUMMARY:Slot title {number}\r\n",
            "END:VEVENT\r\n",
        )
    ),
    "END:VCALENDAR\r\n",
]


def exported_slots() -> list[dict[str, Any]]:
    """Give the slots of the JSON example, as one posts them."""
    return [
        {"uid": uid, "title": title, "visibility": "public", "start": start, "end": end, "location": None}
        for uid, title, start, end in EXPORTED
    ]
