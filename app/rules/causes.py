"""What *explain* can answer (R41): causes, the state and the rule that each stands for, and the values that decide. People's words for them stand in
`app.services.explaining_words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.plan import Reason
from app.domain.sync import Absence, Kind


class State(StrEnum):
    """How an item stands, in one word."""

    SYNCHRONISED = "synchronised"
    WAITING = "waiting"
    NEEDS_CONFIRMATION = "needs_confirmation"
    LEFT_OUT = "left_out"
    LEFT_ALONE = "left_alone"
    NOT_IN_SCOPE = "not_in_scope"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    FROZEN = "frozen"
    CONFLICT = "conflict"
    GONE = "gone"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Why it stands so."""

    IN_STEP = "in_step"
    NEW_IN_WICE = "new_in_wice"
    NEW_IN_EXCHANGE = "new_in_exchange"
    CHANGED_IN_WICE = "changed_in_wice"
    CHANGED_IN_EXCHANGE = "changed_in_exchange"
    REMOVED_IN_WICE = "removed_in_wice"
    REMOVED_IN_EXCHANGE = "removed_in_exchange"
    TARGET_OVERWRITTEN = "target_overwritten"
    COMPANY_RESTORED = "company_restored"
    TWIN = "twin"
    ORPHANED_COPY = "orphaned_copy"
    LISTED = "listed"
    INCOMPLETE = "incomplete"
    UNPROVEN = "unproven"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    UNDO_PLANNED = "undo_planned"
    LEFT_OUT = "left_out"
    TARGET_KEPT = "target_kept"
    TARGET_ONLY = "target_only"
    NOT_THE_ORGANIZER = "not_the_organizer"
    AGED_OUT = "aged_out"
    UNDONE = "undone"
    NOT_A_CONTACT = "not_a_contact"
    UNREADABLE = "unreadable"
    NO_NAME = "no_name"
    SERIES = "series"
    FOREIGN_PRIVATE = "foreign_private"
    PRIVATE_STAYS = "private_stays"
    AMBIGUOUS_TWIN = "ambiguous_twin"
    AMBIGUOUS_COMPANY = "ambiguous_company"
    NOT_FLAGGED = "not_flagged"
    DEACTIVATED = "deactivated"
    BINNED = "binned"
    NOT_PARTICIPATING = "not_participating"
    DECLINED = "declined"
    EXTERNAL = "external"
    EMPTY_SERIES = "empty_series"
    OTHER_FOLDER = "other_folder"
    IN_DELETED_ITEMS = "in_deleted_items"
    BEFORE_WINDOW = "before_window"
    PROFILE_INACTIVE = "profile_inactive"
    ACCOUNT_INACTIVE = "account_inactive"
    KIND_OFF = "kind_off"
    CAPABILITY_MISSING = "capability_missing"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    FROZEN = "frozen"
    CONFLICT_WICE_WINS = "conflict_wice_wins"
    CONFLICT_EXCHANGE_WINS = "conflict_exchange_wins"
    DELETED_IN_EXCHANGE = "deleted_in_exchange"
    GONE = "gone"
    NO_LONGER = "no_longer"
    UNKNOWN = "unknown"


