"""How far the lists of both sides were read, and how the books of a kind stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.plan import Seen
from app.domain.sync import Side


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a side's list of changes was read. `inventory_open`: a complete listing was begun and has not ended yet.

    `missing`: a complete listing has ended here that did not name every linked item; nothing but another one tells which (R8).
    """

    value: str | None = None
    inventory_open: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Closed books of one kind: how far each side was read, how many items are linked, of these how many are `aged` (R20), and what is held.

    `children`: is one of the linked items a person of a company?
    """

    cursors: Mapping[Side, Cursor]
    linked: int
    aged: int
    held: Sequence[Seen]
    children: bool
