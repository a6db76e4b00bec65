"""What Wice's contacts and appointments share: lists, looking before writing (R31), and what a lost answer means (R30).

A list that came in full is not asked for again: what it told of a record is served once, to the next `fetch` that asks for it.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Self, assert_never

from app.adapters.lanes import Attempt, spread
from app.adapters.wice import errors
from app.adapters.wice.capabilities import Offers
from app.adapters.wice.client import Session
from app.adapters.wice.errors import Refusal
from app.adapters.wice.tables import Reading, Table
from app.adapters.wice.wire import Row, read_moment, rewound, text_of, write_moment
from app.adapters.wice.writing import written
from app.domain.fingerprint import Record
from app.domain.ids import ItemId, Version
from app.domain.sync import Absence, Absent, Found, Held, Item, Kind, Page, Side, Sighting, Stamp
from app.domain.writes import Create, Missing, Outcome, Refused, Remove, Stale, Unknown, Update, Write, Written
from app.errors import Halt, HaltCode, Retry
from app.ports import Known

BULK = 20
"""More ids of one table than this are read by one full list instead of one call each."""
FEW = 3
"""Fewer are read one by one."""
REFUSED_CODE = "wice_error"
RETURNABLE = frozenset({Absence.UNFLAGGED, Absence.LEFT})
"""Absences of a record that is as alive as ever and only left this account's scope."""


class WiceStore(ABC):
    """One kind of one account's scope; the subclass knows its tables and fields."""

    side = Side.WICE
    kind: Kind

    def __init__(self, session: Session, offers: Offers) -> None:
        self._session = session
        self._offers = offers
        self._dialect = session.dialect
        self._columns = session.dialect.columns.row
        self._shared_columns = frozenset(self._columns.model_dump().values())
        self._proven: set[Table] = set()
        self._replies: dict[Table, tuple[list[Row], str]] = {}
        self._digests: dict[Table, str] = {}
        self._ahead: dict[Table, tuple[list[Sighting], list[Row]]] = {}
        self._same_ahead: dict[Table, str] = {}
        self._asked_at: datetime | None = None
        self._served: dict[ItemId, Found] = {}
        self._listed: dict[ItemId, datetime | None] = {}

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

    @property
    @abstractmethod
    def _scope(self) -> Mapping[str, str]:
        """Parameters that narrow a list to this account's scope."""

    @abstractmethod
    def _judge(self, table: Table, row: Row) -> Found:
        """What a row means: an item, held, or out of scope."""

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

    @abstractmethod
    def _look_afresh(self) -> None:
        """Forget what was read beside records to understand them."""

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

    def _begin_list(self) -> None:
        """Forget what the last list told, unless this one was begun ahead."""
        if not self._ahead:
            self._served.clear()
            self._look_afresh()

    def _list(self, table: Table) -> tuple[list[Sighting], list[Row]]:
        """Sightings of everything in scope, and the rows. Rows that came in full are kept for `fetch`."""
        if table in self._ahead:
            return self._ahead.pop(table)
        kept = self._replies.pop(table) if table in self._replies else self._listed_ids(table)
        rows, self._digests[table] = kept
        sightings = []
        for row in rows:
            if table.own_column in row and not self._keep(table, row):
                continue
            version = text_of(row.get(self._columns.last_update))
            item_id = table.item_id(text_of(row.get(self._columns.id)))
            self._listed[item_id] = read_moment(version, self._session.zone)
            sightings.append(Sighting(item_id, Version(version), certain=self._session.clock.settled(version)))
        return sightings, rows

    def _listed_ids(self, table: Table, known: str = "") -> tuple[list[Row], str]:
        parameters = {**self._dialect.parameters.only_ids, **self._scope}
        try:
            return self._session.listed(table.list, table.loop, parameters, known)
        except Refusal as refusal:
            self._offers.doubt()
            self._require_offer()
            raise errors.contradicts_itself(self._session.server, refusal.text) from refusal

    @abstractmethod
    def _require_offer(self) -> None:
        """Raises: Halt(UNSUPPORTED) if the server does not offer this kind."""

    def _answers_as(self, table: Table, known: str) -> bool:
        """The list is the same as then, byte by byte. Another one is kept for `changes`."""
        if table in self._ahead:
            return False
        if known and self._same_ahead.pop(table, "") == known:
            return True
        rows, digest = self._listed_ids(table, known)
        if digest != known:
            self._replies[table] = rows, digest
        return digest == known

    def _ask_ahead(self, questions: Mapping[Table, str]) -> None:
        """List these tables, and keep what came; a list that has the digest given here is known and not read, if all before it were so.

        What may still change within the second of its last change is judged by the server's time of now, not of later.
        """
        self._begin_list()
        for table, known in questions.items():
            if known and not self._ahead and self._answers_as(table, known):
                self._same_ahead[table] = known
            else:
                self._ahead[table] = self._list(table)
            self._asked_at = self._asked_at or self._session.clock.reached

    def _list_in_full(self, table: Table, wanted: Sequence[ItemId]) -> None:
        parameters = {**self._dialect.parameters.full_list, **self._scope, **self._not_before(wanted)}
        rows = self._session.rows(table.list, table.loop, parameters, table.cut)
        rows.reverse()
        while rows:
            # Given up one by one: many thousand are not kept beside what is made of them.
            row = rows.pop()
            if table.own_column in row:
                self._keep(table, row)

    def _is_short(self, table: Table, wanted: Sequence[ItemId]) -> bool:
        """Does a full list of what changed since the oldest of these hold not many more? Then it takes one call instead of some."""
        if len(wanted) < FEW or not self._offers.delta:
            return False
        moments = [self._listed.get(item_id) for item_id in wanted]
        known = [moment for moment in moments if moment]
        if len(known) < len(moments):
            return False
        since = rewound(min(known), self._session.zone)
        of_table = (moment for item, moment in self._listed.items() if item.startswith(f"{table.letter}:"))
        return sum(moment is not None and moment >= since for moment in of_table) <= len(wanted) + BULK

    def _not_before(self, wanted: Sequence[ItemId]) -> Mapping[str, str]:
        """Narrows a full list to what changed since the oldest of the wanted; a server that does not know the parameter ignores it."""
        moments = [self._listed.get(item_id) for item_id in wanted]
        known = [moment for moment in moments if moment]
        if not known or len(known) < len(moments):
            return {}
        return {self._dialect.parameters.changed_since: write_moment(rewound(min(known), self._session.zone))}

    def _keep(self, table: Table, row: Row) -> bool:
        """Keep what a full row says for `fetch`; return whether it is worth a sighting."""
        found = self._judge(table, row)
        self._served[found.id] = found
        return not isinstance(found, Absent)

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
