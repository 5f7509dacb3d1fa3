"""What S3 alone can show: parts, aborted uploads, broken connections, presigned URLs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import IncompleteReadError
from moto import mock_aws

from chalicelib.aws.archive_bucket import S3ObjectStore
from chalicelib.domain.errors import Unavailable
from tests.tables import BUCKET, create_bucket, new_session

PART = 5 * 1_024 * 1_024


class Counting:
    """A client that counts its calls, and lets a test come in between."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls: list[str] = []
        self.before: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **parameters: Any) -> Any:
            self.calls.append(name)
            if name in self.before:
                self.before[name](parameters)
            return getattr(self.client, name)(*args, **parameters)

        return call


@pytest.fixture
def s3() -> Iterator[Counting]:
    with mock_aws():
        client = new_session().create_client(
            "s3", config=Config(signature_version="s3v4", request_checksum_calculation="when_required")
        )
        create_bucket(client)
        yield Counting(client)


@pytest.fixture
def store(s3: Counting) -> S3ObjectStore:
    return S3ObjectStore(s3, bucket=BUCKET, first_part=PART)


def test_small_stream_is_one_request(s3: Counting, store: S3ObjectStore) -> None:
    store.write("a", [b"x", b"y"])
    assert s3.calls == ["put_object"]


def test_large_stream_goes_in_parts_and_is_read_in_one_request(s3: Counting, store: S3ObjectStore) -> None:
    store.write("a", [b"x" * 1_000_000] * 12, content_type="text/plain", metadata={"k": "v"})
    assert s3.calls == ["create_multipart_upload", "upload_part", "upload_part", "upload_part", "complete_multipart_upload"]
    s3.calls.clear()
    assert sum(map(len, store.read("a"))) == 12_000_000
    assert s3.calls == ["get_object"]
    head = s3.client.head_object(Bucket=BUCKET, Key="a")
    assert (head["ContentType"], head["Metadata"]) == ("text/plain", {"k": "v"})


def test_parts_grow_to_what_s3_takes() -> None:
    store = S3ObjectStore(None, bucket=BUCKET, first_part=1)
    sizes = [len(part) for part in store._parts([b"x" * 1_000] * 15)]
    assert sizes == [1] * 1_000 + [2] * 1_000 + [4] * 1_000 + [8] * 1_000
    assert 8 * 1_024**2 * 1_000 * (2**10 - 1) > 5 * 1_024**4  # ten thousand parts of the real sizes hold the largest object


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_upload_is_aborted_whatever_ends_it(s3: Counting, store: S3ObjectStore, error: type[BaseException]) -> None:
    def failing() -> Iterator[bytes]:
        yield b"x" * (2 * PART + 1)
        raise error

    with pytest.raises(error):
        store.write("a", failing())
    assert s3.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []
    assert store.head("a") is None


def test_upload_whose_part_fails_is_aborted(s3: Counting, store: S3ObjectStore) -> None:
    def fail(parameters: dict[str, Any]) -> None:
        if parameters["PartNumber"] == 2:
            raise RuntimeError("broken part")

    s3.before["upload_part"] = fail
    with pytest.raises(RuntimeError, match="broken part"):
        store.write("a", [b"x" * PART] * 4)
    assert s3.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []


def test_unfinished_uploads_are_aborted_by_prefix(s3: Counting, store: S3ObjectStore) -> None:
    for key in ("exports/1/a", "exports/1/b", "exports/2/a"):
        s3.client.create_multipart_upload(Bucket=BUCKET, Key=key)
    store.abort_uploads("exports/1/")
    assert [upload["Key"] for upload in s3.client.list_multipart_uploads(Bucket=BUCKET)["Uploads"]] == ["exports/2/a"]


