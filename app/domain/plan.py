"""A plan: what each side must do, action by action, with its reason; what the administrator sees is what is executed (R27, R28)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.appointment import Part
from app.domain.fingerprint import Record
from app.domain.ids import AttemptId, ItemId, LinkId, PlanId, RunId, Version
from app.domain.sync import End, Kind, Side


class Op(StrEnum):
    """What happens to an item on one side; the three columns of the handbook's table."""

    ADD = "add"
    CHANGE = "change"
    DELETE = "delete"


class Reason(StrEnum):
    """Why an action is planned. The portal, the command line and *explain* show these words' translations."""

    NEW_IN_WICE = "new_in_wice"
    NEW_IN_EXCHANGE = "new_in_exchange"
    CHANGED_IN_WICE = "changed_in_wice"
    CHANGED_IN_EXCHANGE = "changed_in_exchange"
    GONE_IN_WICE = "gone_in_wice"
    GONE_IN_EXCHANGE = "gone_in_exchange"
    GONE_ON_BOTH = "gone_on_both"
    CONFLICT_WICE_WINS = "conflict_wice_wins"
    CONFLICT_EXCHANGE_WINS = "conflict_exchange_wins"
    TARGET_OVERWRITTEN = "target_overwritten"
    TWIN = "twin"
    TWIN_DIFFERS = "twin_differs"
    SAME_CHANGE = "same_change"
    UNCHANGED = "unchanged"
    COMPANY_RESTORED = "company_restored"
    COMPANY_OF_NEW_PERSON = "company_of_new_person"
    ORPHANED_COPY = "orphaned_copy"
    AGED_OUT = "aged_out"
    PRIVATE_STAYS = "private_stays"
    UNDONE = "undone"
    REDONE = "redone"
    PROFILE_REMOVED = "profile_removed"
    DECLINED = "declined"


TAKES_BACK: Final = frozenset({Reason.UNDONE, Reason.REDONE, Reason.PROFILE_REMOVED})
"""Writes to one side that must never be carried to the other: what they leave is left alone by later runs (R33, R37)."""


class HintReason(StrEnum):
    """Why an item is left alone, or what else a person should know."""

    NOT_A_CONTACT = "not_a_contact"
    UNREADABLE = "unreadable"
    NO_NAME = "no_name"
    SERIES = "series"
    FOREIGN_PRIVATE = "foreign_private"
    PRIVATE_STAYS = "private_stays"
    OUT_OF_WINDOW = "out_of_window"
    OUT_OF_SCOPE = "out_of_scope"
    AMBIGUOUS_TWIN = "ambiguous_twin"
    AMBIGUOUS_COMPANY = "ambiguous_company"
    TARGET_ONLY = "target_only"
    TARGET_KEPT = "target_kept"
    COMPANY_DATA_RESTORED = "company_data_restored"
    COMPANY_DATA_IGNORED = "company_data_ignored"
    QUARANTINED = "quarantined"
    FROZEN = "frozen"
    LISTING_INCOMPLETE = "listing_incomplete"
    ABSENCE_UNPROVEN = "absence_unproven"
    CHANGED_SINCE_ANALYSIS = "changed_since_analysis"
    CAPABILITY_MISSING = "capability_missing"
    UNDONE = "undone"
    UNDO_CHANGED_SINCE = "undo_changed_since"
    UNDO_GONE = "undo_gone"
    UNDO_EXPIRED = "undo_expired"
    UNDO_IMPOSSIBLE = "undo_impossible"
    EDITED_SINCE_SYNC = "edited_since_sync"
    NOT_THE_ORGANIZER = "not_the_organizer"
    OCCURRENCE_ATTENDEES = "occurrence_attendees"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWrite:
    """One write on one side. `record` is what the side shall hold (None for a deletion), `before` what it holds.

    `into`: bring this known record back instead of creating one. `company`: Wice company of a person: an item id, or `new:<key>` for one that
    an earlier action of this plan creates, or "".
    """

    side: Side
    op: Op
    record: Record | None = None
    before: Record | None = None
    into: ItemId | None = None
    company: str = ""
    write_company: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One item's row of the plan. No writes: only our own books change (linked, forgotten, seen).

    `key` names the item across plans: the link's id, or `<side>:<item id>` while there is no link. `wice` and `exchange` are the ends that
    the plan saw; the action is executed only if both are still so (R28). `fields` are the names that differ between before and after.
    """

    key: str
    kind: Kind
    link: LinkId
    reason: Reason
    label: str
    writes: tuple[PlannedWrite, ...] = ()
    wice: End | None = None
    exchange: End | None = None
    parent: str = ""
    last_day: date | None = None
    conflict: bool = False
    fields: tuple[str, ...] = ()
    ends_link: bool = False
    creates_company: str = ""
    """Key of the company (`app.domain.fingerprint.company_key`) that this action creates in Wice."""
    part: Part | None = None
    """What the owner of the Exchange item is in it; None: it was not read."""
    apart: bool = False
    """The Exchange item stays other than what Wice holds (D1)."""
    terms: str = field(default="", compare=False)
    """What its item is found by (`app.domain.terms`, R41)."""

    @property
    def is_visible(self) -> bool:
        """Does it write, or link what stands on both sides? The rest only keeps our books and is nobody's news."""
        return bool(self.writes) or self.reason in (Reason.TWIN, Reason.TWIN_DIFFERS)

    @property
    def undoes(self) -> bool:
        """Does it take back what runs wrote (R33, R37)? Only the written side is looked at and settled; the other one keeps what it was."""
        return self.reason in TAKES_BACK

    @property
    def bare(self) -> Action:
        """Without what its writes hold, which is most of it."""
        writes = tuple(replace(write, record=None, before=None) for write in self.writes)
        return replace(self, writes=writes, terms="")

    @property
    def names(self) -> frozenset[str]:
        """All keys under which a plan may have named this item: a newcomer of one plan may be a twin, or linked, in the next."""
        ends = ((Side.WICE, self.wice), (Side.EXCHANGE, self.exchange))
        return frozenset({self.key, *(newcomer_key(side, end.id) for side, end in ends if end)})


