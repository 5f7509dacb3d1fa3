"""The client that other tests trust must itself be able to fail."""

import base64
from typing import Any

import pytest

from tests.http_client import HttpClient


class EchoApp:
    """Answers with the event it got, or with what it was told to answer."""

    routes = ("/v1/{rest+}", "/v1/slots/{uid}", "/v1/slots/new", "/v1/slots", "/")

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        self.answer = answer
        self.events: list[dict[str, Any]] = []

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        self.events.append(event)
        return self.answer or {"statusCode": 204, "headers": {}, "multiValueHeaders": {}, "body": ""}


def test_event_is_what_api_gateway_sends() -> None:
    app = EchoApp()
    HttpClient(app, stage="api").put("/v1/slots/a%20b?x=1&x=%C3%A9&y=", body=b"\xff", headers={"Accept": "a/b"})
    headers = {"Host": "slotport.test", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7", "Accept": "a/b"}
    assert app.events == [
        {
            "resource": "/v1/slots/{uid}",
            "path": "/v1/slots/a%20b",
            "httpMethod": "PUT",
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": {"x": "é", "y": ""},
            "multiValueQueryStringParameters": {"x": ["1", "é"], "y": [""]},
            "pathParameters": {"uid": "a%20b"},
            "stageVariables": None,
            "requestContext": {
                "resourcePath": "/v1/slots/{uid}",
                "httpMethod": "PUT",
                "path": "/api/v1/slots/a%20b",
                "stage": "api",
                "domainName": "slotport.test",
                "protocol": "HTTP/1.1",
                "requestId": "11111111-1111-4111-8111-111111111111",
                "identity": {"sourceIp": "203.0.113.7", "userAgent": None},
            },
            "body": "/w==",
            "isBase64Encoded": True,
        }
    ]


@pytest.mark.parametrize(
    ("url", "resource"),
    [("/v1/slots/new", "/v1/slots/new"), ("/v1/slots/", "/v1/slots"), ("/", "/"), ("/v1/slots/x", "/v1/slots/{uid}")],
)
def test_literal_route_wins_and_trailing_slash_goes(url: str, resource: str) -> None:
    app = EchoApp()
    HttpClient(app).get(url)
    assert app.events[0]["resource"] == resource


@pytest.mark.parametrize(
    ("url", "rest"), [("/v1/slots/x/y/", "slots/x/y"), ("/v1/other", "other"), ("/v1/slots//x", "slots//x"), ("/v1", None)]
)
def test_greedy_route_takes_what_is_left(url: str, rest: str | None) -> None:
    app = EchoApp()
    HttpClient(app).get(url)
    found = [(event["resource"], event["pathParameters"]) for event in app.events]
    assert found == ([] if rest is None else [("/v1/{rest+}", {"rest": rest})])


def test_unknown_path_never_reaches_the_app() -> None:
    app = EchoApp()
    reply = HttpClient(app).get("/v2/slots")
    assert (reply.status, reply.json(), app.events) == (403, {"message": "Missing Authentication Token"}, [])


def test_reply_is_decoded() -> None:
    app = EchoApp(
        {
            "statusCode": 200,
            "headers": {"X-One": "1"},
            "multiValueHeaders": {"X-Two": ["a", "b"]},
            "body": base64.b64encode(b"\x00\xff").decode(),
            "isBase64Encoded": True,
        }
    )
    reply = HttpClient(app).get("/")
    assert reply == (200, {"x-one": "1", "x-two": "a, b"}, b"\x00\xff")


def test_request_over_the_limit_fails() -> None:
    app = EchoApp()
    with pytest.raises(AssertionError, match="Lambda refuses this request"):
        HttpClient(app).post("/v1/slots", body=b"x" * 4_720_000)
    assert app.events == []


def test_response_over_the_limit_fails() -> None:
    app = EchoApp({"statusCode": 200, "headers": {}, "multiValueHeaders": {}, "body": "x" * 6_291_456})
    with pytest.raises(AssertionError, match="Lambda refuses this response"):
        HttpClient(app).get("/")
