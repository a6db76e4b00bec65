"""What a plan is going to write and what a run has written, item by item, with old and new values as people read them (R27, R33)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain import rrule, veil
from app.domain.appointment import AllDay, Occurrence, Timed
from app.domain.fingerprint import Record, differences, form_of
from app.domain.journal import IntentState, JournalEntry
from app.domain.plan import KindPlan, Op, Reason
from app.domain.recurrence import Recurrence
from app.domain.sync import Kind, Side

PRIVATE = "not shown: it is private"
"""In place of a private appointment's words (R19)."""


@dataclass(frozen=True)
class Change:
    """One write to one side, or (without `side` and `op`) two items that are linked. `fields`: name, old value, new value."""

    kind: Kind
    label: str
    reason: Reason
    side: Side | None = None
    op: Op | None = None
    fields: tuple[tuple[str, str, str], ...] = ()
    attempt: str = ""
    """Of a write that was made: by this id it can be undone alone (R33)."""

    def json(self) -> dict[str, object]:
        """As a JSON-ready object."""
        return {
            "side": self.side,
            "op": self.op or "link",
            "item": self.label,
            "reason": self.reason.value,
            "fields": {name: {"old": old, "new": new} for name, old, new in self.fields},
            **({"attempt": self.attempt} if self.attempt else {}),
        }


def planned(plans: Iterable[KindPlan]) -> Iterator[Change]:
    """Everything that these plans write, in the order of execution, and the items that they link."""
    for action in (veil.veiled_action(action) for plan in plans for action in plan.actions):
        if not action.writes and action.reason in (Reason.TWIN, Reason.TWIN_DIFFERS):
            yield Change(action.kind, action.label, action.reason)
        for write in action.writes:
            fields = fields_of(write.before, write.record) if write.op is Op.CHANGE else ()
            yield Change(action.kind, action.label, action.reason, write.side, write.op, fields)


def written(entries: Iterable[JournalEntry]) -> Iterator[Change]:
    """Everything that a run wrote, in its order."""
    done = (veil.veiled_entry(entry, private=False) for entry in entries if entry.state is IntentState.DONE)
    for intent in (entry.intent for entry in done):
        fields = fields_of(intent.before, intent.after) if intent.op is Op.CHANGE else ()
        reason = Reason(intent.reason)
        yield Change(intent.kind, intent.label, reason, intent.side, intent.op, fields, intent.attempt)


def fields_of(before: Record | None, after: Record | None) -> tuple[tuple[str, str, str], ...]:
    """Name, old and new value of the fields that differ, as people read them."""
    if before is None or after is None:
        return ()
    return tuple(
        (name, _text(getattr(before, name)), _text(getattr(after, name))) for name in differences(before, after)
    )


def values(before: Record | None, after: Record | None) -> Iterator[tuple[str, object, object]]:
    """Name, old and new value of every field in which two records differ, as the record orders them; None where there is no record."""
    known = after or before
    if known is None:
        return
    names = differences(before, after) if before and after else form_of(known).keys() - {"entity"}
    for name in (field.name for field in fields(known) if field.name in names):
        yield name, getattr(before, name, None), getattr(after, name, None)


def told(before: Record | None, after: Record | None) -> Iterator[tuple[str, str, str]]:
    """The same as text, empty for what is not there."""
    return ((name, _text(old), _text(new)) for name, old, new in values(before, after))


def _text(value: object) -> str:
    match value:
        case Timed():
            start, end = (_local(moment, value.zone) for moment in (value.start, value.end))
            same_day = start.date() == end.date()
            return (
                f"{start:%d.%m.%Y %H:%M} - {end:%H:%M}"
                if same_day
                else f"{start:%d.%m.%Y %H:%M} - {end:%d.%m.%Y %H:%M}"
            )
        case AllDay(first=first, last=last):
            return f"{first:%d.%m.%Y}" if first == last else f"{first:%d.%m.%Y} - {last:%d.%m.%Y}"
        case Recurrence() | tuple():
            return _series(value)
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return PRIVATE if value in (veil.COVERED, veil.COVERED_ANEW) else str(value)


def _series(value: Recurrence | tuple[Occurrence, ...]) -> str:
    return rrule.write(value) if isinstance(value, Recurrence) else "; ".join(_occurrence(one) for one in value)


def _occurrence(one: Occurrence) -> str:
    if one.deleted:
        return f"{one.original:%d.%m.%Y}: deleted"
    told = [_text(one.when), one.title, one.place, "private" if one.private else ""]
    return f"{one.original:%d.%m.%Y}: {', '.join(part for part in told if part)}"


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)) if zone else moment