_WAITING = (
    Cause.NEW_IN_WICE,
    Cause.NEW_IN_EXCHANGE,
    Cause.CHANGED_IN_WICE,
    Cause.CHANGED_IN_EXCHANGE,
    Cause.REMOVED_IN_WICE,
    Cause.REMOVED_IN_EXCHANGE,
    Cause.TARGET_OVERWRITTEN,
    Cause.COMPANY_RESTORED,
    Cause.TWIN,
    Cause.ORPHANED_COPY,
    Cause.LISTED,
    Cause.INCOMPLETE,
    Cause.UNPROVEN,
)
_LEFT_ALONE = (
    Cause.TARGET_KEPT,
    Cause.NOT_THE_ORGANIZER,
    Cause.TARGET_ONLY,
    Cause.AGED_OUT,
    Cause.UNDONE,
    Cause.NOT_A_CONTACT,
    Cause.UNREADABLE,
    Cause.NO_NAME,
    Cause.SERIES,
    Cause.FOREIGN_PRIVATE,
    Cause.PRIVATE_STAYS,
    Cause.AMBIGUOUS_TWIN,
    Cause.AMBIGUOUS_COMPANY,
)
_NOT_IN_SCOPE = (
    Cause.NOT_FLAGGED,
    Cause.DEACTIVATED,
    Cause.BINNED,
    Cause.NOT_PARTICIPATING,
    Cause.DECLINED,
    Cause.EXTERNAL,
    Cause.EMPTY_SERIES,
    Cause.OTHER_FOLDER,
    Cause.IN_DELETED_ITEMS,
    Cause.BEFORE_WINDOW,
    Cause.PROFILE_INACTIVE,
    Cause.ACCOUNT_INACTIVE,
    Cause.KIND_OFF,
    Cause.CAPABILITY_MISSING,
)
STATES: Final[Mapping[Cause, State]] = {
    Cause.IN_STEP: State.SYNCHRONISED,
    **dict.fromkeys(_WAITING, State.WAITING),
    **dict.fromkeys(_LEFT_ALONE, State.LEFT_ALONE),
    **dict.fromkeys(_NOT_IN_SCOPE, State.NOT_IN_SCOPE),
    Cause.AWAITING_APPROVAL: State.NEEDS_CONFIRMATION,
    Cause.AWAITING_CONFIRMATION: State.NEEDS_CONFIRMATION,
    Cause.UNDO_PLANNED: State.NEEDS_CONFIRMATION,
    Cause.LEFT_OUT: State.LEFT_OUT,
    Cause.REFUSED: State.FAILED,
    Cause.QUARANTINED: State.QUARANTINED,
    Cause.FROZEN: State.FROZEN,
    Cause.CONFLICT_WICE_WINS: State.CONFLICT,
    Cause.CONFLICT_EXCHANGE_WINS: State.CONFLICT,
    Cause.DELETED_IN_EXCHANGE: State.GONE,
    Cause.GONE: State.GONE,
    Cause.NO_LONGER: State.GONE,
    Cause.UNKNOWN: State.UNKNOWN,
}
"""Total over all causes."""

_OF_KIND: Final[Mapping[Cause, tuple[str, str]]] = {
    Cause.REMOVED_IN_WICE: ("R9", "R14"),
    Cause.REMOVED_IN_EXCHANGE: ("R8", "R13"),
    Cause.BINNED: ("R4", "R11"),
    Cause.OTHER_FOLDER: ("R7", "R12"),
    Cause.IN_DELETED_ITEMS: ("R8", "R13"),
    Cause.DELETED_IN_EXCHANGE: ("R8", "R13"),
    Cause.NEW_IN_WICE: ("R4", "R11"),
    Cause.NEW_IN_EXCHANGE: ("R6", "R12"),
    Cause.GONE: ("R9", "R14"),
    Cause.NO_LONGER: ("R9", "R14"),
    Cause.CAPABILITY_MISSING: ("R4", "R11"),
}
_ALIKE: Final[Mapping[str, tuple[Cause, ...]]] = {
    "D1": (Cause.NOT_THE_ORGANIZER,),
    "D2": (Cause.DECLINED,),
    "R1": (Cause.CHANGED_IN_WICE, Cause.CHANGED_IN_EXCHANGE),
    "R3": (Cause.IN_STEP,),
    "R4": (Cause.NOT_FLAGGED, Cause.DEACTIVATED),
    "R6": (Cause.AMBIGUOUS_COMPANY,),
    "R7": (Cause.NOT_A_CONTACT, Cause.UNREADABLE, Cause.NO_NAME),
    "R10": (Cause.COMPANY_RESTORED,),
    "R11": (Cause.NOT_PARTICIPATING, Cause.EXTERNAL),
    "R18": (Cause.SERIES, Cause.EMPTY_SERIES),
    "R19": (Cause.FOREIGN_PRIVATE, Cause.PRIVATE_STAYS),
    "R20": (Cause.AGED_OUT, Cause.BEFORE_WINDOW),
    "R22": (Cause.CONFLICT_WICE_WINS, Cause.CONFLICT_EXCHANGE_WINS),
    "R23": (Cause.TARGET_OVERWRITTEN, Cause.TARGET_KEPT, Cause.TARGET_ONLY),
    "R24": (Cause.TWIN, Cause.AMBIGUOUS_TWIN),
    "R27": (Cause.LISTED, Cause.AWAITING_APPROVAL, Cause.LEFT_OUT),
    "R29": (Cause.AWAITING_CONFIRMATION,),
    "R30": (Cause.INCOMPLETE, Cause.ORPHANED_COPY),
    "R32": (Cause.REFUSED, Cause.QUARANTINED),
    "R33": (Cause.UNDONE, Cause.UNDO_PLANNED),
    "R34": (Cause.PROFILE_INACTIVE, Cause.ACCOUNT_INACTIVE, Cause.KIND_OFF),
    "R40": (Cause.FROZEN,),
    "R41": (Cause.UNKNOWN,),
    "R42": (Cause.UNPROVEN,),
}
RULES: Final[Mapping[Cause, tuple[str, str]]] = {
    **_OF_KIND,
    **{cause: (rule, rule) for rule, causes in _ALIKE.items() for cause in causes},
}
"""The rule's number (D: a rule of our own, see docs/decisions.md) for contacts, and for appointments. Total over all causes."""


