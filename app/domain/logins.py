"""What is known of a login: whose it is, and how it went since it was edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.domain.sync import Side


class Whose(StrEnum):
    """Who signs in with it: one account, several accounts that were given the same, or all accounts of an Exchange server."""

    OWN = "own"
    SHARED = "shared"
    SERVICE = "service"


HALTED_AFTER: Final[Mapping[Whose, int]] = {Whose.OWN: 1, Whose.SHARED: 2, Whose.SERVICE: 2}
"""So many refusals in a row and it is left alone. Where others depend on it a single one, which may be a mistake, does not stop them all."""


@dataclass(frozen=True, slots=True)
class Login:
    """One with which a profile is synchronised. `server` is the name of its server, `users` how many accounts sign in with an account's one.

    `refusals`: in a row, counted up to two; `proven`: somebody has got through with it; both since it or its server was edited (`version`).
    `turn` names it among what one run at a time may do; `key` is for the database alone.
    """

    side: Side
    whose: Whose
    server: str
    users: int
    refusals: int
    proven: bool
    turn: str
    version: int
    key: str = field(repr=False)
