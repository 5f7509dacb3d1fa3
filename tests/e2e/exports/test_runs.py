"""Runs of export jobs on the deployed template: the state machine, its task, archives and links."""

import hashlib
import io
import json
import subprocess
import tarfile
import zipfile
from pathlib import Path
from shutil import which

import httpx
import pytest

from deployment.logs import messages
from tests.e2e.exports.conftest import Hooked, Owner
from tests.running_service import Stack


@pytest.fixture(scope="module")
def owner(stack: Stack) -> Owner:
    made = Owner(stack)
    made.import_slots(60)
    return made


def test_run_delivers_what_was_asked_for(owner: Owner, hook: Hooked, tmp_path: Path) -> None:
    transports = [
        {"type": "download", "packer": "tar_gz"},
        {"type": "webhook", "packer": "zip", "options": {"url": hook.url, "secret": "s3cret-s3cret-s3cret"}},
    ]
    export_id = owner.create(
        {"name": "Weekly Überblick", "json": True, "xml": True, "ical": True, "csv": {"delimiter": ";"}, "batch_size": 25},
        _transports=transports,
    )

    done = owner.run(export_id)

    assert done["_state"] == "done", done
    assert done["_progress"] == {"done": 60, "total": 60}
    assert [transport["_state"] for transport in done["_transports"]] == ["done", "done"]
    (download,) = done["_downloads"]["_files"][:1]
    content = owner.link(export_id, download["url"])
    assert len(content) == download["size"]
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == sorted(file["path"] for file in done["_files"])
    assert {file["path"]: file["sha256"] for file in done["_files"]} == {
        name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()
    }
    batches = [json.loads(archive.read(f"00000{batch}/slots.json")) for batch in (1, 2, 3)]
    assert list(map(len, batches)) == [25, 25, 10]
    packed = owner.link(export_id, done["_transports"][0]["_download"]["_files"][0]["url"])
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        assert sorted(tar.getnames()) == sorted(archive.namelist())
    archive.extractall(tmp_path)
    if which("sha256sum"):
        assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=False).returncode == 0
    (headers, body), *_ = hook.posted
    assert json.loads(body)["export"]["_id"] == export_id
    assert headers["X-Slotport-Delivery"] == f"export-{export_id}-1-1"


def test_link_gives_the_new_data_after_another_run_and_nothing_after_deletion(owner: Owner) -> None:
    export_id = owner.create({"name": "again", "json": True})
    first = owner.run(export_id)
    url = first["_downloads"]["_files"][0]["url"]
    before = owner.link(export_id, url)
    owner.run(export_id)

    after = owner.link(export_id, url)
    owner.call("DELETE", f"/{export_id}")
    gone = httpx.get(f"{owner.http.base_url}/api/v1/export/{export_id}/download/{url}", timeout=60)

    runs = [json.loads(zipfile.ZipFile(io.BytesIO(content)).read("manifest.json"))["run"] for content in (before, after)]
    assert runs == [1, 2]
    assert (gone.status_code, "#server_error:export.invalid.passkey" in gone.headers["Location"]) == (302, True)


def test_files_and_folders_with_a_token(owner: Owner) -> None:
    export_id = owner.create({"name": "files", "json": True, "json_one_file_per_object": True, "batch_size": 40})
    done = owner.run(export_id)
    assert done["_state"] == "done", done

    one = owner.http.get(f"/api/v1/export/{export_id}/file/000001/e2e-000.json", follow_redirects=True, headers=_anonymous(owner))
    folder = owner.http.get(f"/api/v1/v1/export/{export_id}/zip/000002", follow_redirects=True, headers=_anonymous(owner))
    assert (one.status_code, folder.status_code) == (200, 200), (one.text, folder.text)
    assert one.json()["uid"] == "e2e-000"
    names = zipfile.ZipFile(io.BytesIO(folder.content)).namelist()
    assert (len(names), {name.partition("/")[0] for name in names}) == (20, {"000002"})


def test_token_is_in_no_redirect_archive_or_log(owner: Owner, stack: Stack) -> None:
    export_id = owner.create({"name": "secret", "json": True, "csv": {}})
    done = owner.run(export_id)
    assert done["_state"] == "done", done

    address, secret = f"{owner.http.base_url}/api/v1/export/{export_id}", {"token": owner.token}
    paths = ("zip", "file/slots.json", "file/manifest.json", "file/absent.json", "file/absent.json?disposition=inline")
    sent = [httpx.get(httpx.URL(f"{address}/{path}").copy_merge_params(secret), timeout=60) for path in paths]
    assert [answer.status_code for answer in sent] == [307, 307, 307, 404, 302], [answer.text for answer in sent]
    assert not [answer for answer in sent if owner.token in f"{answer.headers} {answer.text}"]

    archive = zipfile.ZipFile(io.BytesIO(httpx.get(sent[0].headers["Location"], timeout=60).content))
    assert "slots.json" in archive.namelist()
    assert not [name for name in archive.namelist() if owner.token.encode() in archive.read(name)]

    lines = list(messages(stack.aws("logs"), set()))
    assert [line for line in lines if f"/api/v1/export/{export_id}/zip" in line]
    assert not [line for line in lines if owner.token in line]


def _anonymous(owner: Owner) -> dict[str, str]:
    return {"Authorization": f"Bearer {owner.token}", "Accept": "*/*"}
