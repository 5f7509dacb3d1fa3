"""The deployed tables and the bucket, made in moto (or any endpoint) from the very template that is deployed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import botocore.session

from chalicelib.aws.models import ServiceLoader
from chalicelib.settings import Settings
from tests import moto_dynamodb

RESOURCES: Final = Path(__file__).parents[1] / ".chalice" / "resources.json"
REGION: Final = "eu-central-1"
NAMES: Final = {
    "AccountTable": "accounts",
    "SlotTable": "slots",
    "ExportTable": "exports",
    "ConventionTable": "conventions",
}
"""Logical ids of the tables, and what they are called in tests."""
BUCKET: Final = "slotport-test"
ENVIRONMENT: Final = {
    "ACCOUNT_TABLE": NAMES["AccountTable"],
    "SLOT_TABLE": NAMES["SlotTable"],
    "EXPORT_TABLE": NAMES["ExportTable"],
    "CONVENTION_TABLE": NAMES["ConventionTable"],
    "BUCKET": BUCKET,
    "PUBLIC_URL": "https://slotport.test",
    "STAGE": "test",
}
"""The environment of a container in tests."""


def settings_for_tests(**changes: str) -> Settings:
    """Give the settings that match what `create_tables` and `create_bucket` make; `changes` are environment variables."""
    return Settings.from_environment({**ENVIRONMENT, **changes})


def new_session() -> Any:
    """Give a botocore session that reads the descriptions of AWS's services as the deployed one does, quickly."""
    made = botocore.session.get_session()
    made.set_config_variable("region", REGION)
    made.register_component("data_loader", ServiceLoader())
    return made


def table_definition(logical_id: str) -> dict[str, Any]:
    """Give the keyword arguments of boto3's `create_table` for one table of the template."""
    properties = json.loads(RESOURCES.read_text())["Resources"][logical_id]["Properties"]
    wanted = ("AttributeDefinitions", "KeySchema", "BillingMode", "LocalSecondaryIndexes", "GlobalSecondaryIndexes")
    return {"TableName": NAMES[logical_id], **{name: properties[name] for name in wanted if name in properties}}


def create_tables(dynamodb: Any) -> None:
    """Create all four tables with a boto3 DynamoDB client."""
    moto_dynamodb.install()
    for logical_id in NAMES:
        dynamodb.create_table(**table_definition(logical_id))


def create_bucket(s3: Any) -> None:
    """Create the bucket with a boto3 S3 client."""
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
