"""The journal: every remote write, written down before it is made and after (R30, R33)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from app.domain.appointment import Appointment
from app.domain.fingerprint import Record
from app.domain.ids import AttemptId, ItemId, LinkId, RunId
from app.domain.plan import Failure, Op, Seen
from app.domain.sync import End, Kind, Link, Side
from app.domain.writes import Outcome


class IntentState(StrEnum):
    """BEGUN: sent or about to be; nobody knows until an outcome is stored. LOST: the answer was lost. ABANDONED: recovery found nothing of it."""

    BEGUN = "begun"
    DONE = "done"
    LOST = "lost"
    STALE = "stale"
    MISSING = "missing"
    REFUSED = "refused"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One intended remote write with its before and after image.

    `other` is the end on the opposite side as the plan saw it, so that a creation found again after a crash can be linked. `item` is None for a
    creation. `content` is the fingerprint in the stamp.
    """

    attempt: AttemptId
    kind: Kind
    side: Side
    op: Op
    link: LinkId
    key: str
    label: str
    reason: str
    item: ItemId | None = None
    before: Record | None = None
    after: Record | None = None
    content: str = ""
    other: End | None = None
    parent: str = ""
    company: str = ""
    conflict: bool = False

    @property
    def claims(self) -> frozenset[str]:
        """What no other account may write meanwhile: Wice has neither conditional writes nor unique UIDs, and one appointment for all (D3)."""
        if self.kind is not Kind.APPOINTMENTS or self.side is not Side.WICE:
            return frozenset()
        images = (one for one in (self.before, self.after) if isinstance(one, Appointment))
        uids = {f"uid:{_digest(one.uid)}" for one in images if one.uid}
        return frozenset(uids | ({str(self.item)} if self.item else set()))


def _digest(uid: str) -> str:
    return blake2b(uid.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """A stored intent, for history, recovery and undo."""

    intent: Intent
    run: RunId
    state: IntentState
    at: datetime
    result: ItemId | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What one executed action changes in our books, all in one transaction.

    `outcomes` closes journal entries; `link` is stored as given (also when ended); `seen` names the sightings that are dealt with;
    `failure` is stored, or a former failure of `clear_failure` forgotten. `holds` are left alone from now on, unless a list has told news of them.
    """

    outcomes: tuple[tuple[AttemptId, Outcome], ...] = ()
    link: Link | None = None
    seen: tuple[tuple[Side, ItemId], ...] = ()
    failure: Failure | None = None
    clear_failure: str = ""
    holds: tuple[Seen, ...] = ()
