"""Exit codes (contract.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final

from app.services.report import Status


class Exit(IntEnum):
    """What monitoring looks at."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NEEDS_CONFIRMATION = 3
    PARTIAL = 4


OF_STATUS: Final[Mapping[Status, Exit]] = {
    Status.DONE: Exit.DONE,
    Status.NOTHING_TO_DO: Exit.DONE,
    Status.NEEDS_CONFIRMATION: Exit.NEEDS_CONFIRMATION,
    Status.PARTIAL: Exit.PARTIAL,
    Status.FAILED: Exit.FAILED,
    Status.CANCELLED: Exit.FAILED,
}
_WORST_FIRST: Final = (Exit.FAILED, Exit.USAGE, Exit.NEEDS_CONFIRMATION, Exit.PARTIAL)


def worst(codes: Iterable[Exit]) -> Exit:
    """The exit code of several runs in one command."""
    there = set(codes)
    return next((code for code in _WORST_FIRST if code in there), Exit.DONE)
