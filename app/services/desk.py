"""What one run works with: the profile, both servers, the books. Built by `app.bootstrap`, handed to every step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.domain.account import Account, Profile
from app.domain.ids import ItemId, LinkId, ProfileId
from app.domain.licence import Permit
from app.domain.sync import Kind, Link, Side
from app.errors import Halt, HaltCode
from app.ports import Crm, Ledger, Mailbox, Store
from app.rules.policy import Policy


class Step(StrEnum):
    """What a run is busy with; `app.services.wording.STEPS` says it in words."""

    OPEN = "open"
    GATHER_CONTACTS_WICE = "gather_contacts_wice"
    GATHER_CONTACTS_EXCHANGE = "gather_contacts_exchange"
    PLAN_CONTACTS = "plan_contacts"
    APPLY_CONTACTS = "apply_contacts"
    GATHER_APPOINTMENTS_WICE = "gather_appointments_wice"
    GATHER_APPOINTMENTS_EXCHANGE = "gather_appointments_exchange"
    PLAN_APPOINTMENTS = "plan_appointments"
    APPLY_APPOINTMENTS = "apply_appointments"

    @classmethod
    def gather(cls, kind: Kind, side: Side) -> Step:
        """Reading one kind on one side."""
        return cls(f"gather_{kind.value}_{side.value}")

    @classmethod
    def plan(cls, kind: Kind) -> Step:
        """Comparing one kind."""
        return cls(f"plan_{kind.value}")

    @classmethod
    def apply(cls, kind: Kind) -> Step:
        """Executing the plan of one kind."""
        return cls(f"apply_{kind.value}")


class Progress(Protocol):
    """Shows a person how far a long run is. It may stop the run by raising `Cancelled`: at every step the books are in order."""

    def step(self, what: Step, done: int, total: int) -> None:
        """Report that `done` of `total` items are through `what`; `total` is 0 while nobody knows it."""
        ...


class NoProgress:
    """For runs that nobody watches."""

    def step(self, what: Step, done: int, total: int) -> None:
        """Show nothing."""


def _assume_profile(profile: ProfileId) -> bool:
    del profile
    return True


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One profile's run. `now` gives aware UTC times; `is_profile` says whether a profile of this installation still exists (R43).

    `permit`: what the licence allows this profile; without one, nothing may be written to a server (R38).
    """

    profile: Profile
    account: Account
    installation: str
    crm: Crm
    mailbox: Mailbox
    ledger: Ledger
    permit: Permit
    now: Callable[[], datetime]
    progress: Progress = field(default_factory=NoProgress)
    is_profile: Callable[[ProfileId], bool] = _assume_profile

    def require_licence(self) -> None:
        """Call before whatever writes to a server (R38). Raises: Halt(LICENCE) that says what to do."""
        if not self.permit.granted:
            raise Halt(HaltCode.LICENCE, str(self.permit))

    @property
    def policy(self) -> Policy:
        """The profile's policy today."""
        return Policy.of(self.profile, self.now().date())

    @property
    def marker(self) -> str:
        """The text on the profile's folders (R43)."""
        return marker_of(self.installation, self.profile.id)


def marker_of(installation: str, profile: ProfileId) -> str:
    """The text on a profile's folders."""
    return f"wice-sync/{installation}/{profile}"


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The two stores of one kind."""

    wice: Store
    exchange: Store

    def on(self, side: Side) -> Store:
        """The store of `side`."""
        return self.wice if side is Side.WICE else self.exchange

    @property
    def kind(self) -> Kind:
        """What both hold."""
        return self.wice.kind


class LinkIndex:
    """All links of one kind in memory: by id, and active ones by the item id of either side (also `ports.Known`)."""

    def __init__(self, links: Iterable[Link]) -> None:
        self.by_id: dict[LinkId, Link] = {link.id: link for link in links}
        active = self.active
        self._by_item: Mapping[Side, dict[ItemId, Link]] = {
            side: {link.end(side).id: link for link in active} for side in Side
        }

    @property
    def active(self) -> list[Link]:
        """Links that have not ended."""
        return [link for link in self.by_id.values() if not link.ended]

    def note(self, link: Link) -> None:
        """Keep the index in step with what was just stored."""
        former = self.by_id.get(link.id)
        self.by_id[link.id] = link
        for side, known in self._by_item.items():
            if former and known.get(former.end(side).id) is former:
                del known[former.end(side).id]
            if not link.ended:
                known[link.end(side).id] = link

    def of(self, side: Side, item: ItemId) -> Link | None:
        """The active link of an item."""
        return self._by_item[side].get(item)

    def children(self, parents: Iterable[str]) -> frozenset[ItemId]:
        """Linked Wice persons of these companies."""
        wanted = frozenset(parents)
        return frozenset(link.wice.id for link in self._by_item[Side.WICE].values() if link.parent in wanted)
