"""When an item is tried again, quarantined, or frozen (R32, R40)."""

from __future__ import annotations

from typing import Final

from app.domain.fingerprint import fingerprint
from app.domain.plan import Action, Failure
from app.domain.sync import Link

QUARANTINE_AFTER_RUNS: Final = 5
FREEZE_AFTER_RUNS: Final = 3


def signature(action: Action) -> str:
    """The state of both ends in which an action failed; as long as it stays the same, so will the error."""
    return "/".join(end.fingerprint if end else "" for end in (action.wice, action.exchange))


def is_quarantined(action: Action, failure: Failure | None) -> bool:
    """Refused in five runs in a row and unchanged since: left alone until it changes or an administrator retries it (R32)."""
    return failure is not None and failure.count >= QUARANTINE_AFTER_RUNS and failure.signature == signature(action)


def failed_again(action: Action, failure: Failure | None, code: str, message: str) -> Failure:
    """The failure to remember after one more refusal; an item that changed in between starts from one."""
    now = signature(action)
    count = failure.count + 1 if failure is not None and failure.signature == now else 1
    return Failure(action.key, action.kind, now, count, code, message, action.label)


def is_bouncing(link: Link, action: Action) -> bool:
    """Three runs in a row wrote just this to just this side: some other program keeps undoing it; a person's edit would differ (R40)."""
    return link.written_runs >= FREEZE_AFTER_RUNS and any(
        write.side is link.written_side and write.record and fingerprint(write.record) == link.written_fingerprint
        for write in action.writes
    )
