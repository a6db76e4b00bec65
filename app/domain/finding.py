"""What was found of an item: in our books, and at the servers whether it is in an account's scope or not (R41)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.domain.ids import ItemId, ProfileId, RunId
from app.domain.journal import JournalEntry
from app.domain.plan import Action, Failure, Hint, HintReason, PlanState, Seen
from app.domain.sync import Absence, Kind, Link, Obstacle, Side, Stamp


class Gap(StrEnum):
    """What a search could not look at, so that "nothing found" is not taken for more than it is."""

    WHOLE_VALUES = "whole_values"
    RECYCLE_BIN = "recycle_bin"
    NO_APPOINTMENTS = "no_appointments"
    NO_FLAGS = "no_flags"
    MAIL_ADDRESSES = "mail_addresses"
    MORE = "more"
    WICE_SILENT = "wice_silent"
    EXCHANGE_SILENT = "exchange_silent"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to look for: items in which all `words` (as typed) occur, and items by id; at most `limit` by words."""

    words: tuple[str, ...] = ()
    ids: tuple[ItemId, ...] = ()
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """An item as its server shows it to this account.

    In scope if neither `absence` nor `obstacle` is set. `fingerprint` only where its content could be read. `folder`: the path of the mailbox folder
    that it lies in, "" in the profile's own. `binned`: that folder is, or lies in, Deleted Items.
    """

    side: Side
    kind: Kind
    id: ItemId
    label: str = ""
    fingerprint: str = ""
    absence: Absence | None = None
    obstacle: Obstacle | None = None
    detail: str = ""
    folder: str = ""
    binned: bool = False
    last_day: date | None = None
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a server's search brought. An id that was asked for and is not there is a trace with Absence.DELETED and no label.

    `home`: the path of the profile's own folder, "" where there is none.
    """

    traces: tuple[Trace, ...] = ()
    gaps: tuple[Gap, ...] = ()
    home: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The action on an item in the profile's unfinished plan. `alarmed`: the plan waits because a guard stopped it (R29)."""

    action: Action
    state: PlanState
    run: RunId
    left_out: bool = False
    alarmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BookEntry:
    """All that the books hold of one item. `key`: the link's id, or `<side>:<item id>` while there is no link.

    `hints`: what the profile's latest run said about items of this name.
    """

    kind: Kind
    key: str
    label: str = ""
    link: Link | None = None
    seen: tuple[Seen, ...] = ()
    failure: Failure | None = None
    planned: Planned | None = None
    hints: tuple[Hint, ...] = ()

    def id_on(self, side: Side) -> ItemId | None:
        """The item's id on `side`, as far as the books know it."""
        if self.link:
            return self.link.end(side).id
        return next((seen.id for seen in self.seen if seen.side is side), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One item of the search across all accounts. `ended`: it was synchronised once. `waits`: listed as new or changed and not dealt with yet."""

    profile_id: ProfileId
    account: str
    profile: str
    kind: Kind
    key: str
    label: str
    ended: bool = False
    linked: bool = False
    held: HintReason | None = None
    waits: bool = False
    refusals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One write of an item's timeline, with what started its run."""

    entry: JournalEntry
    trigger: str = field(default="")
