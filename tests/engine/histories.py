"""Random histories of an office: people work on both sides, servers fail, the process dies - and what must hold whatever happened.

Every item that a person creates carries a token in a field that nobody edits, every edit types a value that was never typed before: so it can be
proven afterwards that nothing was lost, nothing was doubled, and what is not mapped is untouched.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.account import Direction
from app.domain.appointment import Appointment, Occurrence, Timed
from app.domain.contact import COMPANY_FIELDS, Contact
from app.domain.fingerprint import Record, differences
from app.domain.ids import ItemId
from app.domain.journal import IntentState, JournalEntry
from app.domain.occurrences import regular, settled
from app.domain.recurrence import Recurrence, Unit
from app.domain.sync import Kind, Side
from app.domain.zones import wall_time
from app.services.report import RunReport, Status
from tests.engine.harness import ANNA, Office
from tests.fakes.faults import Crash
from tests.fakes.wice import NOBODY

ZONE = "Europe/Berlin"
DATES = 4
"""Of a series, these may become exceptions; one more stays."""
MAILBOX = f"{ANNA}@example.com"


def token_of(record: Record) -> str:
    return record.department if isinstance(record, Contact) else record.title


def value_of(record: Record) -> str:
    return record.mobile_phone if isinstance(record, Contact) else record.place


@dataclass
class Typed:
    """The value that a person typed last into one item on one side."""

    token: str
    value: str


@dataclass
class History:
    """An office, what was typed into it, and how many copies people made of what."""

    office: Office
    serial: int = 0
    typed: dict[tuple[Side, ItemId], Typed] = field(default_factory=dict)
    copies: Counter[str] = field(default_factory=Counter)
    twins: set[str] = field(default_factory=set)
    lists_lied: bool = False
    """A list left something out: what stands on both sides may not have been seen in time to be linked (R24)."""
    inactive: frozenset[ItemId] = frozenset()
    """Wice records that people have put into the recycle bin."""

    def next(self, prefix: str) -> str:
        self.serial += 1
        return f"{prefix}{self.serial:04d}"

    def new_record(self, kind: Kind, company: str = "", token: str = "", name: str = "") -> Record:
        token = token or self.next("T")
        value = self.next("0171-")
        if kind is Kind.CONTACTS:
            return Contact(
                first_name=name or "Eva",
                last_name=f"Name{token}",
                department=token,
                mobile_phone=value,
                company_name=company,
                email=f"{token}@example.com".lower(),
            )
        start = datetime(2026, 4, 1, 9, tzinfo=UTC) + timedelta(hours=self.serial)
        return Appointment(title=token, place=value, when=Timed(start=start, end=start + timedelta(hours=1), zone=ZONE))

    def turned(self, record: Appointment, choice: int) -> dict[str, Any]:
        """What people do to series: make one, make it single again, delete, change and restore its occurrences (R18)."""
        if record.recurrence is None:
            assert isinstance(record.when, Timed)
            first = wall_time(record.when.start, ZONE).date()
            return {"recurrence": Recurrence(unit=Unit.DAY, first=first, interval=1 + choice % 2, count=DATES + 1)}
        if choice % DATES == 0:
            return {"recurrence": None, "exceptions": ()}
        day = record.recurrence.at(1 + choice % DATES)
        usual = replace(regular(record, day), place=self.next("Raum "))
        changes = [Occurrence(original=day, deleted=True), usual, None]
        kept = [one for one in record.exceptions if one.original != day]
        change = changes[choice % len(changes)]
        return {"exceptions": settled(replace(record, exceptions=(*kept, *([change] if change else [])))).exceptions}

    def add_in_wice(self, record: Record, users: list[str], company: ItemId = NOBODY) -> ItemId:
        """A record made by a person in Wice, flagged for (or with) `users`."""
        wice, category = self.office.wice, token_of(record)
        if isinstance(record, Contact):
            item = wice.add_person(record, flags=users, company=company, category=category)
        else:
            item = wice.add_appointment(record, participants=users, category=category)
        self.note(Side.WICE, item, record)
        return item

    def note(self, side: Side, item: ItemId, record: Record) -> None:
        self.typed[side, item] = Typed(token_of(record), value_of(record))

    # Where things are.

    def outlook(self, kind: Kind) -> list[ItemId]:
        folder = self.office.folder(kind)
        return self.office.exchange.contents(folder) if folder else []

    def wice(self, kind: Kind) -> list[ItemId]:
        prefix = ("p:",) if kind is Kind.CONTACTS else ("a:",)
        return [item for item in self.office.wice.rows if item.startswith(prefix)]

    # The product at work.

    def sync(self, crash_at: int | None = None, side: Side = Side.WICE) -> RunReport | None:
        """One run; with `crash_at` the process dies at that remote call on `side`."""
        faults = self.office.wice.faults if side is Side.WICE else self.office.exchange.faults
        if crash_at is not None:
            faults.crash_at(crash_at)
        try:
            return self.office.sync()
        except Crash:
            self.office.clock.tick(1)
            return None
        finally:
            faults.on_point = lambda _: None

    def undo(self, index: int, crash_at: int | None = None, side: Side = Side.WICE) -> None:
        """Undo one of the runs that wrote something, its newest first; with `crash_at` the process dies at that remote call on `side` (R33)."""
        profile, *_ = self.office.database.registry.profile(ANNA)
        history = self.office.database.history
        written = [run.id for run in history.runs(profile.id) if any(map(_is_done, history.entries_of_run(run.id)))]
        if not written:
            return
        proposed = self.office.propose_undo(RunReport(profile=ANNA, run=written[index % len(written)]))
        if proposed.status is not Status.NEEDS_CONFIRMATION:
            return
        faults = self.office.wice.faults if side is Side.WICE else self.office.exchange.faults
        if crash_at is not None:
            faults.crash_at(crash_at)
        try:
            self.office.confirm_undo(proposed)
        except Crash:
            self.office.clock.tick(1)
        finally:
            faults.on_point = lambda _: None

    def settle(self) -> None:
        """All faults are over; run until there is nothing left to do, confirming what guards stop."""
        self.office.wice.faults.clear()
        self.office.exchange.faults.clear()
        for _ in range(12):
            report = self.office.sync()
            if report.status is Status.NEEDS_CONFIRMATION:
                report = self.office.confirm()
            assert report.status in (Status.DONE, Status.NOTHING_TO_DO), report.json()
            if report.status is Status.NOTHING_TO_DO:
                break
        else:
            raise AssertionError(f"does not come to rest: {report.json()}")
        self.nothing_more()

    def nothing_more(self) -> None:
        """R28, R3: one more run finds nothing and writes nothing."""
        before = self.office.wice.writes, self.office.exchange.writes
        report = self.office.sync()
        assert report.status is Status.NOTHING_TO_DO, report.json()
        assert before == (self.office.wice.writes, self.office.exchange.writes)

    # What must hold.

    def check(self) -> None:
        self.nobody_was_mailed()
        self.nothing_is_doubled()
        self.nothing_is_lost()
        self.unmapped_is_untouched()
        self.wice_records_are_never_deleted()
        self.both_sides_are_equal()
        self.a_source_is_never_written()

    def a_source_is_never_written(self) -> None:
        direction = self.office.database.registry.profile(ANNA)[0].direction
        if direction is not Direction.BOTH:
            source = self.office.exchange if direction is Direction.TO_WICE else self.office.wice
            assert source.writes == 0, "R21"

    def nobody_was_mailed(self) -> None:
        assert (self.office.wice.mails, self.office.exchange.mails) == (0, 0), "R15"

    def nothing_is_doubled(self) -> None:
        office = self.office
        for kind in Kind:
            in_outlook = Counter(token_of(office.exchange.items[item].record) for item in self.outlook(kind))
            alive = [office.wice.rows[item] for item in self.wice(kind) if office.wice.exists(item)]
            in_wice = Counter(token_of(row.record) for row in alive)
            for where, count in (("Exchange", in_outlook), ("Wice", in_wice)):
                doubled = {token: n for token, n in count.items() if token and n > self.allowed(token)}
                assert not doubled, f"R30 doubled in {where}: {doubled}"

    def allowed(self, token: str) -> int:
        return 1 + self.copies[token] + (self.lists_lied and token in self.twins)

    def nothing_is_lost(self) -> None:
        """Every value that was typed last into an item is in some record, in Deleted Items, or in the history (R22, R33)."""
        office = self.office
        kept = {value_of(item.record) for item in office.exchange.items.values()}
        kept |= {value_of(row.record) for row in office.wice.rows.values()}
        kept |= {value_of(record) for record in images(office)}
        lost = {typed.value for typed in self.typed.values()} - kept
        assert not lost, f"lost: {lost}"

    def unmapped_is_untouched(self) -> None:
        stored = [(item.record, item.unmapped) for item in self.office.exchange.items.values()]
        stored += [(row.record, row.unmapped) for row in self.office.wice.rows.values()]
        for record, unmapped in stored:
            assert unmapped.get("category", token_of(record)) == token_of(record), "R2"

    def wice_records_are_never_deleted(self) -> None:
        rows = self.office.wice.rows
        assert {side_item[1] for side_item in self.typed if side_item[0] is Side.WICE} <= set(rows), "R8"
        assert {row.id for row in rows.values() if row.binned or row.deactivated} == self.inactive, "R8"

    def both_sides_are_equal(self) -> None:
        profile, *_ = self.office.database.registry.profile(ANNA)
        if profile.direction is not Direction.BOTH:
            return
        with self.office.database.books.open(profile.id, "check") as ledger:
            for kind in Kind:
                for link in ledger.links(kind):
                    if not link.ended and not link.undone:
                        ours = self.office.wice.record(link.wice.id, ANNA)
                        theirs = self.office.exchange.items[link.exchange.id].record
                        # What Wice's company does not know may stay on a contact in Exchange (R6).
                        unknown = {name for name in COMPANY_FIELDS if not getattr(ours, name, "")}
                        differing = set(differences(ours, theirs)) - unknown
                        assert not differing, f"R1 {differing} {link}"


def _is_done(entry: JournalEntry) -> bool:
    return entry.state is IntentState.DONE


def images(office: Office) -> list[Record]:
    """All before and after images of the journal."""
    profile, *_ = office.database.registry.profile(ANNA)
    history = office.database.history
    entries = [entry for run in history.runs(profile.id, limit=10_000) for entry in history.entries_of_run(run.id)]
    return [record for entry in entries for record in (entry.intent.before, entry.intent.after) if record]
