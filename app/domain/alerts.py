"""What administrators are told of without asking: conditions of the whole server, never items of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.process import ProcessKind


class Topic(StrEnum):
    """What is the matter."""

    ACCOUNT_FAILING = "account_failing"
    OLD_CHANGE = "old_change"
    LICENCE = "licence"
    QUARANTINE = "quarantine"
    NO_WORKER = "no_worker"
    NO_SCHEDULER = "no_scheduler"


class Word(StrEnum):
    """Why a message is sent."""

    RAISED = "raised"
    REPEATED = "repeated"
    RECOVERED = "recovered"
    TEST = "test"


class Security(StrEnum):
    """How the connection to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From where on something is the matter; 0 switches a topic off."""

    failed_runs: int = 3
    oldest_change_hours: int = 4
    licence_days: int = 14
    quarantined_items: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """Where messages go, and the limits. No recipients: no mail; no address: no webhook."""

    recipients: str = ""
    """E-mail addresses, with commas between them."""
    sender: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Security = Security.STARTTLS
    smtp_ca_file: str = ""
    """Path to certificate authorities (PEM) that are trusted beside the public ones."""
    smtp_username: str = ""
    smtp_password: str = field(default="", repr=False)
    webhook_url: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    failed_runs: int = 3
    oldest_change_hours: int = 4
    licence_days: int = 14
    quarantined_items: int = 10

    @property
    def limits(self) -> Limits:
        """From where on something is the matter."""
        return Limits(
            failed_runs=self.failed_runs,
            oldest_change_hours=self.oldest_change_hours,
            licence_days=self.licence_days,
            quarantined_items=self.quarantined_items,
        )

    @property
    def addresses(self) -> list[str]:
        """The recipients one by one."""
        return [part.strip() for part in self.recipients.split(",") if part.strip()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How the server is. `failing`: accounts by name, with how many of their runs failed in a row; `alive`: how many processes."""

    failing: Sequence[tuple[str, int]] = ()
    oldest_change: datetime | None = None
    licence_days: int = 0
    licence_valid: bool = True
    quarantined: int = 0
    alive: Mapping[ProcessKind, int] = field(default_factory=dict)
    anything_to_do: bool = True
    """Is there an active profile at all?"""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something is the matter. `subject`: the account's name, or ""; `value`: runs, hours, days or items, as the topic has it."""

    topic: Topic
    subject: str = ""
    value: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A condition that was there when somebody looked last. `told`: when the last message went out, None for none; `times`: how many."""

    topic: Topic
    subject: str
    since: datetime
    told: datetime | None = None
    times: int = 0
    value: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message. `id` is the same whenever it is sent again."""

    id: str
    word: Word
    topic: Topic | None
    subject: str = ""
    value: int = 0
    since: datetime | None = None
    at: datetime
