"""Slots from DynamoDB's answers, wire bytes to values, beside boto3.

The anchors read the same slots: boto3's resource and botocore's client from eight attributes each, and botocore's client
from our one packed attribute. No network; rounds are interleaved, the figures are medians of processor time.

    python -m benchmarks.dynamodb_parser [--check]

Target: at least 8 x boto3's resource.
"""

from __future__ import annotations

import statistics
import sys
import time
from binascii import crc32
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import orjson
from boto3.dynamodb.types import TypeDeserializer
from botocore.parsers import create_parser

from benchmarks._replay import pages, plain_slot, replayed
from chalicelib.aws.dynamodb import items_of
from chalicelib.aws.packing import unpack
from chalicelib.aws.responses import FastParserFactory
from chalicelib.domain.slots import Slot

SLOTS: Final = 3_000
ROUNDS: Final = 15
TARGET: Final = 8.0
LEAST: Final = 6.0
"""The ratio under which `--check` fails, for busy machines."""


def eight_attributes(slots: list[Slot]) -> bytes:
    """Give a page of items that keep a slot in eight attributes."""
    items = [
        {
            "pk": {"S": "9007199254740991#0"},
            "uid": {"S": slot.uid},
            "title": {"S": slot.title},
            "start": {"S": slot.start.isoformat()},
            "end": {"S": slot.end.isoformat() if slot.end else ""},
            "changed": {"S": slot.changed.isoformat() if slot.changed else ""},
            "groups": {"L": [{"S": group} for group in slot.groups]},
            "description": {"S": slot.description},
        }
        for slot in slots
    ]
    return orjson.dumps({"Count": len(items), "Items": items, "ScannedCount": len(items)})


def _slot_of(values: dict[str, Any]) -> Slot:
    return Slot(
        uid=values["uid"],
        title=values["title"],
        start=datetime.fromisoformat(values["start"]),
        end=datetime.fromisoformat(values["end"]),
        description=values["description"],
        groups=tuple(values["groups"]),
        changed=datetime.fromisoformat(values["changed"]),
    )


def contestants(slots: list[Slot]) -> dict[str, Callable[[], list[Slot]]]:
    """Give the ways to read, by name; ours is the last one."""
    shape = replayed("dynamodb", lambda _: ({}, b"")).meta.service_model.operation_model("Query").output_shape
    stock, fast, deserializer = create_parser("json"), FastParserFactory().create_parser("json"), TypeDeserializer()

    def response(body: bytes) -> dict[str, Any]:
        return {"status_code": 200, "headers": {"x-amz-crc32": str(crc32(body))}, "body": body}

    eight, packed = response(eight_attributes(slots)), response(pages(slots)[0])

    def resource() -> list[Slot]:
        found = stock.parse(eight, shape)["Items"]
        return [_slot_of({name: deserializer.deserialize(value) for name, value in item.items()}) for item in found]

    def client() -> list[Slot]:
        found = stock.parse(eight, shape)["Items"]
        return [
            _slot_of({name: value.get("S") or [each["S"] for each in value["L"]] for name, value in item.items()}) for item in found
        ]

    def client_packed() -> list[Slot]:
        return [unpack(item["s"], item["d"]).slot for item in items_of(stock.parse(packed, shape))]

    def ours() -> list[Slot]:
        return [unpack(item["s"], item["d"]).slot for item in items_of(fast.parse(packed, shape))]

    return {
        "boto3 resource, 8 attributes": resource,
        "botocore, 8 attributes": client,
        "botocore, packed": client_packed,
        "ours": ours,
    }


def main() -> None:
    """Print slots per second and the ratio to the first anchor; with --check, fail far under the target."""
    slots = [plain_slot(number) for number in range(SLOTS)]
    ways = contestants(slots)
    for name, read in ways.items():
        if read() != slots:
            sys.exit(f"{name} reads something else")
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, read in ways.items():
            started = time.process_time()
            read()
            seconds[name].append(time.process_time() - started)
    rates = {name: SLOTS / statistics.median(taken) for name, taken in seconds.items()}
    anchor = next(iter(rates.values()))
    for name, rate in rates.items():
        print(f"{name:32} {rate:12,.0f} slots/s {rate / anchor:6.1f} x")
    print(f"=> {rates['ours'] / anchor:.1f} x boto3's resource (target {TARGET:g})")
    if "--check" in sys.argv and rates["ours"] < LEAST * anchor:
        sys.exit(f"under {LEAST} x, and the target is {TARGET} x")


if __name__ == "__main__":
    main()
