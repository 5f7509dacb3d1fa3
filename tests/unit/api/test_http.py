"""The HTTP edge: requests as values, answers with what each carries, errors by an interface's own table."""

import gzip
from typing import Any

import orjson
import pytest
from chalice.app import Blueprint

from chalicelib.api import http
from chalicelib.api.http import MAX_RESPONSE, Answer, App, Interface, Request, json_answer, route
from chalicelib.domain.errors import DomainError, InvalidEncoding, InvalidInput, NotFound, TooLarge
from tests.http_client import HttpClient
from tests.tables import settings_for_tests


@pytest.fixture(autouse=True)
def own_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the routes of these tests out of what the product registers."""
    monkeypatch.setattr(http, "routes", [])
    monkeypatch.setattr(http, "_interfaces", {})


def _errors(_request: Request, error: Exception) -> Answer | None:
    if isinstance(error, NotFound):
        return json_answer({"code": error.code}, 404)
    return json_answer({"code": error.code}, 400) if isinstance(error, DomainError) else None


INTERFACE = Interface(errors=_errors, fault=lambda _request, fault_id: json_answer({"fault": fault_id}, 500))


def _app(handler: Any, path: str = "/thing/{name}", method: str = "POST") -> App:
    app = App(app_name="test")
    app.api.binary_types = ["*/*"]
    blueprint = Blueprint("tests")
    route(blueprint, INTERFACE, method, path)(handler)
    app.register_blueprint(blueprint)
    return app


def _call(app: App, *, headers: dict[str, str] | None = None, body: str | None = None, name: str = "a") -> dict[str, Any]:
    event = {
        "httpMethod": "POST",
        "resource": "/thing/{name}",
        "path": f"/thing/{name}",
        "headers": headers or {},
        "multiValueHeaders": {},
        "pathParameters": {"name": name},
        "multiValueQueryStringParameters": None,
        "body": body,
        "isBase64Encoded": False,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/thing/{name}",
            "path": f"/thing/{name}",
            "httpMethod": "POST",
            "requestId": "r-1",
            "identity": {"sourceIp": "127.0.0.1"},
        },
    }
    response: dict[str, Any] = app(event, None)
    return response


def _body(response: dict[str, Any]) -> bytes:
    import base64

    return base64.b64decode(response["body"]) if response.get("isBase64Encoded") else response["body"].encode()


def test_an_answer_carries_what_every_answer_carries() -> None:
    response = _call(_app(lambda request: json_answer({"hello": request.params["name"]})))
    assert response["statusCode"] == 200
    assert orjson.loads(_body(response)) == {"hello": "a"}
    assert {name: response["headers"][name] for name in ("X-Request-Id", "X-Frame-Options", "X-XSS-Protection", "Vary")} == {
        "X-Request-Id": "r-1",
        "X-Frame-Options": "SAMEORIGIN",
        "X-XSS-Protection": "1; mode=block",
        "Vary": "Accept-Encoding, Origin",
    }
    assert float(response["headers"]["X-Runtime"]) > 0


def test_any_content_type_and_no_accept_header_reach_the_handler() -> None:
    seen: list[Request] = []

    def handler(request: Request) -> Answer:
        seen.append(request)
        return Answer(200, b"ok")

    response = _call(_app(handler), headers={"Content-Type": "text/calendar; charset=UTF-8"}, body="BEGIN")
    assert response["statusCode"] == 200
    assert seen[0].content_type == ("text/calendar", "UTF-8")
    assert seen[0].body == b"BEGIN"


def test_a_path_parameter_is_decoded() -> None:
    response = _call(_app(lambda request: Answer(200, request.params["name"].encode())), name="%D7%A9%20a%2Fb")
    assert _body(response).decode() == "ש a/b"


def test_an_error_is_answered_by_the_interface_and_a_fault_carries_its_id() -> None:
    def missing(_request: Request) -> Answer:
        raise NotFound("thing_not_found")

    def broken(_request: Request) -> Answer:
        raise RuntimeError("secret detail")

    answered = _call(_app(missing))
    assert (answered["statusCode"], orjson.loads(_body(answered))) == (404, {"code": "thing_not_found"})
    fault = _call(_app(broken))
    assert (fault["statusCode"], orjson.loads(_body(fault))) == (500, {"fault": "r-1"})


def test_an_error_that_would_repeat_too_much_of_the_request_says_less() -> None:
    def refuse(request: Request) -> Answer:
        raise InvalidInput("unknown_field", field="x" * 3_000_000)

    def errors(_request: Request, error: Exception) -> Answer | None:
        return json_answer({"code": error.code, **error.details}, 422) if isinstance(error, DomainError) else None

    app = App(app_name="test")
    app.api.binary_types = ["*/*"]
    blueprint = Blueprint("tests")
    route(blueprint, INTERFACE._replace(errors=errors), "POST", "/thing/{name}")(refuse)
    app.register_blueprint(blueprint)
    reply = HttpClient(app).post("/thing/a")
    assert (reply.status, reply.json()) == (
        422,
        {"code": "invalid_request", "reason": "what is wrong with it is too long to repeat"},
    )


def test_a_body_that_would_not_fit_is_never_sent() -> None:
    answered = _call(_app(lambda _request: Answer(200, b"x" * (MAX_RESPONSE + 1))))
    assert (answered["statusCode"], orjson.loads(_body(answered))) == (400, {"code": "response_too_large"})
    assert TooLarge("response_too_large").code == "response_too_large"


def test_a_long_body_is_compressed_for_a_client_that_takes_it_and_always_to_the_same_bytes() -> None:
    app = _app(lambda _request: Answer(200, b"slot" * 1000))
    first = _call(app, headers={"Accept": "*/*", "Accept-Encoding": "br, gzip"})
    again = _call(app, headers={"Accept": "*/*", "Accept-Encoding": "br, gzip"})
    assert first["headers"]["Content-Encoding"] == "gzip"
    assert gzip.decompress(_body(first)) == b"slot" * 1000
    assert _body(first) == _body(again)
    assert "Content-Encoding" not in _call(app)["headers"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip;q=0", None), ("gzip; q=0.000, br", None), ("identity;q=1, GZIP;q=0.5", "gzip"), ("x-gzip", "gzip"), ("br", None)],
)
def test_a_body_is_compressed_only_for_a_client_that_takes_that(accepted: str, encoding: str | None) -> None:
    app = _app(lambda _request: Answer(200, b"slot" * 1000))
    answered = _call(app, headers={"Accept": "*/*", "Accept-Encoding": accepted})
    assert answered["headers"].get("Content-Encoding") == encoding


def test_text_goes_uncompressed_to_a_client_that_accepts_nothing_by_name() -> None:
    response = _call(_app(lambda _request: Answer(200, b"slot" * 1000)), headers={"accept-encoding": "gzip"})
    assert (response["body"], response["isBase64Encoded"]) == ("slot" * 1000, False)


@pytest.mark.parametrize(("body", "value"), [(b"", None), (b"  \n", None), (b'{"a":1}', {"a": 1}), (b"[]", [])])
def test_a_json_body_is_parsed(body: bytes, value: object) -> None:
    assert Request("POST", "/", body=body).json() == value


def test_a_bad_json_body_is_named_by_line_and_column() -> None:
    with pytest.raises(InvalidInput) as raised:
        Request("POST", "/", body=b'{"a":\n x}').json()
    assert raised.value.code == "not_json"
    assert raised.value.details["line"] == 2


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"a":"é"}'.encode("utf-8-sig"), "application/json"),
        ('{"a":"é"}'.encode("utf-16"), "application/json"),
        ('{"a":"é"}'.encode("utf-16-le"), "application/json; charset=utf-16le"),
        ('{"a":"é"}'.encode("latin-1"), "application/json; charset=iso-8859-1"),
        ('{"a":"é"}'.encode(), "application/json; charset=utf-8"),
    ],
)
def test_a_json_body_is_in_the_encoding_that_it_says(body: bytes, content_type: str) -> None:
    assert Request("POST", "/", body=body, headers={"content-type": content_type}).json() == {"a": "é"}


@pytest.mark.parametrize("body", [b'{"group":"a","group":null}', b'{"group":{"b":1},"x":1,"group":{"b":2}}'])
def test_a_name_given_twice_with_two_values_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput) as raised:
        Request("POST", "/", body=body).json()
    assert (raised.value.code, raised.value.details) == ("conflicting_values", {"field": "group"})


@pytest.mark.parametrize(
    ("body", "value"),
    [(b'{"a":[1],"a":[1]}', {"a": [1]}), (b'{"a":"b","b":{"a":1}}', {"a": "b", "b": {"a": 1}})],
)
def test_a_name_given_twice_with_one_value_is_that(body: bytes, value: object) -> None:
    assert Request("POST", "/", body=body).json() == value


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b'{"notes":[{"a":1,"a":2}]}', "conflicting_values", "notes[0].a"),
        (b'{"settings":{"x":{"y":[1,18446744073709551616]}}}', "integer_too_large", "settings.x.y[1]"),
        (b'{"settings":{"x":-9223372036854775809}}', "integer_too_large", "settings.x"),
    ],
)
def test_what_parsing_would_change_is_refused_by_its_place(body: bytes, code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        Request("POST", "/", body=body).json()
    assert (raised.value.code, raised.value.details) == (code, {"field": field})


@pytest.mark.parametrize("number", [b"1e400", b"NaN", b"-Infinity", b'"\\ud800"'])
def test_what_has_no_value_is_no_json(number: bytes) -> None:
    with pytest.raises(InvalidInput, match="not_json"):
        Request("POST", "/", body=b'{"notes":[' + number + b"]}").json()


def test_zero_keeps_its_sign() -> None:
    assert (
        repr(Request("POST", "/", body=b'{"notes":[-0.0, 18446744073709551615]}').json())
        == "{'notes': [-0.0, 18446744073709551615]}"
    )


def test_a_name_given_twice_is_found_at_any_depth_of_what_else_there_is() -> None:
    with pytest.raises(InvalidInput) as raised:
        Request("POST", "/", body=b'{"a":1,"a":2,"b":' + b"[" * 1_020 + b"]" * 1_020 + b"}").json()
    assert raised.value.code in ("not_json", "conflicting_values")


def test_invalid_utf8_is_told_apart_from_bad_json() -> None:
    with pytest.raises(InvalidEncoding) as raised:
        Request("POST", "/", body=b'{"file": "\xff"}').json()
    assert raised.value.details == {"position": 10}


def test_a_parameter_given_twice_with_two_values_is_refused() -> None:
    request = Request("GET", "/", query={"group": ["a", "b"], "same": ["x", "x"]})
    assert request.one("same") == "x"
    assert request.one("none") is None
    with pytest.raises(InvalidInput) as raised:
        request.one("group")
    assert raised.value.details == {"field": "group"}


@pytest.mark.parametrize(
    ("accept", "media_type", "named"),
    [
        ("text/plain", "text/plain", True),
        ("text/html, TEXT/calendar;q=0.5", "text/calendar", True),
        ("*/*", "text/calendar", False),
        ("text/calendar;q=0, */*", "text/calendar", False),
        ("", "text/calendar", False),
    ],
)
def test_an_accepted_type_must_be_named(accept: str, media_type: str, named: bool) -> None:
    assert Request("GET", "/", headers={"accept": accept}).accepts(media_type) is named


def test_text_goes_unencoded_to_a_client_that_accepts_nothing_by_name() -> None:
    response = _call(_app(lambda _request: Answer(200, "é".encode(), {"Content-Type": "text/plain"})))
    assert (response["body"], response["isBase64Encoded"]) == ("é", False)


def test_bytes_go_encoded_whatever_the_client_accepts() -> None:
    response = _call(_app(lambda _request: Answer(200, b"\xff", {"Content-Type": "text/plain"})))
    assert (response["body"], response["isBase64Encoded"]) == ("/w==", True)


@pytest.mark.parametrize(
    ("stage", "path", "base_url"),
    [
        ("api", "/api/v1/export", "https://slotport.test/api"),
        (None, "/api/v1/export", "https://slotport.test"),
        ("api", "/", "https://slotport.test/api"),
        (None, "/", "https://slotport.test"),
    ],
)
def test_own_address_has_the_stage_only_on_the_gateways_host(
    monkeypatch: pytest.MonkeyPatch, stage: str | None, path: str, base_url: str
) -> None:
    monkeypatch.setattr("chalicelib.api.http.settings", lambda: settings_for_tests(PUBLIC_URL=""))
    app = _app(lambda request: json_answer([request.path, request.base_url]), path, "GET")
    assert HttpClient(app, stage=stage).get(path).json() == [path, base_url]
