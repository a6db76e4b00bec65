"""Opens the ledger of a profile under its lease (R36)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property

from sqlalchemy import Engine, select

from app.adapters.db import leases, runs
from app.adapters.db.ledger import SqlLedger
from app.adapters.db.session import reading, writing
from app.adapters.db.tables import installation
from app.domain.ids import ProfileId, RunId
from app.errors import WiceSyncError


class SqlBooks:
    """`app.ports.Books` in a database."""

    def __init__(self, engine: Engine, lease: timedelta) -> None:
        self._engine = engine
        self._length = lease

    @cached_property
    def installation(self) -> str:
        """This installation's random id, made by the first migration."""
        with reading(self._engine) as connection:
            return str(connection.execute(select(installation.c.id)).scalar_one())

    @contextmanager
    def open(
        self, profile: ProfileId, trigger: str, run: RunId | None = None, requested_by: str = ""
    ) -> Iterator[SqlLedger]:
        """See `app.ports.Books.open`."""
        with writing(self._engine) as connection:
            lease = leases.take(connection, profile, self._length)
            started, number = runs.start(connection, profile, trigger, run, requested_by)
        ledger = SqlLedger(self._engine, lease, started, number)
        try:
            yield ledger
        except BaseException:
            # The reason why the run ended matters more than a database that cannot note it; the lease then expires.
            with suppress(WiceSyncError):
                ledger.abandon()
            raise
        ledger.abandon()
