"""Random histories of meetings between several accounts: invitations, answers, changes by organisers, attendees and people in Wice, in any order
with the accounts' runs, also while one of them works or dies - and what must hold whatever happened (R15, R16, D1, D2, D3).

A meeting is known by its title, which nobody edits; every change types a place that was never typed before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.domain.appointment import Appointment, Occurrence, Part, Participant, Timed
from app.domain.fingerprint import Record, differences
from app.domain.ids import ItemId
from app.domain.occurrences import settled
from app.domain.recurrence import Recurrence, Unit
from app.domain.sync import Kind, Link, Say
from app.rules import meetings
from app.services.desk import Step
from app.services.report import RunReport, Status
from tests.engine.harness import Office
from tests.fakes.faults import Crash

USERS = ("anna", "bernd", "clara")
GUEST = "gast"
"""Organises meetings too, and has no account here."""
ZONE = "Europe/Berlin"
DATES = 4


def address(user: str) -> str:
    return f"{user}@example.com"


class Meanwhile:
    """What happens while a run works: at its first step of this name."""

    def __init__(self, step: Step, happens: Callable[[], object]) -> None:
        self._step = step
        self._happens: Callable[[], object] | None = happens

    def step(self, what: Step, done: int, total: int) -> None:
        del done, total
        if what is self._step and self._happens:
            happens, self._happens = self._happens, None
            happens()


@dataclass
class Meetings:
    """An office of three accounts. `copies`: how many copies people have made of what; `inactive`: accounts that are switched off."""

    office: Office
    serial: int = 0
    typed: dict[ItemId, str] = field(default_factory=dict)
    """The place that a person typed last into an item."""
    copies: Counter[str] = field(default_factory=Counter)
    inactive: set[str] = field(default_factory=set)
    attendees: dict[str, set[str]] = field(default_factory=dict)
    """The places that attendees have typed into their own copies, by the title of meetings whose organiser has always been there."""

    def next(self, prefix: str) -> str:
        self.serial += 1
        return f"{prefix}{self.serial:04d}"

    # People.

    def invite(self, organizer: str, guests: list[str], *, series: bool) -> None:
        """The organiser's copy, and one for each guest, as Exchange delivers them."""
        title = self.next("M")
        start = datetime(2026, 4, 1, 9, tzinfo=UTC) + timedelta(hours=self.serial)
        meeting = Appointment(
            title=title,
            place=self.next("Raum "),
            when=Timed(start=start, end=start + timedelta(hours=1), zone=ZONE),
            uid=f"uid-{title}",
            recurrence=Recurrence(unit=Unit.DAY, first=start.date(), interval=1, count=DATES) if series else None,
        )
        everybody = [organizer, *guests]
        if organizer in USERS and organizer not in self.inactive:
            self.attendees[title] = set()
        for user in everybody:
            if user != GUEST:
                others = tuple(
                    Participant(name=one.capitalize(), email=address(one)) for one in everybody if one != user
                )
                part = Part.ORGANIZER if user == organizer else Part.ATTENDEE
                self.office.exchange.add(
                    self.folder(user), replace(meeting, participants=others, part=part), category=title
                )

    def folder(self, user: str) -> str:
        return self.office.folder(Kind.APPOINTMENTS, user)

    def calendar(self, user: str) -> list[ItemId]:
        return self.office.exchange.contents(self.folder(user))

    def record(self, item: ItemId) -> Appointment:
        record = self.office.exchange.items[item].record
        assert isinstance(record, Appointment)
        return record

    def change(self, item: ItemId) -> None:
        """Its owner types another place."""
        self.typed[item] = self.next("Raum ")
        self.office.exchange.edit(item, place=self.typed[item])
        record = self.record(item)
        if record.part is Part.ATTENDEE:
            self.attendees.get(record.title, set()).add(record.place)

    def change_in_wice(self, row: ItemId) -> None:
        self.typed[row] = self.next("Raum ")
        self.office.wice.edit(row, place=self.typed[row])

    def moved(self, item: ItemId, there: ItemId) -> None:
        """It has another id where it lies now. An organiser who has ever deleted his copy does not count as always there."""
        record = self.record(there)
        if record.part is Part.ORGANIZER:
            self.attendees.pop(record.title, None)
        if item in self.typed:
            self.typed[there] = self.typed.pop(item)

    def carry(self, item: ItemId) -> None:
        """Exchange carries the organiser's facts to the attendees' copies."""
        facts = self.record(item)
        for user in USERS:
            for other in self.calendar(user):
                there = self.record(other)
                if there.uid == facts.uid and there.part is Part.ATTENDEE and facts.part is Part.ORGANIZER:
                    self.typed[other] = facts.place
                    self.office.exchange.edit(other, place=facts.place, when=facts.when)

    def drop_date(self, item: ItemId, number: int) -> None:
        """One date of a series is deleted, or all of them are there again."""
        record = self.record(item)
        if record.recurrence:
            gone = Occurrence(original=record.recurrence.at(1 + number % (DATES - 1)), deleted=True)
            kept = () if number >= DATES else tuple(one for one in record.exceptions if one.original != gone.original)
            self.office.exchange.edit(item, exceptions=settled(replace(record, exceptions=(*kept, gone))).exceptions)

    def switch(self, user: str) -> None:
        """An account takes no part any more, or does again."""
        self.inactive ^= {user}
        self.attendees.clear()
        profile, *_ = self.office.database.registry.profile(user)
        self.office.database.registry.save(replace(profile, active=user not in self.inactive))

    # The product at work.

    def sync(self, user: str, crash_at: int | None = None, meanwhile: str = "") -> RunReport | None:
        """One run of an account; the process may die at that call to Wice, or another account's run happen between planning and writing."""
        if user in self.inactive:
            return None
        faults = self.office.wice.faults
        if crash_at is not None:
            faults.crash_at(crash_at)
        cue = Meanwhile(Step.APPLY_APPOINTMENTS, lambda: self.sync(meanwhile) if meanwhile not in ("", user) else None)
        try:
            return self.office.sync(user, progress=cue)
        except Crash:
            self.office.clock.tick(1)
            return None
        finally:
            faults.on_point = lambda _: None

    def settle(self) -> None:
        """All faults are over; the accounts run in turn until none finds anything to do."""
        self.office.wice.faults.clear()
        self.office.exchange.faults.clear()
        at_rest: set[str] = set(self.inactive)
        for turn in range(60):
            user = USERS[turn % len(USERS)]
            if user not in self.inactive:
                report = self.office.sync(user)
                if report.status is Status.NEEDS_CONFIRMATION:
                    report = self.office.confirm(user)
                assert report.status in (Status.DONE, Status.NOTHING_TO_DO), report.json()
                at_rest = at_rest | {user} if report.status is Status.NOTHING_TO_DO else set(self.inactive)
            if at_rest >= set(USERS):
                return
        raise AssertionError("does not come to rest")

    # What must hold.

    def check(self) -> None:
        assert (self.office.wice.mails, self.office.exchange.mails) == (0, 0), "R15"
        self.nothing_is_doubled()
        self.nothing_is_lost()
        self.nobody_s_attendees_were_touched()
        self.no_attendee_decides()
        for user in set(USERS) - self.inactive:
            self.is_in_step(user)

    def nothing_is_doubled(self) -> None:
        rows = self.office.wice.rows.values()
        counts = {"Wice": Counter(title_of(row.record) for row in rows)}
        for user in USERS:
            counts[user] = Counter(self.record(item).title for item in self.calendar(user))
        for where, count in counts.items():
            doubled = {title: number for title, number in count.items() if number > 1 + self.copies[title]}
            assert not doubled, f"R16 doubled in {where}: {doubled}"

    def nothing_is_lost(self) -> None:
        """Every place that was typed last into an item stands somewhere, be it in Deleted Items or in the history (R22, R33)."""
        kept = {place_of(item.record) for item in self.office.exchange.items.values()}
        kept |= {place_of(row.record) for row in self.office.wice.rows.values()}
        kept |= {place_of(record) for user in USERS for record in self.images(user)}
        lost = set(self.typed.values()) - kept
        assert not lost, f"lost: {lost}"

    def images(self, user: str) -> list[Record]:
        profile, *_ = self.office.database.registry.profile(user)
        history = self.office.database.history
        entries = [one for run in history.runs(profile.id, limit=10_000) for one in history.entries_of_run(run.id)]
        return [record for one in entries for record in (one.intent.before, one.intent.after) if record]

    def nobody_s_attendees_were_touched(self) -> None:
        for item in self.office.exchange.items.values():
            record = item.record
            assert isinstance(record, Appointment)
            assert bool(record.participants) == (record.part is not Part.NONE), "R15"
            assert item.unmapped.get("category", record.title) == record.title, "R2"

    def no_attendee_decides(self) -> None:
        """D1: where the organiser has always been there, nothing that an attendee has typed stands in Wice or in the organiser's copy."""
        for title, places in self.attendees.items():
            if not self.copies[title]:
                rows = [row.record for row in self.office.wice.rows.values() if title_of(row.record) == title]
                copies = [self.record(item) for user in USERS for item in self.calendar(user)]
                organised = [one for one in copies if one.title == title and one.part is Part.ORGANIZER]
                decided = {place_of(record) for record in (*rows, *organised)}
                assert not decided & places, f"D1 {title}: {decided & places}"

    def is_in_step(self, user: str) -> None:
        """Every copy is linked with its appointment, in which the user takes part, and equal to it or apart by D1; a declined one is not (D2)."""
        links = {link.exchange.id: link for link in self.links(user)}
        for item in self.calendar(user):
            record, link = self.record(item), links.get(item)
            if self.office.exchange.items[item].declined:
                assert link is None, "D2"
                rows = [
                    row for row in self.office.wice.rows.values() if uid_of(row.record) == record.uid and not row.binned
                ]
                assert all(user not in row.participants for row in rows), "D2"
            elif link is None:
                assert self.copies[record.title], f"R12 {user} {record.title}"
            else:
                self.agrees(user, record, link)

    def agrees(self, user: str, record: Appointment, link: Link) -> None:
        assert user in self.office.wice.rows[link.wice.id].participants, "R12"
        if link.apart:
            assert record.part is Part.ATTENDEE, "D1"
            others = [one for other in set(USERS) - self.inactive - {user} for one in self.links(other)]
            assert any(one.wice.id == link.wice.id and one.say >= Say.ATTENDS for one in others), "D1"
        else:
            # A date that an attendee has deleted is gone for him alone.
            ours = meetings.for_attendee(self.office.wice.record(link.wice.id, user), record)
            assert not differences(ours, record), "R1"

    def links(self, user: str) -> list[Link]:
        profile, *_ = self.office.database.registry.profile(user)
        with self.office.database.books.open(profile.id, "check") as ledger:
            return [link for link in ledger.links(Kind.APPOINTMENTS) if not link.ended]


def title_of(record: Record) -> str:
    assert isinstance(record, Appointment)
    return record.title


def place_of(record: Record) -> str:
    assert isinstance(record, Appointment)
    return record.place


def uid_of(record: Record) -> str:
    assert isinstance(record, Appointment)
    return record.uid