class FactName(StrEnum):
    """A value that decides."""

    FLAG = "flag"
    DEACTIVATED = "deactivated"
    BINNED = "binned"
    PARTICIPANT = "participant"
    EXTERNAL = "external"
    DECLINED = "declined"
    ORGANIZER = "organizer"
    NO_DATES = "no_dates"
    FOLDER = "folder"
    WINDOW = "window"
    ITEM_CLASS = "item_class"
    SERIES = "series"
    DETAIL = "detail"
    NOT_THERE = "not_there"
    ERROR = "error"
    REFUSALS = "refusals"
    FIELDS = "fields"
    DIRECTION = "direction"
    REASON = "reason"
    PLAN = "plan"
    LAST_RUN = "last_run"
    NEVER_RAN = "never_ran"


BARE: Final[Mapping[Absence, FactName]] = {
    Absence.DEACTIVATED: FactName.DEACTIVATED,
    Absence.BINNED: FactName.BINNED,
    Absence.EXTERNAL: FactName.EXTERNAL,
    Absence.EMPTY: FactName.NO_DATES,
    Absence.DECLINED: FactName.DECLINED,
}
"""Absences that say all there is to know."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` as it is; `expected`: what it would have to be, where that says more."""

    name: FactName
    value: str | date = ""
    expected: str | date = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one item."""

    cause: Cause
    facts: tuple[Fact, ...] = ()

    @property
    def state(self) -> State:
        """In one word."""
        return STATES[self.cause]

    def rule(self, kind: Kind) -> str:
        """The number of the rule that decides."""
        return RULES[self.cause][kind is Kind.APPOINTMENTS]


REASONS: Final[Mapping[Reason, Cause]] = {
    Reason.NEW_IN_WICE: Cause.NEW_IN_WICE,
    Reason.NEW_IN_EXCHANGE: Cause.NEW_IN_EXCHANGE,
    Reason.CHANGED_IN_WICE: Cause.CHANGED_IN_WICE,
    Reason.CHANGED_IN_EXCHANGE: Cause.CHANGED_IN_EXCHANGE,
    Reason.GONE_IN_WICE: Cause.REMOVED_IN_WICE,
    Reason.GONE_IN_EXCHANGE: Cause.REMOVED_IN_EXCHANGE,
    Reason.GONE_ON_BOTH: Cause.GONE,
    Reason.CONFLICT_WICE_WINS: Cause.CONFLICT_WICE_WINS,
    Reason.CONFLICT_EXCHANGE_WINS: Cause.CONFLICT_EXCHANGE_WINS,
    Reason.TARGET_OVERWRITTEN: Cause.TARGET_OVERWRITTEN,
    Reason.TWIN: Cause.TWIN,
    Reason.TWIN_DIFFERS: Cause.TWIN,
    Reason.SAME_CHANGE: Cause.IN_STEP,
    Reason.UNCHANGED: Cause.IN_STEP,
    Reason.COMPANY_RESTORED: Cause.COMPANY_RESTORED,
    Reason.COMPANY_OF_NEW_PERSON: Cause.NEW_IN_EXCHANGE,
    Reason.ORPHANED_COPY: Cause.ORPHANED_COPY,
    Reason.AGED_OUT: Cause.AGED_OUT,
    Reason.PRIVATE_STAYS: Cause.PRIVATE_STAYS,
    Reason.UNDONE: Cause.UNDO_PLANNED,
    Reason.REDONE: Cause.UNDO_PLANNED,
    Reason.PROFILE_REMOVED: Cause.UNDO_PLANNED,
    Reason.DECLINED: Cause.DECLINED,
}
"""What a planned action's reason means for its item. Total."""

_DETAILS: Final[Mapping[Cause, FactName]] = {
    Cause.NOT_A_CONTACT: FactName.ITEM_CLASS,
    Cause.SERIES: FactName.SERIES,
    Cause.NOT_THE_ORGANIZER: FactName.ORGANIZER,
}


def detailed(cause: Cause, detail: str) -> tuple[Fact, ...]:
    """The detail of a hint as the value that decides."""
    return (Fact(_DETAILS.get(cause, FactName.DETAIL), detail),) if detail else ()
