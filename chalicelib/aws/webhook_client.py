"""Posting to webhooks without becoming somebody's way into the network we stand in."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Event, Timer
from typing import Any, Final
from urllib.parse import urlsplit

from chalicelib.domain.errors import InvalidInput, Unavailable

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 20.0
"""From the connection to the head of the answer."""
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Iterable[str]]
"""Gives the addresses of a host."""


class HttpWebhookClient:
    """Fulfils `WebhookClient`.

    A name is resolved once, and the connection is made to the very address that was judged: a name that answers differently
    the second time gains nothing. `allow_private` is for local use; it lets plain http pass too.
    """

    def __init__(
        self, *, allow_private: bool = False, resolve: Resolve | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve or _resolve
        self._context = context

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post and expect a success."""
        parts = urlsplit(url)
        host = parts.hostname
        schemes = {"https", "http"} if self._allow_private else {"https"}
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise InvalidInput("webhook_refused", url=url, reason="port") from error
        if parts.scheme not in schemes or not host or parts.username is not None:
            raise InvalidInput("webhook_refused", url=url, reason="only https, without a user, is posted to")
        target = parts.path or "/"
        if parts.query:
            target = f"{target}?{parts.query}"
        try:
            plain = self._connect(host, port)
            with _limited(plain, ANSWER_SECONDS):
                sock = plain if parts.scheme == "http" else self._secured(plain, host)
                status = _send(sock, target, body, {**headers, "Host": parts.netloc})
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable("webhook_failed", host=host, reason=type(error).__name__) from error
        if not 200 <= status < 300:
            raise Unavailable("webhook_failed", host=host, status=status)

    def _connect(self, host: str, port: int) -> socket.socket:
        failure: OSError = OSError("no address")
        for text in self._resolve(host, port):
            if not (self._allow_private or is_public(ipaddress.ip_address(text))):
                raise InvalidInput("webhook_refused", host=host, reason="its address is not public")
            try:
                plain = socket.create_connection((text, port), CONNECT_SECONDS)
            except OSError as error:
                failure = error
                continue
            plain.settimeout(ANSWER_SECONDS)
            return plain
        raise failure

    def _secured(self, plain: socket.socket, host: str) -> socket.socket:
        try:
            return (self._context or ssl.create_default_context()).wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise


@contextmanager
def _limited(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Cut a connection off after that time, also when it says a little now and then. Raises `TimeoutError` then."""
    handle = sock.dup()  # the socket itself is taken apart when it becomes a TLS one
    late = Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException):
        if not late.is_set():
            raise
    finally:
        timer.cancel()
        handle.close()
    if late.is_set():
        raise TimeoutError("the answer took too long")


def _send(sock: socket.socket, target: str, body: bytes, headers: Mapping[str, str]) -> int:
    connection = http.client.HTTPConnection(str(headers["Host"]), timeout=ANSWER_SECONDS)
    connection.sock = sock
    try:
        connection.request("POST", target, body=body, headers=dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


def is_public(address: Address) -> bool:
    """Whether an address is somebody's on the open network, also when it wraps an IPv4 address (mapped, NAT64, 6to4, Teredo)."""
    inner: list[Address] = []
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            inner.append(address.ipv4_mapped)
        if address.sixtofour is not None:
            inner.append(address.sixtofour)
        if address.teredo is not None:
            inner += address.teredo
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if inner:
            return all(is_public(one) for one in inner)
        if address.is_site_local:  # deprecated, and `is_global` takes it for any other address
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _resolve(host: str, port: int) -> Iterable[str]:
    found: list[Any] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found]
