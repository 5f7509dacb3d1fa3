"""The site over HTTP: for browsers a page that may load nothing from elsewhere, for programs an index."""

from __future__ import annotations

import gzip
import re

import pytest

from app import app
from chalicelib.api.site.routes import FILES
from tests.http_client import HttpClient

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def client() -> HttpClient:
    return HttpClient(app)


@pytest.mark.parametrize("accept", [BROWSER, "*/*", None, "text/html, application/json"])
def test_browsers_get_the_page(client: HttpClient, accept: str | None) -> None:
    reply = client.get("/", headers={} if accept is None else {"Accept": accept})
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert reply.text == (FILES / "index.html").read_text().replace("%base%", "/")
    assert client.head("/").status == 200


def test_programs_get_the_index(client: HttpClient) -> None:
    reply = client.get("/", headers={"Accept": "application/json"})
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json()["service"] == "Slotport"
    assert reply.json()["interfaces"]["slots"]["urls"] == ["https://slotport.test/v1"]


def test_the_two_are_told_apart_by_caches(client: HttpClient) -> None:
    for accept in (BROWSER, "application/json"):
        assert "Accept," in client.get("/", headers={"Accept": accept}).headers["vary"]


def test_the_page_lets_nothing_in_from_elsewhere(client: HttpClient) -> None:
    reply = client.get("/")
    assert reply.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self' https://slotport-test.s3.us-east-1.amazonaws.com; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    )
    assert not re.search(r"https?://|<style|\sstyle=|\son\w+=|<script>", reply.text)


def test_what_the_page_names_is_there_and_kept_for_good(client: HttpClient) -> None:
    named = re.findall(r'(?:src|href)="(assets/[^"]+)"', client.get("/").text)
    assert len(named) >= 3
    for name in named:
        reply = client.get(f"/{name}", headers={"Accept": "*/*", "Accept-Encoding": "gzip"})
        body = gzip.decompress(reply.body) if reply.headers.get("content-encoding") == "gzip" else reply.body
        assert (reply.status, body) == (200, (FILES / name).read_bytes())
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        known = client.get(f"/{name}", headers={"If-None-Match": reply.headers["etag"]})
        assert (known.status, known.body) == (304, b"")


@pytest.mark.parametrize("name", ["SOURCE.json", "..%2Findex.html", "nothing.js", "%00"])
def test_nothing_else_is_served(client: HttpClient, name: str) -> None:
    reply = client.get(f"/assets/{name}")
    assert (reply.status, reply.json()["error"]["code"]) == (404, "not_found")


def test_another_method_is_refused_in_json(client: HttpClient) -> None:
    reply = client.post("/assets/nothing.js")
    assert (reply.status, reply.headers["allow"], reply.json()["error"]["code"]) == (405, "GET", "method_not_allowed")
