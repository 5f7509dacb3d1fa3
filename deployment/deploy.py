"""Deploys a package with CloudFormation: to AWS, or to whatever answers at an endpoint.

python -m deployment.deploy prod [--parameter PublicUrl=https://slots.example.org] ...
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from deployment.dependencies import Target
from deployment.package import AWS, BUILD, Package, package
from deployment.template import PackagingError, functions

CAPABILITIES: Final = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


class DeploymentError(Exception):
    """CloudFormation refused or rolled back; the text says what it said."""


def stack_name(stage: str) -> str:
    """Name the stack of a stage."""
    return f"slotport-{stage}"


def artifact_bucket(session: Any) -> str:
    """Make sure there is a private bucket for packages in this account and region, and name it."""
    account = session.client("sts").get_caller_identity()["Account"]
    region = session.region_name
    bucket = f"slotport-packages-{account}-{region}"
    s3 = session.client("s3")
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
        location = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **location)
        s3.put_public_access_block(
            Bucket=bucket,
            PublicAccessBlockConfiguration=dict.fromkeys(
                ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
            ),
        )
    return bucket


def upload(session: Any, made: Package, template: dict[str, Any]) -> str:
    """Upload the code and the template that names it; give the template's URL. The keys are digests of the content."""
    bucket = artifact_bucket(session)
    s3 = session.client("s3")
    code = made.code.read_bytes()
    code_key = f"{hashlib.sha256(code).hexdigest()}.zip"
    s3.put_object(Bucket=bucket, Key=code_key, Body=code)
    for _, properties in functions(template):
        properties["CodeUri"] = {"Bucket": bucket, "Key": code_key}
    text = json.dumps(template, separators=(",", ":")).encode()
    key = f"{hashlib.sha256(text).hexdigest()}.template.json"
    s3.put_object(Bucket=bucket, Key=key, Body=text)
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def deploy(session: Any, stack: str, template_url: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Create or update the stack and wait for it; give its outputs. Parameters not named keep their value.

    Raises `DeploymentError`.
    """
    cloudformation = session.client("cloudformation")
    existing = _stack(cloudformation, stack)
    if existing is not None and existing["StackStatus"] == "ROLLBACK_COMPLETE":  # its creation failed: it cannot be updated
        cloudformation.delete_stack(StackName=stack)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig={"Delay": 2, "MaxAttempts": 300})
        existing = None
    given: list[dict[str, object]] = [{"ParameterKey": name, "ParameterValue": value} for name, value in sorted(parameters.items())]
    if existing is not None:
        kept = {parameter["ParameterKey"] for parameter in existing.get("Parameters", [])} - set(parameters)
        declared = cloudformation.get_template_summary(TemplateURL=template_url)["Parameters"]
        known = {parameter["ParameterKey"] for parameter in declared}
        given += [{"ParameterKey": name, "UsePreviousValue": True} for name in sorted(kept & known)]
    action, waiter = (
        (cloudformation.create_stack, "stack_create_complete")
        if existing is None
        else (cloudformation.update_stack, "stack_update_complete")
    )
    try:
        action(StackName=stack, TemplateURL=template_url, Parameters=given, Capabilities=CAPABILITIES)
        cloudformation.get_waiter(waiter).wait(StackName=stack, WaiterConfig={"Delay": 2, "MaxAttempts": 900})
    except WaiterError as error:
        raise DeploymentError(_failures(cloudformation, stack)) from error
    except ClientError as error:
        if "No updates are to be performed" not in error.response["Error"]["Message"]:
            raise DeploymentError(error.response["Error"]["Message"]) from error
    return outputs(session, stack)


def outputs(session: Any, stack: str) -> dict[str, str]:
    """Give the outputs of a stack by name; nothing when there is no such stack."""
    found = _stack(session.client("cloudformation"), stack)
    return {} if found is None else {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def parameters_of(session: Any, stack: str) -> dict[str, str]:
    """Give the parameters a stack was deployed with."""
    found = _stack(session.client("cloudformation"), stack)
    return {} if found is None else {item["ParameterKey"]: item["ParameterValue"] for item in found.get("Parameters", [])}


def _stack(cloudformation: Any, stack: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return found


def _failures(cloudformation: Any, stack: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    lines = [
        f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED") and event.get("ResourceStatusReason")
    ]
    return "\n".join(lines) or f"The stack {stack} did not complete."


def _release(stage: str, target: Target, parameters: dict[str, str]) -> str:
    """Package and deploy a stage, and tell it its own address when nobody gave it a better one."""
    session = boto3.Session()
    made = package(stage, target, BUILD / stage)
    template = json.loads(made.template.read_text())
    stack = stack_name(stage)
    url = upload(session, made, template)
    address = deploy(session, stack, url, parameters)["EndpointURL"].rstrip("/")
    if not parameters_of(session, stack).get("PublicUrl"):
        deploy(session, stack, url, {**parameters, "PublicUrl": address})
    return parameters_of(session, stack)["PublicUrl"]


def main() -> None:
    """Deploy a stage from the command line."""
    parser = argparse.ArgumentParser(description="Package Slotport and deploy it to AWS.")
    parser.add_argument("stage")
    parser.add_argument("--runtime", default=AWS.python)
    parser.add_argument("--architecture", default=AWS.architecture, choices=["x86_64", "arm64"])
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the template")
    arguments = parser.parse_args()
    parameters = dict(pair.split("=", 1) for pair in arguments.parameter)
    try:
        address = _release(arguments.stage, Target(arguments.runtime, arguments.architecture), parameters)
    except (DeploymentError, PackagingError, BotoCoreError, ClientError) as error:
        parser.exit(1, f"Not deployed. {error}\n")
    sys.stdout.write(f"{stack_name(arguments.stage)} is deployed: {address}\n")


if __name__ == "__main__":
    main()
