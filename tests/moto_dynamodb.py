"""What moto's DynamoDB needs to stand in for the real one.

- PartiQL's INSERT is refused as a duplicate when the key is there, at the cost of one write; moto's own overwrites what is
  there, and copies every table for each statement.
- An attribute's value has one type; moto looks for each of ten in each value of each item, which takes a quarter of many tests.
- Requests of several threads are answered one after another; moto copies tables while other threads change them.
"""

from __future__ import annotations

import re
import threading
from typing import Any, Final

from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.responses import DynamoHandler

_INSERT: Final = re.compile(r"""INSERT INTO "(?P<table>[^"]+)" VALUE \{(?P<fields>.*)\}""")
_FIELD: Final = re.compile(r"'(?P<name>[^']+)':\?")
_one_at_a_time: Final = threading.RLock()
_batch_execute_statement: Final = DynamoDBBackend.batch_execute_statement
_call_action: Final = DynamoHandler.call_action
_serialize_structure: Final = BaseJSONSerializer._serialize_type_structure


def install() -> None:
    """Have moto answer as DynamoDB does; doing so again changes nothing."""
    DynamoDBBackend.batch_execute_statement = _execute_inserts  # type: ignore[method-assign,assignment]  # replaced on purpose
    DynamoHandler.call_action = _call_one_action  # type: ignore[method-assign]  # replaced on purpose
    BaseJSONSerializer._serialize_type_structure = _serialize_value  # type: ignore[method-assign,assignment]  # replaced on purpose


def _call_one_action(handler: DynamoHandler) -> Any:
    with _one_at_a_time:
        return _call_action(handler)


def _serialize_value(serializer: BaseJSONSerializer, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if shape.name != "AttributeValue" or not isinstance(value, dict) or not key:
        _serialize_structure(serializer, serialized, value, shape, key)
        return
    wrapper: dict[str, Any] = serializer.MAP_TYPE()
    for kind, content in value.items():
        serializer._serialize(wrapper, content, shape.members[kind], kind)
    serializer._default_serialize(serialized, wrapper, shape, key)


def _execute_inserts(backend: DynamoDBBackend, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(statements) > 25:
        raise AssertionError(f"DynamoDB takes 25 statements in a batch, not {len(statements)}")
    inserts = [_INSERT.fullmatch(statement["Statement"]) for statement in statements]
    if not all(inserts):
        answers: list[dict[str, Any]] = _batch_execute_statement(backend, statements)
        return answers
    return [
        _insert(backend, match["table"], dict(zip(_FIELD.findall(match["fields"]), statement["Parameters"], strict=True)))
        for match, statement in zip(inserts, statements, strict=True)
        if match is not None
    ]


def _insert(backend: DynamoDBBackend, table_name: str, item: dict[str, Any]) -> dict[str, Any]:
    table = backend.get_table(table_name)
    key = {name: item[name] for name in table.table_key_attrs}
    if backend.get_item(table_name, key) is not None:
        return {"Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}, "TableName": table_name}
    backend.put_item(table_name, item)
    return {"TableName": table_name}
