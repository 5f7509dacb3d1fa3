"""An S3 bucket that is a folder, behind a real client: requests are taken, and answers given, as they are on the wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSResponse

_PAGE: Final = 1_000
"""Keys in an answer to a list."""


class FolderBucket:
    """Answers an S3 client; counts how often each object is read.

    Parts of a multipart upload have to come in their order, as ours do.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self.reads: Counter[str] = Counter()

    def path(self, key: str) -> Path:
        """Give the file of an object."""
        return self._folder / quote(key, safe="")

    def respond(self, operation: str, request: Any) -> AWSResponse:
        """Answer a request."""
        address = urlsplit(request.url)
        key, asked = unquote(address.path[1:]), dict(parse_qsl(address.query, keep_blank_values=True))
        match operation:
            case "PutObject":
                self.path(key).write_bytes(_content(request))
                return _answer(request, ETag=_etag(key))
            case "CreateMultipartUpload":
                self.path(key).write_bytes(b"")
                return _answer(request, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
            case "UploadPart":
                with self.path(key).open("ab") as file:
                    file.write(_content(request))
                return _answer(request, ETag=_etag(key))
            case "CompleteMultipartUpload":
                done = f"<CompleteMultipartUploadResult><ETag>{escape(_etag(key))}</ETag></CompleteMultipartUploadResult>"
                return _answer(request, done)
            case "HeadObject":
                return self._head(request, key)
            case "GetObject":
                return self._get(request, key)
            case "ListObjectsV2":
                return self._list(request, asked)
            case "ListMultipartUploads":
                return _answer(request, "<ListMultipartUploadsResult></ListMultipartUploadsResult>")
            case "DeleteObjects":
                for found in ElementTree.fromstring(bytes(_content(request))).iter():
                    if found.tag.rpartition("}")[2] == "Key":
                        self.path(found.text or "").unlink(missing_ok=True)
                return _answer(request, "<DeleteResult></DeleteResult>")
            case _:
                raise AssertionError(f"unexpected: {operation}")

    def _head(self, request: Any, key: str) -> AWSResponse:
        path = self.path(key)
        if not path.exists():
            return _answer(request, "", 404)
        return _answer(request, **{"ETag": _etag(key), "Content-Length": str(path.stat().st_size)})

    def _get(self, request: Any, key: str) -> AWSResponse:
        self.reads[key] += 1
        path = self.path(key)
        if not path.exists():
            return _answer(request, "<Error><Code>NoSuchKey</Code></Error>", 404)
        size = path.stat().st_size
        wanted = request.headers.get("Range") or b"bytes=0-"
        first, _, last = wanted.decode().removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last) + 1, size) if last else size
        headers = {"ETag": _etag(key), "Content-Length": str(end - start), "Content-Range": f"bytes {start}-{end - 1}/{size}"}
        return AWSResponse(request.url, 206, headers, _Stretch(path, start, end))

    def _list(self, request: Any, asked: dict[str, str]) -> AWSResponse:
        marked, after = quote(asked["prefix"], safe=""), asked.get("continuation-token", "")
        names = sorted(path.name for path in self._folder.iterdir() if path.name.startswith(marked) and path.name > after)
        page = names[:_PAGE]
        contents = "".join(
            f"<Contents><Key>{escape(quote(unquote(name)))}</Key><Size>0</Size><ETag>e</ETag></Contents>" for name in page
        )
        more = len(names) > _PAGE
        rest = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        return _answer(request, f"<ListBucketResult><EncodingType>url</EncodingType>{contents}{rest}</ListBucketResult>")


class _Stretch:
    """The body of an answer: part of a file."""

    def __init__(self, path: Path, start: int, end: int) -> None:
        self._file: BinaryIO = path.open("rb")
        self._file.seek(start)
        self._left = end - start

    def read(self, amount: int | None = None) -> bytes:
        """Give the next bytes."""
        chunk = self._file.read(self._left if amount is None else min(amount, self._left))
        self._left -= len(chunk)
        return chunk

    def stream(self) -> Iterator[bytes]:
        """Give what is left."""
        yield self.read()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _answer(request: Any, body: str = "", status: int = 200, /, **headers: str) -> AWSResponse:
    class Raw:
        def stream(self) -> Iterator[bytes]:
            yield body.encode()

    return AWSResponse(request.url, status, {"Content-Type": "application/xml", **headers}, Raw())


def _content(request: Any) -> bytes | memoryview:
    """Give a request's body, not copied: what the benchmarks measure is not to hold it twice."""
    body = request.body or b""
    return body if isinstance(body, bytes) else body.getbuffer()


def _etag(key: str) -> str:
    return f'"{md5(key.encode(), usedforsecurity=False).hexdigest()}"'
