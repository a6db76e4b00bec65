"""Column types and the database's clock mean the same on both databases, whatever zone the process lives in."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from app.adapters.db.column_types import Choice, DatabaseTime, ForeignText, UtcDateTime
from app.domain.sync import Side


@pytest.fixture
def table(engine):
    table = Table(
        "sample", MetaData(), Column("at", UtcDateTime), Column("side", Choice(Side)), Column("text", ForeignText)
    )
    with engine.begin() as connection:
        table.create(connection)
    return table


@pytest.fixture(params=["UTC", "America/St_Johns", "Asia/Kathmandu"])
def process_zone(request, monkeypatch):
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def store(engine, table, **values):
    with engine.begin() as connection:
        connection.execute(insert(table).values(**values))
        return connection.execute(select(*(table.c[name] for name in values))).one()


def test_times_come_back_as_the_same_instant_in_utc(process_zone, engine, table):
    moment = datetime(2026, 3, 29, 2, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    (stored,) = store(engine, table, at=moment)
    assert stored == moment
    assert stored.tzinfo is UTC


def test_a_time_without_zone_is_refused(engine, table):
    with pytest.raises(StatementError, match="this one has none"):
        store(engine, table, at=datetime(2026, 1, 1))  # noqa: DTZ001 - the point


def test_the_databases_clock_compares_with_stored_times(process_zone, engine, table):
    before = datetime.now(UTC) - timedelta(minutes=1)
    (soon,) = store(engine, table, at=DatabaseTime(timedelta(seconds=90.5)))
    assert before < soon < before + timedelta(minutes=10)
    with engine.connect() as connection:
        due = [
            connection.execute(select(table.c.at <= DatabaseTime(timedelta(hours=hours)))).scalar() for hours in (0, 1)
        ]
    assert [bool(one) for one in due] == [False, True]


def test_words_are_those_of_their_enumeration(engine, table):
    assert store(engine, table, side=Side.WICE) == (Side.WICE,)
    with pytest.raises(StatementError, match="nowhere"):
        store(engine, table, side="nowhere")


def test_foreign_text_keeps_what_a_database_can_hold(engine, table):
    assert store(engine, table, text="Grüße \x00\ud83d \U0001f600") == ("Grüße ? \U0001f600",)
