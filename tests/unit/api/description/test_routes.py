"""The document and the reference page over HTTP: cached, compressed, and with nothing from other hosts."""

from __future__ import annotations

import gzip
import hashlib
import re

import pytest

from app import app
from chalicelib.api.description.routes import FILES
from chalicelib.api.static import TYPES
from tests.http_client import HttpClient

PAGE = (FILES / "index.html").read_text()


@pytest.fixture
def client() -> HttpClient:
    return HttpClient(app)


def test_the_document_is_json_with_the_public_address(client: HttpClient) -> None:
    reply = client.get("/openapi.json")
    assert (reply.status, reply.headers["content-type"], reply.headers["cache-control"]) == (
        200,
        "application/json",
        "public, no-cache",
    )
    document = reply.json()
    assert (document["openapi"], document["servers"]) == ("3.1.0", [{"url": "https://slotport.test"}])


def test_the_document_is_compressed_to_a_tenth(client: HttpClient) -> None:
    plain, packed = client.get("/openapi.json"), client.get("/openapi.json", headers={"Accept": "*/*", "Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) * 8 < len(plain.body)


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/docs/reference.js", "/docs/swagger-ui-5.35.0.css"])
def test_who_has_it_is_told_so(client: HttpClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get(path, headers={"If-None-Match": '"other"'}).body == first.body


def test_the_page_lets_nothing_in_from_elsewhere(client: HttpClient) -> None:
    reply = client.get("/docs")
    assert (reply.status, reply.headers["content-type"], reply.text) == (200, "text/html; charset=utf-8", PAGE)
    policy = reply.headers["content-security-policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    assert not re.search(r"https?://|<style|\son\w+=|<script>", PAGE)


def test_everything_the_page_names_is_there(client: HttpClient) -> None:
    named = re.findall(r'(?:src|href)="([^"]+)"', PAGE)
    assert named == [
        "docs/icon.svg",
        "docs/swagger-ui-5.35.0.css",
        "docs/reference.css",
        "docs/swagger-ui-bundle-5.35.0.js",
        "docs/reference.js",
        "./",
        "openapi.json",
        "openapi.json",
    ]
    for path in named[:-3]:
        reply = client.get(f"/{path}")
        file = FILES / path.removeprefix("docs/")
        assert (reply.status, reply.body, reply.headers["content-type"]) == (200, file.read_bytes(), TYPES[file.suffix])


@pytest.mark.parametrize(
    ("name", "caching"),
    [("reference.js", "public, no-cache"), ("swagger-ui-5.35.0.css", "public, max-age=31536000, immutable")],
)
def test_only_names_with_a_version_are_kept_for_good(client: HttpClient, name: str, caching: str) -> None:
    assert client.get(f"/docs/{name}").headers["cache-control"] == caching


@pytest.mark.parametrize("name", ["index.html", "SOURCE.md", "..%2F..%2Fsettings.py", "nothing.js", "%00"])
def test_nothing_else_is_served(client: HttpClient, name: str) -> None:
    reply = client.get(f"/docs/{name}")
    assert (reply.status, reply.json()) == (
        404,
        {"error": {"code": "not_found", "message": "There is nothing at this address."}},
    )


def test_another_method_is_refused_in_json(client: HttpClient) -> None:
    reply = client.post("/docs")
    assert (reply.status, reply.headers["allow"], reply.json()["error"]["code"]) == (405, "GET", "method_not_allowed")


def test_foreign_files_are_those_of_the_recorded_source() -> None:
    recorded = dict(
        re.findall(r"^\| `([^`]+)` \| `[^`]+` \| `([0-9a-f]{64})` \|$", (FILES / "SOURCE.md").read_text(), re.MULTILINE)
    )
    ours = {"index.html", "reference.js", "reference.css", "icon.svg", "SOURCE.md"}
    assert recorded == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FILES.iterdir() if path.name not in ours
    }
    assert len(recorded) == 5
