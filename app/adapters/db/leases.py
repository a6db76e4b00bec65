"""One run per profile (R36): a lease with a fencing token in the profile's row.

Taking is a compare-and-set; the token grows with every taking. Every writing transaction of a run begins with `renew`, which changes no row
once another run has taken the profile: what a run that was thought dead still tries to write is refused.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Update, or_, select, update

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.holder import is_dead, this_process
from app.adapters.db.tables import profiles
from app.domain.ids import ProfileId
from app.errors import BadInput, LeaseLost


@dataclass(frozen=True, slots=True)
class Lease:
    """A taken lease; good for `length` after its last renewal."""

    profile: ProfileId
    token: int
    length: timedelta


def take(connection: Connection, profile: ProfileId, length: timedelta) -> Lease:
    """Take a lease that is free, has expired or belongs to a dead process of this machine. Raises: LeaseLost, BadInput (no such profile)."""
    query = select(profiles.c.lease_owner, profiles.c.lease_token).where(profiles.c.id == profile)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise BadInput(f"profile {profile} does not exist any more")
    holder, token = row
    obtainable = or_(profiles.c.lease_until.is_(None), profiles.c.lease_until <= DatabaseTime())
    if is_dead(holder):
        obtainable = or_(obtainable, profiles.c.lease_owner == holder)
    taken = connection.execute(
        update(profiles)
        .where(profiles.c.id == profile, profiles.c.lease_token == token, obtainable)
        .values(lease_owner=this_process(), lease_token=token + 1, lease_until=DatabaseTime(length))
    )
    if not taken.rowcount:
        raise LeaseLost(
            f"profile {profile} is being synchronised already, by {holder or 'another process'}; wait until that run has ended"
        )
    return Lease(profile, token + 1, length)


def renew(connection: Connection, lease: Lease) -> None:
    """Prove that the lease is still ours, and prolong it; locks it until the transaction ends. Raises: LeaseLost."""
    renewed = connection.execute(_ours(lease).values(lease_until=DatabaseTime(lease.length)))
    if not renewed.rowcount:
        raise LeaseLost(
            f"profile {lease.profile} was taken over by another run, or was changed or removed; this run stops"
        )


def free(connection: Connection, lease: Lease) -> None:
    """Give the lease back, unless it is not ours any more."""
    connection.execute(_ours(lease).values(lease_owner="", lease_until=None))


def revoke(connection: Connection, affected: Collection[ProfileId]) -> None:
    """Stop runs that go on under settings that are no longer true: their next write raises `LeaseLost`."""
    ended = {"lease_owner": "", "lease_until": None, "lease_token": profiles.c.lease_token + 1}
    connection.execute(update(profiles).where(profiles.c.id.in_(affected)).values(**ended))


def _ours(lease: Lease) -> Update:
    return update(profiles).where(
        profiles.c.id == lease.profile, profiles.c.lease_token == lease.token, profiles.c.lease_until.is_not(None)
    )
