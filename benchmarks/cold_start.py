"""Cold start: from a new process to the first answer, beside what boto3 alone takes for the two clients we need.

    python -m benchmarks.cold_start

The code is the packaged one, compiled as on Lambda; the table answers over loopback that the token is unknown, so the
request goes all the way to DynamoDB and back. Target: at most 1.1 times the anchor.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from deployment.dependencies import LOCAL
from deployment.package import package
from tests.tables import ENVIRONMENT

ROUNDS = 15
TARGET = 1.1
TIMER = """
import sys, time
started = time.perf_counter()
{body}
sys.stdout.write(str(time.perf_counter() - started))
"""
ANCHOR = """
import boto3
boto3.client("dynamodb")
boto3.client("s3")
"""
FIRST_REQUEST = """
import app
answer = app.app(
    {
        "resource": "/v1/me", "path": "/v1/me", "httpMethod": "GET", "body": None, "isBase64Encoded": False,
        "headers": {"Accept": "*/*", "Authorization": "Token token=" + "A" * 43}, "multiValueHeaders": {},
        "queryStringParameters": None, "multiValueQueryStringParameters": None, "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"resourcePath": "/v1/me", "path": "/v1/me", "httpMethod": "GET", "requestId": "r", "identity": {}},
    },
    None,
)
assert answer["statusCode"] == 401, answer
"""
PARTS = {
    "boto3 with the DynamoDB and the S3 client": ANCHOR,
    "import app": "import app",
    "import app, first request": FIRST_REQUEST,
}


class EmptyTable(BaseHTTPRequestHandler):
    """A DynamoDB that has nothing."""

    def do_POST(self) -> None:
        """Answer that nothing was found."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def seconds(body: str, code: Path, endpoint: str) -> float:
    """Run in a new process, as Lambda does, and give the time that the interpreter's own start does not count in."""
    environment = {
        **ENVIRONMENT,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(code),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-c", TIMER.replace("{body}", body)]
    done = subprocess.run(command, cwd=code, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return float(done.stdout)


def main() -> None:
    """Measure all parts in turns and print medians and ratios; `--check` fails when the target is missed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), EmptyTable)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder, "code")
        with zipfile.ZipFile(package("benchmark", LOCAL, Path(folder, "package")).code) as archive:
            archive.extractall(code)
        taken: dict[str, list[float]] = {name: [] for name in PARTS}
        for _ in range(ROUNDS):
            for name, body in PARTS.items():
                taken[name].append(seconds(body, code, endpoint))
    server.shutdown()
    medians = {name: statistics.median(values) for name, values in taken.items()}
    anchor, *_, ours = medians.values()
    print(f"{'cold start':45}{'median ms':>10}{'ratio':>8}")
    for name, median in medians.items():
        print(f"{name:45}{median * 1000:10.0f}{median / anchor:8.2f}")
    print(f"=> {ours / anchor:.2f} x boto3 with the two clients (at most {TARGET})")
    if "--check" in sys.argv and ours / anchor > TARGET:
        sys.exit("The target is missed.")


if __name__ == "__main__":
    main()
