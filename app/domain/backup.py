"""What a backup tells of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSummary:
    """`keys`: ids of the keys that its secrets are encrypted with; `missing_keys`: those of them that are not given here."""

    schema: str
    made: datetime
    installation: str
    rows: int
    keys: Sequence[str] = ()
    missing_keys: Sequence[str] = ()
