"""Delivering a finished run: by mail, to a webhook, into a bucket."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from chalicelib.domain.accounts import email_key
from chalicelib.domain.errors import InvalidInput, NotPermitted, TooLarge
from chalicelib.domain.exports import Archive, Export, Run, Transport
from chalicelib.services.export_links import archives_of, file_name, link_address, links
from chalicelib.services.ports.accounts import UserStore
from chalicelib.services.ports.jobs import Mailer
from chalicelib.services.ports.transports import CopyTarget, MailLedger, WebhookClient

DAILY_MAILS: Final = 100
"""Mails that the exports of one user send in a day."""
SIGNATURE: Final = "X-Slotport-Signature"
"""``t=<epoch seconds>,v1=<HMAC-SHA256 of "<t>.<body>" with the transport's secret, in hexadecimal>``."""
DELIVERY: Final = "X-Slotport-Delivery"
"""The same for every attempt at one delivery, so that a receiver can tell a repetition."""


class Delivery(NamedTuple):
    """One transport of one run that has been published."""

    export: Export
    run: Run
    place: int

    @property
    def transport(self) -> Transport:
        """What the definition says of it."""
        return self.export.definition.transports[self.place]

    @property
    def name(self) -> str:
        """Names the delivery for good."""
        return f"{self.run.ref.execution}-{self.place}"


class Transports:
    """Delivers runs. A delivery can be tried again; what is sent twice then is only what could not be known to have arrived."""

    def __init__(
        self,
        *,
        users: UserStore,
        mailer: Mailer,
        ledger: MailLedger,
        webhooks: WebhookClient,
        copies: CopyTarget | None,
        public_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._users = users
        self._mailer = mailer
        self._ledger = ledger
        self._webhooks = webhooks
        self._copies = copies
        self._public_url = public_url
        self._clock = clock

    def deliver(self, delivery: Delivery) -> None:
        """Deliver. Raises `Unavailable` for what may work later, any other `DomainError` for what will not."""
        match delivery.transport.type:
            case "download":
                return
            case "email":
                self._mail(delivery)
            case "webhook":
                self._post(delivery)
            case "s3":
                self._copy(delivery)

    def confirm_address(self, code: str) -> str | None:
        """Let the address to which that code was mailed get exports from now on, and give it; None for an unknown code."""
        return self._ledger.confirm(_hash(code), now=self._clock())

    def links(self, delivery: Delivery) -> list[str]:
        """Give the lasting links to what the transport's packer has made, for people: what goes wrong is a page, not JSON."""
        export = delivery.export
        return [
            f"{link_address(self._public_url, export, link)}?disposition=attachment" for link in links(export, _archives(delivery))
        ]

    # mail

    def _mail(self, delivery: Delivery) -> None:
        options = delivery.transport.options
        recipients: Sequence[int | str] = options.get("recipients") or ()
        text = _mail_text(delivery.export, str(options.get("message") or ""), self.links(delivery))
        refused: list[int | str] = []
        for recipient in recipients:
            address = self._address(recipient)
            if address is None:
                refused.append(recipient)
                if isinstance(recipient, str):
                    self._ask(delivery.export, recipient)
                continue
            mail = f"{delivery.name}-{_hash(email_key(address))}"
            if not self._ledger.was_sent(mail):
                self._spend(delivery.export)
                self._mailer.send(to=address, subject=f"Export {_line(delivery.export.name)}", text=text)
                self._ledger.mark_sent(mail, now=self._clock())
        if refused:
            raise NotPermitted("recipients_not_confirmed", recipients=refused)

    def _address(self, recipient: int | str) -> str | None:
        """Give where mail for a recipient goes; None for somebody who is no user and has not confirmed the address."""
        user = self._users.user(recipient) if isinstance(recipient, int) else self._users.user_by_email(recipient)
        if user is not None:
            return user.email
        return recipient if isinstance(recipient, str) and self._ledger.is_confirmed(email_key(recipient)) else None

    def _ask(self, export: Export, address: str) -> None:
        """Mail an address the link by which it confirms itself, at most once a day."""
        code = secrets.token_urlsafe(24)
        if not self._ledger.ask(email_key(address), _hash(code), now=self._clock()):
            return
        self._spend(export)
        link = f"{self._public_url}/api/v1/confirm/{code}"
        text = (
            "Somebody wants to send you files that Slotport exports from a calendar.\n\n"
            f"If you want to get them, open this link:\n{link}\n\nIf you do not, there is nothing to do.\n"
        )
        self._mailer.send(to=address, subject="Do you want to get exports?", text=text)

    def _spend(self, export: Export) -> None:
        if not self._ledger.spend(export.user_id, now=self._clock(), limit=DAILY_MAILS):
            raise TooLarge("too_many_mails_today", limit=DAILY_MAILS)

    # webhooks

    def _post(self, delivery: Delivery) -> None:
        options = delivery.transport.options
        body = orjson.dumps(self._event(delivery))
        stamp = int(self._clock().timestamp())
        signature = sign(str(options.get("secret") or ""), stamp, body)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Slotport",
            DELIVERY: delivery.name,
            SIGNATURE: f"t={stamp},v1={signature}",
        }
        self._webhooks.post(str(options.get("url") or ""), body, headers)

    def _event(self, delivery: Delivery) -> Mapping[str, Any]:
        export, run = delivery.export, delivery.run
        assert run.result is not None
        files = [
            {"url": link_address(self._public_url, export, link), "size": link.size} for link in links(export, _archives(delivery))
        ]
        return {
            "event": "export_done",
            "export": {"_id": export.id, "name": export.name, "_version": run.version},
            "run": run.ref.run,
            "time": f"{run.started:%Y-%m-%dT%H:%M:%SZ}",
            "objects": run.result.objects,
            "files": run.result.files,
            "_download": {"_files": files},
        }

    # copies

    def _copy(self, delivery: Delivery) -> None:
        if self._copies is None:
            raise InvalidInput("no_copy_bucket")
        prefix = str(delivery.transport.options.get("prefix") or "").strip("/")
        for archive in _archives(delivery):
            name = f"{file_name(delivery.export)}.{archive.extension}"
            target = "/".join(part for part in (prefix, str(delivery.export.user_id), name) if part)
            self._copies.copy(delivery.run.ref.archive_key(archive.extension), target)


def sign(secret: str, stamp: int, body: bytes) -> str:
    """Give the signature of a webhook's body at a time."""
    return hmac.new(secret.encode(), str(stamp).encode() + b"." + body, hashlib.sha256).hexdigest()


def _archives(delivery: Delivery) -> Sequence[Archive]:
    return archives_of(delivery.run, delivery.transport.packer)


def _mail_text(export: Export, message: str, links: Sequence[str]) -> str:
    opening = f"{message.strip()}\n\n" if message.strip() else ""
    return f"{opening}The export {_line(export.name)} is ready:\n\n" + "".join(f"{link}\n" for link in links)


def _line(text: str) -> str:
    """Give a text without line breaks and control characters: it stands in a mail's header."""
    return "".join(character if character.isprintable() else " " for character in text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
