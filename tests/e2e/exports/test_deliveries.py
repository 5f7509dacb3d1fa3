"""Where the files of a run go, when they go away, and what is said of a run that failed."""

from __future__ import annotations

import hashlib
import io
import re
import time
import zipfile
from typing import Any

import httpx
import pytest

from deployment.local import COPIES
from tests.e2e.exports.conftest import PATIENCE, Hooked, Owner, discard, mails, stored, until_gone
from tests.running_service import Stack

TEXT = 100_000
"""Characters of a long description."""


@pytest.fixture(scope="module")
def owner(stack: Stack) -> Owner:
    made = Owner(stack)
    made.import_slots(5)
    return made


def test_copy_lies_in_the_bucket_for_copies(stack: Stack, owner: Owner) -> None:
    transports = [{"type": "s3", "packer": packer, "options": {"prefix": "/weekly/"}} for packer in ("zip", "tar_gz")]
    export_id = owner.create({"name": "Pläne / 2026"}, _transports=transports)
    done = owner.run(export_id)
    assert [each["_state"] for each in done["_transports"]] == ["done", "done"]
    user = owner.http.get("/v1/me").json()["id"]
    for transport, name in zip(done["_transports"], ("Pläne _ 2026.zip", "Pläne _ 2026.tar.gz"), strict=True):
        (file,) = transport["_download"]["_files"]
        copied = stack.aws("s3").get_object(Bucket=COPIES, Key=f"weekly/{user}/{name}")["Body"].read()
        assert (copied, len(copied)) == (owner.link(export_id, file["url"]), file["size"])


def test_split_archive_is_several_complete_ones(stack: Stack) -> None:
    owner = Owner(stack)
    for number in range(40):
        letters = hashlib.sha256(bytes([number])).hexdigest()
        slot = {"uid": f"long-{number}", "title": "Long", "start": "2026-03-01T10:00:00Z", "description": letters * (TEXT // 64)}
        assert owner.http.post("/v1/slots", json=slot).status_code == 201
    formats = {"json": True, "xml": True, "ical": True, "csv": {}}
    export_id = owner.create({"name": "long", **formats}, _transports=[{"type": "download", "packer": "zip_10mb"}])
    done = owner.run(export_id)

    parts = done["_transports"][0]["_download"]["_files"]
    assert [each["url"].rpartition("/")[2] for each in parts] == ["long.1.zip", "long.2.zip"]
    found: dict[str, tuple[int, str]] = {}
    for part in parts:
        content = owner.link(export_id, part["url"])
        assert len(content) == part["size"]
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            assert sum(sizes.values()) <= 10_000_000
            assert found.keys().isdisjoint(sizes)
            found |= {name: (size, hashlib.sha256(archive.read(name)).hexdigest()) for name, size in sizes.items()}
    assert found == {file["path"]: (file["size"], file["sha256"]) for file in done["_files"]}
    third = httpx.get(
        f"{stack.base_url}/api/v1/export/{export_id}/download/{parts[0]['url'].replace('.1.zip', '.3.zip')}", timeout=60
    )
    assert (third.status_code, third.headers["location"]) == (302, f"{stack.base_url}/#server_error:export.invalid.passkey")


def test_mail_goes_to_users_and_to_addresses_that_confirmed_themselves(stack: Stack, owner: Owner) -> None:
    stranger = f"stranger-{owner.email}"
    options = {"email.recipients": [owner.email, stranger], "message": "Here it is."}
    export_id = owner.create({"name": "by mail"}, _transports=[{"type": "email", "options": options}])

    first = owner.run(export_id)

    assert (first["_state"], first["_transports"][0]["_state"]) == ("done", "failed")
    assert [each["event"]["type"] for each in first["_log"]][2:] == ["EXPORT_TRANSPORT_FAILED", "EXPORT_FINISH"]
    url = first["_downloads"]["_files"][0]["url"]
    link = f"{stack.base_url}/api/v1/export/{export_id}/download/{url}?disposition=attachment"
    text = f"Here it is.\n\nThe export by mail is ready:\n\n{link}\n"
    assert [mail for mail in mails(stack, owner.email) if "by mail" in mail[0]] == [("Export by mail", text)]
    [(question, body)] = mails(stack, stranger)
    assert question == "Do you want to get exports?"
    confirmation = re.search(rf"{stack.base_url}/api/v1/confirm/\S+", body)
    assert confirmation is not None
    confirmed = httpx.get(confirmation[0], timeout=60)
    assert (confirmed.status_code, confirmed.text) == (200, f"Exports can be sent to {stranger} from now on.\n")
    assert owner.run(export_id)["_transports"][0]["_state"] == "done"
    assert mails(stack, stranger)[1:] == [("Export by mail", text)]


def test_files_go_after_the_days_that_they_are_kept(stack: Stack, owner: Owner) -> None:
    export_id = owner.create({"name": "kept", "keep_days": 3})
    done = owner.run(export_id)
    url = done["_downloads"]["_files"][0]["url"]
    assert stored(stack, export_id, 1) != []

    discard(stack, export_id, 1)

    until_gone(stack, export_id, 1)  # the rule of every minute may have come first, and be at it
    shown = owner.call("GET", f"/{export_id}")
    assert (shown["_state"], shown["_files"], shown["_downloads"]) == ("done", [], {"_files": []})
    for path in (f"/{export_id}/zip", f"/{export_id}/file/slots.json", f"/{export_id}/download/{url}"):
        assert owner.refused("GET", path) == (404, "export_file_not_found")
    assert owner.run(export_id)["_state"] == "done"
    assert owner.link(export_id, url)[:2] == b"PK"


def test_owner_is_told_of_a_scheduled_run_whose_execution_died(stack: Stack, owner: Owner, hook: Hooked) -> None:
    hook.open.clear()
    every_minute = {"hours": list(range(24)), "minutes": list(range(60))}
    transports = [{"type": "webhook", "options": {"url": hook.url}}]
    export_id = owner.create({"name": "each minute", "notify": True}, _schedules=[every_minute], _transports=transports)
    assert hook.called.wait(PATIENCE), "the rule of every minute did not start it"
    machine = stack.aws("stepfunctions")
    arns = [each["stateMachineArn"] for each in machine.list_state_machines()["stateMachines"]]
    arn = next(each for each in arns if each.endswith("-export")).replace(":stateMachine:", ":execution:")

    machine.stop_execution(executionArn=f"{arn}:export-{export_id}-1")

    failed = _failed(owner, export_id)
    hook.open.set()
    started, ended = (each["event"] for each in failed["_log"][1:3])
    assert (started["type"], started["info"]["by"]) == ("EXPORT_START", "schedule")
    assert (ended["type"], ended["info"]) == ("EXPORT_FAILED", {"reason": "its execution aborted"})
    deadline = time.monotonic() + PATIENCE
    while not (sent := [mail for mail in mails(stack, owner.email) if "each minute" in mail[0]]):  # after the record says so
        assert time.monotonic() < deadline, "no mail was sent"
        time.sleep(0.2)
    [(subject, text)] = sent
    assert subject == "Export each minute failed"
    assert "\nits execution aborted\n" in text
    owner.call("DELETE", f"/{export_id}")


def _failed(owner: Owner, export_id: int) -> dict[str, Any]:
    """Wait until the record says that the first run has failed."""
    deadline = time.monotonic() + PATIENCE
    while True:
        shown: dict[str, Any] = owner.call("GET", f"/{export_id}")
        if "EXPORT_FAILED" in [each["event"]["type"] for each in shown["_log"]]:
            return shown
        assert time.monotonic() < deadline, shown
        time.sleep(0.2)
