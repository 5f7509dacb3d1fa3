"""What all interfaces share of HTTP: the request as a value, the answer as a value, and the edge between them and Chalice.

A handler is a function from `Request` to `Answer`; `route` puts it on a blueprint, maps the errors it raises with its
interface's table, and adds what every answer carries.
"""

from __future__ import annotations

import base64
import functools
import gzip
import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote

import orjson
from chalice.app import Blueprint, Chalice, CORSConfig, Response
from chalice.app import Request as ChaliceRequest

from chalicelib.domain.errors import InvalidEncoding, InvalidInput, TooLarge
from chalicelib.formats.exact_json import is_whole, loss
from chalicelib.logs import log_context
from chalicelib.settings import settings

log = logging.getLogger(__name__)

MAX_RESPONSE: Final = 4_400_000
"""Bytes of a body that still fit through Lambda's 6 MB once they are base64 and wrapped."""

MAX_ERROR: Final = 100_000
"""Bytes of an error's answer: names and values of the request are repeated in it."""

EVERY_ANSWER: Final[Mapping[str, str]] = {
    "X-Frame-Options": "SAMEORIGIN",
    "X-XSS-Protection": "1; mode=block",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding, Origin",
}

CORS: Final = CORSConfig(
    allow_origin="*",
    allow_headers=[
        "Accept",
        "Authorization",
        "Content-Type",
        "Convention",
        "If-Match",
        "If-None-Match",
        "Prefer",
        "X-Requested-With",
    ],
    expose_headers=["Content-Disposition", "ETag", "Link", "Location", "Retry-After", "X-Request-Id"],
    max_age=600,
)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, decoded once."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    """Path parameters, URL-decoded."""
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    body: bytes = b""
    request_id: str = ""
    base_url: str = ""
    """The public address of this service, without a trailing slash."""
    deadline: float = float("inf")
    """Epoch seconds by which the answer must be given."""

    def header(self, name: str, default: str = "") -> str:
        """Give a header's value by its name in lower case."""
        return self.headers.get(name, default)

    def one(self, name: str) -> str | None:
        """Give a query parameter that may be there once. Raises `InvalidInput("repeated_parameter")`."""
        values = self.query.get(name, ())
        if len(set(values)) > 1:
            raise InvalidInput("repeated_parameter", field=name)
        return values[0] if values else None

    @property
    def content_type(self) -> tuple[str, str | None]:
        """The media type in lower case, and its charset if it names one."""
        message = Message()
        message["content-type"] = self.header("content-type") or "application/octet-stream"
        charset = message.get_param("charset")
        return message.get_content_type(), str(charset) if charset else None

    def accepts(self, media_type: str) -> bool:
        """Whether the Accept header names this very type (not only by a wildcard)."""
        return media_type in _taken(self.header("accept"))

    def json(self) -> Any:
        """Parse the body as JSON; an empty one is None.

        A name that an object has twice must have the same value: whoever sends two means one of them, and nobody can tell
        which. Raises `InvalidInput` (`not_json`, `conflicting_values`, `integer_too_large`), `InvalidEncoding`.
        """
        text = self._utf8()
        if not text.strip():
            return None
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise InvalidInput("not_json", line=error.lineno, column=error.colno, reason=error.msg) from error
        if not is_whole(text, value) and (lost := loss(text)) is not None:
            raise InvalidInput("conflicting_values" if lost.twice else "integer_too_large", field=lost.path)
        return value

    def _utf8(self) -> bytes:
        """Give the body as UTF-8 without a byte order mark: mark and charset tell what it is. Raises `InvalidEncoding`."""
        charset = self.content_type[1]
        if not charset and self.body[:1] not in _MARKED:
            encoding = "utf-8"
        else:
            from chalicelib.formats.encoding import encoding_of

            encoding = encoding_of(self.body[:4], charset)
        try:
            text = self.body.decode(encoding)
            return self.body if encoding == "utf-8" and text[:1] != "\ufeff" else text.removeprefix("\ufeff").encode()
        except UnicodeDecodeError as error:
            raise InvalidEncoding("invalid_encoding", position=error.start) from error

    def form(self) -> dict[str, list[str]]:
        """Parse the body as `application/x-www-form-urlencoded`. Raises `InvalidEncoding`."""
        try:
            pairs = parse_qsl(self.body.decode("utf-8"), keep_blank_values=True, errors="strict")
        except UnicodeDecodeError as error:
            raise InvalidEncoding("invalid_encoding", position=error.start) from error
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        return values


