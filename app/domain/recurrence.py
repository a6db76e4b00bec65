"""A date series as RFC 5545 writes it (R18). The model carries it; mapping it to Exchange is a later capability:
until then a series is skipped with a hint, never flattened, never deleted.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """`rrule` is an RRULE value without its name, `exdates` are the original starts that were deleted, in ISO form."""

    rrule: str
    exdates: tuple[str, ...] = ()
