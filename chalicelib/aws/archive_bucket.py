"""Files on S3: streams in and out with flat memory, and presigned URLs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from io import BytesIO
from itertools import chain, islice
from typing import Any, Final

from botocore.exceptions import ClientError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError
from urllib3.exceptions import ProtocolError
from urllib3.exceptions import TimeoutError as BodyTimeout

from chalicelib.aws.failures import UNREACHABLE
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.formats.disposition import content_disposition
from chalicelib.services.ports.objects import ObjectInfo

_FIRST_PART: Final = 8 * 1_024 * 1_024
_PARTS_PER_SIZE: Final = 1_000
"""After so many parts their size doubles: 10,000 parts, which is what S3 takes, then hold more than its 5 TiB, and what
fits through one Lambda stays in parts of a few dozen megabytes."""
_DELETE_BATCH: Final = 1_000
_RESUMPTIONS: Final = 5
_MISSING: Final = frozenset({"NoSuchKey", "NoSuchUpload", "404", "NotFound"})
_CHANGED: Final = frozenset({"PreconditionFailed", "412"})
_BUSY: Final = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "500", "503"})
_CUT_OFF: Final = (ResponseStreamingError, IncompleteReadError, ReadTimeoutError, ProtocolError, BodyTimeout)


class _PastEnd(Exception):
    """A range begins where the object has ended."""


class S3ObjectStore:
    """Fulfils `ObjectStore` on one bucket."""

    def __init__(self, client: Any, *, bucket: str, first_part: int = _FIRST_PART) -> None:
        self._client = client
        self._bucket = bucket
        self._first_part = first_part

    def put(self, key: str, body: bytes, *, content_type: str = "application/octet-stream") -> ObjectInfo:
        """Write a small object in one request."""
        return self._put(key, body, content_type, {})

    def write(
        self,
        key: str,
        chunks: Iterable[bytes],
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        """Write a stream: one part is gathered while the one before is on its way.

        Nothing is left of a write that ends early, whatever ended it.
        """
        parts = self._parts(chunks)
        begin = deque(islice(parts, 2))
        if len(begin) == 1:
            return self._put(key, begin[0], content_type, metadata or {})
        started = self._call("create_multipart_upload", Key=key, ContentType=content_type, Metadata=dict(metadata or {}))
        upload = {"Key": key, "UploadId": started["UploadId"]}
        try:
            return self._upload(upload, chain(_taken(begin), parts))
        except BaseException:
            with suppress(ClientError, NotFound, Unavailable):  # the bucket's lifecycle removes what cannot be aborted now
                self._call("abort_multipart_upload", **upload)
            raise

    def _parts(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Gather chunks into parts that grow; at least one, which may be empty."""
        number, space, part = 0, self._first_part, BytesIO()
        for chunk in chunks:
            rest = memoryview(chunk)
            while len(rest) >= space:
                part.write(rest[:space])
                rest = rest[space:]
                yield part.getvalue()  # which hands the buffer over and copies nothing
                number += 1
                space, part = self._first_part << (number // _PARTS_PER_SIZE), BytesIO()
            space -= part.write(rest)
        if number == 0 or part.tell():
            yield part.getvalue()

    def _upload(self, upload: dict[str, str], parts: Iterable[bytes]) -> ObjectInfo:
        """Upload parts, each while the next one is gathered: two are in memory at most."""
        size = 0
        done: list[dict[str, Any]] = []
        with ThreadPoolExecutor(1, thread_name_prefix="upload") as pool:
            running: Future[dict[str, Any]] | None = None
            for number, part in enumerate(parts, start=1):
                if running is not None:
                    done.append(running.result())
                size += len(part)
                running = pool.submit(self._upload_part, upload, number, part)
                del part
            if running is not None:
                done.append(running.result())
        response = self._call("complete_multipart_upload", **upload, MultipartUpload={"Parts": done})
        return ObjectInfo(upload["Key"], size, response["ETag"].strip('"'))

    def _upload_part(self, upload: dict[str, str], number: int, part: bytes) -> dict[str, Any]:
        response = self._call("upload_part", **upload, PartNumber=number, Body=part)
        return {"PartNumber": number, "ETag": response["ETag"]}

    def _put(self, key: str, body: bytes, content_type: str, metadata: Mapping[str, str]) -> ObjectInfo:
        response = self._call("put_object", Key=key, Body=body, ContentType=content_type, Metadata=dict(metadata))
        return ObjectInfo(key, len(body), response["ETag"].strip('"'))

    def read(self, key: str, *, start: int = 0, end: int | None = None, chunk_size: int = 262_144) -> Iterator[bytes]:
        """Yield the bytes from `start` up to, not including, `end`, going on where a connection broke.

        Raises `NotFound("object")`, and `Unavailable("object_changed")` when it is written over meanwhile.
        """
        position, etag, attempt = start, None, 0
        while end is None or position < end:
            wanted: dict[str, str] = {}
            if position > 0 or end is not None:
                wanted["Range"] = f"bytes={position}-{'' if end is None else end - 1}"
            if etag is not None:
                wanted["IfMatch"] = etag
            try:
                response = self._call("get_object", Key=key, **wanted)
                etag = response["ETag"]
                with closing(response["Body"]) as body:
                    while chunk := body.read(chunk_size):
                        position += len(chunk)
                        yield chunk
            except _PastEnd:
                return
            except _CUT_OFF as error:
                attempt += 1
                if attempt > _RESUMPTIONS:
                    raise Unavailable("objects_unreachable") from error
            else:
                return
        if etag is None and self.head(key) is None:  # nothing was asked for, and not even that is there
            raise NotFound("object", key=key)

    def head(self, key: str) -> ObjectInfo | None:
        """Tell size and etag; None when it is not there."""
        try:
            response = self._call("head_object", Key=key)
        except NotFound:
            return None
        return ObjectInfo(key, response["ContentLength"], response["ETag"].strip('"'))

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Yield what is under a prefix, by key."""
        for page in self._pages("list_objects_v2", "ContinuationToken", Prefix=prefix):
            for found in page.get("Contents", ()):
                yield ObjectInfo(found["Key"], found["Size"], found["ETag"].strip('"'))

    def delete(self, keys: Sequence[str]) -> None:
        """Remove objects, a thousand a request; no error for those that are gone."""
        remaining = iter(keys)
        while batch := [{"Key": key} for key in islice(remaining, _DELETE_BATCH)]:
            response = self._call("delete_objects", Delete={"Objects": batch, "Quiet": True})
            if response.get("Errors"):
                raise Unavailable("objects_not_deleted", keys=[error["Key"] for error in response["Errors"]])

    def abort_uploads(self, prefix: str) -> None:
        """Abort the unfinished multipart uploads under a prefix, which killed tasks leave behind."""
        for page in self._pages("list_multipart_uploads", "KeyMarker", "UploadIdMarker", Prefix=prefix):
            for upload in page.get("Uploads", ()):
                with suppress(NotFound):
                    self._call("abort_multipart_upload", Key=upload["Key"], UploadId=upload["UploadId"])

    def download_url(
        self, key: str, *, filename: str, content_type: str, disposition: str = "attachment", seconds: int = 300
    ) -> str:
        """Presign a GET whose answer carries that name (RFC 6266, any Unicode) and type."""
        answer = {
            "ResponseContentDisposition": content_disposition(filename, disposition),
            "ResponseContentType": content_type,
        }
        return self._presign("get_object", seconds, Key=key, **answer)

    def upload_url(self, key: str, *, content_type: str | None = None, seconds: int = 3_600) -> str:
        """Presign a PUT; with a `content_type`, whoever uploads has to send that very type."""
        return self._presign("put_object", seconds, Key=key, **({} if content_type is None else {"ContentType": content_type}))

    def _presign(self, method: str, seconds: int, **parameters: Any) -> str:
        url: str = self._client.generate_presigned_url(method, Params={"Bucket": self._bucket, **parameters}, ExpiresIn=seconds)
        return url

    def _pages(self, operation: str, *markers: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        """Yield the pages of a list; each says by its markers, with "Next" before their names, where the next one begins."""
        while True:
            page = self._call(operation, **parameters)
            yield page
            if not page.get("IsTruncated"):
                return
            parameters.update({marker: page[f"Next{marker}"] for marker in markers})

    def _call(self, operation: str, **parameters: Any) -> Any:
        """Call S3 and say in our words what is not there, and what may pass."""
        try:
            return getattr(self._client, operation)(Bucket=self._bucket, **parameters)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _MISSING:
                raise NotFound("object", key=parameters.get("Key", "")) from error
            if code == "InvalidRange":
                raise _PastEnd from error
            if code in _CHANGED:
                raise Unavailable("object_changed", key=parameters.get("Key", "")) from error
            if code in _BUSY:
                raise Unavailable("objects_busy") from error
            raise
        except UNREACHABLE as error:
            raise Unavailable("objects_unreachable") from error


def _taken(parts: deque[bytes]) -> Iterator[bytes]:
    """Yield parts and keep none of them."""
    while parts:
        yield parts.popleft()
