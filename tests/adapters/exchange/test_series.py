"""R18 over the wire: series with exceptions are read, created, changed, restored, and half-written ones completed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.appointment import AllDay, Appointment, Occurrence, Timed
from app.domain.fingerprint import differences
from app.domain.ids import ItemId
from app.domain.occurrences import settled, span_on
from app.domain.recurrence import Recurrence, Unit, recurrence
from app.domain.sync import Absence, Absent, Held, Kind, Obstacle
from app.domain.writes import Outcome, Refused, Stale, Unknown
from app.errors import Retry
from tests.adapters.exchange.sandbox_server import Server, add, creation, read, update, written

MONDAY = date(2031, 3, 17)
"""Two weeks before Berlin's clocks go forward."""
WEEKLY = recurrence(Recurrence(unit=Unit.WEEK, first=MONDAY, weekdays=(0, 2), count=10))
JOUR_FIXE = Appointment(
    title="Jour fixe",
    text="Themen",
    place="Raum 1",
    when=Timed(
        start=datetime(2031, 3, 17, 8, tzinfo=UTC), end=datetime(2031, 3, 17, 9, tzinfo=UTC), zone="Europe/Berlin"
    ),
    recurrence=WEEKLY,
)
ALL_DAY = replace(
    JOUR_FIXE, when=AllDay(first=MONDAY, last=MONDAY + timedelta(days=1)), recurrence=replace(WEEKLY, interval=3)
)


def on(number: int, series: Appointment = JOUR_FIXE) -> date:
    assert series.recurrence
    return series.recurrence.at(number)


def deleted(number: int) -> Occurrence:
    return Occurrence(original=on(number), deleted=True)


def changed(number: int, series: Appointment = JOUR_FIXE, **fields: object) -> Occurrence:
    day = on(number, series)
    usual = Occurrence(
        original=day, when=span_on(series, day), title=series.title, text=series.text, place=series.place
    )
    return replace(usual, **fields)  # type: ignore[arg-type]


def later(number: int, **by: float) -> Timed:
    usual = span_on(JOUR_FIXE, on(number))
    assert isinstance(usual, Timed)
    return replace(usual, start=usual.start + timedelta(**by), end=usual.end + timedelta(**by))


def with_exceptions(*exceptions: Occurrence, series: Appointment = JOUR_FIXE) -> Appointment:
    return settled(replace(series, exceptions=exceptions))


MANY = with_exceptions(
    deleted(1),
    changed(2, title="Jour fixe mit Gast", place="Saal", private=True),
    changed(5, when=later(5, hours=3)),
    changed(7, text="", when=later(7, days=1)),
    deleted(10),
)


@pytest.mark.parametrize(
    "series",
    [
        JOUR_FIXE,
        MANY,
        ALL_DAY,
        with_exceptions(changed(3, ALL_DAY, when=AllDay(first=on(3, ALL_DAY), last=on(3, ALL_DAY))), series=ALL_DAY),
        with_exceptions(changed(4, when=AllDay(first=on(4), last=on(4)))),
        replace(JOUR_FIXE, recurrence=replace(WEEKLY, count=None)),
        replace(JOUR_FIXE, recurrence=replace(WEEKLY, count=None, until=date(2033, 1, 1))),
    ],
)
def test_R18_a_series_is_created_and_read_as_it_was(server: Server, series: Appointment) -> None:
    store = server.store(Kind.APPOINTMENTS)
    [made] = add(store, series)
    [found] = read(store, made.id)
    assert differences(found.record, series) == ()
    assert (found.fingerprint, found.version) == (made.fingerprint, made.version)


