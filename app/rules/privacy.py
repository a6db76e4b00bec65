"""What travels of private appointments (R19), by the profile's choice. Pure.

With their owner's content they travel as any other. Else their words (title, text, place, participants) stay on the side on which they were written:
Wice shows when somebody is busy, and what is written in Wice does not replace the words in Outlook. Times, rules and deletions travel. A private
appointment that stays in Exchange is not created in Wice; where it stands there already, it goes on as busy.

Words that are in Wice already stay there while the appointment was private there as well: the choice may be changed at any time, and takes nothing
away. An appointment that becomes private loses its words in Wice; they stand in Exchange, and in the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app.domain.account import PrivateAppointments
from app.domain.appointment import Appointment, Occurrence
from app.domain.fingerprint import differences
from app.domain.ids import ItemId
from app.domain.occurrences import regular, settled
from app.domain.plan import Action, Op, PlannedWrite, Reason
from app.domain.sync import Item, Side
from app.rules import merge
from app.rules.policy import Policy
from app.rules.state import SideView

BUSY_TITLE: Final = "Privat"
"""What colleagues read in Wice's calendar: the German word, as Wice's users are."""


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    text: str = ""
    place: str = ""

    @classmethod
    def of(cls, one: Appointment | Occurrence) -> _Words:
        return cls(one.title, one.text, one.place)

    def in_date(self, one: Occurrence) -> Occurrence:
        return replace(one, title=self.title, text=self.text, place=self.place)

    def in_whole(self, one: Appointment) -> Appointment:
        return replace(one, title=self.title, text=self.text, place=self.place)


_BUSY: Final = _Words(BUSY_TITLE)


def stays(item: Item, policy: Policy) -> bool:
    """Is it one that is not carried to Wice? A series with private dates is: without them it would be another one."""
    chosen = policy.private_appointments is PrivateAppointments.EXCHANGE
    return chosen and isinstance(item.record, Appointment) and item.record.private


def restrained(action: Action, policy: Policy) -> Action:
    """The action without words that are not to travel; what is then no change is not written."""
    if policy.private_appointments is PrivateAppointments.CONTENT:
        return action
    writes = tuple(write for planned in action.writes if (write := _restrained(planned)))
    if writes == action.writes:
        return action
    names = {
        name for one in writes if one.record and one.before and one.op is Op.CHANGE
        for name in differences(one.record, one.before)
    }  # fmt: skip
    done = not writes and action.reason not in (Reason.TWIN, Reason.TWIN_DIFFERS)
    reason = Reason.UNCHANGED if done else action.reason
    return replace(action, writes=writes, fields=tuple(sorted(names)), reason=reason)


def _restrained(write: PlannedWrite) -> PlannedWrite | None:
    record, before = write.record, write.before
    if not isinstance(record, Appointment):
        return write
    present = before if isinstance(before, Appointment) else None
    if write.side is Side.WICE:
        record = for_wice(record, present)
    elif write.op is Op.CHANGE and present:
        record = for_exchange(record, present)
    if write.op is Op.CHANGE and before and not merge.must_write(write.side, record, before):
        return None
    return replace(write, record=record)


def for_wice(wanted: Appointment, present: Appointment | None) -> Appointment:
    """What Wice is to hold of `wanted`, where it holds `present`."""
    main = wanted
    if wanted.private:
        words = _Words.of(present) if present and present.private else _BUSY
        main = replace(words.in_whole(wanted), participants=())
    kept = _private_dates(present) if present else {}
    dates = (
        kept.get(one.original, _Words.of(main) if main.private else _BUSY).in_date(one)
        if not one.deleted and (one.private or main.private)
        else one
        for one in wanted.exceptions
    )
    return _in_order(replace(main, exceptions=tuple(dates)))


def for_exchange(wanted: Appointment, present: Appointment) -> Appointment:
    """What Exchange is to hold of `wanted`, where it holds `present`: what is private there keeps its words, and stays private."""
    main = replace(_Words.of(present).in_whole(wanted), private=True) if present.private else wanted
    dates = {one.original: one for one in wanted.exceptions}
    if present.private:
        dates |= {day: _Words.of(main).in_date(one) for day, one in dates.items() if not one.deleted}
    for theirs in present.exceptions:
        mine = dates.get(theirs.original)
        known = main.recurrence and main.recurrence.number(theirs.original) is not None
        if theirs.deleted or not known or not (theirs.private or present.private) or (mine and mine.deleted):
            continue
        mine = mine or regular(main, theirs.original)
        dates[theirs.original] = replace(_Words.of(theirs).in_date(mine), private=theirs.private or mine.private)
    return _in_order(replace(main, exceptions=tuple(dates.values())))


def _private_dates(series: Appointment) -> dict[date, _Words]:
    changed = (one for one in series.exceptions if not one.deleted)
    return {one.original: _Words.of(one) for one in changed if one.private or series.private}


def _in_order(record: Appointment) -> Appointment:
    return settled(record) if record.recurrence else record


def hidden_names(exchange: SideView, policy: Policy) -> Mapping[ItemId, str]:
    """How private items of Exchange are called here, by id: plans, links and hints are read by others than their owner."""
    if policy.private_appointments is PrivateAppointments.CONTENT:
        return {}
    records = ((item.id, item.record) for item in exchange.items.values())
    return {
        item: replace(record, title=BUSY_TITLE).label
        for item, record in records
        if isinstance(record, Appointment) and record.private
    }


def unnamed(action: Action, names: Mapping[ItemId, str]) -> Action:
    """The action as others may read it."""
    name = names.get(action.exchange.id) if action.exchange else None
    return replace(action, label=name, terms="") if name else action
