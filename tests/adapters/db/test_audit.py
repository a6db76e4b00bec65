"""The audit log: what differs, no secret, and never without the change that it tells of."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from app.adapters.db.audit import Change, note, note_each
from app.adapters.db.tables_people import audit
from app.domain.people import SYSTEM, Actor, Role, Via

ADA = Actor(name="ada", role=Role.ADMINISTRATOR, via=Via.PORTAL, address="192.0.2.1", request="r1")


def rows(engine):
    with engine.connect() as connection:
        return connection.execute(select(audit).order_by(audit.c.seq)).mappings().all()


def test_an_entry_says_who_when_and_what_differs(engine):
    with engine.begin() as connection:
        note(
            connection,
            ADA,
            "changed",
            "account",
            "anna",
            {"email": "a", "active": True},
            {"email": "b", "active": True},
        )
    (row,) = rows(engine)
    assert (row["actor"], row["via"], row["address"], row["request"]) == ("ada", Via.PORTAL, "192.0.2.1", "r1")
    assert (row["action"], row["entity_kind"], row["entity"]) == ("changed", "account", "anna")
    assert (row["before"], row["after"]) == ({"email": "a"}, {"email": "b"})
    assert row["at"].tzinfo is not None


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ({"password": "old"}, {"password": "new"}, ({"password": "***"}, {"password": "*** (changed)"})),
        ({"wice_password": ""}, {"wice_password": "new"}, ({"wice_password": ""}, {"wice_password": "***"})),
        ({"api_key": "old"}, {"api_key": ""}, ({"api_key": "***"}, {"api_key": ""})),
        ({}, {"exchange_password": "new"}, ({}, {"exchange_password": "***"})),
        ({"password_hash": "old"}, {}, ({"password_hash": "***"}, {})),
        ({"password": "same"}, {"password": "same"}, ({}, {})),
    ],
)
def test_of_a_secret_it_says_only_that_it_is_set_or_has_changed(engine, before, after, shown):
    with engine.begin() as connection:
        note(connection, SYSTEM, "changed", "account", "anna", before, after)
    (row,) = rows(engine)
    assert (row["before"], row["after"]) == shown


def test_many_changes_are_noted_one_by_one(engine):
    with engine.begin() as connection:
        note_each(connection, ADA, "deactivated", "account", [Change(name, {"n": 1}, {"n": 2}) for name in ("a", "b")])
        note_each(connection, ADA, "deactivated", "account", [])
    assert [(row["entity"], row["before"], row["after"]) for row in rows(engine)] == [
        ("a", {"n": 1}, {"n": 2}),
        ("b", {"n": 1}, {"n": 2}),
    ]


@pytest.mark.parametrize("statement", [update(audit).values(actor="eve"), delete(audit)])
def test_what_is_written_stays(engine, statement):
    with engine.begin() as connection:
        note(connection, ADA, "removed", "account", "anna")
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(statement)
    assert len(rows(engine)) == 1