@dataclass(frozen=True, slots=True)
class Hint:
    """An item that is left alone, or a fact about the whole kind (`item` is ""), in words a person can act on."""

    reason: HintReason
    label: str = ""
    side: Side | None = None
    item: str = ""
    detail: str = ""


class AlarmReason(StrEnum):
    """Why a plan is not executed without an administrator's confirmation (R29)."""

    MANY_DELETIONS = "many_deletions"
    EMPTIED = "emptied"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One reason to ask: `count` of `total` linked items on `side`."""

    reason: AlarmReason
    side: Side
    count: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindPlan:
    """The plan of one kind: counts of what is there (R27), actions in the order of execution, hints, and why it must be confirmed (R29)."""

    kind: Kind
    in_wice: int = 0
    in_exchange: int = 0
    linked: int = 0
    actions: tuple[Action, ...] = ()
    hints: tuple[Hint, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    """A plan with alarms is executed only after an administrator's confirmation."""

    def count(self, side: Side, op: Op) -> int:
        """Number of items that this plan adds, changes or deletes on `side`."""
        return sum(write.side is side and write.op is op for action in self.actions for write in action.writes)

    @property
    def writes(self) -> int:
        """Number of remote writes in all."""
        return sum(len(action.writes) for action in self.actions)


def newcomer_key(side: Side, item: ItemId) -> str:
    """The key of an action about an item that has no link yet."""
    return f"{side.value}:{item}"


class PlanState(StrEnum):
    """Life of a stored plan."""

    OPEN = "open"
    NEEDS_CONFIRMATION = "needs_confirmation"
    EXECUTING = "executing"
    EXECUTED = "executed"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """A plan in the database, with the run that made it."""

    id: PlanId
    run: RunId
    state: PlanState
    kinds: tuple[KindPlan, ...]
    left_out: frozenset[str] = frozenset()
    """Keys of actions that an administrator wants left out this time."""
    undoes: tuple[AttemptId, ...] = ()
    """The writes that this plan takes back (R33); () for the plan of an analysis."""

    @property
    def keys(self) -> frozenset[str]:
        """Keys of the actions that are to be executed."""
        return frozenset(action.key for action in self.actions) - self.left_out

    @property
    def actions(self) -> Iterable[Action]:
        """All its actions, those that are left out included."""
        return (action for kind in self.kinds for action in kind.actions)

    @property
    def chosen(self) -> Iterable[KindPlan]:
        """The plans of all kinds without what is left out."""
        for kind in self.kinds:
            yield replace(kind, actions=tuple(action for action in kind.actions if action.key not in self.left_out))

    @property
    def untouchable(self) -> frozenset[str]:
        """All names of the items that are left out: under none of them a run that executes this plan may touch them."""
        return frozenset(name for action in self.actions if action.key in self.left_out for name in action.names)

    def is_about(self, action: Action) -> bool:
        """Is this newly planned action about an item of this plan, be it to execute or to leave out?"""
        return bool(action.names & self._all_keys)

    def has(self, keys: Iterable[str]) -> bool:
        """Does it have an action of each of these keys?"""
        return self._all_keys.issuperset(keys)

    @property
    def _all_keys(self) -> frozenset[str]:
        return frozenset(action.key for action in self.actions)

    def alarms(self) -> Iterable[Alarm]:
        """All reasons why it must be confirmed."""
        return (alarm for kind in self.kinds for alarm in kind.alarms)


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that its server refused (R32): how often in a row, with which error, in which state of both ends (`signature`)."""

    key: str
    kind: Kind
    signature: str
    count: int
    code: str
    message: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A sighting that is not settled yet, or that is held: what the books remember of an unlinked or changed item."""

    side: Side
    id: ItemId
    version: Version
    gone: bool = False
    held: HintReason | None = None
    label: str = ""
    detail: str = ""
    terms: str = field(default="", compare=False)
