"""What the platform itself promises: addresses, errors that never reach the app, CORS, bytes, data that stays."""

from __future__ import annotations

import signal
import subprocess
import uuid
from pathlib import Path

import httpx
import psutil
import pytest

from deployment import demo
from deployment.emulator import free_port, is_running
from tests.running_service import START_SECONDS, Stack, launch, start, stop

NOT_FOUND = {"code": "not_found", "message": "There is nothing at this address."}


def test_index_names_the_interfaces_with_their_addresses(http: httpx.Client, base_url: str) -> None:
    answer = http.get("/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    index = answer.json()
    assert index["service"] == "Slotport"
    assert all(url.startswith(f"{base_url}/") for entry in index["interfaces"].values() for url in entry["urls"])


def test_browsers_get_the_site(http: httpx.Client) -> None:
    answer = http.get("/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<base href="/">' in answer.text


def test_start_can_be_asked_for_by_head(http: httpx.Client) -> None:
    answer = http.head("/")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Token token=abc"}, {"Authorization": "AWS4-HMAC-SHA256 Credential=x"}, {"Authorization": "Bearer x"}],
)
@pytest.mark.parametrize("path", ["/nothing", "/v1", "/v9/export/timeslot"])
def test_unknown_path_is_a_404_in_json(http: httpx.Client, path: str, headers: dict[str, str]) -> None:
    answer = http.get(path, headers=headers)
    body = answer.json()
    assert body["error"].pop("request_id")
    assert (answer.status_code, body) == (404, {"error": NOT_FOUND})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_preflight_allows_what_browsers_send(http: httpx.Client) -> None:
    answer = http.options("/", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET,HEAD,OPTIONS"
    allowed = set(answer.headers["access-control-allow-headers"].split(","))
    assert {"Authorization", "Content-Type", "Convention", "Prefer", "If-None-Match"} <= allowed
    assert answer.headers["access-control-max-age"] == "600"


def test_any_accept_header_is_answered(base_url: str) -> None:
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "text/plain"}, {"Accept": "application/json, text/calendar;q=0.5"}):
        request = httpx.Request("GET", f"{base_url}/v1/me", headers={"Host": "127.0.0.1", **headers})
        with httpx.Client(headers={}, timeout=60) as client:
            answer = client.send(request)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_token"), headers


def test_data_survives_a_restart(tmp_path: Path) -> None:
    stack = start(tmp_path / "data", free_port())
    try:
        s3 = stack.aws("s3")
        bucket = next(item["Name"] for item in s3.list_buckets()["Buckets"] if "packages" not in item["Name"])
        s3.put_object(Bucket=bucket, Key="exports/kept", Body=b"\x00\xff")
        dynamodb = stack.aws("dynamodb")
        table = next(name for name in dynamodb.list_tables()["TableNames"] if "AccountTable" in name)
        item = {"pk": {"S": "kept"}, "sk": {"S": "kept"}, "d": {"B": b"\x00\xff"}}
        dynamodb.put_item(TableName=table, Item=item)
    finally:
        stop(stack)
    again = start(tmp_path / "data", free_port())  # the address may change, the data stays
    try:
        assert httpx.get(f"{again.base_url}/", timeout=60).status_code == 200
        assert again.aws("s3").get_object(Bucket=bucket, Key="exports/kept")["Body"].read() == b"\x00\xff"
        key = {"pk": item["pk"], "sk": item["sk"]}
        assert again.aws("dynamodb").get_item(TableName=table, Key=key)["Item"] == item
    finally:
        stop(again)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_no_process(tmp_path: Path, sign: signal.Signals) -> None:
    stack = start(tmp_path / "data", free_port())
    assert httpx.get(f"{stack.base_url}/", timeout=60).status_code == 200  # a function is warm now
    family = psutil.Process(stack.pid).children(recursive=True)
    assert len(family) >= 2, "the emulator and a function should run"
    stop(stack, sign)
    assert [process for process in family if is_running(process)] == []


def test_taken_port_is_said_so(stack: Stack, tmp_path: Path) -> None:
    port = httpx.URL(stack.base_url).port
    assert port is not None
    process = launch(tmp_path / "data", port)
    output, _ = process.communicate(timeout=START_SECONDS)
    expected = f"Port {port} is taken by another program. Stop that, or choose another port: make run PORT={port + 1}\n"
    assert (process.returncode, output) == (1, expected)


def test_second_instance_on_the_same_data_is_refused(stack: Stack) -> None:
    process = launch(stack.data, free_port())
    output, _ = process.communicate(timeout=START_SECONDS)
    assert (process.returncode, output) == (1, f"Another Slotport is running on the data in {stack.data}. Stop it first.\n")


def test_it_listens_on_loopback_only(stack: Stack) -> None:
    addresses = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
    port = httpx.URL(stack.base_url).port
    for address in addresses:
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://[{address}]:{port}/" if ":" in address else f"http://{address}:{port}/", timeout=2)


def test_method_that_a_path_does_not_have_is_a_405(http: httpx.Client) -> None:
    answer = http.delete("/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_bytes_go_in_and_come_out_as_they_are(http: httpx.Client) -> None:
    account = {"email": f"{uuid.uuid4()}@example.org", "password": "correct horse battery", "username": "Ann"}
    http.post("/v1/users", json=account)
    signed_in = http.post("/v1/users/signin", json={"email": account["email"], "password": account["password"]})
    headers = {"Authorization": f"Token token={signed_in.json()['authToken']}"}
    calendar = demo.CALENDAR.read_bytes().decode().encode("utf-16")
    typed = {**headers, "Content-Type": "text/calendar"}
    imported = http.post("/v1/import", headers=typed, content=calendar)
    assert (imported.status_code, imported.json()["created"]) == (200, 25)
    assert http.post("/v1/import", headers=typed, content=b"BEGIN:VCALENDAR\r\nX-A:\xff\r\nEND:VCALENDAR\r\n").status_code == 403
    packed = http.post("/v1/export/ical", headers={**headers, "Accept-Encoding": "gzip", "Accept": "application/json"})
    assert packed.headers["content-encoding"] == "gzip"
    plain = http.post("/v1/export/ical", headers={**headers, "Accept-Encoding": "identity"})
    assert plain.content == packed.content
    assert "🎆 Silvester".encode() in plain.content
    assert "content-encoding" not in plain.headers


def test_demo_walks_through_the_running_service(base_url: str) -> None:
    said: list[str] = []
    demo.load(base_url)
    demo.load(base_url)  # loading twice is no error
    demo.walk_through(base_url, said.append)
    requests = [line for line in said if line.startswith("$ curl ")]
    assert len(requests) >= 15
    assert [line for line in said if "left out" in line] == []
