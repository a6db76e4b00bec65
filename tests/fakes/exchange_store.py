"""The port `Store` over a `FakeExchange`: deltas per folder, batches with one result per item, change keys as conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from app.domain.appointment import Appointment
from app.domain.contact import Contact
from app.domain.fingerprint import Record
from app.domain.ids import ItemId
from app.domain.sync import Absence, Absent, Found, Held, Item, Kind, Obstacle, Page, Side, Sighting, Stamp
from app.domain.writes import Create, Missing, Outcome, Refused, Remove, Stale, Unknown, Update, Write, Written
from app.errors import Halt, HaltCode
from app.ports import Folder, Known
from tests.fakes.exchange import StoredItem
from tests.fakes.faults import LISTING_FAULTS, FaultKind, ItemRefused, Lost
from tests.fakes.lossy import exchange_appointment, exchange_contact, merged, without

if TYPE_CHECKING:
    from tests.fakes.exchange_mailbox import FakeMailbox

PAGE = 7
BATCH = 5
_OPERATIONS = {Create: "create", Update: "update", Remove: "delete"}


class FakeExchangeStore:
    """The items of one folder."""

    side = Side.EXCHANGE

    def __init__(self, mailbox: FakeMailbox, kind: Kind, folder: Folder) -> None:
        self.kind = kind
        self._mailbox = mailbox
        self._server = mailbox.server
        self._folder = folder.id

    def changes(self, cursor: str | None, known: Known) -> Iterator[Page]:
        """SyncFolderItems: a sync state is `<era>:<folder>:<number of the newest event it covers>`."""
        inventory = not self._accepts(cursor)
        since = 0 if inventory or cursor is None else int(cursor.rpartition(":")[2])
        told: set[ItemId] = set()
        former: tuple[Sighting, ...] = ()
        last = False
        while not last:
            sightings, since, last = self._mailbox.call("sync", partial(self._page, since, former, inventory))
            former = sightings
            ids = [sighting.id for sighting in sightings]
            suspect = len(set(ids)) < len(ids) or not told.isdisjoint(ids)
            told.update(ids)
            yield Page(sightings, self._state(since), inventory=inventory, suspect=suspect, last=last)

    def fetch(self, ids: Sequence[ItemId]) -> Iterator[Found]:
        for start in range(0, len(ids), BATCH):
            yield from self._mailbox.batch("get", ids[start : start + BATCH], self._found)

    def write(self, writes: Sequence[Write]) -> Iterator[Outcome]:
        for kind, group in groupby(writes, type):
            alike = list(group)
            for start in range(0, len(alike), BATCH):
                batch = alike[start : start + BATCH]
                try:
                    outcomes = self._mailbox.batch(_OPERATIONS[kind], batch, self._one)
                except Lost:
                    yield from (Unknown() for _ in batch)
                    raise
                yield from outcomes

    def resume(self, creations: Sequence[Create]) -> Iterator[Item | None]:
        for creation in creations:
            yield self._mailbox.call("find", partial(self._stamped, str(creation.stamp)))

    def _accepts(self, cursor: str | None) -> bool:
        if cursor is None:
            return False
        if self._server.faults.due("sync", frozenset({FaultKind.INVALID_CURSOR})):
            return False
        return cursor.startswith(self._state(""))

    def _state(self, number: int | str) -> str:
        return f"{self._server.era}:{self._folder}:{number}"

    def _page(
        self, since: int, former: tuple[Sighting, ...], inventory: bool
    ) -> tuple[tuple[Sighting, ...], int, bool]:
        """One page of changes after event `since`, the number it reaches, and whether it is the last."""
        newer = self._events(since, with_tombstones=not inventory)
        page, last = newer[:PAGE], len(newer) <= PAGE
        fault = self._server.faults.due("sync", LISTING_FAULTS)
        match fault.kind if fault else None:
            case FaultKind.TRUNCATED:
                page, last = page[: len(page) // 2], True
            case FaultKind.EMPTY | FaultKind.STALE:
                page, last = [], True
        sightings = tuple(self._sighting(item, gone) for _, item, gone in page)
        match fault.kind if fault else None:
            case FaultKind.DUPLICATES:
                sightings *= 2
            case FaultKind.REPEATED_PAGE if former:
                sightings = former
        return sightings, page[-1][0] if page else since, last

    def _events(self, since: int, with_tombstones: bool) -> list[tuple[int, ItemId, bool]]:
        """Oldest first. Every item stands at its newest event, so a folder that changes between two pages loses and repeats nothing."""
        if self._folder not in self._server.folders:
            raise Halt(HaltCode.FOLDER_VANISHED, f"The {self.kind} folder of {self._mailbox.mailbox} is gone")
        newer = []
        for item, (number, gone) in reversed(self._server.events[self._folder].items()):
            if number <= since:
                break
            if with_tombstones or not gone:
                newer.append((number, item, gone))
        return newer[::-1]

    def _sighting(self, item: ItemId, gone: bool) -> Sighting:
        return Sighting(item, gone=True) if gone else Sighting(item, self._server.items[item].version)

    def _found(self, item: ItemId) -> Found:
        stored = self._server.items.get(item)
        if stored is None:
            return Absent(item, Absence.DELETED)
        if stored.folder != self._folder:
            return Absent(item, Absence.MOVED_AWAY)
        obstacle = stored.obstacle or _obstacle(stored.record)
        if obstacle:
            return Held(item, stored.version, obstacle, stored.record.label)
        return self._item(stored)

    def _item(self, stored: StoredItem) -> Item:
        record = stored.record
        if isinstance(record, Contact) and self._mailbox.unmapped:
            record = without(record, self._mailbox.unmapped)
        return Item(id=stored.id, version=stored.version, record=record, stamp=Stamp.parse(stored.stamp))

    def _stamped(self, stamp: str) -> Item | None:
        items = self._server.items.values()
        return next((self._item(s) for s in items if s.stamp == stamp and s.folder == self._folder), None)

    def _one(self, write: Write) -> Outcome:
        try:
            self._server.faults.refuse(_OPERATIONS[type(write)])
        except ItemRefused as refused:
            return Refused(refused.code, str(refused))
        if isinstance(write, Create):
            return self._create(write)
        stored = self._server.items.get(write.id)
        if stored is None or stored.folder != self._folder:
            return Missing(Absence.MOVED_AWAY if stored else Absence.DELETED)
        if stored.version != write.version:
            return Stale()
        self._server.writes += 1
        return self._update(stored, write) if isinstance(write, Update) else self._remove(stored)

    def _create(self, write: Create) -> Outcome:
        self._server.writes += 1
        record = write.record
        if isinstance(record, Appointment):
            stored: Record = exchange_appointment(record, ())
        else:
            stored = without(exchange_contact(record), self._mailbox.unmapped)
        made = self._server.insert(self._folder, stored, stamp=str(write.stamp))
        return Written(self._item(self._server.items[made]))

    def _update(self, stored: StoredItem, write: Update) -> Outcome:
        current = stored.record
        if isinstance(current, Appointment):
            assert isinstance(write.record, Appointment)
            assert isinstance(write.before, Appointment)
            wanted = exchange_appointment(write.record, current.participants)
            record: Record = replace(merged(current, write.before, wanted), shown=wanted.shown)
        else:
            assert isinstance(write.record, Contact)
            assert isinstance(write.before, Contact)
            record = merged(current, write.before, exchange_contact(write.record), keep=self._mailbox.unmapped)
        self._server.save(replace(stored, record=record))
        return Written(self._item(self._server.items[stored.id]))

    def _remove(self, stored: StoredItem) -> Outcome:
        self._server.bin_item(stored.id)
        return Written(None)


def _obstacle(record: Record) -> Obstacle | None:
    if isinstance(record, Appointment):
        return Obstacle.SERIES if record.recurrence else None
    return None if record.label else Obstacle.NO_NAME
