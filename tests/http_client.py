"""Calls the Chalice app as API Gateway does, and fails what Lambda would refuse.

client = HttpClient(app)
reply = client.post("/v1/import/?strict=true", body=b"...", headers={"Content-Type": "text/calendar"})
assert (reply.status, reply.json()) == (200, {...})
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from tests.permissions import acting_as

MAX_PAYLOAD: Final = 6_291_456
"""Bytes of a synchronous Lambda request or response."""


class Reply(NamedTuple):
    """What the client of the API gets. Header names are in lower case; a repeated header's values are joined by commas."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Parse the body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode("utf-8")

    @property
    def content(self) -> bytes:
        """The body, decompressed."""
        return gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body


class LambdaContext:
    """What Lambda passes beside the event."""

    function_name = "slotport-test"
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    memory_limit_in_mb = 1024

    def __init__(self, seconds: float = 29.0) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        """Tell the time left."""
        return int(self._seconds * 1000)


class HttpClient:
    """An HTTP client of one Chalice app, without a network.

    `stage` is the first part of the path on API Gateway's own host; None stands for a custom domain. `headers` go with
    every request. A path that no route has is answered as the gateway does: 403 (the template reshapes it to a 404).
    """

    def __init__(
        self,
        app: Callable[[dict[str, Any], Any], dict[str, Any]],
        *,
        headers: Mapping[str, str] | None = None,
        host: str = "slotport.test",
        stage: str | None = None,
        seconds: float = 29.0,
    ) -> None:
        self._app = app
        self._headers = dict(headers or {})
        self._host = host
        self._stage = stage
        self._seconds = seconds

    def with_headers(self, **headers: str) -> HttpClient:
        """Give a client that sends these too; underscores stand for dashes."""
        added = {name.replace("_", "-"): value for name, value in headers.items()}
        return HttpClient(self._app, headers={**self._headers, **added}, host=self._host, stage=self._stage, seconds=self._seconds)

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Reply:
        """Send a GET."""
        return self.request("GET", url, headers=headers)

    def head(self, url: str, *, headers: Mapping[str, str] | None = None) -> Reply:
        """Send a HEAD."""
        return self.request("HEAD", url, headers=headers)

    def delete(self, url: str, *, body: bytes | str = b"", json: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Send a DELETE."""
        return self.request("DELETE", url, body=body, json=json, headers=headers)

    def post(self, url: str, *, body: bytes | str = b"", json: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Send a POST."""
        return self.request("POST", url, body=body, json=json, headers=headers)

    def put(self, url: str, *, body: bytes | str = b"", json: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Send a PUT."""
        return self.request("PUT", url, body=body, json=json, headers=headers)

    def patch(self, url: str, *, body: bytes | str = b"", json: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Send a PATCH."""
        return self.request("PATCH", url, body=body, json=json, headers=headers)

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | str = b"",
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request; `json`, when given, is the body and names its type."""
        sent = {**self._headers, **(headers or {})}
        if json is not None:
            body = _dump(json)
            sent = {"Content-Type": "application/json", **sent}
        event = self.event(method, url, body.encode() if isinstance(body, str) else body, sent)
        if event is None:
            return Reply(403, {"content-type": "application/json"}, b'{"message":"Missing Authentication Token"}')
        _check_size("request", event)
        with acting_as("APIHandler"):
            answer = self._app(event, LambdaContext(self._seconds))
        _check_size("response", answer)
        return _reply(answer)

    def event(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any] | None:
        """Give the Lambda proxy event of API Gateway (REST, payload version 1.0); None when no route has the path."""
        parts = urlsplit(url)
        found = _match(parts.path, self._app.routes)  # type: ignore[attr-defined]  # chalice has no types
        if found is None:
            return None
        resource, parameters = found
        prefix = f"/{self._stage}" if self._stage else ""
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query.setdefault(name, []).append(value)
        sent = {"Host": self._host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7", **headers}
        return {
            "resource": resource,
            "path": parts.path,
            "httpMethod": method,
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": parameters or None,
            "stageVariables": None,
            "requestContext": {
                "resourcePath": resource,
                "httpMethod": method,
                "path": prefix + parts.path,
                "stage": self._stage or "api",
                "domainName": self._host,
                "protocol": "HTTP/1.1",
                "requestId": "11111111-1111-4111-8111-111111111111",
                "identity": {"sourceIp": "203.0.113.7", "userAgent": sent.get("User-Agent")},
            },
            "body": base64.b64encode(body).decode("ascii") if body else None,
            "isBase64Encoded": bool(body),
        }


def _match(path: str, routes: Mapping[str, Any]) -> tuple[str, dict[str, str]] | None:
    """Find the route of a path as API Gateway does: without a trailing slash, literal parts before parameters, greedy ones last."""
    parts = path.rstrip("/").split("/")
    best: tuple[list[int], str, dict[str, str]] | None = None
    for pattern in routes:
        wanted = pattern.rstrip("/").split("/")
        given = parts
        if wanted[-1].endswith("+}"):
            given = [*parts[: len(wanted) - 1], "/".join(parts[len(wanted) - 1 :])]
        if len(wanted) != len(given):
            continue
        ranks = [_rank(part) for part in wanted]
        if any(part != value if rank == 0 else not value for rank, part, value in zip(ranks, wanted, given, strict=True)):
            continue
        parameters = {part.strip("{+}"): value for rank, part, value in zip(ranks, wanted, given, strict=True) if rank}
        if best is None or ranks < best[0]:
            best = (ranks, pattern, parameters)
    return None if best is None else best[1:]


def _rank(part: str) -> int:
    """Tell how late a part of a route is tried."""
    return 0 if not part.startswith("{") else 2 if part.endswith("+}") else 1


def _reply(answer: Mapping[str, Any]) -> Reply:
    body = answer["body"] or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode("utf-8")
    headers = {name.lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers[name.lower()] = ", ".join(str(value) for value in values)
    return Reply(answer["statusCode"], headers, content)


def _check_size(what: str, payload: Mapping[str, Any]) -> None:
    size = len(json.dumps(payload))
    assert size <= MAX_PAYLOAD, f"Lambda refuses this {what}: {size:,} of {MAX_PAYLOAD:,} bytes as JSON"


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8")
