"""An S3 client on a folder, for more data than memory should hold."""

# ruff: noqa: N803 - the names of the arguments are S3's

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError


class FolderS3:
    """As much of an S3 client as the object store uses, on a folder; counts what it is asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.requests: Counter[str] = Counter()
        self.read: Counter[str] = Counter()

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> dict[str, Any]:
        self.requests["PutObject"] += 1
        self._path(Key).write_bytes(Body)
        return {"ETag": _etag(Key)}

    def create_multipart_upload(self, *, Key: str, **_: Any) -> dict[str, Any]:
        self.requests["CreateMultipartUpload"] += 1
        self._path(Key).write_bytes(b"")
        return {"UploadId": Key}

    def upload_part(self, *, Key: str, Body: bytes, **_: Any) -> dict[str, Any]:
        self.requests["UploadPart"] += 1
        with self._path(Key).open("ab") as file:
            file.write(Body)
        return {"ETag": _etag(Key)}

    def complete_multipart_upload(self, *, Key: str, **_: Any) -> dict[str, Any]:
        self.requests["CompleteMultipartUpload"] += 1
        return {"ETag": _etag(Key)}

    def head_object(self, *, Key: str, **_: Any) -> dict[str, Any]:
        self.requests["HeadObject"] += 1
        path = self._path(Key)
        if not path.exists():
            raise ClientError({"Error": {"Code": "404"}}, "HeadObject")
        return {"ContentLength": path.stat().st_size, "ETag": _etag(Key)}

    def get_object(self, *, Key: str, Range: str = "", **_: Any) -> dict[str, Any]:
        self.requests["GetObject"] += 1
        self.read[Key] += 1
        path = self._path(Key)
        if not path.exists():
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        size = path.stat().st_size
        start = int(Range.partition("=")[2].partition("-")[0] or 0)
        file = path.open("rb")
        file.seek(start)
        span = {"ContentRange": f"bytes {start}-{size - 1}/{size}"} if Range else {}
        return {"Body": file, "ContentLength": size - start, "ETag": _etag(Key), **span}

    def list_objects_v2(self, *, Prefix: str, **_: Any) -> dict[str, Any]:
        self.requests["ListObjectsV2"] += 1
        marked = quote(Prefix, safe="")
        found = sorted(path.name for path in self._folder.iterdir() if path.name.startswith(marked))
        return {"Contents": [{"Key": name.replace("%2F", "/"), "Size": 0, "ETag": ""} for name in found]}

    def list_multipart_uploads(self, **_: Any) -> dict[str, Any]:
        self.requests["ListMultipartUploads"] += 1
        return {}

    def delete_objects(self, *, Delete: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        self.requests["DeleteObjects"] += 1
        for found in Delete["Objects"]:
            self._path(found["Key"]).unlink(missing_ok=True)
        return {}

    def _path(self, key: str) -> Path:
        return self._folder / quote(key, safe="")


def _etag(key: str) -> str:
    return f'"{md5(key.encode(), usedforsecurity=False).hexdigest()}"'
