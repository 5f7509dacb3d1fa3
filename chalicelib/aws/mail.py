"""Mail through SES, version 2 of its API."""

from __future__ import annotations

import logging
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.failures import UNREACHABLE
from chalicelib.domain.errors import Unavailable

log = logging.getLogger(__name__)


class SesMailer:
    """Fulfils `Mailer`; an empty `sender` means that this deployment sends none."""

    def __init__(self, client: Any, *, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Send one plain-text mail. Raises `Unavailable("mail")`, whatever it is that SES has against it."""
        if not self._sender:
            raise Unavailable("mail")
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": subject, "Charset": "UTF-8"},
                        "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
                    }
                },
            )
        except (ClientError, *UNREACHABLE) as error:
            log.warning("mail not sent", exc_info=error)
            raise Unavailable("mail") from error
