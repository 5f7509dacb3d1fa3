"""What botocore raises when a service cannot be reached, after its own retries."""

from __future__ import annotations

from typing import Final

from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError

UNREACHABLE: Final = (HTTPClientError, NoConnection)
