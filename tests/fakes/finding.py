"""What the search of either server brings (R41), over the in-memory servers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.appointment import Appointment
from app.domain.finding import Discovery, Gap, Question, Trace
from app.domain.fingerprint import Record
from app.domain.ids import ItemId
from app.domain.sync import Absence, Absent, Found, Held, Item, Kind, Obstacle, Side
from app.domain.terms import hit, terms_of, words_of
from app.ports import Folder
from tests.fakes.exchange_store import FakeExchangeStore
from tests.fakes.wice_store import FakeWiceStore

if TYPE_CHECKING:
    from tests.fakes.exchange import StoredItem
    from tests.fakes.exchange_mailbox import FakeMailbox
    from tests.fakes.wice import Row
    from tests.fakes.wice_crm import FakeCrm


def find_in_wice(crm: FakeCrm, kind: Kind, question: Question) -> Discovery:
    """Lists leave the recycle bin out; somebody else's private appointment is told of by its id only, and barely (R19)."""
    server = crm.server
    if kind is Kind.APPOINTMENTS and not server.capabilities.appointments:
        return Discovery(gaps=(Gap.NO_APPOINTMENTS,))
    if kind is Kind.CONTACTS and not server.capabilities.flags:
        return Discovery(gaps=(Gap.NO_FLAGS,))
    store = FakeWiceStore(crm, kind)
    by_id = [_of_wice(crm, kind, found) for found in store.fetch(question.ids)]
    rows = crm.call("search", lambda: [row for row in server.rows.values() if _called(crm, kind, row, question)])
    listed = [_of_wice(crm, kind, found) for found in store.fetch([row.id for row in rows])]
    more = [Gap.MORE] if len(listed) > question.limit else []
    gaps = [Gap.RECYCLE_BIN, *more] if question.words else []
    return Discovery((*by_id, *_others(listed[: question.limit], question)), tuple(gaps))


def find_in_exchange(mailbox: FakeMailbox, kind: Kind, question: Question, folder: str) -> Discovery:
    """In all folders of this mailbox."""
    held = mailbox.server.items.values()
    ours = [one for one in held if mailbox.server.folders[one.folder].mailbox == mailbox.mailbox]
    ours = [one for one in ours if isinstance(one.record, Appointment) is (kind is Kind.APPOINTMENTS)]
    words = words_of(" ".join(question.words))
    named = [one for one in ours if words and hit(words, terms_of(one.record))]
    by_id = [_by_id(mailbox, kind, item, folder) for item in question.ids]
    found = mailbox.call("find", lambda: [_of_exchange(mailbox, kind, one, folder) for one in named])
    traces = [trace for trace in found if trace.obstacle is not Obstacle.FOREIGN_PRIVATE]
    gaps = (Gap.MORE,) if len(traces) > question.limit else ()
    home = _path(mailbox, folder) if folder else ""
    return Discovery((*by_id, *_others(traces[: question.limit], question)), gaps, home)


def _others(traces: Iterable[Trace], question: Question) -> list[Trace]:
    return [trace for trace in traces if trace.id not in question.ids]


def _called(crm: FakeCrm, kind: Kind, row: Row, question: Question) -> bool:
    of_kind = isinstance(row.record, Appointment) is (kind is Kind.APPOINTMENTS)
    if not of_kind or row.binned or not question.words or _is_secret(crm, row):
        return False
    return hit(words_of(" ".join(question.words)), terms_of(crm.server.record(row.id, crm.user)))


def _is_secret(crm: FakeCrm, row: Row) -> bool:
    return isinstance(row.record, Appointment) and row.record.private and crm.user not in row.participants


def _of_wice(crm: FakeCrm, kind: Kind, found: Found) -> Trace:
    row = crm.server.rows.get(found.id)
    if row and _is_secret(crm, row):
        absence = found.because if isinstance(found, Absent) else None
        return Trace(side=Side.WICE, kind=kind, id=found.id, absence=absence, obstacle=Obstacle.FOREIGN_PRIVATE)
    return _trace(Side.WICE, kind, found, crm.server.record(found.id, crm.user) if row else None)


def _by_id(mailbox: FakeMailbox, kind: Kind, item: ItemId, folder: str) -> Trace:
    stored = mailbox.server.items.get(item)
    if stored is None:
        return Trace(side=Side.EXCHANGE, kind=kind, id=item, absence=Absence.DELETED)
    return _of_exchange(mailbox, kind, stored, folder)


def _of_exchange(mailbox: FakeMailbox, kind: Kind, stored: StoredItem, folder: str) -> Trace:
    store = FakeExchangeStore(mailbox, kind, Folder(stored.folder, ""))
    trace = _trace(Side.EXCHANGE, kind, next(store.fetch([stored.id])), stored.record)
    if stored.folder == folder:
        return trace
    binned = mailbox.server.is_binned(stored.folder)
    return replace(trace, absence=Absence.MOVED_AWAY, folder=_path(mailbox, stored.folder), binned=binned)


def _path(mailbox: FakeMailbox, folder: str) -> str:
    names: list[str] = []
    while folder:
        stored = mailbox.server.folders[folder]
        names.insert(0, stored.name)
        folder = stored.parent
    return "/".join(names)


def _trace(side: Side, kind: Kind, found: Found, record: Record | None) -> Trace:
    label = record.label if record else ""
    last_day = record.last_day if isinstance(record, Appointment) else None
    trace = Trace(side=side, kind=kind, id=found.id, label=label, last_day=last_day)
    match found:
        case Item():
            return replace(trace, fingerprint=found.fingerprint, stamp=found.stamp)
        case Held():
            return replace(trace, last_day=None, obstacle=found.because, detail=found.detail)
        case Absent():
            return replace(trace, absence=found.because)
