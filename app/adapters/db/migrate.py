"""Bring the database to the schema of this program, by the Alembic migrations in the folder `migrations` beside `app`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from app.adapters.db.session import reading, take_turns, writing
from app.errors import Halt, HaltCode

_FOLDER = Path(__file__).resolve().parents[3] / "migrations"
_LOCK = 0x77696301


def migrate(engine: Engine) -> None:
    """Run what is missing, in one transaction; several processes may call this at once. Raises: Halt for a newer database, Retry."""
    with writing(engine) as connection:
        take_turns(connection, _LOCK)
        _refuse_newer(connection)
        upgrade(connection, "head")


def is_current(engine: Engine) -> bool:
    """Has the database exactly this program's schema? Raises: Retry."""
    with reading(engine) as connection:
        return _revisions(connection) == _heads()


def upgrade(connection: Connection, revision: str) -> None:
    """Bring the schema to `revision`, in the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def revision(connection: Connection) -> str:
    """The schema's revision."""
    return ", ".join(sorted(_revisions(connection)))


@cache
def _heads() -> frozenset[str]:
    return frozenset(ScriptDirectory.from_config(_config()).get_heads())


def known() -> set[str]:
    """Every revision that this program knows."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    # The parser behind it takes % for an interpolation.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revisions(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


def _refuse_newer(connection: Connection) -> None:
    if unknown := _revisions(connection) - known():
        raise Halt(
            HaltCode.CONFIGURATION,
            f"the database has the schema {', '.join(sorted(unknown))}, which this version does not know: it was made by a newer "
            "version of wice-sync; install that version, or restore the backup from before its installation",
        )
