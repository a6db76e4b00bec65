"""Writing items of one folder: conditional, stamped, silent, in batches with one outcome per item (R9, R15, R30, R31, R32).

Consecutive writes of one kind travel together. Nothing is sent twice, except what a server refused unread as a whole: that batch is halved until the
one item that spoils it stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import assert_never

from lxml.etree import _Element as Element

from app.adapters.exchange import bodies
from app.adapters.exchange.appointments import Appointments
from app.adapters.exchange.errors import (
    MISSING,
    STALE,
    TRANSIENT,
    AnswerLost,
    Busy,
    RejectedCall,
    by_code,
    concerns_mailbox,
)
from app.adapters.exchange.items import batches, identity, item_of, stamp_of
from app.adapters.exchange.mapping import Draft, Mapping
from app.adapters.exchange.paths import PARENT, STAMP, values_of
from app.adapters.exchange.series_writer import Overtaken, SeriesWriter, StepRefused
from app.adapters.exchange.session import Session
from app.adapters.exchange.wire import MalformedReply, Message
from app.adapters.lanes import Attempt, at_once, told
from app.domain.appointment import Appointment
from app.domain.fingerprint import Record
from app.domain.ids import ItemId, Version
from app.domain.sync import Absence, Item, Stamp
from app.domain.writes import Create, Missing, Outcome, Refused, Remove, Stale, Unknown, Update, Write, Written
from app.errors import Halt, Retry, WiceSyncError

_NOTHING = Draft({}, None)


@dataclass(slots=True)
class _Job:
    """One write on its way. No outcome yet means that nothing was done."""

    write: Write
    draft: Draft = _NOTHING
    outcome: Outcome | None = None
    stamp: Stamp | None = None


class Writer:
    """Carries out writes in one folder."""

    def __init__(self, session: Session, folder: str, mapping: Mapping) -> None:
        self._session = session
        self._folder = folder
        self._mapping = mapping

    def outcomes(self, writes: Sequence[Write]) -> Iterator[Outcome]:
        """One outcome per write, in order. What was not yielded when this raises was not done. Raises: Retry, Halt."""
        for (_, has_exceptions), alike in groupby(writes, key=lambda write: (type(write), _has_exceptions(write))):
            if has_exceptions:
                for write in alike:
                    yield from self._with_exceptions(write)
            else:
                yield from told(self._alike(list(batches(list(alike)))))

    def _alike(self, portions: Sequence[Sequence[Write]]) -> Iterator[Attempt]:
        """Single items of one kind of write, in batches; several batches over a few connections at once."""
        if len(portions) == 1:
            return iter(self._batch(portions[0]))
        sessions = self._session.lanes(len(portions))
        lanes = [Writer(session, self._folder, self._mapping) for session in sessions]
        return at_once(lanes, portions, Writer._batch)

    def _with_exceptions(self, write: Write) -> Iterator[Outcome]:
        """A series that has or gets exceptions, which takes several steps."""
        if isinstance(write, Update):
            job = self._job(write)
            self._check(_pending([job]))
            if job.outcome is None or isinstance(job.outcome, Written):
                yield from self._converging(write, write.id, job.stamp)
            else:
                yield job.outcome
        elif isinstance(write, Create):
            for outcome in told(self._batch([write])):
                if isinstance(outcome, Written) and outcome.item:
                    yield from self._converging(write, outcome.item.id, outcome.item.stamp)
                else:
                    yield outcome

    def _converging(self, write: Create | Update, item: ItemId, stamp: Stamp | None) -> Iterator[Outcome]:
        """Nothing, all, or nobody knows how much: then the journal keeps it open, and the next run completes it (R30)."""
        steps = self._steps()
        steps.begun = isinstance(write, Create)
        version = write.version if isinstance(write, Update) else None
        try:
            record, version = steps.become(item, _appointment(write.record), version)
            yield Written(Item(id=item, version=version, record=record, stamp=stamp))
        except Overtaken:
            yield Unknown() if steps.begun else Stale()
        except StepRefused as refused:
            back = not steps.begun or self._taken_back(write, item)
            yield Refused(refused.code, refused.text) if back else Unknown()
        except (Retry, Halt):
            if steps.begun:
                yield Unknown()
            raise

    def _steps(self) -> SeriesWriter:
        if not isinstance(self._mapping, Appointments):
            raise TypeError("only appointments have occurrences")
        return SeriesWriter(self._session, self._mapping)

    def _taken_back(self, write: Create | Update, item: ItemId) -> bool:
        """Undo the steps that the server took before it refused one."""
        try:
            if isinstance(write, Update):
                self._steps().become(item, _appointment(write.before))
                return True
            [message] = self._session.call(bodies.delete_items([(item, Version(""))]), 1)
        except (Overtaken, StepRefused, RejectedCall):
            return False
        return message.ok

    def _batch(self, batch: Sequence[Write]) -> list[Attempt]:
        jobs = [self._job(write) for write in batch]
        try:
            self._check(_pending(jobs))
            trouble = self._send(_pending(jobs))
        except (WiceSyncError, RejectedCall) as error:
            trouble = error
        *others, last = jobs
        return [*(Attempt(job.outcome) for job in others), Attempt(last.outcome, trouble)]

    def _job(self, write: Write) -> _Job:
        """Translate; what Exchange cannot hold is refused here, before anything is sent (R32)."""
        try:
            match write:
                case Create():
                    return _Job(write, self._mapping.draft(write.record), stamp=write.stamp)
                case Update():
                    return _Job(write, self._mapping.change(write.before, write.record))
                case Remove():
                    return _Job(write)
                case _:
                    assert_never(write)
        except ValueError as error:
            return _Job(write, outcome=Refused("InvalidRecord", str(error)))

    def _check(self, jobs: Sequence[_Job]) -> None:
        """Compare change keys right before the write: a server may ignore the condition of an update, and ignores that of a deletion (R31)."""
        items = [(job, job.write) for job in jobs if not isinstance(job.write, Create)]
        if not items:
            return
        messages = self._session.read(bodies.get_versions([write.id for _, write in items]), len(items))
        for (job, write), message in zip(items, messages, strict=True):
            job.outcome = self._condition(job, write, message)

    def _condition(self, job: _Job, write: Update | Remove, message: Message) -> Outcome | None:
        """None when the item is still what the plan saw and there is something to write."""
        if message.code in MISSING:
            return Missing(Absence.DELETED)
        if concerns_mailbox(message.code):
            raise by_code(message.code, message.text, self._session.access.where)
        if not message.ok:
            return Refused(message.code, message.text)
        element = item_of(message)
        values = values_of(element)
        if values.get(PARENT, self._folder) != self._folder:
            return Missing(Absence.MOVED_AWAY)
        identifier, version = identity(element)
        if version != write.version:
            return Stale()
        job.stamp = stamp_of(values)
        if isinstance(write, Update) and not job.draft.values:
            return _written(job, identifier, version)
        return None

    def _send(self, jobs: Sequence[_Job]) -> Exception | None:
        """Send once and store the outcomes; return what to raise when they have been yielded."""
        if not jobs:
            return None
        try:
            messages = self._session.call(self._body(jobs), len(jobs))
        except AnswerLost as error:
            for job in jobs:
                job.outcome = Unknown()
            return error
        except RejectedCall as error:
            if len(jobs) > 1:
                half = len(jobs) // 2
                return self._send(jobs[:half]) or self._send(jobs[half:])
            jobs[0].outcome = Refused(error.code, error.text)
            return None
        except (Busy, Halt) as error:
            return error
        return self._settle(jobs, messages)

    def _body(self, jobs: Sequence[_Job]) -> Element:
        element = self._mapping.element
        if isinstance(jobs[0].write, Create):
            created = [job.draft.values | {STAMP: str(job.stamp)} for job in jobs]
            return bodies.create_items(self._folder, element, created)
        if isinstance(jobs[0].write, Update):
            return bodies.update_items(element, [(*_target(job), job.draft.values) for job in jobs])
        return bodies.delete_items([_target(job) for job in jobs])

    def _settle(self, jobs: Sequence[_Job], messages: Sequence[Message]) -> Exception | None:
        trouble: Exception | None = None
        for job, message in zip(jobs, messages, strict=True):
            job.outcome, problem = self._outcome(job, message)
            trouble = trouble or problem
        return trouble

    def _outcome(self, job: _Job, message: Message) -> tuple[Outcome | None, Exception | None]:
        """What this item's message means; no outcome when it was not tried."""
        where = self._session.access.where
        code = message.code
        if message.ok:
            return _done(job, message, where)
        if code in STALE:
            return Stale(), None
        if code in MISSING:
            gone = isinstance(job.write, Create)
            return (None, by_code("ErrorFolderNotFound", "", where)) if gone else (Missing(Absence.DELETED), None)
        if code in TRANSIENT:
            return Unknown(), AnswerLost(f"{where} broke off while writing ({code})")
        if concerns_mailbox(code):
            return None, by_code(code, message.text, where)
        return Refused(code, message.text), None


def _has_exceptions(write: Write) -> bool:
    records = (
        (write.record, write.before if isinstance(write, Update) else None) if not isinstance(write, Remove) else ()
    )
    return any(isinstance(record, Appointment) and record.exceptions for record in records)


def _appointment(record: Record) -> Appointment:
    if not isinstance(record, Appointment):
        raise TypeError("only a series has exceptions")
    return record


def _pending(jobs: Sequence[_Job]) -> list[_Job]:
    return [job for job in jobs if job.outcome is None]


def _target(job: _Job) -> tuple[ItemId, Version]:
    if isinstance(job.write, Create):
        raise TypeError("a creation has no target")
    return job.write.id, job.write.version


def _done(job: _Job, message: Message, where: str) -> tuple[Outcome, Exception | None]:
    if isinstance(job.write, Remove):
        return Written(None), None
    try:
        return _written(job, *identity(item_of(message))), None
    except MalformedReply as error:
        return Unknown(), AnswerLost(f"{where}: {error}")


def _written(job: _Job, identifier: ItemId, version: Version) -> Written:
    record = job.draft.record
    if record is None:
        raise TypeError("a written item has a record")
    return Written(Item(id=identifier, version=version, record=record, stamp=job.stamp))
