import json
from pathlib import Path
from typing import Any

import pytest

from deployment.template import PackagingError, additions, functions


def write(folder: Path, **files: Any) -> Path:
    for name, content in files.items():
        (folder / name.replace("__", ".").replace("_dash_", "-")).write_text(json.dumps(content))
    return folder


def test_resource_files_are_merged_deeply(tmp_path: Path) -> None:
    write(
        tmp_path,
        resources__json={"Resources": {"A": {"Properties": {"x": 1}}}},
        resources_dash_more__json={"Resources": {"A": {"Properties": {"y": [2]}}, "B": {}}, "Parameters": {"P": {}}},
        config__json={"Resources": {"C": {}}},
    )
    assert additions(tmp_path) == {
        "Resources": {"A": {"Properties": {"x": 1, "y": [2]}}, "B": {}},
        "Parameters": {"P": {}},
    }


def test_value_that_two_files_give_differently_is_refused(tmp_path: Path) -> None:
    write(
        tmp_path,
        resources__json={"Resources": {"A": {"Type": "T", "Properties": {"x": [1]}}}},
        resources_dash_more__json={"Resources": {"A": {"Type": "T", "Properties": {"x": [1, 2]}}}},
    )
    with pytest.raises(PackagingError, match=r"resources.json: Resources: A: Properties: x is given differently"):
        additions(tmp_path)


def test_definition_goes_into_the_machine_of_its_name_with_what_it_names(tmp_path: Path) -> None:
    definition = {"StartAt": "A", "States": {"A": {"Resource": "${DoIt}", "Parameters": {"t": ["${Table}", "${Bucket}"]}}}}
    resources = {
        "ImportJob": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"StateMachineName": "n"}},
        "Table": {"Type": "AWS::DynamoDB::Table"},
        "Bucket": {"Type": "AWS::S3::Bucket"},
    }
    write(tmp_path, resources__json={"Resources": resources}, import_job__asl__json=definition)
    assert additions(tmp_path)["Resources"]["ImportJob"]["Properties"] == {
        "StateMachineName": "n",
        "Definition": definition,
        "DefinitionSubstitutions": {
            "Bucket": {"Ref": "Bucket"},
            "DoIt": {"Fn::GetAtt": ["DoIt", "Arn"]},
            "Table": {"Ref": "Table"},
        },
    }


def test_definition_without_a_machine_is_refused(tmp_path: Path) -> None:
    write(tmp_path, resources__json={"Resources": {}}, lost_job__asl__json={})
    with pytest.raises(PackagingError, match=r"lost_job\.asl\.json needs a resource LostJob"):
        additions(tmp_path)


def test_functions_are_found_by_their_type() -> None:
    template = {"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {"a": 1}}, "T": {"Type": "AWS::S3::Bucket"}}}
    assert list(functions(template)) == [("F", {"a": 1})]
