"""What the export API answers at its edges, through the gateway."""

from __future__ import annotations

import httpx
import pytest

from tests.e2e.exports.conftest import Owner
from tests.running_service import Stack


@pytest.fixture(scope="module")
def owner(stack: Stack) -> Owner:
    return Owner(stack)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/export/1/begin/now", "/api/v1/v1/export", "/api/v1/export/1/file"])
def test_unknown_call_is_refused_in_the_words_of_the_interface(http: httpx.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    expected = {
        "realm": "api",
        "code": "error.api.invalid_api",
        "description": f"{path} is not known.",
        "attribute": path,
        "path": path,
    }
    assert (answer.status_code, answer.json()) == (400, expected)
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("POST", "/api/v1/export", "GET, PUT"), ("DELETE", "/api/v1/export/1/zip", "GET, HEAD"), ("PUT", "/api/v1/session", "GET")],
)
def test_known_call_with_another_method_is_told_which_it_has(http: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = http.request(method, path)
    description = f"Only {allowed} can be used here."
    expected = {"realm": "api", "code": "error.api.invalid_request_method", "description": description}
    assert (answer.status_code, answer.json(), answer.headers["allow"]) == (400, expected, allowed)


def test_path_that_no_file_can_have_is_a_file_that_does_not_exist(http: httpx.Client, base_url: str, owner: Owner) -> None:
    number = owner.create({})
    assert owner.run(number)["_state"] == "done"
    for path in ("a/b/c/d/e", "slots.json/1/2/3/4/5"):
        assert owner.refused("GET", f"/{number}/file/{path}") == (404, "export_file_not_found")
        assert http.get(f"/api/v1/export/{number}/zip/{path}").status_code == 403
    link = http.get(f"/api/v1/export/{number}/download/x/y/z.zip")
    assert (link.status_code, link.headers["location"]) == (302, f"{base_url}/#server_error:export.invalid.passkey")


def test_search_nested_too_deeply_for_a_parser_is_refused_with_its_place(owner: Owner) -> None:
    text = '{"type":"complex","search":[' * 3_000 + "]}" * 3_000
    answer = owner.http.put("/api/v1/export", content=f'{{"export":{{"search":{{"search":[{text}]}}}}}}')
    shown = answer.json()
    assert (answer.status_code, shown["code"], shown["reason"]) == (400, "error.api.invalid_value", "nested too deeply")
    assert shown["path"].startswith("export.search.search[0].search[0]")


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_login_takes_both_kinds_of_forms(http: httpx.Client, owner: Owner, kind: str) -> None:
    token = http.get("/api/v1/session").json()["token"]
    fields = {"token": token, "login": owner.email, "password": "correct horse"}
    url = "/api/v1/session/authenticate"
    if kind == "urlencoded":
        answer = http.post(url, data=fields)
    else:
        answer = http.post(url, files={name: (None, value) for name, value in fields.items()})
    assert (answer.status_code, answer.json()["authenticated"], answer.json()["token"]) == (200, True, token)


def test_name_that_a_download_is_given_cannot_leave_its_folder(owner: Owner) -> None:
    number = owner.create({})
    owner.run(number)
    way = owner.http.get(f"/api/v1/export/{number}/file/slots.json", params={"filename": "../../ש\r\nx"})
    stored = httpx.get(way.headers["location"], timeout=60)
    expected = "attachment; filename=\".._..___x.json\"; filename*=UTF-8''.._.._%D7%A9__x.json"
    assert (stored.status_code, stored.headers["content-disposition"]) == (200, expected)
