"""What the lists of a store told: asked once, ahead where that saves waiting, and kept for whoever needs it next.

A list that came in full is not asked for again: what it told of a record is served once, to the next `fetch` that asks for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.adapters.wice import errors
from app.adapters.wice.capabilities import Offers
from app.adapters.wice.client import Session
from app.adapters.wice.errors import Refusal
from app.adapters.wice.tables import Table
from app.adapters.wice.wire import Row, read_moment, rewound, text_of, write_moment
from app.domain.ids import ItemId, Version
from app.domain.sync import Absent, Found, Sighting

BULK = 20
"""More ids of one table than this are read by one full list instead of one call each."""
FEW = 3
"""Fewer are read one by one."""


class Lists(ABC):
    """The lists of one kind of one account's scope."""

    def __init__(self, session: Session, offers: Offers) -> None:
        self._session = session
        self._offers = offers
        self._dialect = session.dialect
        self._columns = session.dialect.columns.row
        self._replies: dict[Table, tuple[list[Row], str]] = {}
        self._digests: dict[Table, str] = {}
        self._ahead: dict[Table, tuple[list[Sighting], list[Row]]] = {}
        self._same_ahead: dict[Table, str] = {}
        self._asked_at: datetime | None = None
        self._served: dict[ItemId, Found] = {}
        self._listed: dict[ItemId, datetime | None] = {}

    @property
    @abstractmethod
    def _scope(self) -> Mapping[str, str]:
        """Parameters that narrow a list to this account's scope."""

    @abstractmethod
    def _judge(self, table: Table, row: Row) -> Found:
        """What a row means: an item, held, or out of scope."""

    @abstractmethod
    def _look_afresh(self) -> None:
        """Forget what was read beside records to understand them."""

    @abstractmethod
    def _require_offer(self) -> None:
        """Raises: Halt(UNSUPPORTED) if the server does not offer this kind."""

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
