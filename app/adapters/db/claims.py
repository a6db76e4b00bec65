"""What one account is writing to Wice and no other may write meanwhile (D3): rows that stand from before a write until its outcome is known.

A claim outlives a run that dies: what it had sent may still take effect. It ends with that profile's next run, which finds out (R30), or when the
run is dead and the time is over within which a request can still arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, not_, select
from sqlalchemy.dialects import postgresql, sqlite

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.leases import Lease
from app.adapters.db.tables import accounts, profiles
from app.adapters.db.tables_runs import claims
from app.domain.ids import AttemptId, ProfileId
from app.domain.journal import Intent

LATE: Final = timedelta(minutes=10)
"""A request that has not taken effect by then never does."""


def take(connection: Connection, lease: Lease, intents: Sequence[Intent]) -> frozenset[AttemptId]:
    """Claim what these intents need; return those that must wait for another account."""
    wanted = {intent.attempt: needed for intent in intents if (needed := intent.claims)}
    if not wanted:
        return frozenset()
    server = select(accounts.c.wice_server_id).join(profiles).where(profiles.c.id == lease.profile)
    here = int(connection.execute(server).scalar_one())
    keys = sorted({key for needed in wanted.values() for key in needed})
    there = and_(claims.c.wice_server_id == here, claims.c.key.in_(keys))
    connection.execute(delete(claims).where(there, claims.c.until <= DatabaseTime(), not_(_is_alive())))
    _insert(connection, lease, here, {key: attempt for attempt, needed in wanted.items() for key in needed})
    foreign = _foreign(connection, lease.profile, here, keys)
    waiting = frozenset(attempt for attempt, needed in wanted.items() if needed & foreign)
    release(connection, lease.profile, waiting)
    return waiting


def release(connection: Connection, profile: ProfileId, attempts: Collection[AttemptId]) -> None:
    """What came of these attempts is known, or they were not made."""
    if attempts:
        connection.execute(delete(claims).where(claims.c.profile_id == profile, claims.c.attempt.in_(attempts)))


def standing(connection: Connection, profile: ProfileId) -> frozenset[AttemptId]:
    """The attempts of a profile for which something is claimed."""
    found = connection.execute(select(claims.c.attempt).where(claims.c.profile_id == profile)).scalars()
    return frozenset(map(AttemptId, found))


def _is_alive() -> ColumnElement[bool]:
    """Does the run that claimed it still hold its profile?"""
    same = and_(profiles.c.id == claims.c.profile_id, profiles.c.lease_token == claims.c.token)
    return exists().where(same, profiles.c.lease_until > DatabaseTime())


def _insert(connection: Connection, lease: Lease, server: int, attempts: Mapping[str, AttemptId]) -> None:
    """All in one order, so that two accounts that want the same never wait for each other in a circle."""
    kind = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    common = {"wice_server_id": server, "profile_id": lease.profile, "token": lease.token}
    rows = [common | {"key": key, "attempt": attempts[key]} for key in sorted(attempts)]
    connection.execute(kind(claims).values(until=DatabaseTime(LATE)).on_conflict_do_nothing(), rows)


def _foreign(connection: Connection, profile: ProfileId, server: int, keys: Sequence[str]) -> frozenset[str]:
    there = and_(claims.c.wice_server_id == server, claims.c.key.in_(keys), claims.c.profile_id != profile)
    return frozenset(connection.execute(select(claims.c.key).where(there)).scalars())
