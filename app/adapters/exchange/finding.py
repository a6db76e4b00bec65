"""Search a mailbox for an item by what people know of it, in the profile's folder, beside it, and in Deleted Items (R41).

Source: FindItem with a restriction, many folders in one request, then GetItem for what was found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from app.adapters.exchange import bodies
from app.adapters.exchange.errors import by_code, concerns_mailbox
from app.adapters.exchange.fields_appointment import SUBJECT
from app.adapters.exchange.fields_contact import DISPLAY_NAME, FILE_AS
from app.adapters.exchange.folders import Place
from app.adapters.exchange.items import batches, identity, item_of
from app.adapters.exchange.mapping import Mapping as KindMapping
from app.adapters.exchange.paths import ITEM_CLASS, PARENT, Path, email, plain, values_of
from app.adapters.exchange.session import Session
from app.adapters.exchange.store import FolderStore
from app.adapters.exchange.wire import Message, children, find
from app.domain.appointment import Appointment
from app.domain.finding import Discovery, Gap, Question, Trace
from app.domain.ids import ItemId
from app.domain.sync import Absence, Absent, Found, Held, Item, Kind, Obstacle, Side

FOLDERS = 50
"""Folders per search."""
MOST_WORDS = 5
NAMES: Mapping[Kind, tuple[Path, ...]] = {
    Kind.CONTACTS: (
        DISPLAY_NAME,
        FILE_AS,
        plain("contacts", "GivenName"),
        plain("contacts", "Surname"),
        plain("contacts", "CompanyName"),
    ),
    Kind.APPOINTMENTS: (SUBJECT,),
}
EMAILS = tuple(email(f"EmailAddress{number}") for number in (1, 2, 3))
_CLASSES = {Kind.CONTACTS: ("ipm.contact", "ipm.distlist"), Kind.APPOINTMENTS: ("ipm.appointment",)}
"""What a search may tell of in Deleted Items, where mails lie too: nobody's mail is our business."""
_UNSUPPORTED = frozenset({"ErrorUnsupportedPathForQuery", "ErrorUnsupportedQueryFilter"})


class Search:
    """One kind in one mailbox; `folder` is the profile's own, "" if it has none yet."""

    def __init__(self, session: Session, places: Mapping[str, Place], mapping: KindMapping, folder: str) -> None:
        self._session = session
        self._places = places
        self._mapping = mapping
        self._folder = folder
        self._gaps: list[Gap] = []

    def find(self, question: Question) -> Discovery:
        """Raises: Retry, Halt."""
        asked = dict(self._parents(question.ids))
        named = self._named(question.words, question.limit) if question.words else {}
        named = {item: folder for item, folder in named.items() if item not in asked}
        if len(named) > question.limit:
            self._gaps.append(Gap.MORE)
        chosen = dict(list(named.items())[: question.limit])
        missing = [self._missing(item) for item, folder in asked.items() if not folder]
        there = {item: folder for item, folder in asked.items() if folder}
        by_id = [self._bare(trace) if _is_secret(trace) else trace for trace in self._traces(there)]
        by_word = [trace for trace in self._traces(chosen) if not _is_secret(trace)]
        home = self._places.get(self._folder, Place("")).path
        return Discovery((*missing, *by_id, *by_word), tuple(self._gaps), home)

    def _parents(self, ids: Sequence[ItemId]) -> Iterator[tuple[ItemId, str]]:
        """The folder in which each item lies, "" if it is gone."""
        for batch in batches(ids):
            messages = self._session.read(bodies.get_versions(batch), len(batch))
            for item, message in zip(batch, messages, strict=True):
                if not message.ok and concerns_mailbox(message.code):
                    raise by_code(message.code, message.text, self._session.access.where)
                yield item, values_of(item_of(message)).get(PARENT, "") if message.ok else ""

    def _named(self, words: Sequence[str], limit: int) -> dict[ItemId, str]:
        """Items in which all words occur, with their folders; the profile's own folder comes first."""
        folders = sorted(self._places, key=lambda folder: (folder != self._folder, self._places[folder].binned))
        found: dict[ItemId, str] = {}
        for batch in batches(folders, FOLDERS):
            for folder, message in zip(batch, self._asked(batch, words, limit + 1), strict=True):
                found |= dict.fromkeys(self._listed(message), folder)
        return found

    def _asked(self, folders: Sequence[str], words: Sequence[str], most: int) -> list[Message]:
        names, wanted = NAMES[self._mapping.kind], words[:MOST_WORDS]
        addresses = EMAILS if self._mapping.kind is Kind.CONTACTS and Gap.MAIL_ADDRESSES not in self._gaps else ()
        messages = self._session.read(bodies.find_words(folders, wanted, (*names, *addresses), most), len(folders))
        if addresses and any(message.code in _UNSUPPORTED for message in messages):
            self._gaps.append(Gap.MAIL_ADDRESSES)
            return self._asked(folders, words, most)
        return messages

    def _listed(self, message: Message) -> Iterator[ItemId]:
        """A folder that cannot be searched (no access to it) is left out."""
        if not message.ok:
            if concerns_mailbox(message.code):
                raise by_code(message.code, message.text, self._session.access.where)
            return
        held = find(message.element, "m:RootFolder/t:Items")
        for element in children(held) if held is not None else ():
            if values_of(element).get(ITEM_CLASS, "").casefold().startswith(_CLASSES[self._mapping.kind]):
                yield identity(element)[0]

    def _traces(self, found: Mapping[ItemId, str]) -> Iterator[Trace]:
        by_folder: defaultdict[str, list[ItemId]] = defaultdict(list)
        for item, folder in found.items():
            by_folder[folder].append(item)
        for folder, items in by_folder.items():
            for answer in FolderStore(self._session, folder, self._mapping).fetch(items):
                yield self._placed(self._trace(answer), folder)

    def _trace(self, found: Found) -> Trace:
        trace = Trace(side=Side.EXCHANGE, kind=self._mapping.kind, id=found.id)
        match found:
            case Item(record=record):
                last_day = record.last_day if isinstance(record, Appointment) else None
                whole = replace(trace, fingerprint=found.fingerprint, stamp=found.stamp)
                return replace(whole, label=record.label, last_day=last_day)
            case Held():
                return replace(trace, obstacle=found.because, label=found.label, detail=found.detail)
            case Absent():
                return replace(trace, absence=found.because)
            case _:
                assert_never(found)

    def _placed(self, trace: Trace, folder: str) -> Trace:
        if folder == self._folder:
            return trace
        place = self._places.get(folder, Place("…"))
        return replace(trace, absence=Absence.MOVED_AWAY, folder=place.path, binned=place.binned)

    def _missing(self, item: ItemId) -> Trace:
        return Trace(side=Side.EXCHANGE, kind=self._mapping.kind, id=item, absence=Absence.DELETED)

    def _bare(self, trace: Trace) -> Trace:
        return replace(trace, label="", detail="")


def _is_secret(trace: Trace) -> bool:
    """R19: that a question's words occur in it would tell of its content."""
    return trace.obstacle is Obstacle.FOREIGN_PRIVATE