TARGETS = {
    "first and last date deleted": with_exceptions(deleted(1), deleted(10)),
    "an exception edited again": with_exceptions(deleted(1), changed(2, title="Doch ohne Gast"), deleted(10)),
    "a changed one deleted": with_exceptions(deleted(2), deleted(5)),
    "all restored": JOUR_FIXE,
    "the title": replace(MANY, title="Besprechung"),
    "the pattern": with_exceptions(
        changed(2, title="x"), series=replace(JOUR_FIXE, recurrence=replace(WEEKLY, interval=2))
    ),
    "the time": with_exceptions(changed(3, title="x"), series=replace(JOUR_FIXE, when=later(1, hours=2))),
    "a single one": replace(JOUR_FIXE, recurrence=None),
    "many": MANY,
}


@pytest.mark.parametrize(
    "before", [JOUR_FIXE, MANY, replace(JOUR_FIXE, recurrence=None)], ids=["plain", "many", "single"]
)
@pytest.mark.parametrize("wanted", TARGETS.values(), ids=TARGETS.keys())
def test_R1_a_series_becomes_another_as_a_whole(server: Server, before: Appointment, wanted: Appointment) -> None:
    store = server.store(Kind.APPOINTMENTS)
    [made] = add(store, before)
    now = written(next(iter(store.write([update(made, wanted)]))))
    [found] = read(store, made.id)
    assert differences(found.record, wanted) == ()
    assert (found.fingerprint, found.version) == (now.fingerprint, now.version)


def test_R18_a_series_of_which_every_date_is_deleted_is_absent(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    short = replace(JOUR_FIXE, recurrence=replace(WEEKLY, count=2))
    [made] = add(store, short)
    empty = replace(short, exceptions=(deleted(1), deleted(2)))
    list(store.write([update(made, empty)]))
    assert read(store, made.id) == [Absent(made.id, Absence.EMPTY)]


def test_R31_a_series_that_somebody_changed_meanwhile_is_left_to_a_new_plan(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    [made] = add(store, MANY)
    [_] = store.write([update(made, replace(MANY, place="Raum 9"))])
    assert list(store.write([update(made, with_exceptions(deleted(3)))])) == [Stale()]
    assert read(store, made.id)[0].record.place == "Raum 9"


def test_R32_a_refused_step_takes_the_whole_back(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    server.fault("item_error", "UpdateItem", code="ErrorOccurrenceCrossingBoundary", index=0)
    assert [type(one) for one in store.write([creation(MANY)])] == [Refused]
    assert server.items(Kind.APPOINTMENTS) == []
    [made] = add(store, JOUR_FIXE)
    server.fault("item_error", "DeleteItem", code="ErrorOccurrenceCrossingBoundary", index=0)
    assert [type(one) for one in store.write([update(made, MANY)])] == [Refused]
    assert differences(read(store, made.id)[0].record, JOUR_FIXE) == ()


def test_R30_what_was_cut_off_is_told_as_unknown_and_completed_by_doing_it_again(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    [made] = add(store, JOUR_FIXE)
    wanted = replace(MANY, title="Neu")
    server.fault("cut_after", "DeleteItem")
    told: list[Outcome] = []
    with pytest.raises(Retry):
        told.extend(store.write([update(made, wanted)]))
    assert told == [Unknown()]
    [half] = read(store, made.id)
    assert written(next(iter(store.write([update(half, wanted)])))).record.exceptions == wanted.exceptions  # type: ignore[union-attr]


def test_R17_a_series_in_a_zone_with_other_summer_times_is_held_by_the_zone_s_name(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    item = server.put(
        "<CalendarItem><Subject>Call</Subject><Start>2031-03-17T14:00:00Z</Start><End>2031-03-17T15:00:00Z</End>"
        "<Recurrence><DailyRecurrence><Interval>1</Interval></DailyRecurrence><NoEndRecurrence><StartDate>2031-03-17</StartDate>"
        '</NoEndRecurrence></Recurrence><StartTimeZone Id="Eastern Standard Time"/><EndTimeZone Id="Eastern Standard Time"/></CalendarItem>',
        Kind.APPOINTMENTS,
    )
    [held] = read(store, ItemId(item["id"]))
    assert isinstance(held, Held)
    assert (held.because, held.detail) == (Obstacle.SERIES, "TZID=America/New_York")
