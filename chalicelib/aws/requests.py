"""Writes the bodies of DynamoDB's batch requests ten times as fast as botocore does.

botocore validates and copies every value of every item along its model, which takes most of an import's time. What `Table`
gives it has the very shape of the wire, but for bytes, which JSON has in base64. So for the two requests that carry many items
botocore makes the request of a small stand-in (method, headers, endpoint), and the body is written by orjson. It relies on one
seam, a client's `_serializer` with `serialize_to_request`; a botocore without it is slower and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from pybase64 import b64encode_as_string

_STAND_INS: Final[Mapping[str, Mapping[str, Any]]] = {
    "BatchGetItem": {"RequestItems": {"-": {"Keys": [{}]}}},
    "BatchExecuteStatement": {"Statements": [{"Statement": "-"}]},
}
"""The smallest valid parameters of each request."""


def install(client: Any) -> None:
    """Have this DynamoDB client write batches fast, if its botocore can be told to."""
    stock = getattr(client, "_serializer", None)
    if hasattr(stock, "serialize_to_request"):
        client._serializer = _BatchSerializer(stock)


class _BatchSerializer:
    """Writes the bodies of batches itself and leaves the rest to the stock serializer."""

    def __init__(self, stock: Any) -> None:
        self._stock = stock

    def serialize_to_request(self, parameters: Mapping[str, Any], model: Any) -> Any:
        """Give the request of an operation with these parameters, in botocore's own form."""
        stand_in = _STAND_INS.get(model.name)
        if stand_in is None:
            return self._stock.serialize_to_request(parameters, model)
        request = self._stock.serialize_to_request(stand_in, model)
        request["body"] = orjson.dumps(parameters, default=_base64)
        return request

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stock, name)


def _base64(value: object) -> str:
    """Give bytes as DynamoDB's JSON has them. Raises `TypeError` for anything else."""
    if not isinstance(value, bytes):
        raise TypeError(f"DynamoDB has no type for {value!r}")
    return b64encode_as_string(value)
