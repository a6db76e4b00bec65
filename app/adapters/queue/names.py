"""The names under which senders and workers meet."""

from __future__ import annotations

from typing import Final

TASK: Final = "wice_sync.run"
URGENT: Final = "urgent"
BACKGROUND: Final = "background"
