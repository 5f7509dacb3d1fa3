"""The package as it goes to AWS: made once, then looked at."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.api.http import EVERY_ANSWER
from deployment.dependencies import Target, interpreter
from deployment.package import AWS, ROOT, Package, package
from deployment.template import functions

pytestmark = pytest.mark.xdist_group("package")

MAX_ZIP = 10_000_000
MAX_TEMPLATE = 1_000_000
MAX_RESOURCES = 500
MAX_API_RESOURCES = 300
STATEFUL = ("AWS::DynamoDB::Table", "AWS::S3::Bucket")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return package("test", AWS, tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def code(made: Package) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(made.code) as archive:
        yield archive


@pytest.fixture(scope="module")
def template(made: Package) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(made.template.read_text())
    return loaded


# the code


def test_code_is_the_app_and_what_it_requires(code: zipfile.ZipFile) -> None:
    names = set(code.namelist())
    shipped = {path.relative_to(ROOT).as_posix() for path in (ROOT / "chalicelib").rglob("*") if path.is_file()}
    assert {name for name in shipped if "__pycache__" not in name} | {"app.py", "chalice/app.py"} <= names
    tops = {name.partition("/")[0] for name in names}
    unwanted = {"boto3", "botocore", "s3transfer", "pip", "setuptools", "tests", "benchmarks", "deployment", "docs", "bin"}
    assert tops & unwanted == set()
    assert [name for name in names if re.search(r"(^|/)(tests?|testing)/", name)] == []


def test_code_is_small(made: Package) -> None:
    assert made.code.stat().st_size < MAX_ZIP


@pytest.mark.skipif(interpreter(AWS.python) is None, reason=f"there is no Python {AWS.python} here to compile with")
def test_every_module_is_compiled_and_never_checked_against_its_source(code: zipfile.ZipFile) -> None:
    names = set(code.namelist())
    tag = f"cpython-{AWS.python.replace('.', '')}"
    modules = [name for name in names if name.endswith(".py")]
    compiled = {name: re.sub(r"([^/]+)\.py$", rf"__pycache__/\1.{tag}.pyc", name) for name in modules}
    assert {name for name, target in compiled.items() if target not in names} == set()
    unchecked_hash = (0b01).to_bytes(4, "little")  # PEP 552: hash-based, the source is not looked at
    assert {code.read(target)[4:8] for target in compiled.values()} == {unchecked_hash}
    if f"{sys.version_info.major}.{sys.version_info.minor}" == AWS.python:
        assert {code.read(target)[:4] for target in compiled.values()} == {importlib.util.MAGIC_NUMBER}


def test_binary_modules_are_for_the_machine_on_lambda(code: zipfile.ZipFile) -> None:
    binaries = [name for name in code.namelist() if name.endswith(".so")]
    assert binaries
    assert [name for name in binaries if not re.search(r"(cpython-311-x86_64-linux-gnu|abi3)\.so$", name)] == []
    elf_x86_64 = b"\x3e\x00"
    assert {code.read(name)[18:20] for name in binaries} == {elf_x86_64}


def test_other_processor_and_python_are_packaged_for(tmp_path: Path) -> None:
    made = package("test", Target("3.12", "arm64"), tmp_path)
    template = json.loads(made.template.read_text())
    assert {(p["Runtime"], *p["Architectures"]) for _, p in functions(template)} == {("python3.12", "arm64")}
    with zipfile.ZipFile(made.code) as archive:
        elf_aarch64 = b"\xb7\x00"
        assert {archive.read(name)[18:20] for name in archive.namelist() if name.endswith(".so")} == {elf_aarch64}


def test_same_sources_give_the_same_bytes(made: Package, tmp_path: Path) -> None:
    again = package("test", AWS, tmp_path)
    assert again.code.read_bytes() == made.code.read_bytes()
    assert again.template.read_bytes() == made.template.read_bytes()


# the template


def test_template_keeps_within_the_limits(made: Package, template: dict[str, Any]) -> None:
    assert made.template.stat().st_size < MAX_TEMPLATE
    assert len(template["Resources"]) < MAX_RESOURCES
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    parts = [path.strip("/").split("/") for path in paths]
    assert len({tuple(each[:depth]) for each in parts for depth in range(1, len(each) + 1)}) < MAX_API_RESOURCES


def test_every_function_runs_the_packaged_python_under_a_role_of_this_stack(template: dict[str, Any]) -> None:
    for name, properties in functions(template):
        assert properties["Runtime"] == "python3.11", name
        assert properties["Architectures"] == ["x86_64"], name
        role = properties["Role"]["Fn::GetAtt"][0]
        assert template["Resources"][role]["Type"] == "AWS::IAM::Role", name
        assert properties["Tracing"] == "Active", name
        assert properties["Timeout"] <= 900, name
    assert template["Resources"]["APIHandler"]["Properties"]["Timeout"] <= 29


def test_policies_are_narrow(template: dict[str, Any]) -> None:
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::IAM::Role":
            continue
        assert "ManagedPolicyArns" not in resource["Properties"], name
        for policy in resource["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                statement = statement["Fn::If"][1] if "Fn::If" in statement else statement
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                assert not [action for action in actions if "*" in action], (name, statement["Sid"])
                if statement["Resource"] == "*":  # these have no resource to name
                    assert {action.partition(":")[0] for action in actions} <= {"xray", "logs"}, (name, statement["Sid"])


def test_what_holds_data_stays_when_the_stack_goes(template: dict[str, Any]) -> None:
    stateful = {name: resource for name, resource in template["Resources"].items() if resource["Type"] in STATEFUL}
    assert {"AccountTable", "SlotTable", "ExportTable", "ConventionTable", "Bucket"} <= stateful.keys()
    for name, resource in stateful.items():
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain"), name


def test_tables_are_on_demand_recoverable_encrypted_and_expire_by_ttl(template: dict[str, Any]) -> None:
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::DynamoDB::Table":
            properties = resource["Properties"]
            assert properties["BillingMode"] == "PAY_PER_REQUEST", name
            assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}, name
            assert properties["SSESpecification"] == {"SSEEnabled": True}, name
            assert properties["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}, name


def test_bucket_is_private_encrypted_and_cleans_up(template: dict[str, Any]) -> None:
    bucket = template["Resources"]["Bucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert (rules["temporary"]["Prefix"], rules["temporary"]["ExpirationInDays"]) == ("tmp/", 1)
    assert (rules["uploads"]["Prefix"], rules["uploads"]["ExpirationInDays"]) == ("uploads/", 2)
    assert rules["unfinished-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    statement = template["Resources"]["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_gateway_is_throttled_binary_safe_and_answers_strays_in_json(template: dict[str, Any]) -> None:
    api = template["Resources"]["RestAPI"]["Properties"]
    assert api["MethodSettings"][0]["ThrottlingRateLimit"] > 0
    assert api["MethodSettings"][0]["ThrottlingBurstLimit"] > 0
    definition = api["DefinitionBody"]
    assert definition["x-amazon-apigateway-binary-media-types"] == ["*/*"]
    answers = definition["x-amazon-apigateway-gateway-responses"]
    statuses = {kind: answer.get("statusCode") for kind, answer in answers.items()}
    assert statuses == {
        "MISSING_AUTHENTICATION_TOKEN": 404,
        "INVALID_SIGNATURE": 404,
        "EXPIRED_TOKEN": 404,
        "ACCESS_DENIED": 404,
        "RESOURCE_NOT_FOUND": 404,
        "REQUEST_TOO_LARGE": 413,
        "THROTTLED": 429,
        "QUOTA_EXCEEDED": 429,
        "INTEGRATION_TIMEOUT": 504,
        "INTEGRATION_FAILURE": 502,
        "DEFAULT_4XX": None,
        "DEFAULT_5XX": None,
    }
    for kind, answer in answers.items():
        body = json.loads(answer["responseTemplates"]["application/json"])
        assert body["error"].keys() >= {"code", "message", "request_id"}, kind
        assert answer["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'", kind
        for name, value in EVERY_ANSWER.items():
            assert answer["responseParameters"][f"gatewayresponse.header.{name}"] == f"'{value}'", kind
    too_large = json.loads(answers["REQUEST_TOO_LARGE"]["responseTemplates"]["application/json"])
    assert too_large["error"]["upload"] == "POST /v1/import/uploads"


def test_every_path_lets_every_method_reach_the_app(template: dict[str, Any]) -> None:
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    assert [path for path, methods in paths.items() if "x-amazon-apigateway-any-method" not in methods] == []
    assert [path for path, methods in paths.items() if "options" not in methods] == []


def test_environment_has_what_the_settings_read(template: dict[str, Any]) -> None:
    given = set(template["Globals"]["Function"]["Environment"]["Variables"])
    source = (ROOT / "chalicelib" / "settings.py").read_text()
    read = set(re.findall(r'environment(?:\.get\(|\[)"([A-Z_]+)"', source))
    assert read - given - {"ALLOW_PRIVATE_WEBHOOKS"} == set()  # for local use only


def test_every_function_that_nobody_waits_for_has_an_alarm(template: dict[str, Any]) -> None:
    alarms = [each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::CloudWatch::Alarm"]
    watched = {one["Value"]["Ref"] for alarm in alarms for one in alarm.get("Dimensions", ()) if one["Name"] == "FunctionName"}
    unwaited = {name for name, properties in functions(template) if "Events" in properties}
    assert {"Tick", "ImportExecutionEnded", "ExportExecutionEnded"} <= unwaited
    assert unwaited - watched == set()


def test_every_machine_logs_traces_and_has_a_time_limit(template: dict[str, Any]) -> None:
    machines = {name: each for name, each in template["Resources"].items() if each["Type"] == "AWS::StepFunctions::StateMachine"}
    assert "ImportJob" in machines
    for name, machine in machines.items():
        properties = machine["Properties"]
        assert properties["LoggingConfiguration"]["Level"] == "ERROR", name
        assert properties["LoggingConfiguration"]["IncludeExecutionData"] is False, name
        assert properties["TracingConfiguration"] == {"Enabled": True}, name
        assert properties["Definition"]["TimeoutSeconds"] > 0, name
