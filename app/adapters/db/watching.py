"""Whose mailboxes are worth being told about: who runs by a schedule and has folders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Engine, and_, or_, select

from app.adapters.db.login_facts import TRUSTED
from app.adapters.db.session import reading
from app.adapters.db.tables import accounts, exchange_servers, profiles
from app.domain.account import Access
from app.domain.ids import ProfileId
from app.domain.watching import Watched

LISTENER_LEASE: Final = timedelta(seconds=30)
"""So long after its last sign of life another listener takes a listener's place."""


class SqlWatchList:
    """`app.ports.notifications.WatchList` in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def watched(self) -> Sequence[Watched]:
        """See `app.ports.notifications.WatchList.watched`."""
        contacts = and_(profiles.c.contacts, profiles.c.contacts_folder_id != "")
        calendar = and_(profiles.c.appointments, profiles.c.calendar_folder_id != "")
        query = (
            select(
                profiles.c.id,
                exchange_servers.c.name.label("server"),
                accounts.c.endpoint,
                accounts.c.mailbox,
                contacts.label("has_contacts"),
                profiles.c.contacts_folder_id,
                calendar.label("has_calendar"),
                profiles.c.calendar_folder_id,
            )
            .join_from(profiles, accounts)
            .join(exchange_servers, accounts.c.exchange_server_id == exchange_servers.c.id)
            .where(profiles.c.active, accounts.c.active, profiles.c.schedule != "", or_(contacts, calendar))
            # A login that may be wrong is tried by one run at a time, not by every connection of a listener.
            .where(or_(exchange_servers.c.access == Access.DELEGATE, TRUSTED))
            .order_by(exchange_servers.c.name, accounts.c.endpoint, accounts.c.mailbox, profiles.c.id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [
            Watched(
                profile=ProfileId(row.id),
                server=row.server,
                endpoint=row.endpoint,
                mailbox=row.mailbox,
                folders=tuple(
                    folder
                    for folder, there in (
                        (row.contacts_folder_id, row.has_contacts),
                        (row.calendar_folder_id, row.has_calendar),
                    )
                    if there
                ),
            )
            for row in rows
        ]
