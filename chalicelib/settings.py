"""The only place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment decides; `docs/configuration.md` explains each."""

    account_table: str
    slot_table: str
    export_table: str
    convention_table: str
    bucket: str
    public_url: str
    """The address clients use, without a trailing slash: links, mails, redirects and the site are made from it."""
    bucket_origin: str = ""
    """Where browsers reach the bucket: presigned URLs begin with it."""
    import_state_machine: str = ""
    """ARN."""
    export_state_machine: str = ""
    """ARN."""
    mail_from: str = ""
    """Sender of mails; empty: no mail is sent."""
    mail_link_origins: tuple[str, ...] = ()
    """Web sites, besides `public_url`, that mails may link to with a secret in the address, such as a convention's own client."""
    stage: str = "dev"
    log_level: str = "INFO"
    copy_bucket: str = ""
    """The bucket that the `s3` transport copies to; empty: that transport is refused."""
    allow_private_webhooks: bool = False
    """Lets webhooks reach loopback and private addresses by http: for local use only."""
    max_exports: int = 1_000
    """Exports per user."""
    max_running_exports: int = 5
    """Runs going at once per user."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings; raises `KeyError` naming the variable that is missing."""
        return cls(
            account_table=environment["ACCOUNT_TABLE"],
            slot_table=environment["SLOT_TABLE"],
            export_table=environment["EXPORT_TABLE"],
            convention_table=environment["CONVENTION_TABLE"],
            bucket=environment["BUCKET"],
            public_url=environment["PUBLIC_URL"].rstrip("/"),
            bucket_origin=environment.get("BUCKET_ORIGIN", ""),
            import_state_machine=environment.get("IMPORT_STATE_MACHINE", ""),
            export_state_machine=environment.get("EXPORT_STATE_MACHINE", ""),
            mail_from=environment.get("MAIL_FROM", ""),
            mail_link_origins=tuple(environment.get("MAIL_LINK_ORIGINS", "").split()),
            stage=environment.get("STAGE", "dev"),
            log_level=environment.get("LOG_LEVEL", "INFO"),
            copy_bucket=environment.get("COPY_BUCKET", ""),
            allow_private_webhooks=environment.get("ALLOW_PRIVATE_WEBHOOKS", "") == "true",
            max_exports=int(environment.get("MAX_EXPORTS", "1000")),
            max_running_exports=int(environment.get("MAX_RUNNING_EXPORTS", "5")),
        )


@cache
def settings() -> Settings:
    """Give this container's settings, read once."""
    return Settings.from_environment(os.environ)
