"""What is asked of a side, and what came of it. Values; the journal stores them before and after the call (R30, R33)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.fingerprint import Record
from app.domain.ids import AttemptId, ItemId, Version
from app.domain.sync import Absence, Item, Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """Create `record`, stamped. `into` names an existing Wice record that only left the scope: bring it back instead (R9, R13).

    `company` is the item id of the Wice company a new person belongs to, "" for none (R6: the planner has looked it up, or creates it first
    as a record of its own). Company fields on a person's record are never written by a creation: they belong to the company (R10).
    """

    attempt: AttemptId
    stamp: Stamp
    record: Record
    into: ItemId | None = None
    company: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Write the mapped fields of `record` over an item if it is still at `version` with content `fingerprint` (R31).

    `before` is what was read at that version: fields that compare equal need not be sent again, so that rich text keeps its format.
    Wice: `company` (item id) assigns a person to that company; `write_company` writes the record's company part to the person's company (R10);
    without it company fields of a person are left alone. Exchange ignores both.
    """

    attempt: AttemptId
    id: ItemId
    version: Version
    fingerprint: str
    record: Record
    before: Record
    company: str = ""
    write_company: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Take an item out of this side's scope if it is still at `version`: unflag or leave in Wice, Deleted Items in Exchange (R8, R9, R13, R14)."""

    attempt: AttemptId
    id: ItemId
    version: Version
    fingerprint: str
    before: Record | None = None


Write = Create | Update | Remove


@dataclass(frozen=True, slots=True)
class Written:
    """Done. `item` is what the server holds now (None after a removal); its record may differ from what was sent (R3)."""

    item: Item | None


@dataclass(frozen=True, slots=True)
class Stale:
    """The item is no longer what the plan saw: nothing was written, plan it again (R31)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The item is not there any more: nothing was written, plan it again."""

    because: Absence = Absence.DELETED


@dataclass(frozen=True, slots=True)
class Refused:
    """The server refuses this item, with its own error (R32). Nothing was written."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost: the write may or may not have happened. The journal keeps it open, `recover` finds out (R30)."""


Outcome = Written | Stale | Missing | Refused | Unknown
