"""People at work on both servers over their own protocols, and what must hold whatever became of the runs in between.

Every record carries a token that nobody edits, and every edit types a value that was never typed before (as in tests/engine/histories.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from app.domain.appointment import Appointment, Timed
from app.domain.contact import Contact, Entity
from app.domain.fingerprint import Record
from app.domain.ids import ItemId
from app.domain.sync import Kind, Side
from tests.contract.exchange_hand import LibraryExchangeHand
from tests.contract.wice_hand import NOBODY, ProtocolWiceHand
from tests.crash.servers import Held, in_exchange, in_wice
from tests.services.sandbox import Sandbox

ANNA = "anna"
_START = datetime(2026, 12, 1, 7, tzinfo=UTC)


class People:
    """Anna in Outlook and her colleagues in Wice."""

    def __init__(self, sandbox: Sandbox, rng: Random) -> None:
        anna = sandbox.person(ANNA)
        self._sandbox = sandbox
        self._rng = rng
        self._serial = 0
        self._wice = ProtocolWiceHand(sandbox.wice, sandbox.mandant, {ANNA: anna["password"]}, "Europe/Berlin")
        self._outlook = LibraryExchangeHand(sandbox.ews, anna["mailbox"], anna["mailbox"], anna["mailbox_password"])
        self._employee = self._wice.employee(ANNA)
        self._typed: dict[ItemId, str] = {}  # the value that somebody typed last into an item, on its side
        self._unmapped: dict[ItemId, str] = {}
        self._twins: set[str] = set()

    def close(self) -> None:
        self._wice.close()
        self._outlook.close()

    def arrange(self, folders: dict[Kind, str]) -> None:
        """A few dozen records on each side; some stand on both already (R24). `folders`: the profile's, by id."""
        self._folders = folders
        for _ in range(4):
            company = self._add_company()
            self._add_in_wice(Kind.CONTACTS, company)
            self._add_in_wice(Kind.CONTACTS, company)
        for kind in Kind:
            for _ in range(8):
                self._add_in_wice(kind)
                self._add_in_outlook(kind)
            self._add_twins(kind)

    def work(self) -> None:
        """Two creations and two edits of each kind on each side, and one thing that is taken away."""
        for kind in Kind:
            for _ in range(2):
                self._add_in_wice(kind)
                self._add_in_outlook(kind)
            for held in self._some(self.wice(), kind, 2):
                self._edit(Side.WICE, held)
            for held in self._some(self.exchange(), kind, 2):
                self._edit(Side.EXCHANGE, held)
        kind, side = self._rng.choice(list(Kind)), self._rng.choice(list(Side))
        for held in self._some(self.wice() if side is Side.WICE else self.exchange(), kind, 1):
            if held.token not in self._twins:  # left before it was ever linked, it would be a stranger's twin (R24)
                self._take_away(side, held)

    def wice(self) -> list[Held]:
        return in_wice(self._sandbox, self._employee)

    def exchange(self) -> list[Held]:
        return in_exchange(self._sandbox)

    # What must hold.

    def check(self, images: Iterable[Record]) -> None:
        """Everything, after the last run has found nothing to do."""
        wice, exchange = self.wice(), self.exchange()
        mails = sum(int(self._sandbox.counters(server)["mails"]) for server in ("wice", "ews"))
        assert mails == 0, "R15"
        self._nothing_is_doubled(wice, "Wice")
        self._nothing_is_doubled([held for held in exchange if held.alive], "Exchange")
        kept = {held.value for held in (*wice, *exchange)} | {_value(image) for image in images}
        lost = set(self._typed.values()) - kept
        assert not lost, f"R30 lost: {lost}"
        self._unmapped_is_untouched(wice, exchange)
        assert all(held.alive for held in wice), "R8"
        ours, theirs = (
            {held.token: held.value for held in side if held.scope and not held.company} for side in (wice, exchange)
        )
        assert ours.items() - theirs.items() == theirs.items() - ours.items() == set(), "R1"

    @staticmethod
    def _nothing_is_doubled(side: Iterable[Held], where: str) -> None:
        """In Wice also among what nobody flagged: a lost creation is no use to anyone there, either."""
        counted = Counter((held.kind, held.token) for held in side)
        doubled = {token: count for (_, token), count in counted.items() if count > 1}
        assert not doubled, f"R30 doubled in {where}: {doubled}"

    def _unmapped_is_untouched(self, wice: Iterable[Held], exchange: Iterable[Held]) -> None:
        there = {held.id: held.unmapped for held in (*wice, *exchange)}
        changed = {item: there[item] for item, note in self._unmapped.items() if there.get(item, note) != note}
        assert not changed, f"R2: {changed}"
        notes = set(self._unmapped.values()) | {"", "0"}
        assert set(there.values()) <= notes, "R2"

    # What people do.

    def _next(self, prefix: str) -> str:
        self._serial += 1
        return f"{prefix}{self._serial:04d}"

    def _record(self, kind: Kind, company: str = "") -> Record:
        token, value = self._next("Name"), self._next("0171-")
        if kind is Kind.CONTACTS:
            mail = f"{token}@example.com".lower()
            return Contact(first_name="Eva", last_name=token, mobile_phone=value, company_name=company, email=mail)
        start = _START + timedelta(hours=self._serial)
        return Appointment(title=token, place=value, when=Timed(start=start, end=start + timedelta(minutes=45)))

    def _add_company(self) -> ItemId:
        name = self._next("Firma ")
        made = self._wice.add_company(Contact(entity=Entity.COMPANY, company_name=name), flags=[ANNA])
        return self._annotate(Side.WICE, made, "12345")

    def _add_in_wice(self, kind: Kind, company: ItemId = NOBODY, record: Record | None = None) -> None:
        record = record or self._record(kind)
        match record:
            case Contact():
                made = self._wice.add_person(record, [ANNA], company)
            case _:
                made = self._wice.add_appointment(record, [ANNA])
        self._typed[made] = _value(record)
        self._annotate(Side.WICE, made, f"Notiz {record.label}")

    def _add_in_outlook(self, kind: Kind, record: Record | None = None) -> None:
        company = self._next("Firma ") if self._rng.random() < 0.3 else ""
        record = record or self._record(kind, company)
        made = self._outlook.add(self._folders[kind], record)
        self._typed[made] = _value(record)
        self._annotate(Side.EXCHANGE, made, f"Notiz {record.label}")

    def _add_twins(self, kind: Kind) -> None:
        record = self._record(kind)
        self._twins.add(_token(record))
        self._add_in_wice(kind, record=record)
        self._add_in_outlook(kind, record)

    def _annotate(self, side: Side, item: ItemId, note: str) -> ItemId:
        hand = self._wice if side is Side.WICE else self._outlook
        hand.edit_unmapped(item, note=note)
        self._unmapped[item] = note
        return item

    def _edit(self, side: Side, held: Held) -> None:
        hand = self._wice if side is Side.WICE else self._outlook
        self._typed[held.id] = value = self._next("0172-" if side is Side.WICE else "0173-")
        hand.edit(held.id, **{"mobile_phone" if held.kind is Kind.CONTACTS else "place": value})

    def _take_away(self, side: Side, held: Held) -> None:
        if side is Side.EXCHANGE:
            self._outlook.delete(held.id)
        elif held.kind is Kind.CONTACTS:
            self._wice.unflag(held.id, ANNA)
        else:
            self._wice.leave(held.id, ANNA)

    def _some(self, side: Iterable[Held], kind: Kind, count: int) -> list[Held]:
        candidates = [held for held in side if held.scope and held.kind is kind and not held.company]
        return self._rng.sample(candidates, min(count, len(candidates)))


def _token(record: Record) -> str:
    return record.last_name if isinstance(record, Contact) else record.title


def _value(record: Record) -> str:
    return record.mobile_phone if isinstance(record, Contact) else record.place
