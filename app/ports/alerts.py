"""Where alerts are kept and how they are sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from app.domain.alerts import Alert, AlertSettings, Facts, Standing, Word
from app.domain.people import Actor

Told = Sequence[tuple[Word, Standing]]


class AlertStore(Protocol):
    """Settings, what stands, and what is still to be sent. Several processes may use it at once."""

    def settings(self) -> AlertSettings:
        """With secrets in plain. Raises: Halt if they cannot be decrypted."""
        ...

    def change(self, seen: AlertSettings, wanted: AlertSettings, by: Actor) -> None:
        """Set them, written down in the audit log. Raises: Superseded if they are not as `seen` any more."""
        ...

    def facts(self) -> Facts:
        """How the server is. Of the licence and the processes it knows nothing."""
        ...

    def settle(
        self, decide: Callable[[Sequence[Standing]], tuple[Told, Sequence[Standing]]], channels: Sequence[str]
    ) -> int:
        """In one transaction that no other process interrupts: what stands, what is decided about it, and one message to each channel."""
        ...

    def take(self, limit: int) -> Sequence[tuple[int, str, Alert]]:
        """Messages that are due, with their number and channel; for two minutes they belong to whoever took them."""
        ...

    def sent(self, number: int) -> None:
        """It went out."""
        ...

    def failed(self, number: int) -> None:
        """It did not: it is due again later, each time later; after a day it is given up."""
        ...


class Messenger(Protocol):
    """One way to a person."""

    def send(self, alert: Alert, settings: AlertSettings, subject: str, text: str) -> None:
        """Raises: Retry if the server is out of reach, Halt if it refuses."""
        ...


class Chores(Protocol):
    """What any of several processes does now and then, and only one of them each time."""

    def claim(self, name: str, every: timedelta) -> bool:
        """Is it due? Whoever hears yes does it; the next one will after `every`."""
        ...
