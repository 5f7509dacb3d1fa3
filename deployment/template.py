"""The parts of the CloudFormation template that Chalice does not make: `.chalice/resources*.json` and the state machines.

Chalice makes the functions and the API; `additions` gives everything that is merged into them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


class PackagingError(Exception):
    """No package can be made from what is there; the text says why."""


def additions(folder: Path) -> dict[str, Any]:
    """Merge all `resources*.json` of a folder, and put each `<name>_job.asl.json` into the state machine of its name.

    `import_job.asl.json` becomes the definition of the resource `ImportJob`. Raises `PackagingError` for a
    definition without a resource, and for a value that two files give differently: one of them would not count.
    """
    merged: dict[str, Any] = {}
    for file in sorted(folder.glob("resources*.json")):
        _merge(merged, json.loads(file.read_text()), file.name)
    for file in sorted(folder.glob("*.asl.json")):
        logical_id = "".join(word.capitalize() for word in file.name.removesuffix(".asl.json").split("_"))
        machine = merged.get("Resources", {}).get(logical_id)
        if machine is None:
            raise PackagingError(f"{file.name} needs a resource {logical_id} in .chalice/resources-machines.json")
        definition = json.loads(file.read_text())
        machine["Properties"]["Definition"] = definition
        machine["Properties"]["DefinitionSubstitutions"] = {
            name: _reference(name, merged["Resources"]) for name in sorted(set(_placeholders(definition)))
        }
    return merged


def functions(template: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the logical id and the properties of every Lambda function."""
    for logical_id, resource in template["Resources"].items():
        if resource.get("Type") == "AWS::Serverless::Function":
            yield logical_id, resource["Properties"]


def _merge(target: dict[str, Any], source: Mapping[str, Any], where: str) -> None:
    for name, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(name), dict):
            _merge(target[name], value, f"{where}: {name}")
        elif target.setdefault(name, value) != value:
            raise PackagingError(f"{where}: {name} is given differently by another file of .chalice/")


def _placeholders(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _PLACEHOLDER.findall(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _placeholders(item)
    elif isinstance(value, list):
        for item in value:
            yield from _placeholders(item)


def _reference(logical_id: str, resources: Mapping[str, Any]) -> dict[str, Any]:
    """Give what `${logical_id}` stands for in a definition: the name of a table or bucket, else the ARN of a function."""
    kind = resources.get(logical_id, {}).get("Type", "AWS::Serverless::Function")
    if kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket"):
        return {"Ref": logical_id}
    return {"Fn::GetAtt": [logical_id, "Arn"]}
