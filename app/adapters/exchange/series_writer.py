"""Writing a series whose dates have exceptions: the master first, then what became of its dates, each a request of its own (R15, R18, R30, R31).

Every step makes the series more like what is wanted, whatever it is like now: one that was cut off is completed by doing it again. A step that the
server refuses takes the whole back. Source: OccurrenceItemId; UpdateItem, DeleteItem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from lxml.etree import _Element as Element

from app.adapters.exchange import bodies, series
from app.adapters.exchange import fields_appointment as fields
from app.adapters.exchange.appointments import Appointments
from app.adapters.exchange.errors import MISSING, STALE, TRANSIENT, AnswerLost, RejectedCall, by_code, concerns_mailbox
from app.adapters.exchange.items import batches, identity, item_of, version_of
from app.adapters.exchange.paths import Path
from app.adapters.exchange.series import Series
from app.adapters.exchange.session import Session
from app.adapters.exchange.wire import Message
from app.domain.appointment import Appointment, Occurrence
from app.domain.fingerprint import occurrence_form
from app.domain.ids import ItemId, Version
from app.domain.occurrences import regular

_ROUNDS = 3
"""Rewriting a rule brings deleted dates back; a server that keeps them nevertheless must be told to forget the rule first."""


class Overtaken(Exception):
    """Somebody else works on this series."""


class StepRefused(Exception):
    """The server refuses one step."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


class SeriesWriter:
    """Steps on one series after the other."""

    def __init__(self, session: Session, mapping: Appointments) -> None:
        self._session = session
        self._mapping = mapping
        self.begun = False
        """Has anything been sent that changes the series?"""

    def become(self, item: ItemId, wanted: Appointment, expected: Version | None = None) -> tuple[Appointment, Version]:
        """Make `wanted` of a series that is at `expected`; return what it is now and its version.

        Raises: Overtaken, StepRefused, Retry, Halt; what was done until then stays.
        """
        present, version = self._present(item)
        if expected not in {None, version}:
            raise Overtaken
        change = self._mapping.change(present.record, wanted).values
        if change:
            self._change(bodies.item_id(item, version), change)
            present, version = self._present(item)
        for attempt in range(_ROUNDS):
            if not _lost_dates(present.record, wanted):
                break
            self._rewrite(item, version, wanted, anew=attempt > 0)
            present, version = self._present(item)
        else:
            raise StepRefused("OccurrencesStayDeleted", "the server does not bring deleted occurrences back")
        self._write_dates(item, present, wanted)
        present, version = self._present(item)
        return present.record, version

    def _present(self, item: ItemId) -> tuple[Series, Version]:
        [message] = self._read([item])
        if message.code in MISSING:
            raise Overtaken
        self._raise_for(message)
        element = item_of(message)
        ids = series.changed_ids(element)
        parts: dict[ItemId, Element] = {}
        for batch in batches(ids):
            for one, answer in zip(batch, self._read(batch), strict=True):
                if answer.code in MISSING:
                    raise Overtaken
                self._raise_for(answer)
                parts[one] = item_of(answer)
        return self._understood(element, parts), version_of(message)

    def _understood(self, element: Element, parts: Mapping[ItemId, Element]) -> Series:
        try:
            return series.whole(element, parts, self._mapping.calendar)
        except ValueError as error:
            raise StepRefused("Unreadable", str(error)) from error

    def _read(self, ids: Sequence[ItemId]) -> list[Message]:
        return self._session.read(bodies.get_items(ids, self._mapping.paths), len(ids))

    def _rewrite(self, item: ItemId, version: Version, wanted: Appointment, *, anew: bool) -> None:
        """Write the rule again. `anew`: take it away before."""
        values = fields.series_times(wanted, self._mapping.calendar)
        if anew:
            version = self._change(bodies.item_id(item, version), {fields.RECURRENCE: ""})
        self._change(bodies.item_id(item, version), values)

    def _write_dates(self, item: ItemId, present: Series, wanted: Appointment) -> None:
        """What is changed, one by one, since each moves the master's version; then what is deleted, all together."""
        if wanted.recurrence is None:
            return
        rule = wanted.recurrence
        for before, after in _changes(present.record, wanted):
            values = self._values(before, after, present)
            if values:
                self._change(self._occurrence(item, rule.number(after.original) or 0, before.original, present), values)
        there = {one.original for one in present.record.exceptions if one.deleted}
        gone = [one.original for one in wanted.exceptions if one.deleted and one.original not in there]
        for batch in batches(gone):
            targets = [bodies.occurrence_id(item, rule.number(day) or 0) for day in batch]
            for message in self._call(bodies.delete_targets(targets), len(targets)):
                self._raise_for(message)

    def _values(self, before: Occurrence, after: Occurrence, present: Series) -> dict[Path, str]:
        return fields.occurrence_changes(before, after, present.record.shown, self._mapping.calendar, present.zone)

    def _occurrence(self, item: ItemId, number: int, day: date, present: Series) -> Element:
        """An occurrence as what to write to: a changed one is an item of its own, the others are known by their number."""
        if day in present.changed:
            [message] = self._session.read(bodies.get_versions([present.changed[day][0]]), 1)
            if message.ok:
                return bodies.item_id(*identity(item_of(message)))
        [message] = self._session.read(bodies.get_versions([item]), 1)
        if not message.ok:
            raise Overtaken
        return bodies.occurrence_id(item, number, version_of(message))

    def _change(self, target: Element, values: Mapping[Path, str]) -> Version:
        [message] = self._call(bodies.update_target(self._mapping.element, target, values), 1)
        self._raise_for(message)
        return version_of(message)

    def _call(self, body: Element, expected: int) -> list[Message]:
        self.begun = True
        try:
            return self._session.call(body, expected)
        except RejectedCall as error:
            raise StepRefused(error.code, error.text) from error

    def _raise_for(self, message: Message) -> None:
        where = self._session.access.where
        if message.ok:
            return
        if message.code in STALE:
            raise Overtaken
        if message.code in TRANSIENT:
            raise AnswerLost(f"{where} broke off while writing a series ({message.code})")
        if concerns_mailbox(message.code):
            raise by_code(message.code, message.text, where)
        raise StepRefused(message.code, message.text)


def _lost_dates(present: Appointment, wanted: Appointment) -> bool:
    """Is a date deleted that is to be there?"""
    stay = {one.original for one in wanted.exceptions if one.deleted}
    return wanted.recurrence is not None and any(one.deleted and one.original not in stay for one in present.exceptions)


def _changes(present: Appointment, wanted: Appointment) -> Iterator[tuple[Occurrence, Occurrence]]:
    """Every date that is not as wanted, and is not to be deleted: how it is and how it is to be."""
    now = {one.original: one for one in present.exceptions}
    then = {one.original: one for one in wanted.exceptions}
    for day in sorted(now.keys() | then.keys()):
        before = now.get(day) or regular(present, day)
        after = then.get(day) or regular(wanted, day)
        if not after.deleted and occurrence_form(before) != occurrence_form(after):
            yield before, after
