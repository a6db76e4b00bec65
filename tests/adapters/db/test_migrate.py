"""The schema: built from nothing, equal to `tables`, by one or many at once, from anywhere."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

import migrations
from app.adapters.db import open_database, tables_budgets, tables_operations, tables_people, tables_runs  # noqa: F401 - the parts of one schema
from app.adapters.db.session import open_engine
from app.adapters.db.tables import metadata
from app.domain.views import AccountFilter, Cut
from app.errors import Halt
from app.settings import Settings
from tests.services.forked import together


def test_an_empty_database_becomes_current_and_a_second_time_changes_nothing(empty_settings, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_database(empty_settings) as database:
        assert not database.schema_is_current()
        database.migrate()
        assert database.schema_is_current()
        database.migrate()
        installation = database.books.installation
    with open_database(empty_settings) as database:
        assert len(installation) == 20
        assert database.books.installation == installation


def test_the_migrations_build_what_the_tables_say(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_keys_defaults_and_partial_indexes_are_those_of_the_tables(engine, empty_settings):
    """What Alembic's comparison does not see: a second database is built from the tables themselves."""
    other = open_engine(empty_settings)
    with other.begin() as connection:
        metadata.create_all(connection)
        by_tables = _description(connection)
    other.dispose()
    with engine.begin() as connection:
        assert _description(connection) == by_tables


def _description(connection: Connection) -> dict[str, object]:
    inspector = inspect(connection)
    return {
        table: [
            inspector.get_pk_constraint(table),
            *sorted(map(_texts, inspector.get_columns(table)), key=str),
            *sorted(map(_texts, inspector.get_foreign_keys(table)), key=str),
            *sorted(map(_texts, inspector.get_unique_constraints(table)), key=str),
            *sorted(map(_texts, inspector.get_check_constraints(table)), key=str),
            *sorted(map(_texts, inspector.get_indexes(table)), key=str),
        ]
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def _texts(value: object) -> object:
    if isinstance(value, dict):
        return {name: _texts(part) for name, part in value.items()}
    return str(value)


def _migrate(settings: Settings) -> None:
    with open_database(settings) as database:
        database.migrate()


def test_several_processes_may_migrate_at_once(empty_settings):
    assert together(_migrate, *[(empty_settings,)] * 4) == [0, 0, 0, 0]
    with open_database(empty_settings) as database:
        assert database.schema_is_current()


def test_a_failed_migration_leaves_nothing_behind(empty_settings):
    """Both databases undo a half-built schema."""
    engine = open_engine(empty_settings)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE failures (stands_in_the_way INTEGER)"))
    with open_database(empty_settings) as database, pytest.raises(Exception, match="failures"):
        database.migrate()
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["failures"]
    engine.dispose()


def test_a_newer_database_is_refused(database, engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not database.schema_is_current()
    with pytest.raises(Halt, match="newer version"):
        database.migrate()


def test_accounts_of_the_first_schema_are_found_by_their_folded_names(empty_settings):
    engine = open_engine(empty_settings)
    rows = (
        "INSERT INTO wice_servers (id, name, dialect) VALUES (1, 'w', '{}')",
        "INSERT INTO exchange_servers (id, name, auth, access) VALUES (1, 'e', 'basic', 'delegate')",
        "INSERT INTO accounts (id, name, email, mailbox, wice_server_id, exchange_server_id) VALUES (1, 'ÖZ', 'A@x', 'a@x', 1, 1)",
    )
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for row in rows:
            connection.execute(text(row))
    with open_database(empty_settings) as database:
        database.migrate()
        assert database.views.accounts(AccountFilter(text="öz a@X"), Cut()).total == 1
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name_key, terms FROM accounts")).one() == ("oz", "öz\na@x")
    engine.dispose()