class PagesOfOne:
    """S3's list of unfinished uploads, one a page, as S3 cuts it: without the marker of an upload it goes on behind the key."""

    def __init__(self, *uploads: tuple[str, str]) -> None:
        self.uploads = list(uploads)

    def list_multipart_uploads(self, **parameters: Any) -> dict[str, Any]:
        after = (parameters.get("KeyMarker", ""), parameters.get("UploadIdMarker", "\uffff"))
        left = sorted(upload for upload in self.uploads if not after[0] or upload > after)
        if not left:
            return {"IsTruncated": False}
        key, upload_id = left[0]
        page = {"Uploads": [{"Key": key, "UploadId": upload_id}], "IsTruncated": len(left) > 1}
        return page | {"NextKeyMarker": key, "NextUploadIdMarker": upload_id}

    def abort_multipart_upload(self, **parameters: Any) -> None:
        self.uploads.remove((parameters["Key"], parameters["UploadId"]))


def test_unfinished_uploads_of_one_key_are_aborted_across_pages() -> None:
    client = PagesOfOne(("a", "1"), ("a", "2"), ("b", "1"))
    S3ObjectStore(client, bucket=BUCKET).abort_uploads("")
    assert client.uploads == []


class CutOff:
    """A body whose connection breaks after some bytes."""

    def __init__(self, body: Any, after: int) -> None:
        self._body, self._left = body, after

    def read(self, amount: int) -> bytes:
        if self._left <= 0:
            raise IncompleteReadError(actual_bytes=1, expected_bytes=2)
        self._left -= amount
        content: bytes = self._body.read(amount)
        return content

    def close(self) -> None:
        self._body.close()


class Unreliable(Counting):
    """Breaks each body after three reads of `amount` bytes."""

    amount = 1_000

    def __getattr__(self, name: str) -> Any:
        call = super().__getattr__(name)
        if name != "get_object":
            return call

        def get_object(**parameters: Any) -> Any:
            response = call(**parameters)
            return {**response, "Body": CutOff(response["Body"], 3 * self.amount)}

        return get_object


def test_read_goes_on_where_the_connection_broke(s3: Counting) -> None:
    body = bytes(range(251)) * 40
    store = S3ObjectStore(Unreliable(s3.client), bucket=BUCKET)
    store.put("a", body)
    assert b"".join(store.read("a", chunk_size=1_000)) == body
    assert b"".join(store.read("a", start=17, end=9_000, chunk_size=1_000)) == body[17:9_000]


def test_read_gives_up_in_the_end(s3: Counting) -> None:
    store = S3ObjectStore(Unreliable(s3.client), bucket=BUCKET)
    store.put("a", bytes(50_000))
    with pytest.raises(Unavailable, match="objects_unreachable"):
        list(store.read("a", chunk_size=1_000))


def test_read_never_mixes_two_objects(s3: Counting) -> None:
    store = S3ObjectStore(Unreliable(s3.client), bucket=BUCKET)
    store.put("a", b"old" * 3_000)
    chunks = store.read("a", chunk_size=1_000)
    next(chunks)
    store.put("a", b"new" * 3_000)
    with pytest.raises(Unavailable, match="object_changed"):
        list(chunks)


def test_presigned_download_carries_name_and_type(store: S3ObjectStore) -> None:
    url = urlsplit(store.download_url("exports/ä", filename="Zürich.ics", content_type="text/calendar", seconds=60))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.path.endswith("/exports/%C3%A4")
    assert query["response-content-disposition"] == "attachment; filename=\"Zurich.ics\"; filename*=UTF-8''Z%C3%BCrich.ics"
    assert query["response-content-type"] == "text/calendar"
    assert (query["X-Amz-Algorithm"], query["X-Amz-Expires"]) == ("AWS4-HMAC-SHA256", "60")


def test_presigned_upload_holds_to_its_type(store: S3ObjectStore) -> None:
    typed = parse_qs(urlsplit(store.upload_url("uploads/a", content_type="text/calendar")).query)
    untyped = parse_qs(urlsplit(store.upload_url("uploads/a")).query)
    assert (typed["X-Amz-SignedHeaders"], untyped["X-Amz-SignedHeaders"]) == (["content-type;host"], ["host"])
