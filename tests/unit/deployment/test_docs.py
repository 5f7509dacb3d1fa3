"""What the documentation says of the deployment is what the deployment is."""

import json
import re
from typing import Any

from deployment.package import ROOT
from deployment.template import additions

TEMPLATE: dict[str, Any] = additions(ROOT / ".chalice")


def test_every_parameter_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (?:`\w+`)? *\| ([^|]*) \|", (ROOT / "docs" / "configuration.md").read_text(), re.MULTILINE)
    documented = {name: default.strip().strip("`") for name, default in rows if name[0].isupper() and not name.isupper()}
    spelled = {"": "empty"}
    actual = {name: spelled.get(str(each["Default"]), str(each["Default"])) for name, each in TEMPLATE["Parameters"].items()}
    assert documented == {**actual, "PublicUrl": "the stack's own address"}


def test_every_variable_is_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    assert [name for name in variables if f"`{name}`" not in text] == []


def test_every_alarm_names_what_to_do() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text()
    headings = set(re.findall(r"^## (.+)$", operations, re.MULTILINE))
    named = re.findall(r"docs/operations\.md, '(\w+)'", json.dumps(TEMPLATE))
    assert named
    assert set(named) <= headings
