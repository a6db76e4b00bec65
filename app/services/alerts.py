"""Alerts: look how the server is, decide whom to tell what, tell it; and their settings."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Protocol

import structlog
from pydantic import AfterValidator, Field

from app.domain.alerts import Alert, AlertSettings, Security, Standing, Word
from app.domain.ids import new_id
from app.domain.licence import LicenceStatus
from app.domain.people import Actor
from app.errors import BadInput, Superseded, WiceSyncError
from app.ports.alerts import AlertStore, Chores, Messenger, Told
from app.ports.options import OptionStore
from app.ports.processes import Processes
from app.rules import alerts as rules
from app.services.alert_words import worded
from app.services.entries import Entry, read_entry
from app.services.given import refusal

CHORE: Final = "alerts"
EVERY: Final = timedelta(minutes=1)
MOST_AT_ONCE: Final = 20
MAIL, WEBHOOK = "mail", "webhook"
SECRETS: Final = ("smtp_password", "webhook_url", "webhook_secret")

_log = structlog.get_logger()


class Licensing(Protocol):
    """Who knows the licence."""

    def status(self) -> LicenceStatus: ...


def _addresses(text: str) -> str:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if any(part.count("@") != 1 or part.strip("@") != part or any(map(str.isspace, part)) for part in parts):
        raise ValueError("must be e-mail addresses with commas between them")
    return ", ".join(parts)


def _url(text: str) -> str:
    if text and not text.startswith(("https://", "http://")):
        raise ValueError("must begin with https:// or http://")
    return text


def _file(path: str) -> str:
    if path and not Path(path).is_file():
        raise ValueError("there is no such file on this server")
    return path


Addresses = Annotated[str, Field(max_length=1000), AfterValidator(_addresses)]
Name = Annotated[str, Field(max_length=300)]


class AlertEntry(Entry):
    """The settings as an administrator types them."""

    recipients: Addresses
    sender: Addresses
    smtp_host: Name
    smtp_port: Annotated[int, Field(ge=1, le=65535)]
    smtp_security: Security
    smtp_ca_file: Annotated[Name, AfterValidator(_file)]
    smtp_username: Name
    smtp_password: Name
    webhook_url: Annotated[str, Field(max_length=1000), AfterValidator(_url)]
    webhook_secret: Name
    failed_runs: Annotated[int, Field(ge=0, le=1000)]
    oldest_change_hours: Annotated[int, Field(ge=0, le=1000)]
    licence_days: Annotated[int, Field(ge=0, le=365)]
    quarantined_items: Annotated[int, Field(ge=0, le=1_000_000)]


def version_of(settings: AlertSettings) -> int:
    """What changes with any of the settings: the ETag of this resource, never 0."""
    return int(hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode()).hexdigest()[:14], 16) + 1


class Alerts:
    """May be used by several threads and processes at once."""

    def __init__(
        self,
        store: AlertStore,
        chores: Chores,
        messengers: Mapping[str, Messenger],
        licences: Licensing,
        processes: Processes,
        options: OptionStore,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._chores = chores
        self._messengers = messengers
        self._licences = licences
        self._processes = processes
        self._options = options
        self._now = now

    def settings(self) -> AlertSettings:
        """As they are."""
        return self._store.settings()

    def change(self, given: Mapping[str, object], by: Actor, *, version: int = 0) -> AlertSettings:
        """Set what is given; an empty secret stays, None removes it. Raises: BadInput (with fields), Superseded."""
        seen = self._store.settings()
        if version and version != version_of(seen):
            raise Superseded("the settings were changed meanwhile; look at them again")
        kept = {name for name in SECRETS if given.get(name, "") == ""}
        values = {name: "" if value is None else value for name, value in given.items() if name not in kept}
        entry, faults = read_entry(AlertEntry, {**asdict(seen), **values})
        wrong = {fault.setting: fault.advice for fault in faults} or (dict(_missing(entry)) if entry else {})
        if entry is None or wrong:
            raise refusal(wrong)
        wanted = replace(seen, **entry.model_dump())
        self._store.change(seen, wanted, by)
        return wanted

    def test(self) -> None:
        """Send a test message on every way that is configured. Raises: BadInput (there is none), Halt, Retry."""
        settings = self._store.settings()
        ways = channels(settings)
        if not ways:
            raise BadInput("Neither recipients of e-mail nor a webhook are set: save one of them first.")
        alert = Alert(id=new_id(), word=Word.TEST, topic=None, at=self._now())
        for way in ways:
            self._send(way, alert, settings)

    def round(self) -> int:
        """Look, decide, and send what is due; how many messages went out. One of several processes looks each minute."""
        settings = self._store.settings()
        ways = channels(settings)
        if not ways:
            return 0
        if self._chores.claim(CHORE, EVERY):
            self._look(settings, ways)
        return sum(self._try(number, way, alert, settings) for number, way, alert in self._store.take(MOST_AT_ONCE))

    def _look(self, settings: AlertSettings, ways: list[str]) -> None:
        licence, now = self._licences.status(), self._now()
        facts = replace(
            self._store.facts(),
            licence_days=licence.days_left,
            licence_valid=licence.state.valid,
            alive=Counter(one.kind for one in self._processes.alive()),
        )
        found = list(rules.conditions(facts, settings.limits, now))
        self._store.settle(lambda standing: _both(rules.decide(found, standing, now)), ways)

    def _try(self, number: int, way: str, alert: Alert, settings: AlertSettings) -> int:
        try:
            self._send(way, alert, settings)
        except WiceSyncError as error:
            _log.warning("alert_not_sent", alert=alert.id, channel=way, error=type(error).__name__)
            self._store.failed(number)
            return 0
        self._store.sent(number)
        return 1

    def _send(self, way: str, alert: Alert, settings: AlertSettings) -> None:
        options = self._options.read()
        subject, text = worded(alert, options.language, options.time_zone, options.organisation)
        self._messengers[way].send(alert, settings, subject, text)


def channels(settings: AlertSettings) -> list[str]:
    """The ways that are configured."""
    return [*([MAIL] if settings.addresses else []), *([WEBHOOK] if settings.webhook_url else [])]


def _both(decided: rules.Decided) -> tuple[Told, Sequence[Standing]]:
    return decided.messages, decided.standing


def _missing(entry: AlertEntry) -> list[tuple[str, str]]:
    if not entry.recipients:
        return []
    return [(name, "is needed for e-mail") for name in ("smtp_host", "sender") if not getattr(entry, name)]
