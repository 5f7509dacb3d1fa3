"""Posting to webhooks: what arrives, and what is never connected to."""

import contextlib
import http.server
import ipaddress
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.aws import webhook_client
from chalicelib.aws.webhook_client import HttpWebhookClient, is_public
from chalicelib.domain.errors import InvalidInput, Unavailable


class Receiver(http.server.BaseHTTPRequestHandler):
    """Notes requests and answers what the path says."""

    seen: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Host"], body))
        self.send_response(int(self.path.strip("/").partition("?")[0] or 200))
        self.send_header("Location", "/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[tuple[int, list[tuple[str, str, bytes]]]]:
    seen: list[tuple[str, str, bytes]] = []
    handler = type("Seen", (Receiver,), {"seen": seen})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_body_arrives_under_the_name_that_was_asked_for(receiver: Any) -> None:
    port, seen = receiver
    client = HttpWebhookClient(allow_private=True, resolve=lambda host, port: ["127.0.0.1"])

    client.post(f"http://hooks.example.org:{port}/200?x=1", b'{"a":1}', {"Content-Type": "application/json"})

    assert seen == [("/200?x=1", f"hooks.example.org:{port}", b'{"a":1}')]


@pytest.mark.parametrize("status", [302, 307, 400, 404, 500])
def test_answer_that_is_no_success_fails_and_no_redirect_is_followed(receiver: Any, status: int) -> None:
    port, seen = receiver
    with pytest.raises(Unavailable) as failed:
        HttpWebhookClient(allow_private=True).post(f"http://127.0.0.1:{port}/{status}", b"", {})

    assert failed.value.details == {"host": "127.0.0.1", "status": status}
    assert [path for path, _, _ in seen] == [f"/{status}"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "169.254.170.2", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::", "ff02::1",
        "fec0::1",
    ],
)  # fmt: skip
def test_address_inside_is_never_connected_to(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    connected: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        connected.append(host)
        return [address]

    with pytest.raises(InvalidInput) as refused:
        HttpWebhookClient(resolve=resolve).post("https://hooks.example.org/", b"", {})

    assert refused.value.details["reason"] == "its address is not public"
    assert connected == ["hooks.example.org"]


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_address_outside_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org/", "https://", "https://user@example.org/", "https://example.org:99999/", "x", ""],
)
def test_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        HttpWebhookClient(resolve=lambda host, port: ["93.184.216.34"]).post(url, b"", {})
    assert refused.value.code == "webhook_refused"


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/", "https://localhost/"]
)
def test_spellings_of_the_local_machine_are_refused(url: str) -> None:
    with pytest.raises((InvalidInput, Unavailable)) as refused:
        HttpWebhookClient().post(url, b"", {})
    assert refused.value.code in {"webhook_refused", "webhook_failed"}


def test_receiver_that_is_away_may_be_tried_again(receiver: Any) -> None:
    with pytest.raises(Unavailable):
        HttpWebhookClient(allow_private=True).post("http://127.0.0.1:1/", b"", {})


def test_connection_goes_to_the_address_that_was_judged(receiver: Any) -> None:
    """The name is resolved once: a second, different answer is never asked for."""
    port, seen = receiver
    answers = iter([["127.0.0.1"]])
    client = HttpWebhookClient(allow_private=True, resolve=lambda host, port: next(answers))

    client.post(f"http://rebinding.example.org:{port}/200", b"x", {})

    assert len(seen) == 1


def test_answer_that_trickles_in_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_client, "ANSWER_SECONDS", 0.3)
    ended = threading.Event()

    def answer(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(10_000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(100):
                ended.wait(0.02)
                connection.sendall(b"x")
            connection.sendall(b"\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        with pytest.raises(Unavailable) as failed:
            HttpWebhookClient(allow_private=True).post(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"", {})
        ended.set()
        thread.join()
    assert failed.value.details["reason"] == "TimeoutError"
