"""Licences (R38, R39): what a key grants, how it stands with it today, and what is said about it.

Days are UTC. A licence is good from the first moment of `valid_from` to the last of `until`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.licence_sentences import TEXTS, Notice
from app.errors import BadInput

TRIAL: Final = timedelta(days=30)
SOON: Final = timedelta(days=14)
"""From then on the end is announced."""


class Edition(StrEnum):
    """BASIC: one active profile. ENTERPRISE: as many accounts as the key says, any number of profiles each."""

    BASIC = "basic"
    ENTERPRISE = "enterprise"


class LicenceState(StrEnum):
    """How it stands. In TRIAL_OVER, EXPIRED and DEMO_ELSEWHERE nothing is written; in TOO_MANY the oldest are covered."""

    TRIAL = "trial"
    TRIAL_OVER = "trial_over"
    LICENSED = "licensed"
    ENDING_SOON = "ending_soon"
    EXPIRED = "expired"
    TOO_MANY = "too_many"
    DEMO = "demo"
    DEMO_ELSEWHERE = "demo_elsewhere"

    @property
    def valid(self) -> bool:
        """Is there a licence, if perhaps not for all?"""
        return self not in (LicenceState.TRIAL_OVER, LicenceState.EXPIRED, LicenceState.DEMO_ELSEWHERE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """What a key grants. `loopback`: only while all servers in use are on this machine. `kid` names the key that signed it."""

    id: str
    kid: str
    licensee: str
    edition: Edition
    accounts: int
    valid_from: date
    until: date
    loopback: bool = False

    def covers(self, day: date) -> bool:
        """Is it valid on this day?"""
        return self.valid_from <= day <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """A key as it was pasted in."""

    key: str = field(repr=False)
    activated: datetime
    activated_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveLicence:
    """A key that was activated, read."""

    licence: Licence
    activated: datetime
    activated_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The latest moments that this installation remembers. `record`: of its newest run or audit entry."""

    installed: datetime
    seen: datetime | None = None
    record: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What is counted: active profiles of active accounts, and these accounts."""

    accounts: int
    profiles: int
    on_loopback: bool
    """Are all servers of these accounts on this machine? Only then demo keys count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A profile's place among all that are active: how many accounts and profiles are older. A new one never displaces an older one."""

    active: bool
    older_accounts: int = 0
    older_profiles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many of the oldest active accounts and profiles may write; None: all of them."""

    accounts: int | None = None
    profiles: int | None = None


EVERYTHING: Final = Coverage()


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something to say about a licence: `TEXTS[code]` with `values` filled in; the portal translates the text first and words dates its own way."""

    code: Notice
    values: Mapping[str, str | int | date] = field(default_factory=dict)

    def __str__(self) -> str:
        """In English, dates as year-month-day."""
        return TEXTS[self.code].format(**self.values)


class KeyRefused(BadInput):
    """A key that was pasted cannot be used; `sentence` says why and what to do."""

    def __init__(self, code: Notice, **values: str | int | date) -> None:
        self.sentence = Sentence(code, values)
        super().__init__(str(self.sentence))


@dataclass(frozen=True, slots=True)
class Permit:
    """May this profile's runs write anything to a server? `refusal` says why not and what to do; empty: they may."""

    refusal: tuple[Sentence, ...] = ()

    @property
    def granted(self) -> bool:
        """They may write."""
        return not self.refusal

    def __str__(self) -> str:
        """The refusal in English."""
        return " ".join(map(str, self.refusal))


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceStatus:
    """What *Info* shows (R39).

    `until`: the last day, of the licence in force or of the one that ended last. `days_left`: 0 on that day, negative after it.
    `profiles_allowed`: None without limit. `sentences`: how it stands, what happens afterwards, what to do; the first is the headline.
    """

    version: str
    state: LicenceState
    edition: Edition
    licensee: str
    accounts_used: int
    accounts_allowed: int
    profiles_used: int
    profiles_allowed: int | None
    until: date
    days_left: int
    sentences: tuple[Sentence, ...]
    id: str = ""
    valid_from: date | None = None
    activated: datetime | None = None
    activated_by: str = ""

    @property
    def unwritten(self) -> tuple[Sentence, ...]:
        """Why nothing is written, or not for all that is active; empty: everything is."""
        if not self.state.valid:
            return tuple(one for one in self.sentences if one.code in (self.sentences[0].code, Notice.WRITES_NOTHING))
        return tuple(one for one in self.sentences if one.code in (Notice.TOO_MANY_ACCOUNTS, Notice.TOO_MANY_PROFILES))
