"""Copying archives to another bucket."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.aws.copy_bucket import S3CopyTarget
from chalicelib.domain.errors import NotPermitted, Unavailable
from tests.tables import BUCKET, REGION, create_bucket

MIB = 1 << 20


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name=REGION)
        create_bucket(client)
        client.create_bucket(Bucket="copies", CreateBucketConfiguration={"LocationConstraint": REGION})
        yield client


@pytest.mark.parametrize("size", [0, 10, 6 * MIB, 6 * MIB + 1, 11 * MIB])
def test_copy_is_the_same_in_one_request_or_in_parts(s3: Any, size: int) -> None:
    content = bytes(number * 7 % 251 for number in range(1_000)) * (size // 1_000) + bytes(size % 1_000)
    s3.put_object(Bucket=BUCKET, Key="exports/5/1/archives/all.zip", Body=content, ContentType="application/zip")
    target = S3CopyTarget(s3, source=BUCKET, target="copies", at_once=6 * MIB, part=5 * MIB)

    for _ in range(2):
        target.copy("exports/5/1/archives/all.zip", "7/x.zip")

    copied = s3.get_object(Bucket="copies", Key="7/x.zip")
    assert (copied["Body"].read(), copied["ContentType"]) == (content, "application/zip")


def test_bucket_that_is_not_there_is_refused(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"x")

    with pytest.raises(NotPermitted):
        S3CopyTarget(s3, source=BUCKET, target="nowhere").copy("a", "b")


def test_object_that_is_gone_may_come_back(s3: Any) -> None:
    with pytest.raises(Unavailable):
        S3CopyTarget(s3, source=BUCKET, target="copies").copy("a", "b")


def test_parts_that_fail_leave_no_upload(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.put_object(Bucket=BUCKET, Key="a", Body=bytes(11 * MIB))

    def fail(**_: Any) -> None:
        raise ConnectionError("cut off")

    monkeypatch.setattr(s3, "upload_part_copy", fail)
    with pytest.raises(ConnectionError):
        S3CopyTarget(s3, source=BUCKET, target="copies", at_once=6 * MIB, part=5 * MIB).copy("a", "b")

    assert "Uploads" not in s3.list_multipart_uploads(Bucket="copies")
