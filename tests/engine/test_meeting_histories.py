"""Random histories of meetings between three accounts, over the real engine (R15, R16, D1, D2, D3). CI runs few, `make proof` many."""

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
from app.domain.account import Conflict
from app.domain.ids import ItemId
from app.settings import Settings
from tests.engine.conftest import MEMORY
from tests.engine.harness import Office
from tests.engine.meeting_histories import GUEST, USERS, Meetings, title_of
from tests.engine.test_histories import FAULTS
from tests.fakes.faults import FaultKind
from tests.services.databases import migrated

INDEX = st.integers(0, 30)
USER = st.sampled_from(USERS)


class MeetingHistories(RuleBasedStateMachine):
    @initialize(conflict=st.sampled_from(Conflict))
    def start(self, conflict: Conflict) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="wice-sync-meetings-", dir=MEMORY))
        self.database = open_database(migrated(Settings(home=self.home)))
        options = {"contacts": False, "conflict": conflict, "window_past_days": 300}
        self.office = Office(self.database, users=USERS, settings=options)
        self.meetings = Meetings(self.office)
        for user in USERS:
            self.office.sync(user)

    def teardown(self) -> None:
        if not hasattr(self, "meetings"):
            return
        try:
            self.meetings.settle()
            self.meetings.check()
        finally:
            self.database.close()
            shutil.rmtree(self.home)

    # In Outlook.

    @rule(organizer=st.sampled_from((*USERS, GUEST)), guests=st.sets(USER, min_size=1), series=st.booleans())
    def invite(self, organizer: str, guests: set[str], series: bool) -> None:
        self.meetings.invite(organizer, sorted(guests - {organizer}) or [GUEST], series=series)

    def _pick(self, user: str, index: int) -> ItemId | None:
        items = self.meetings.calendar(user)
        return items[index % len(items)] if items else None

    @rule(user=USER, index=INDEX, carried=st.booleans())
    def change(self, user: str, index: int, carried: bool) -> None:
        if item := self._pick(user, index):
            self.meetings.change(item)
            if carried:
                self.meetings.carry(item)

    @rule(user=USER, index=INDEX)
    def carry(self, user: str, index: int) -> None:
        if item := self._pick(user, index):
            self.meetings.carry(item)

    @rule(user=USER, index=INDEX, declined=st.booleans())
    def answer(self, user: str, index: int, declined: bool) -> None:
        if (item := self._pick(user, index)) and self.meetings.record(item).part.value == "attendee":
            self.office.exchange.answer(item, declined=declined)

    @rule(user=USER, index=INDEX, number=st.integers(0, 5))
    def drop_date(self, user: str, index: int, number: int) -> None:
        if item := self._pick(user, index):
            self.meetings.drop_date(item, number)

    @rule(user=USER, index=INDEX)
    def delete(self, user: str, index: int) -> None:
        if item := self._pick(user, index):
            self.meetings.moved(item, self.office.exchange.delete(item))

    @rule(user=USER, index=INDEX)
    def restore(self, user: str, index: int) -> None:
        if items := self.office.exchange.deleted_items(f"{user}@example.com"):
            item = items[index % len(items)]
            self.meetings.copies[self.meetings.record(item).title] += 1
            self.meetings.moved(item, self.office.exchange.move(item, self.meetings.folder(user)))

    # In Wice.

    def _row(self, index: int) -> ItemId | None:
        rows = list(self.office.wice.rows)
        return rows[index % len(rows)] if rows else None

    @rule(index=INDEX)
    def change_in_wice(self, index: int) -> None:
        if row := self._row(index):
            self.meetings.change_in_wice(row)

    @rule(index=INDEX, user=USER, on=st.booleans())
    def take_part(self, index: int, user: str, on: bool) -> None:
        if row := self._row(index):
            (self.office.wice.join if on else self.office.wice.leave)(row, user)

    @rule(index=INDEX, on=st.booleans())
    def bin_in_wice(self, index: int, on: bool) -> None:
        if row := self._row(index):
            # What its copies in Outlook become while it lies there is another appointment.
            self.meetings.copies[title_of(self.office.wice.rows[row].record)] += 1
            self.office.wice.bin(row, on=on)

    # Time and the product.

    @rule(seconds=st.sampled_from([0, 1, 3600]))
    def wait(self, seconds: int) -> None:
        self.office.clock.tick(seconds)

    @rule(user=USER, meanwhile=st.sampled_from(("", *USERS)))
    def sync(self, user: str, meanwhile: str) -> None:
        self.meetings.sync(user, meanwhile=meanwhile)

    @rule(user=USER, at=st.integers(0, 30))
    def sync_and_die(self, user: str, at: int) -> None:
        self.meetings.sync(user, crash_at=at)

    @rule(kind=st.sampled_from(FAULTS), skip=st.integers(0, 6), exchange=st.booleans())
    def fault(self, kind: FaultKind, skip: int, exchange: bool) -> None:
        (self.office.exchange if exchange else self.office.wice).faults.add(kind, skip=skip)

    @rule(user=USER)
    def switch(self, user: str) -> None:
        self.meetings.switch(user)

    @rule()
    def settle(self) -> None:
        self.meetings.settle()
        self.meetings.check()


EXAMPLES = int(os.environ.get("PROOF_EXAMPLES", "40"))
TestMeetingHistories = MeetingHistories.TestCase
TestMeetingHistories.settings = settings(
    max_examples=max(EXAMPLES // 5, 1),
    stateful_step_count=30,
    deadline=None,
    report_multiple_bugs=False,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
pytestmark = [pytest.mark.proof, pytest.mark.timeout(60 * EXAMPLES)]
