"""The bucket that exports are copied to, on S3."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from botocore.exceptions import ClientError, HTTPClientError

from chalicelib.domain.errors import NotPermitted, Unavailable

_AT_ONCE: Final = 5 * 1_024**3
"""Bytes that S3 copies in one request."""
_PART: Final = 1_024**3
_REFUSED: Final = frozenset({"AccessDenied", "403", "NoSuchBucket"})


class S3CopyTarget:
    """Fulfils `CopyTarget`: S3 copies by itself, no byte passes through us."""

    def __init__(self, client: Any, *, source: str, target: str, at_once: int = _AT_ONCE, part: int = _PART) -> None:
        self._client = client
        self._source = source
        self._target = target
        self._at_once = at_once
        self._part = part

    def copy(self, key: str, target: str) -> None:
        """Copy one of our objects. Raises `NotPermitted("copy_bucket_refused")`, `Unavailable("copy_failed")`."""
        try:
            head = self._client.head_object(Bucket=self._source, Key=key)
            if head["ContentLength"] <= self._at_once:
                self._client.copy_object(Bucket=self._target, Key=target, CopySource={"Bucket": self._source, "Key": key})
            else:
                self._copy_parts(key, target, head["ContentLength"], head["ContentType"])
        except ClientError as error:
            if error.response["Error"]["Code"] in _REFUSED:
                raise NotPermitted("copy_bucket_refused") from error
            raise Unavailable("copy_failed") from error
        except HTTPClientError as error:
            raise Unavailable("copy_failed") from error

    def _copy_parts(self, key: str, target: str, size: int, content_type: str) -> None:
        place = {"Bucket": self._target, "Key": target}
        upload = place | {"UploadId": self._client.create_multipart_upload(**place, ContentType=content_type)["UploadId"]}
        try:
            parts = []
            for number, start in enumerate(range(0, size, self._part), 1):
                copied = self._client.upload_part_copy(
                    **upload,
                    PartNumber=number,
                    CopySource={"Bucket": self._source, "Key": key},
                    CopySourceRange=f"bytes={start}-{min(start + self._part, size) - 1}",
                )
                parts.append({"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]})
            self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        except BaseException:
            with suppress(ClientError, HTTPClientError):
                self._client.abort_multipart_upload(**upload)
            raise
