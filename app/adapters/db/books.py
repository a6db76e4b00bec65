"""Opens the ledger of a profile under its lease (R36)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property

from sqlalchemy import Connection, Engine, select

from app.adapters.db import audit, heartbeat, leases, runs
from app.adapters.db.configured import FULL_NAME
from app.adapters.db.ledger import SqlLedger
from app.adapters.db.session import reading, writing
from app.adapters.db.tables import accounts, installation, profiles
from app.domain.ids import ProfileId, RunId
from app.domain.run import Order
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
        self,
        profile: ProfileId,
        trigger: str,
        run: RunId | None = None,
        requested_by: str = "",
        order: Order | None = None,
    ) -> Iterator[SqlLedger]:
        """See `app.ports.Books.open`."""
        with writing(self._engine) as connection:
            lease = leases.take(connection, profile, self._length)
            who = order.by.name if order else requested_by
            started, number = runs.start(connection, profile, trigger, run, who)
            if order is not None:
                _note(connection, profile, started, order)
        ledger = SqlLedger(self._engine, lease, started, number)
        try:
            with heartbeat.beating(self._engine, lease):
                yield ledger
        except BaseException:
            # The reason why the run ended matters more than a database that cannot note it; the lease then expires.
            with suppress(WiceSyncError):
                ledger.abandon()
            raise
        ledger.abandon()


def _note(connection: Connection, profile: ProfileId, run: RunId, order: Order) -> None:
    """As requests are written down (`app.adapters.db.requests`)."""
    query = select(FULL_NAME).select_from(profiles.join(accounts)).where(profiles.c.id == profile)
    named = {"of_run": order.subject, "items": order.items}
    after = {"run": run, **{name: value for name, value in named.items() if value}}
    audit.note(connection, order.by, order.verb.value, "profile", connection.execute(query).scalar_one(), after=after)