_MARKED: Final = (b"\xef", b"\xfe", b"\xff", b"\x00")
"""How a text may begin that is not plain UTF-8: JSON itself begins in ASCII."""


def _taken(header: str) -> set[str]:
    """Give what an Accept or Accept-Encoding header names and does not refuse by `q=0` (RFC 9110 §12.4.2), in lower case."""
    return {part.partition(";")[0].strip().lower() for part in header.split(",") if not _REFUSED.search(part)}


_REFUSED: Final = re.compile(r";\s*q\s*=\s*0(\.0*)?\s*(;|$)", re.IGNORECASE)


class Answer(NamedTuple):
    """One HTTP answer. `headers` are added to those that every answer carries and win over them."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Render a JSON answer: compact UTF-8."""
    return Answer(status, orjson.dumps(value), {"Content-Type": "application/json", "Cache-Control": "no-store", **(headers or {})})


ErrorTable = Callable[[Request, Exception], Answer | None]
"""An interface's errors: gives the answer to an exception, or None for a fault of ours."""
FaultPage = Callable[[Request, str], Answer]
"""An interface's answer to a fault of ours, given the id under which it stands in the log."""
Handler = Callable[[Request], Answer]


class MethodNotAllowed(Exception):
    """The path is known, and not with this method; each interface has its own word for that."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"only {', '.join(allowed)}")
        self.allowed = allowed


class Interface(NamedTuple):
    """How one interface speaks of errors."""

    errors: ErrorTable
    fault: FaultPage


class Route(NamedTuple):
    """A registered route; the API description is made from these."""

    method: str
    path: str
    handler: Handler

    @property
    def is_greedy(self) -> bool:
        """Whether it takes whatever lies below a path and no other route has."""
        return self.path.endswith("+}")


def route(blueprint: Blueprint, interface: Interface, method: str, *paths: str) -> Callable[[Handler], Handler]:
    """Register a handler on a blueprint under one method and one or more paths."""

    def register(handler: Handler) -> Handler:
        for path in paths:

            @functools.wraps(handler)
            def view(**_: str) -> Response:
                return _respond(blueprint.current_request, handler, interface)

            blueprint.route(path, methods=[method], cors=CORS)(view)
            routes.append(Route(method, path, handler))
            _interfaces[path] = interface
        return handler

    return register


routes: list[Route] = []
"""All routes registered so far, in order."""
_interfaces: dict[str, Interface] = {}
"""The interface of each path, for what Chalice refuses before a view is reached."""


def _respond(raw: Any, handler: Handler, interface: Interface) -> Response:
    """Run a handler at the edge: request in, response out, nothing else gets past."""
    started = time.perf_counter()
    request = _request(raw)
    with log_context(request_id=request.request_id, method=request.method, path=request.path):
        try:
            answer = handler(request)
            if len(answer.body) > MAX_RESPONSE:
                raise TooLarge("response_too_large", bytes=len(answer.body), limit=MAX_RESPONSE)
        except Exception as error:  # the one place where everything ends: an interface's words, or a logged fault
            answer = _briefly(request, interface, interface.errors(request, error) or _fault(request, interface))
        answer = _encode(request, answer)
        elapsed = time.perf_counter() - started
        log.info("answered", extra={"status": answer.status, "bytes": len(answer.body), "seconds": round(elapsed, 6)})
    headers: dict[str, str | list[str]] = {
        **EVERY_ANSWER,
        **({} if answer.status in (204, 304) else {"Content-Length": str(len(answer.body))}),
        "X-Request-Id": request.request_id,
        "X-Runtime": f"{elapsed:.6f}",
        **answer.headers,
    }
    headers.setdefault("Content-Type", "application/octet-stream")
    return Response(body=answer.body, status_code=answer.status, headers=headers)


def _briefly(request: Request, interface: Interface, answer: Answer) -> Answer:
    """Give an error's answer; one that repeats more of the request than an answer can hold says only that much."""
    if len(answer.body) <= MAX_ERROR:
        return answer
    shorter = interface.errors(request, InvalidInput("invalid_request", reason="what is wrong with it is too long to repeat"))
    return answer if shorter is None else shorter._replace(status=answer.status)


def _fault(request: Request, interface: Interface) -> Answer:
    fault_id = request.request_id or str(uuid.uuid4())
    log.exception("fault", extra={"fault_id": fault_id})
    return interface.fault(request, fault_id)


