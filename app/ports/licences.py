"""What licensing needs of the outside: the pasted keys with what is counted, and a reader that knows the vendor's signature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.ids import ProfileId
from app.domain.licence import Activation, Licence, Marks, Seat
from app.domain.people import Actor


class LicenceBook(Protocol):
    """Everything about licences that is in the database. Every method may raise `Retry`."""

    def activations(self) -> Sequence[Activation]:
        """All keys that were activated, oldest first."""
        ...

    def marks(self) -> Marks:
        """The latest moments that are remembered."""
        ...

    def saw(self, now: datetime) -> None:
        """Remember this moment, unless a later one is."""
        ...

    def activate(self, key: str, licence: Licence, now: datetime, by: Actor, *, afresh: bool) -> None:
        """Keep a key, once. `afresh`: `now` becomes the remembered moment even if a later one was."""
        ...

    def counts(self) -> tuple[int, int]:
        """Active accounts that have an active profile, and active profiles of active accounts."""
        ...

    def addresses(self) -> Sequence[str]:
        """Addresses of all servers of these accounts, each once; "" stands for autodiscover."""
        ...

    def seat(self, profile: ProfileId) -> Seat:
        """A profile's place among the active ones, by age. One that does not exist is not active."""
        ...


class KeyReader(Protocol):
    """Tells genuine keys from others, offline."""

    def line(self, pasted: str) -> str:
        """The key in what a person pasted: without line breaks, spaces and quotes around it."""
        ...

    def read(self, key: str) -> Licence:
        """What a key grants. Raises: KeyRefused; dates are not looked at."""
        ...
