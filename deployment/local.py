"""Runs Slotport on this machine: the template that goes to AWS, on an emulator of AWS.

python -m deployment.local [--port 8000] [--data .local] [--no-demo]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Final

from deployment import demo, emulator_gaps
from deployment.dependencies import LOCAL
from deployment.deploy import DeploymentError, deploy, stack_name, upload
from deployment.emulator import Emulator, EmulatorError, claim_port
from deployment.locks import locked
from deployment.package import BUILD, ROOT, Package, package
from deployment.template import PackagingError

STAGE: Final = "local"
COPIES: Final = "slotport-local-copies"
"""The bucket that the `s3` transport copies to."""
KEPT_PACKAGES: Final = 4
_SOURCES: Final = ("app.py", "chalicelib", ".chalice", "requirements.txt", "deployment")
"""What the deployed stack is made from."""


def source_digest(root: Path = ROOT) -> str:
    """Give a digest of everything that the package and the deployment are made from, and of the Python that runs them."""
    digest = hashlib.sha256(sys.version.encode())
    for name in _SOURCES:
        path = root / name
        files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
        for file in files:
            if "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(root)}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def packaged(digest: str) -> Package:
    """Package for this machine, unless there is a package made from the same sources."""
    out = BUILD / STAGE / digest
    with locked(BUILD / "local.lock"):
        if not out.exists():
            unfinished = out.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            package(STAGE, LOCAL, unfinished)
            unfinished.rename(out)
            _forget_older(out.parent)
    return Package(out / "template.json", out / "deployment.zip")


def _forget_older(folder: Path) -> None:
    packages = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for path in packages[:-KEPT_PACKAGES]:
        shutil.rmtree(path, ignore_errors=True)


def deploy_locally(emulator: Emulator, made: Package) -> None:
    """Deploy to a running emulator, with the documented paths directly under its address."""
    session = emulator.session()
    template = json.loads(made.template.read_text())
    emulator_gaps.fill_template(template, emulator)
    url = upload(session, made, template)
    session.client("s3").create_bucket(Bucket=COPIES)
    parameters = {"PublicUrl": emulator.base_url, "MailFrom": "slotport@localhost", "CopyBucket": COPIES}
    deploy(session, stack_name(STAGE), url, parameters)
    emulator_gaps.fill_api(session.client("apigateway"), template)
    session.client("sesv2").create_email_identity(EmailIdentity="slotport@localhost")


def run(port: int, data: Path, *, with_demo: bool) -> None:
    """Start, deploy when anything changed, load the demo the first time, and serve until stopped."""
    claim_port(port)
    sources = source_digest()
    made = packaged(sources)
    deployed, state = data / "deployed", f"{sources}:{port}"
    with Emulator(data, port) as emulator:
        if not (deployed.exists() and deployed.read_text() == state):
            deployed.unlink(missing_ok=True)
            deploy_locally(emulator, made)
            deployed.write_text(state)
        demo_loaded = data / "demo-loaded"
        if with_demo and not demo_loaded.exists():
            _load_demo(emulator.base_url, demo_loaded)
        sys.stdout.write(f"Slotport is ready: {emulator.base_url}\n")
        sys.stdout.flush()
        code = emulator.wait()
        raise EmulatorError(f"The emulator ended by itself (exit code {code}); see {emulator.log}")


def _load_demo(base_url: str, loaded: Path) -> None:
    """Load the demo data; without them the service is as good, so a failure is said and not fatal."""
    try:
        demo.load(base_url)
    except demo.DemoError as error:
        sys.stderr.write(f"Without demo data: {error}\n")
    else:
        loaded.touch()
        sys.stdout.write(f"A demo account is there: {demo.DEMO_EMAIL}, password {demo.DEMO_PASSWORD!r}\n")


def main() -> None:
    """Run from the command line until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description="Run Slotport on this machine.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=ROOT / ".local")
    parser.add_argument("--no-demo", action="store_true")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        run(arguments.port, arguments.data, with_demo=not arguments.no_demo)
    except KeyboardInterrupt:
        sys.stdout.write("Slotport has stopped.\n")
    except (EmulatorError, DeploymentError, PackagingError) as error:
        parser.exit(1, f"{error}\n")


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the second one must not cut the writing of the state short
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
