"""AWS replayed at the wire: real botocore clients whose requests are answered from memory, and slots to answer with."""

from __future__ import annotations

import base64
from binascii import crc32
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import botocore.session
import orjson
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from chalicelib.aws import responses
from chalicelib.aws.archive_bucket import S3ObjectStore
from chalicelib.aws.slot_items import draft
from chalicelib.aws.slot_table import DynamoSlotStore
from chalicelib.domain.slots import Location, Slot
from chalicelib.services.ports.slots import Mark, Owner

OWNER: Final = Owner(9_007_199_254_740_991)
GROUP: Final = "0b9f6a9e-4c1c-4a70-9f44-2f6a5ab1a2c3"
PAGE_BYTES: Final = 1_048_576
_CHANGED: Final = datetime(2026, 1, 1, tzinfo=UTC)
_KEPT: Final = """BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:{local}
DTEND;TZID=Europe/Berlin:{local_end}
DTSTAMP:20260201T101112Z
ORGANIZER;CN=Jane Doe {number}:mailto:jane.doe{number}@company.example
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=John
  Smith;X-NUM-GUESTS=0:mailto:john.smith{number}@company.example
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN=Mary Major;X-NUM-GUESTS=0:mailto:mary{number}@company.example
CREATED:20260101T101112Z
DESCRIPTION:We discuss the plans of quarter {number} and decide who does what
 .\\n\\nPlease bring your numbers and a coffee. The room has been booked.
LAST-MODIFIED:20260201T101112Z
LOCATION:Room 4.{number}\\, Hauptstrasse 5\\, Berlin
SEQUENCE:1
STATUS:CONFIRMED
SUMMARY:Quarterly planning {number} with the whole team
TRANSP:OPAQUE
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:This is an event reminder
TRIGGER:-P0DT0H10M0S
END:VALARM
END:VEVENT
""".replace("\n", "\r\n")

_IMPORTED: Final = """BEGIN:VEVENT
UID:{slot.uid}
DTSTAMP:20260101T000000Z
DTSTART:{slot.start:%Y%m%dT%H%M%SZ}
DTEND:{slot.end:%Y%m%dT%H%M%SZ}
SUMMARY:{slot.title}
DESCRIPTION:{description}
END:VEVENT
""".replace("\n", "\r\n")


def plain_slot(number: int) -> Slot:
    """Make a slot that its fields describe completely, with a description of 60 characters."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Slot(
        uid=f"0845ce4a-fddc-4763-9b0b-{number:012d}",
        title=f"Team meeting number {number}",
        start=start,
        end=start + timedelta(hours=1),
        description=f"What has to be said about it, and a little more {number:012d}",
        groups=(GROUP,),
        changed=_CHANGED,
    )


def imported_slot(number: int) -> Slot:
    """Make the plain slot that an import leaves: with the text that it came as."""
    slot = plain_slot(number)
    return slot._replace(ical=_IMPORTED.format(slot=slot, description=slot.description.replace(",", "\\,")))


def realistic_slot(number: int) -> Slot:
    """Make a slot as a calendar program leaves one: about a kilobyte of kept text beside its fields."""
    plain = plain_slot(number)
    local = f"{plain.start:%Y%m%dT%H%M%S}"
    local_end = f"{plain.start + timedelta(hours=1):%Y%m%dT%H%M%S}"
    return plain._replace(
        title=f"Quarterly planning {number} with the whole team",
        timezone="Europe/Berlin",
        location=Location(f"Room 4.{number}, Hauptstrasse 5, Berlin"),
        description=(
            f"We discuss the plans of quarter {number} and decide who does what.\n\nPlease bring your numbers and a coffee."
            " The room has been booked."
        ),
        sequence=1,
        ical=_KEPT.format(number=number, uid=plain.uid, local=local, local_end=local_end),
    )


def items(slots: Iterable[Slot]) -> Iterator[dict[str, Any]]:
    """Give the items of slots as an import writes them."""
    for number, slot in enumerate(slots):
        yield draft(OWNER, slot, Mark("0845ce4a-fddc-4763-9b0b-000000000000", number, "created"), new_id=str).item


def item_bytes(item: dict[str, Any], attributes: Iterable[str] | None = None) -> int:
    """Measure an item, or an index's part of it, as DynamoDB bills it: names and values; two digits of a number are a byte."""
    chosen = item if attributes is None else {name: item[name] for name in attributes if name in item}
    return sum(
        len(name) + (len(value) if isinstance(value, str | bytes) else len(str(value)) // 2 + 2) for name, value in chosen.items()
    )


def pages(slots: Iterable[Slot]) -> list[bytes]:
    """Give the answers to the queries that stream these slots, a megabyte of index each, as DynamoDB sends them."""
    bodies: list[bytes] = []
    page: list[Any] = []
    size = 0

    def finish(*, more: bool) -> None:
        answer: dict[str, Any] = {"Count": len(page), "Items": page, "ScannedCount": len(page)}
        if more:
            answer["LastEvaluatedKey"] = {"pk": {"S": "p"}, "sk": _binary(b"k"), "s": page[-1]["s"]}
        bodies.append(orjson.dumps(answer))

    for item in items(slots):
        more_bytes = item_bytes(item, ("pk", "sk", "s", "d"))
        if size + more_bytes > PAGE_BYTES:
            finish(more=True)
            page, size = [], 0
        page.append({"d": _binary(item["d"]), "s": _binary(item["s"])})
        size += more_bytes
    finish(more=False)
    return bodies


def _binary(content: bytes) -> dict[str, str]:
    return {"B": base64.b64encode(content).decode()}


def replayed(service: str, answer: Callable[[Any], tuple[dict[str, str], bytes]], *, fast: bool = True) -> Any:
    """Make a client of a service, whose requests are signed and parsed and go no further than `answer`."""

    def respond(request: Any, **_: Any) -> AWSResponse:
        headers, body = answer(request)

        class Raw:
            def stream(self) -> Iterator[bytes]:
                yield body

        return AWSResponse(request.url, 200, headers, Raw())

    session = botocore.session.get_session()
    session.set_credentials("replayed", "replayed")
    if fast:
        responses.install(session)
    config = Config(signature_version="s3v4", request_checksum_calculation="when_required") if service == "s3" else None
    client = session.create_client(service, region_name="eu-central-1", config=config)
    client.meta.events.register(f"before-send.{service}", respond)
    return client


def replayed_slots(bodies: list[bytes]) -> DynamoSlotStore:
    """Give a store whose stream reads these pages, again and again."""
    sums = [str(crc32(body)) for body in bodies]
    place = 0

    def answer(request: Any) -> tuple[dict[str, str], bytes]:
        nonlocal place
        place = place + 1 if b"ExclusiveStartKey" in request.body else 0
        headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "r", "x-amz-crc32": sums[place]}
        return headers, bodies[place]

    return DynamoSlotStore(replayed("dynamodb", answer), table="slots", objects=lambda: replayed_objects([]))


def replayed_objects(sent: list[int]) -> S3ObjectStore:
    """Give an object store that takes everything and notes the size of each request's body."""

    def answer(request: Any) -> tuple[dict[str, str], bytes]:
        body = request.body or b""
        sent.append(len(body) if isinstance(body, bytes) else len(body.getbuffer()))
        started = b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
        finished = b'<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>'
        answered = started if request.url.endswith("?uploads") else finished if request.method == "POST" else b""
        return {"ETag": '"e"', "Content-Type": "application/xml"}, answered

    return S3ObjectStore(replayed("s3", answer), bucket="replayed")
