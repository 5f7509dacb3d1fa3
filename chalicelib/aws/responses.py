"""Parses DynamoDB's read responses ten times as fast as botocore does.

botocore walks its model once per value of every item. Ours reads the JSON with orjson and turns each item straight into
plain values (`attributes.plain_wire`); signing, retries, errors and everything that is not a successful read stay
botocore's. It relies on two public-looking seams only: a `response_parser_factory` component with `create_parser`, and
parsers with `parse`. Whoever reads goes through `dynamodb.items_of`, which takes the stock parser's answers too, so that a
botocore without these seams is slower and nothing else.
"""

from __future__ import annotations

from binascii import crc32
from typing import Any, Final

import orjson
from botocore.exceptions import ChecksumError
from botocore.parsers import ResponseParserFactory

from chalicelib.aws.attributes import decoded_wire, plain_wire

PLAIN: Final = "ItemsArePlain"
"""The key that marks a response whose items are plain values."""
_READ_SHAPES: Final = frozenset({"QueryOutput", "ScanOutput", "GetItemOutput", "BatchGetItemOutput"})


def install(session: Any) -> None:
    """Have the clients that `session` makes from now on parse DynamoDB reads fast, if this botocore can be told to."""
    register = getattr(session, "register_component", None)
    if register is not None:
        register("response_parser_factory", FastParserFactory())


class FastParserFactory(ResponseParserFactory):  # type: ignore[misc]  # botocore has no types
    """Makes botocore's parsers, wrapped where a DynamoDB read may come by."""

    def create_parser(self, protocol_name: str) -> Any:
        """Give a parser of that protocol."""
        parser = super().create_parser(protocol_name)
        return _FastReadParser(parser) if protocol_name == "json" else parser


class _FastReadParser:
    """Parses successful DynamoDB reads itself and leaves the rest to the stock parser."""

    def __init__(self, stock: Any) -> None:
        self._stock = stock

    def parse(self, response: dict[str, Any], shape: Any) -> Any:
        """Parse one response. Raises `ChecksumError` when a body is not what DynamoDB sent."""
        if shape is None or shape.name not in _READ_SHAPES or response["status_code"] != 200:
            return self._stock.parse(response, shape)
        headers, body = response["headers"], response["body"]
        _check(body, headers.get("x-amz-crc32"))
        parsed: dict[str, Any] = orjson.loads(body)
        if "Items" in parsed:
            plain_wire(parsed["Items"])
        elif "Item" in parsed:
            plain_wire([parsed["Item"]])
        elif "Responses" in parsed:
            for items in parsed["Responses"].values():
                plain_wire(items)
            for left in parsed.get("UnprocessedKeys", {}).values():
                left["Keys"] = [decoded_wire(key) for key in left["Keys"]]
        if parsed.get("LastEvaluatedKey"):
            parsed["LastEvaluatedKey"] = decoded_wire(parsed["LastEvaluatedKey"])
        parsed[PLAIN] = True
        parsed["ResponseMetadata"] = {
            "RequestId": headers.get("x-amzn-requestid", ""),
            "HTTPStatusCode": response["status_code"],
            "HTTPHeaders": {name.lower(): value for name, value in headers.items()},
        }
        return parsed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stock, name)


def _check(body: bytes, expected: str | None) -> None:
    """Compare with the checksum DynamoDB sends along; botocore does so only in its legacy retry mode."""
    if expected is not None and (actual := crc32(body)) != int(expected):
        raise ChecksumError(checksum_type="crc32", expected_checksum=int(expected), actual_checksum=actual)