def _request(raw: Any) -> Request:
    context: Mapping[str, Any] = raw.context or {}
    headers = {name.lower(): value for name, value in raw.headers.items()}
    headers["content-type"] = headers.pop(ORIGINAL_CONTENT_TYPE, headers.get("content-type", ""))
    query = {name: raw.query_params.getlist(name) for name in raw.query_params} if raw.query_params else {}
    lambda_context = raw.lambda_context
    path = raw.to_original_event().get("path") or raw.path
    remaining = lambda_context.get_remaining_time_in_millis() / 1000 if lambda_context is not None else 29.0
    return Request(
        method=raw.method,
        path=path,
        params={name: unquote(value) for name, value in (raw.uri_params or {}).items()},
        query=query,
        headers=headers,
        body=raw.raw_body or b"",
        request_id=context.get("requestId") or str(uuid.uuid4()),
        base_url=settings().public_url or _own_url(context, headers, path),
        deadline=time.time() + min(remaining, 28.0),
    )


def _own_url(context: Mapping[str, Any], headers: Mapping[str, str], path: str) -> str:
    """Tell the address the client used, for a deployment that has not been told its public one.

    On API Gateway's own host the stage comes before the path; on a custom domain it does not.
    """
    host = context.get("domainName") or headers.get("host", "localhost")
    prefix = str(context.get("path", "")).removesuffix(path) if path != "/" else str(context.get("path", "")).rstrip("/")
    return f"{headers.get('x-forwarded-proto', 'https')}://{host}{prefix}"


def _encode(request: Request, answer: Answer) -> Answer:
    """Compress a body worth it when the client takes gzip."""
    if len(answer.body) < 1_000 or "Content-Encoding" in answer.headers:
        return answer
    if not _taken(request.header("accept-encoding")) & {"gzip", "x-gzip"}:
        return answer
    return Answer(answer.status, gzip.compress(answer.body, 5, mtime=0), {**answer.headers, "Content-Encoding": "gzip"})


ORIGINAL_CONTENT_TYPE: Final = "x-slotport-content-type"


class App(Chalice):
    """Chalice that takes any body and any Accept header.

    Chalice answers 400 to a request without `Accept` when all types are binary, and 415 to every content type that a
    route does not list. Both are settled by our own parsing, which knows what each interface promises.
    """

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        """Run the app on an API Gateway event."""
        headers = dict(event.get("headers") or {})
        names = {name.lower(): name for name in headers}
        if "accept" not in names:
            headers["Accept"] = "*/*"
            headers.pop(names.get("accept-encoding", ""), None)  # only text is sure to get through, see `_as_text`
        if "content-type" in names:
            headers[ORIGINAL_CONTENT_TYPE] = headers[names["content-type"]]
            headers[names["content-type"]] = "application/json"
        answer = self._dispatch({**event, "headers": headers}, context)
        return answer if "accept" in names else _as_text(answer)

    def _dispatch(self, event: dict[str, Any], context: Any) -> Any:
        gateway = event.get("requestContext") or {}
        path, method = gateway.get("resourcePath"), gateway.get("httpMethod")
        if path in _interfaces and method not in self.routes.get(path, {method: None}):
            return self._refuse_method(event, context, path)
        return super().__call__(event, context)

    def _refuse_method(self, event: dict[str, Any], context: Any, path: str) -> Any:
        """Answer a method that the path does not have in the words of its interface, where Chalice has its own."""

        def refuse(_request: Request) -> Answer:
            raise MethodNotAllowed(sorted(self.routes[path]))

        def unknown(_request: Request, error: Exception) -> Answer | None:
            if isinstance(error, MethodNotAllowed):
                return json_answer({"error": "method_not_allowed"}, 405, {"Allow": ", ".join(error.allowed)})
            return None

        own = _interfaces[path]
        interface = Interface(lambda request, error: own.errors(request, error) or unknown(request, error), own.fault)
        response = _respond(ChaliceRequest(event, context), refuse, interface)
        response.headers.update(CORS.get_access_control_headers())
        return response.to_dict(self.api.binary_types)


def _as_text(answer: dict[str, Any]) -> dict[str, Any]:
    """Give a response as text if it is text: a gateway may leave base64 as it is when there is no Accept header."""
    if not answer.get("isBase64Encoded"):
        return answer
    try:
        text = base64.b64decode(answer["body"]).decode("utf-8")
    except UnicodeDecodeError:
        return answer
    return {**answer, "body": text, "isBase64Encoded": False}
