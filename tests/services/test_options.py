"""Options of the whole server: defaults, strict reading, nobody's change lost, each written down."""

from __future__ import annotations

from dataclasses import fields

import pytest
from sqlalchemy import insert

from app.adapters.db.tables_people import options as table
from app.domain.options import Options
from app.domain.people import Actor, Role, Via
from app.errors import BadInput, Superseded
from app.services.options import OptionsEntry, change, version_of
from tests.adapters.db.test_registry_changes import entries

ADA = Actor(name="ada", role=Role.ADMINISTRATOR, via=Via.PORTAL)


def test_everything_has_a_sensible_value_from_the_start(database):
    assert database.options.read() == Options()
    assert set(OptionsEntry.model_fields) == {option.name for option in fields(Options)}
    OptionsEntry.model_validate({option.name: option.default for option in fields(Options)})


def test_what_is_given_is_set_and_written_down(database, engine):
    given = {"organisation": " Beispiel GmbH ", "session_idle_hours": "2"}
    wanted = change(database.options, given, ADA)
    assert wanted == database.options.read() == Options(organisation="Beispiel GmbH", session_idle_hours=2)
    assert change(database.options, given, ADA) == wanted
    assert entries(engine) == [
        (
            "changed",
            "settings",
            "",
            {"organisation": "", "session_idle_hours": 8},
            {"organisation": "Beispiel GmbH", "session_idle_hours": 2},
        )
    ]


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({"language": "fr"}, "must be de or en"),
        ({"time_zone": "Berlin"}, "is no IANA time zone, such as Europe/Berlin"),
        ({"time_zone": ""}, "is no IANA time zone, such as Europe/Berlin"),
        ({"session_idle_hours": 0}, "must be at least 1"),
        ({"session_days": "many"}, "must be a whole number"),
        ({"session_days": 91}, "must be at most 90"),
        ({"history_days": 89}, "is no setting"),
        ({"organisation": "x" * 101}, "must not be longer than 100 characters"),
        ({"colour": "red"}, "is no setting"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(database, given, advice):
    with pytest.raises(BadInput) as refused:
        change(database.options, given, ADA)
    assert refused.value.fields == dict.fromkeys(given, advice)
    assert database.options.read() == Options()


def test_who_was_slower_is_told(database):
    version = version_of(database.options.read())
    change(database.options, {"language": "de"}, ADA, version=version)
    with pytest.raises(Superseded):
        change(database.options, {"language": "en"}, ADA, version=version)
    with pytest.raises(Superseded):
        database.options.replace(Options(), Options(language="en", session_days=3), ADA)
    assert database.options.read() == Options(language="de")


def test_what_another_version_stored_is_no_obstacle(database, engine):
    stored = {
        "language": '"de"',
        "session_days": '"seven"',
        "colour": '"red"',
        "time_zone": "{",
        "session_idle_hours": "true",
    }
    with engine.begin() as connection:
        connection.execute(insert(table), [{"name": name, "value": value} for name, value in stored.items()])
    assert database.options.read() == Options(language="de")
