"""The items of one folder as a `Store`: list changes, read, and find again what an earlier run created. Writing is in `writer`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from lxml.etree import _Element as Element

from app.adapters.exchange import bodies
from app.adapters.exchange.errors import MISSING, by_code, concerns_mailbox
from app.adapters.exchange.isolating import Isolating
from app.adapters.exchange.items import batches, identity, item_of, stamp_of, version_of
from app.adapters.exchange.listing import Listing
from app.adapters.exchange.mapping import Mapping as KindMapping
from app.adapters.exchange.mapping import Outside, Unfit
from app.adapters.exchange.paths import PARENT, STAMP, values_of
from app.adapters.exchange.session import Session
from app.adapters.exchange.wire import Message, children, find
from app.adapters.exchange.writer import Writer
from app.domain.ids import ItemId, Version
from app.domain.sync import Absence, Absent, Found, Held, Item, Kind, Obstacle, Page, Side
from app.domain.writes import Create, Outcome, Write
from app.ports import Known

STAMPS = 20
"""Stamps per search."""


class FolderStore:
    """One folder's items of one kind."""

    def __init__(self, session: Session, folder: str, mapping: KindMapping) -> None:
        self._session = session
        self._folder = folder
        self._mapping = mapping
        self._asked: Listing | None = None
        self._ahead: Listing | None = None

    @property
    def side(self) -> Side:
        """Exchange."""
        return Side.EXCHANGE

    @property
    def kind(self) -> Kind:
        """What the folder holds."""
        return self._mapping.kind

    def changes(self, cursor: str | None, known: Known) -> Iterator[Page]:
        """See `app.ports.Store.changes`; `known` is not needed, since EWS tells all by itself."""
        del known
        listing = self._asked or self._listing()
        self._asked = None
        return listing.pages(cursor)

    def unchanged(self, cursor: str, *, children: bool) -> bool:
        """See `app.ports.Store.unchanged`: the list of changes since `cursor` is empty."""
        del children
        self._asked = self._listing()
        return self._asked.is_empty(cursor)

    def look_ahead(self, cursor: str | None) -> None:
        """See `app.ports.Store.look_ahead`."""
        self._ahead = Listing(self._session, self._folder)
        self._ahead.look_ahead(cursor)

    def _listing(self) -> Listing:
        """A list of changes, that of which the first page was asked for ahead if there is one."""
        listing, self._ahead = self._ahead or Listing(self._session, self._folder), None
        return listing

    def fetch(self, ids: Sequence[ItemId]) -> Iterator[Found]:
        """See `app.ports.Store.fetch`. Source: GetItem, in batches."""
        for batch in batches(ids):
            messages = list(self._messages(batch))
            parts = self._parts(messages)
            for identifier, message in zip(batch, messages, strict=True):
                yield self._found(identifier, message, parts)

    def _messages(self, ids: Sequence[ItemId]) -> Iterator[Message | None]:
        return Isolating(self._session, self._mapping.paths).messages(ids)

    def _parts(self, messages: Sequence[Message | None]) -> dict[ItemId, Element]:
        """What the items of these messages need beside them: all series' changed occurrences together, in batches."""
        wanted: list[ItemId] = []
        for message in messages:
            if message and message.ok:
                with suppress(ValueError):  # it will be held, with its own hint
                    wanted += self._mapping.parts(item_of(message))
        parts: dict[ItemId, Element] = {}
        for batch in batches(wanted):
            for identifier, message in zip(batch, self._messages(batch), strict=True):
                if message and message.ok:
                    parts[identifier] = item_of(message)
        return parts

    def _found(self, identifier: ItemId, message: Message | None, parts: Mapping[ItemId, Element]) -> Found:
        if message is None:
            return Held(identifier, Version(""), Obstacle.UNREADABLE)
        if message.code in MISSING:
            return Absent(identifier, Absence.DELETED)
        if concerns_mailbox(message.code):
            raise by_code(message.code, message.text, self._session.access.where)
        if not message.ok:
            return Held(identifier, Version(""), Obstacle.UNREADABLE, detail=message.code)
        try:
            return self._read(identifier, message, parts)
        except (ValueError, ArithmeticError, LookupError) as error:
            # A poison item: its own hint, and nobody else's trouble (R7, R32). The error's type, not its text, which may quote the item.
            return Held(identifier, version_of(message), Obstacle.UNREADABLE, detail=type(error).__name__)

    def _read(self, identifier: ItemId, message: Message, parts: Mapping[ItemId, Element]) -> Found:
        element, version = item_of(message), version_of(message)
        values = values_of(element)
        if values.get(PARENT, self._folder) != self._folder:
            return Absent(identifier, Absence.MOVED_AWAY)
        record = self._mapping.read(element, values, parts)
        if isinstance(record, Outside):
            return Absent(identifier, record.because, record.record)
        if isinstance(record, Unfit):
            return Held(identifier, version, record.because, record.label, record.detail)
        return Item(id=identifier, version=version, record=record, stamp=stamp_of(values))

    def write(self, writes: Sequence[Write]) -> Iterator[Outcome]:
        """See `app.ports.Store.write`."""
        return Writer(self._session, self._folder, self._mapping).outcomes(writes)

    def resume(self, creations: Sequence[Create]) -> Iterator[Item | None]:
        """See `app.ports.Store.resume`: a creation has one step, so what is found is finished. Of several copies the first one counts."""
        for batch in batches(creations, STAMPS):
            found = self._by_stamp([str(creation.stamp) for creation in batch])
            items = {item.id: item for item in self.fetch(list(found.values())) if isinstance(item, Item)}
            for creation in batch:
                yield items.get(found.get(str(creation.stamp), ItemId("")))

    def _by_stamp(self, stamps: Sequence[str]) -> dict[str, ItemId]:
        """The first item of each stamp. Source: FindItem with a restriction on the stamp, page by page."""
        found: dict[str, ItemId] = {}
        seen, last = 0, False
        while not last:
            [message] = self._session.read(bodies.find_stamps(self._folder, stamps, seen), 1)
            if not message.ok:
                raise by_code(message.code, message.text, self._session.access.where)
            root = find(message.element, "m:RootFolder")
            held = find(root, "t:Items") if root is not None else None
            listed = list(children(held)) if held is not None else []
            for element in listed:
                found.setdefault(values_of(element).get(STAMP, ""), identity(element)[0])
            seen += len(listed)
            last = not listed or root is None or root.get("IncludesLastItemInRange") != "false"
        return found
