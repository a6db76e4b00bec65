"""Runs that are no longer here: a profile that is removed takes its runs along (R37), and the audit log still knows who removed it, and when."""

from __future__ import annotations

from typing import Final

from app.domain.ids import RunId
from app.domain.people import AuditEntry, AuditQuery
from app.errors import NotFound
from app.ports.people import AuditLog

_PROFILE: Final = "profile"


class RunGone(NotFound):
    """A run that went with its profile. `removal.after` says what was removed from Outlook as well, where that was wanted."""

    def __init__(self, removal: AuditEntry) -> None:
        super().__init__(
            f"The profile {removal.entity} was removed on {removal.at:%Y-%m-%d} by {removal.actor}, and its runs with it. The audit log has the rest."
        )
        self.removal = removal


def missing(audit: AuditLog, run: RunId) -> NotFound:
    """Why there is no such run, as far as it is known: the audit log names only runs that a person asked for."""
    asked = audit.entries(AuditQuery(entity_kind=_PROFILE, text=run))
    begun = next((entry for entry in asked if entry.after.get("run") == run), None)
    removal = _removal_after(audit, begun) if begun else None
    if removal:
        return RunGone(removal)
    return NotFound(
        f"There is no run {run}. It is older than what is kept, or it went with its profile: the audit log tells what was removed."
    )


def _removal_after(audit: AuditLog, begun: AuditEntry) -> AuditEntry | None:
    """The first removal since: a profile that has this name now may be another one."""
    removals = audit.entries(AuditQuery(entity_kind=_PROFILE, entity=begun.entity, action="removed"))
    later = [entry for entry in removals if entry.seq > begun.seq]
    return later[-1] if later else None
