"""Who else holds an appointment of Wice: the accounts of one Wice server, as their books say (D1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select

from app.adapters.db.tables import accounts, links, profiles
from app.domain.account import Direction
from app.domain.ids import ItemId, LinkId, ProfileId
from app.domain.sync import Holder, Kind, Say

_NAMES = 500
"""Items named in one statement: a database takes only so many."""


def of(connection: Connection, profile: ProfileId, items: Collection[ItemId]) -> Mapping[ItemId, Sequence[Holder]]:
    """See `app.ports.Ledger.holders`."""
    server = select(accounts.c.wice_server_id).join(profiles).where(profiles.c.id == profile).scalar_subquery()
    query = (
        select(links.c.wice_id, links.c.id, links.c.say, links.c.ended, accounts.c.name, accounts.c.email)
        .join_from(links, profiles, profiles.c.id == links.c.profile_id)
        .join(accounts, accounts.c.id == profiles.c.account_id)
        .where(links.c.kind == Kind.APPOINTMENTS, links.c.profile_id != profile)
        .where(accounts.c.wice_server_id == server, accounts.c.active, profiles.c.active, profiles.c.appointments)
        .where(profiles.c.direction != Direction.TO_EXCHANGE)
    )
    found: defaultdict[ItemId, list[Holder]] = defaultdict(list)
    wanted = sorted(items)
    for start in range(0, len(wanted), _NAMES):
        for row in connection.execute(query.where(links.c.wice_id.in_(wanted[start : start + _NAMES]))):
            holder = Holder(row.name, LinkId(row.id), Say(row.say), row.email.casefold(), left=row.ended)
            found[ItemId(row.wice_id)].append(holder)
    return found
