"""Random histories over the real engine: edits, deletions, flags, moves and copies on both sides, faults, and a crash at any remote call.

`make proof` runs thousands of histories; CI runs the number that the README states.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from app.adapters.db import open_database
from app.domain.account import Conflict, Direction, TargetChanges
from app.domain.appointment import Appointment
from app.domain.contact import Contact, Entity
from app.domain.ids import ItemId
from app.domain.sync import Kind, Side
from app.settings import Settings
from tests.engine.conftest import MEMORY
from tests.engine.harness import ANNA, Office
from tests.engine.histories import History, token_of
from tests.fakes.faults import FaultKind
from tests.fakes.wice import NOBODY
from tests.services.databases import migrated

INDEX = st.integers(0, 30)
KIND = st.sampled_from(Kind)
FAULTS = (FaultKind.BUSY, FaultKind.CUT_BEFORE, FaultKind.CUT_AFTER, FaultKind.REFUSED)
LISTING_FAULTS = (
    FaultKind.TRUNCATED,
    FaultKind.EMPTY,
    FaultKind.DUPLICATES,
    FaultKind.STALE,
    FaultKind.REPEATED_PAGE,
    FaultKind.INVALID_CURSOR,
)


class Histories(RuleBasedStateMachine):
    @initialize(
        direction=st.sampled_from(Direction),
        conflict=st.sampled_from(Conflict),
        changes=st.sampled_from(TargetChanges),
    )
    def start(self, direction: Direction, conflict: Conflict, changes: TargetChanges) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="wice-sync-history-", dir=MEMORY))
        self.database = open_database(migrated(Settings(home=self.home)))
        options = {
            "direction": direction,
            "conflict": conflict,
            "target_changes": changes,
            "window_past_days": 100,
        }
        self.history = History(Office(self.database, settings=options))
        self.office = self.history.office
        self.office.analyse()

    def teardown(self) -> None:
        if not hasattr(self, "history"):
            return
        try:
            self.history.settle()
            self.history.check()
        finally:
            self.database.close()
            shutil.rmtree(self.home)

    # People in Wice.

    @rule(kind=KIND, flagged=st.booleans(), company=INDEX)
    def add_in_wice(self, kind: Kind, flagged: bool, company: int) -> None:
        record = self.history.new_record(kind)
        companies = [row.id for row in self.office.wice.rows.values() if row.id.startswith("c:")]
        owner = companies[company % len(companies)] if companies and company % 2 else NOBODY
        self.history.add_in_wice(record, [ANNA] if flagged else [], owner)

    @rule(flagged=st.booleans())
    def add_company(self, flagged: bool) -> None:
        name = self.history.next("Firma ")
        record = Contact(entity=Entity.COMPANY, company_name=name, company_town="Hamburg")
        self.office.wice.add_company(record, flags=[ANNA] if flagged else [])

    def _pick_wice(self, kind: Kind, index: int) -> ItemId | None:
        items = self.history.wice(kind)
        return items[index % len(items)] if items else None

    @rule(kind=KIND, index=INDEX)
    def edit_in_wice(self, kind: Kind, index: int) -> None:
        if item := self._pick_wice(kind, index):
            value = self.history.next("0171-")
            self.office.wice.edit(item, **{"mobile_phone" if kind is Kind.CONTACTS else "place": value})
            self.history.note(Side.WICE, item, self.office.wice.rows[item].record)

    @rule(index=INDEX, choice=INDEX)
    def turn_in_wice(self, index: int, choice: int) -> None:
        if item := self._pick_wice(Kind.APPOINTMENTS, index):
            record = self.office.wice.rows[item].record
            assert isinstance(record, Appointment)
            self.office.wice.edit(item, **self.history.turned(record, choice))

    @rule(index=INDEX, choice=INDEX)
    def turn_in_outlook(self, index: int, choice: int) -> None:
        if item := self._pick_outlook(Kind.APPOINTMENTS, index):
            record = self.office.exchange.items[item].record
            assert isinstance(record, Appointment)
            self.office.exchange.edit(item, **self.history.turned(record, choice))

    @rule(index=INDEX)
    def edit_company(self, index: int) -> None:
        companies = [row.id for row in self.office.wice.rows.values() if row.id.startswith("c:")]
        if companies:
            self.office.wice.edit(companies[index % len(companies)], company_town=self.history.next("Ort "))

    @rule(index=INDEX, on=st.booleans())
    def flag(self, index: int, on: bool) -> None:
        contacts = [row.id for row in self.office.wice.rows.values() if not row.id.startswith("a:")]
        if contacts:
            item = contacts[index % len(contacts)]
            self._left_scope(item, on)
            (self.office.wice.flag if on else self.office.wice.unflag)(item, ANNA)

    @rule(index=INDEX, on=st.booleans())
    def take_part(self, index: int, on: bool) -> None:
        if item := self._pick_wice(Kind.APPOINTMENTS, index):
            self._left_scope(item, on)
            (self.office.wice.join if on else self.office.wice.leave)(item, ANNA)

    @rule(kind=KIND, index=INDEX, on=st.booleans())
    def bin_in_wice(self, kind: Kind, index: int, on: bool) -> None:
        if item := self._pick_wice(kind, index):
            self._left_scope(item, not on)
            self.office.wice.bin(item, on=on)
            change = frozenset({item})
            inactive = self.history.inactive
            self.history.inactive = inactive | change if on else inactive - change

    def _left_scope(self, item: ItemId, stays: bool) -> None:
        """Its like in Outlook may now become a record of its own in Wice: only what is in scope is compared (R4, R24)."""
        if not stays:
            self.history.copies[token_of(self.office.wice.rows[item].record)] += 1

    # People in Outlook.

    @rule(kind=KIND, company=INDEX)
    def add_in_outlook(self, kind: Kind, company: int) -> None:
        name = f"Neu {company % 3}" if company % 2 else ""
        record = self.history.new_record(kind, company=name)
        item = self.office.exchange.add(self.office.folder(kind), record, category=token_of(record))
        self.history.note(Side.EXCHANGE, item, record)

    def _pick_outlook(self, kind: Kind, index: int) -> ItemId | None:
        items = self.history.outlook(kind)
        return items[index % len(items)] if items else None

    @rule(kind=KIND, index=INDEX)
    def edit_in_outlook(self, kind: Kind, index: int) -> None:
        if item := self._pick_outlook(kind, index):
            if getattr(self.office.exchange.items[item].record, "entity", None) is Entity.COMPANY:
                return
            value = self.history.next("0172-")
            self.office.exchange.edit(item, **{"mobile_phone" if kind is Kind.CONTACTS else "place": value})
            self.history.note(Side.EXCHANGE, item, self.office.exchange.items[item].record)

    @rule(index=INDEX)
    def edit_company_data_in_outlook(self, index: int) -> None:
        if item := self._pick_outlook(Kind.CONTACTS, index):
            self.office.exchange.edit(item, company_town=self.history.next("Ort "))

    @rule(kind=KIND, index=INDEX)
    def delete_in_outlook(self, kind: Kind, index: int) -> None:
        if item := self._pick_outlook(kind, index):
            self._followed(item, self.office.exchange.delete(item))

    @rule(kind=KIND, index=INDEX)
    def move_away_and_back(self, kind: Kind, index: int) -> None:
        if item := self._pick_outlook(kind, index):
            away = self.office.exchange.delete(item)
            self._followed(item, self.office.exchange.move(away, self.office.folder(kind)))

    @rule(kind=KIND, index=INDEX)
    def restore_from_deleted_items(self, kind: Kind, index: int) -> None:
        binned = [
            item
            for item in self.office.exchange.deleted_items(f"{ANNA}@example.com")
            if isinstance(self.office.exchange.items[item].record, Contact) == (kind is Kind.CONTACTS)
        ]
        if binned:
            item = binned[index % len(binned)]
            token = token_of(self.office.exchange.items[item].record)
            self.history.copies[token] += 1
            self._followed(item, self.office.exchange.move(item, self.office.folder(kind)))

    def _followed(self, item: ItemId, moved: ItemId) -> None:
        if typed := self.history.typed.pop((Side.EXCHANGE, item), None):
            self.history.typed[Side.EXCHANGE, moved] = typed

    @rule(kind=KIND, index=INDEX)
    def copy_in_outlook(self, kind: Kind, index: int) -> None:
        if item := self._pick_outlook(kind, index):
            copied = self.office.exchange.copy(item)
            record = self.office.exchange.items[copied].record
            self.history.copies[token_of(record)] += 1

    @rule(kind=KIND, index=INDEX)
    def touch(self, kind: Kind, index: int) -> None:
        if item := self._pick_outlook(kind, index):
            self.office.exchange.touch(item)

    @rule(kind=KIND, same=st.booleans())
    def add_twins(self, kind: Kind, same: bool) -> None:
        record = self.history.new_record(kind)
        self.history.add_in_wice(record, [ANNA])
        self.history.twins.add(token_of(record))
        item = self.office.exchange.add(self.office.folder(kind), record, category=token_of(record))
        self.history.note(Side.EXCHANGE, item, record)
        if not same:
            value = self.history.next("0173-")
            self.office.exchange.edit(item, **{"mobile_phone" if kind is Kind.CONTACTS else "place": value})
            self.history.note(Side.EXCHANGE, item, self.office.exchange.items[item].record)

    # Time and the product.

    @rule(seconds=st.sampled_from([0, 1, 3600]))
    def wait(self, seconds: int) -> None:
        self.office.clock.tick(seconds)

    @rule()
    def sync(self) -> None:
        self.history.sync()

    @rule(at=st.integers(0, 60), side=st.sampled_from(Side))
    def sync_and_die(self, at: int, side: Side) -> None:
        self.history.sync(crash_at=at, side=side)

    @rule(index=st.integers(0, 3))
    def sync_and_undo(self, index: int) -> None:
        self.history.sync()
        self.history.undo(index)

    @rule(at=st.integers(0, 12), side=st.sampled_from(Side))
    def sync_and_undo_and_die(self, at: int, side: Side) -> None:
        self.history.sync()
        self.history.undo(0, crash_at=at, side=side)

    @rule()
    def analyse(self) -> None:
        self.office.analyse()

    @rule(
        side=st.sampled_from(Side),
        kind=st.sampled_from(FAULTS + LISTING_FAULTS),
        skip=st.integers(0, 6),
        done=st.integers(0, 3),
    )
    def fault(self, side: Side, kind: FaultKind, skip: int, done: int) -> None:
        faults = self.office.wice.faults if side is Side.WICE else self.office.exchange.faults
        faults.add(kind, skip=skip, done=done)
        self.history.lists_lied = self.history.lists_lied or kind in LISTING_FAULTS

    @rule()
    def settle(self) -> None:
        self.history.settle()
        self.history.check()


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=int(os.environ.get("PROOF_EXAMPLES", "40")),
    stateful_step_count=30,
    deadline=None,
    report_multiple_bugs=False,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
# A minute per history is plenty, however many `make proof` is told to run.
pytestmark = [pytest.mark.proof, pytest.mark.timeout(60 * int(os.environ.get("PROOF_EXAMPLES", "40")))]
