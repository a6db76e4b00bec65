"""The journal: every remote write, written down before it is made and after (R30, R33)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from app.domain.appointment import Appointment
from app.domain.contact import Contact, Entity
from app.domain.fingerprint import Record, company_key
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
        """What no other account may write meanwhile: Wice has neither conditional writes nor unique UIDs and names, and one appointment and one
        company for all (D3).
        """
        if self.side is not Side.WICE:
            return frozenset()
        if self.kind is not Kind.APPOINTMENTS:
            return frozenset({f"company:{_digest(company_key(self.founds.company_name))}"} if self.founds else ())
        images = (one for one in (self.before, self.after) if isinstance(one, Appointment))
        uids = {f"uid:{_digest(one.uid)}" for one in images if one.uid}
        return frozenset(uids | ({str(self.item)} if self.item else set()))

    @property
    def founds(self) -> Contact | None:
        """The company that it creates in Wice, if it creates one."""
        match self.after:
            case Contact(entity=Entity.COMPANY) as company if self.side is Side.WICE and self.op is Op.ADD:
                return None if self.item else company
            case _:
                return None


def _digest(name: str) -> str:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


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
