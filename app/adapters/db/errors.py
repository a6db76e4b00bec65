"""What a database error means for a run. The one table of this adapter.

Out of reach, busy, full, shutting down: `Retry`, the next run finds everything in the journal. A violated constraint is a bug in the books
and stays loud, but names no values: a row holds personal data. Everything else is passed on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import Retry

_PASSING_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_READONLY")
_AFTER = timedelta(seconds=30)


class BooksBroken(RuntimeError):
    """A change would contradict the books, such as two links that claim one item: a bug; nothing of the transaction was stored."""


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Translate database errors of the block; `where` names the database without its password."""
    try:
        yield
    except IntegrityError as error:
        raise BooksBroken(f"refused by the database: {_constraint(error.orig)}") from None
    except PoolTimeout as error:
        raise Retry(f"the database {where} is busy: all connections are in use", after=_AFTER) from error
    except DBAPIError as error:
        if _passes(error.orig):
            raise Retry(
                f"the database {where} cannot be used now: {_first_line(error.orig)}; check that it runs, has room and that "
                "WICE_SYNC_DATABASE_URL names it",
                after=_AFTER,
            ) from None
        raise


def _passes(error: BaseException | None) -> bool:
    match error:
        case sqlite3.OperationalError():
            return error.sqlite_errorname.startswith(_PASSING_SQLITE)
        case psycopg.OperationalError():
            return True
        case _:
            return False


def _constraint(error: BaseException | None) -> str:
    # SQLite's message names columns only; PostgreSQL's detail would quote the row.
    if isinstance(error, psycopg.Error):
        return f"{error.diag.message_primary} ({error.diag.table_name}, {error.diag.constraint_name})"
    return str(error)


def _first_line(error: BaseException | None) -> str:
    return (str(error).splitlines() or [""])[0]
