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
_INVENTORY, _DELTA = "inventory", "delta"
_ANEW = f"{_INVENTORY}/"
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
        """SyncFolderItems. A position is `inventory/<state>` until everything was listed once, then `delta/<state>`.

        A state is `<era>:<folder>:<number of the newest event it covers>`. One that the server has forgotten, and a page that repeats what was
        listed, start an inventory from scratch, at most once.
        """
        mode, _, state = (cursor or _ANEW).partition("/")
        told: dict[Sighting, None] = {}
        started_over = False
        page: Page | None = None
        while page is None or not page.last:
            page = self._mailbox.call("sync", partial(self._page, mode, state, told, final=started_over))
            if page:
                yield page
            if page is None or page.suspect:
                started_over = True
                told.clear()
                mode, _, state = _ANEW.partition("/")
            else:
                mode, _, state = (page.cursor or _ANEW).partition("/")

    def unchanged(self, cursor: str, *, children: bool) -> bool:
        del children
        mode, _, state = cursor.partition("/")
        if mode != "delta":
            return False
        page = self._mailbox.call("sync", partial(self._page, mode, state, {}, final=False))
        return page is not None and not page.sightings and page.last and not page.suspect

    def look_ahead(self, cursor: str | None) -> None:
        """Asks only when the answer is needed."""

    def fetch(self, ids: Sequence[ItemId]) -> Iterator[Found]:
        for start in range(0, len(ids), BATCH):
            yield from self._mailbox.batch("get", ids[start : start + BATCH], self._found)

    def write(self, writes: Sequence[Write]) -> Iterator[Outcome]:
        for kind, group in groupby(writes, type):
            alike = list(group)
            for start in range(0, len(alike), BATCH):
                yield from self._batch(_OPERATIONS[kind], alike[start : start + BATCH])

    def _batch(self, operation: str, batch: Sequence[Write]) -> Iterator[Outcome]:
        """Look at the change keys first: a server may ignore the condition of a write (R31)."""
        early: list[Outcome | None] = [None] * len(batch)
        if operation != "create":
            early = self._mailbox.batch("get", batch, self._condition)
        sent = [write for write, outcome in zip(batch, early, strict=True) if outcome is None]
        lost: Lost | None = None
        try:
            late = iter(self._mailbox.batch(operation, sent, self._one) if sent else [])
        except Lost as error:
            late, lost = iter([Unknown()] * len(sent)), error
        yield from (outcome or next(late) for outcome in early)
        if lost:
            raise lost

    def resume(self, creations: Sequence[Create]) -> Iterator[Item | None]:
        for creation in creations:
            yield self._mailbox.call("find", partial(self._stamped, str(creation.stamp)))

    def _page(self, mode: str, state: str, told: dict[Sighting, None], *, final: bool) -> Page | None:
        """The page after `state`, remembered in `told`; None when the server has forgotten the state."""
        fault = self._server.faults.due("sync", LISTING_FAULTS)
        kind = fault.kind if fault else None
        since = int(state.rpartition(":")[2]) if state else 0
        if state and (kind is FaultKind.INVALID_CURSOR or state != self._state(since)):
            return None
        newer = self._events(since, with_tombstones=bool(state))
        page, last = newer[:PAGE], len(newer) <= PAGE
        if kind in (FaultKind.TRUNCATED, FaultKind.EMPTY, FaultKind.STALE):
            page, last = page[: len(page) // 2] if kind is FaultKind.TRUNCATED else [], True
        sightings = tuple(self._sighting(item, gone) for _, item, gone in page)
        if kind is FaultKind.DUPLICATES:
            sightings *= 2
        if kind is FaultKind.REPEATED_PAGE and told:
            sightings = tuple(told)
        suspect = len(set(sightings)) < len(sightings) or any(sighting in told for sighting in sightings)
        told.update(dict.fromkeys(sightings))
        inventory = mode == _INVENTORY
        if suspect:
            return Page(sightings, None, inventory=inventory, suspect=True, last=final)
        position = f"{_DELTA if last else mode}/{self._state(page[-1][0] if page else since)}"
        return Page(sightings, position, inventory=inventory, last=last)

    def _state(self, number: int) -> str:
        return f"{self._server.era}:{self._folder}:{number}"

    def _events(self, since: int, with_tombstones: bool) -> list[tuple[int, ItemId, bool]]:
        """Oldest first. Every item stands at its newest event, so a folder that changes between two pages loses and repeats nothing.

        What was made after `since` and is gone again is no change at all: nobody is told of what he has never seen.
        """
        if self._folder not in self._server.folders:
            raise self._vanished()
        newer = []
        for item, (number, gone) in reversed(self._server.events[self._folder].items()):
            if number <= since:
                break
            if not gone or (with_tombstones and _number(item) < since):
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
        if stored.declined and isinstance(stored.record, Appointment):
            return Absent(item, Absence.DECLINED, Appointment(when=stored.record.when, uid=stored.record.uid))
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

    def _condition(self, write: Write) -> Outcome | None:
        """Why a write must not be made, or need not; None: it is to be made."""
        assert not isinstance(write, Create)
        stored = self._server.items.get(write.id)
        if stored is None or stored.folder != self._folder:
            return Missing(Absence.MOVED_AWAY if stored else Absence.DELETED)
        if stored.version != write.version:
            return Stale()
        if isinstance(write, Update) and self._rewritten(stored, write) == stored.record:
            return Written(self._item(stored))
        return None

    def _one(self, write: Write) -> Outcome:
        try:
            self._server.faults.refuse(_OPERATIONS[type(write)])
        except ItemRefused as refused:
            return Refused(refused.code, str(refused))
        if isinstance(write, Create):
            return self._create(write)
        if obstacle := self._condition(write):
            return obstacle
        self._server.writes += 1
        stored = self._server.items[write.id]
        if isinstance(write, Remove):
            self._server.bin_item(stored.id)
            return Written(None)
        self._server.save(replace(stored, record=self._rewritten(stored, write)))
        return Written(self._item(self._server.items[stored.id]))

    def _create(self, write: Create) -> Outcome:
        if self._folder not in self._server.folders:
            raise self._vanished()
        self._server.writes += 1
        record = write.record
        if isinstance(record, Appointment):
            stored: Record = exchange_appointment(record, ())
        else:
            stored = without(exchange_contact(record), self._mailbox.unmapped)
        made = self._server.insert(self._folder, stored, stamp=str(write.stamp))
        return Written(self._item(self._server.items[made]))

    def _rewritten(self, stored: StoredItem, write: Update) -> Record:
        """What the item holds after the update; a property that compares equal before and after keeps its spelling."""
        current = stored.record
        if isinstance(current, Appointment):
            assert isinstance(write.record, Appointment)
            assert isinstance(write.before, Appointment)
            wanted = exchange_appointment(write.record, current.participants)
            return replace(merged(current, write.before, wanted), shown=wanted.shown)
        assert isinstance(write.record, Contact)
        assert isinstance(write.before, Contact)
        return merged(current, write.before, exchange_contact(write.record), keep=self._mailbox.unmapped)

    def _vanished(self) -> Halt:
        return Halt(HaltCode.FOLDER_VANISHED, f"The {self.kind} folder of {self._mailbox.mailbox} is gone")


def _obstacle(record: Record) -> Obstacle | None:
    return None if isinstance(record, Appointment) or record.label else Obstacle.NO_NAME


def _number(item: ItemId) -> int:
    """Ids are numbered like events, each before its item's first event."""
    return int(item.rpartition("-")[2])
