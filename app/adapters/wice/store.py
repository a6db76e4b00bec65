"""What Wice's contacts and appointments share: reading records, looking before writing (R31), and what a lost answer means (R30)."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Self, assert_never

from app.adapters.lanes import Attempt, spread
from app.adapters.wice.capabilities import Offers
from app.adapters.wice.client import Session
from app.adapters.wice.errors import Refusal
from app.adapters.wice.lists import BULK, FEW, Lists
from app.adapters.wice.tables import Reading, Table
from app.adapters.wice.wire import Row, text_of
from app.adapters.wice.writing import written
from app.domain.fingerprint import Record
from app.domain.ids import ItemId, Version
from app.domain.sync import Absence, Absent, Found, Held, Item, Kind, Page, Side, Stamp
from app.domain.writes import Create, Missing, Outcome, Refused, Remove, Stale, Unknown, Update, Write, Written
from app.errors import Halt, HaltCode, Retry
from app.ports import Known

REFUSED_CODE = "wice_error"
RETURNABLE = frozenset({Absence.UNFLAGGED, Absence.LEFT})
"""Absences of a record that is as alive as ever and only left this account's scope."""


class WiceStore(Lists):
    """One kind of one account's scope; the subclass knows its tables and fields."""

    side = Side.WICE
    kind: Kind

    def __init__(self, session: Session, offers: Offers) -> None:
        super().__init__(session, offers)
        self._shared_columns = frozenset(self._columns.model_dump().values())
        self._proven: set[Table] = set()

    @abstractmethod
    def changes(self, cursor: str | None, known: Known) -> Iterator[Page]:
        """List the scope: always an inventory, in one page."""

    @abstractmethod
    def unchanged(self, cursor: str, *, children: bool) -> bool:
        """See `app.ports.Store.unchanged`: all lists are the ones of `cursor`, in which everything was settled."""

    @abstractmethod
    def look_ahead(self, cursor: str | None) -> None:
        """See `app.ports.Store.look_ahead`."""

    @abstractmethod
    def _table(self, item_id: ItemId) -> Table:
        """The table that holds an item."""

    @abstractmethod
    def _insert(self, write: Create) -> tuple[ItemId, Row]:
        """Create the record, stamped, and put it into the scope. Returns its id, and what the replies told of it."""

    @abstractmethod
    def _join(self, write: Create, present: Reading) -> None:
        """Write the fields of a record that exists, then put it into the scope."""

    @abstractmethod
    def _change(self, write: Update, present: Reading) -> None:
        """Write the mapped fields."""

    @abstractmethod
    def _leave(self, item_id: ItemId) -> None:
        """Take an item out of the scope."""

    @abstractmethod
    def _same(self, record: Record, found: Record) -> bool:
        """Whether a record has everything that a creation would write."""

    def fetch(self, ids: Sequence[ItemId]) -> Iterator[Found]:
        """Read items, in the order asked: a full list where many of one table are wanted, else one by one."""
        self._look_afresh()
        asked: defaultdict[Table, list[ItemId]] = defaultdict(list)
        for item_id in ids:
            if item_id not in self._served:
                asked[self._table(item_id)].append(item_id)
        for table, wanted in asked.items():
            if len(wanted) > BULK or self._is_short(table, wanted):
                self._list_in_full(table, wanted)
        alone = self._read_alone([item_id for item_id in ids if item_id not in self._served])
        still = Counter(ids)
        for item_id in ids:
            still[item_id] -= 1
            if item_id not in self._served:
                yield next(alone)
            else:
                # Given up with its last answer: a list of many thousand is not kept beside what is made of it.
                yield self._served[item_id] if still[item_id] else self._served.pop(item_id)

    def _read_alone(self, ids: Sequence[ItemId]) -> Iterator[Found]:
        """By one call each, over a few connections where there are some."""
        if len(ids) < FEW:
            yield from map(self.found, ids)
            return
        yield self.found(ids[0])
        lanes = self.lanes()
        for lane in lanes:
            lane.share(self)
        yield from spread(lanes, ids[1:], lambda lane, item_id: lane.found(item_id))

    def found(self, item_id: ItemId) -> Found:
        """What one record is, read beside others: what they share is read once."""
        return self._read(item_id).found

    def look(self, item_id: ItemId) -> Reading:
        """One record as it stands, in scope or not."""
        self._look_afresh()
        return self._read(item_id)

    def judge(self, table: Table, row: Row) -> Found:
        """What a full row of a list means."""
        return self._judge(table, row)

    def write(self, writes: Sequence[Write]) -> Iterator[Outcome]:
        """Carry out writes, many of them over a few connections at the same time. What may have happened although no answer says so is `Unknown`."""
        self._served.clear()
        self._replies.clear()
        self._ahead.clear()
        self._same_ahead.clear()
        return written(self, writes)

    def attempt(self, write: Write) -> Attempt:
        """Carry out one write; never raises `Retry` and `Halt`, but says so."""
        before = self._session.effects
        self._look_afresh()
        try:
            return Attempt(self._carry_out(write))
        except Refusal as refusal:
            begun = self._session.effects > before
            return Attempt(Unknown() if begun else Refused(REFUSED_CODE, refusal.text))
        except (Retry, Halt) as trouble:
            return Attempt(Unknown() if self._session.effects > before else None, trouble)

    def lanes(self) -> list[Self]:
        """The same store several times, each for one thread."""
        return [self._lane(session) for session in self._session.lanes()]

    def _lane(self, session: Session) -> Self:
        lane = copy.copy(self)
        lane.move_to(session)
        return lane

    def move_to(self, session: Session) -> None:
        """Go on over another session, with nothing read yet."""
        self._session, self._served, self._listed = session, {}, {}

    def share(self, other: Self) -> None:
        """Know what `other` has read of lists, and beside records to understand them; both go on with it."""
        self._listed = other._listed

    @abstractmethod
    def claims(self, write: Write) -> frozenset[str] | None:
        """What no other write may touch at the same time; None: nothing else may be written meanwhile."""

    def _carry_out(self, write: Write) -> Outcome:
        match write:
            case Create(into=None):
                return self._create(write)
            case Create():
                return self._bring_back(write)
            case Update():
                present = self._read(write.id)
                if hindrance := _hindrance(write, present.found):
                    return hindrance
                self._change(write, present)
                return self._outcome(write.id)
            case Remove():
                if hindrance := _hindrance(write, self._read(write.id).found):
                    return hindrance
                self._leave(write.id)
                return Written(None)
            case _:
                assert_never(write)

    def _create(self, write: Create) -> Outcome:
        item_id, row = self._insert(write)
        told = self._told(item_id, row)
        if told and self._table(item_id) in self._proven:
            return Written(told)
        outcome = self._outcome(item_id)
        if outcome == Written(told):
            self._proven.add(self._table(item_id))
        # Created but not in scope: `resume` finds it by its stamp, a second creation would double it.
        return outcome if isinstance(outcome, Written) else Unknown()

    def _told(self, item_id: ItemId, row: Row) -> Item | None:
        """What the replies to a creation told of the record, None if too little.

        It is taken for true once a table's first new record was read and is just what was told: some server may answer what it does not do.
        """
        table = self._table(item_id)
        if table.own_column not in row or self._columns.last_update not in row:
            return None
        found = self._judge(table, row)
        return replace(found, certain=False) if isinstance(found, Item) and found.id == item_id else None

    def _bring_back(self, write: Create) -> Outcome:
        item_id = write.into or ItemId("")
        present = self._read(item_id)
        match present.found:
            case Absent(because=because) if because not in RETURNABLE:
                return Missing(because)
            case Absent() | Item():
                self._join(write, present)
                return self._outcome(item_id)
            case Held():
                return Stale()
            case _:
                assert_never(present.found)

    def _outcome(self, item_id: ItemId) -> Outcome:
        """Read what the server holds after a write; another write in the same second would not show."""
        match self._read(item_id).found:
            case Item() as item:
                return Written(replace(item, certain=False))
            case Absent(because=because):
                return Missing(because)
            case _:
                return Stale()

    def resume(self, creations: Sequence[Create]) -> Iterator[Item | None]:
        """Find what unfinished creations left, by stamp, and put it into the scope."""
        for creation in creations:
            yield self._resumed(creation)

    def _resumed(self, creation: Create) -> Item | None:
        if creation.into:
            # Its fields are written before it comes back into the scope, so being there proves the whole.
            found = self._read(creation.into).found
            return found if isinstance(found, Item) and self._same(creation.record, found.record) else None
        item_id = self._left_by(creation)
        if item_id is None:
            return None
        present = self._read(item_id)
        if isinstance(present.found, Absent) and present.found.because in RETURNABLE:
            self._join(creation, present)
            present = self._read(item_id)
        if isinstance(present.found, Item):
            return replace(present.found, certain=False)
        if isinstance(present.found, Absent) and present.found.because not in RETURNABLE:
            return None
        raise Halt(
            HaltCode.UNSUPPORTED,
            f"Wice keeps {item_id}, which was created for this account, out of its scope. Check it there.",
        )

    @abstractmethod
    def _left_by(self, creation: Create) -> ItemId | None:
        """The record that a creation left behind."""

    def _stamped(self, table: Table, stamp: Stamp) -> ItemId | None:
        """The first record that carries a stamp. A server that cannot search by it lists everything; then look for it there."""
        column = self._columns.import_key
        search = {**self._dialect.parameters.full_list, **self._dialect.parameters.search, column: str(stamp)}
        rows = self._session.rows(table.list, table.loop, {**search, **self._window})
        rowids = [text_of(row.get(self._columns.id)) for row in rows if text_of(row.get(column)) == str(stamp)]
        return table.item_id(min(rowids, key=lambda rowid: (len(rowid), rowid))) if rowids else None

    @property
    def _window(self) -> Mapping[str, str]:
        """Parameters that this kind's lists always need."""
        return {}

    def _read(self, item_id: ItemId) -> Reading:
        table, rowid = self._table(item_id), item_id.partition(":")[2]
        row = self._session.one(table.one, rowid)
        if row is None:
            return Reading({}, Absent(item_id, Absence.DELETED))
        return Reading(row, self._judge(table, row))

    def _item(self, table: Table, row: Row, record: Record, parent: str = "") -> Item:
        version = text_of(row.get(self._columns.last_update))
        return Item(
            id=table.item_id(text_of(row.get(self._columns.id))),
            version=Version(version),
            record=record,
            stamp=Stamp.parse(text_of(row.get(self._columns.import_key))),
            certain=self._session.clock.settled(version),
            parent=parent,
        )


def _hindrance(write: Update | Remove, found: Found) -> Outcome | None:
    """Why a record must not be written: it is not there, or no longer what the plan saw (R31)."""
    match found:
        case Absent(because=because):
            return Missing(because)
        case Item(version=write.version, fingerprint=write.fingerprint):
            return None
        case _:
            return Stale()
