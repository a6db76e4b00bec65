"""Items that their server refused, by action key (R32)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields

from sqlalchemy import Connection, bindparam, delete, select

from app.adapters.db.tables import failures
from app.adapters.db.upsert import upsert
from app.domain.ids import ProfileId
from app.domain.plan import Failure
from app.domain.sync import Kind


def of_kind(connection: Connection, profile: ProfileId, kind: Kind) -> dict[str, Failure]:
    """All failures of a kind by key."""
    columns = [failures.c[field.name] for field in fields(Failure)]
    query = select(*columns).where(failures.c.profile_id == profile, failures.c.kind == kind)
    stored = (Failure(**row) for row in connection.execute(query).mappings())
    return {failure.key: failure for failure in stored}


def change(connection: Connection, profile: ProfileId, verdicts: Mapping[str, Failure | None]) -> None:
    """Store the failures given, forget the keys whose verdict is None."""
    stored = [_row(profile, failure) for failure in verdicts.values() if failure]
    upsert(connection, failures, stored)
    forgotten = [{"of_key": key} for key, failure in verdicts.items() if failure is None]
    if forgotten and _any(connection, profile):
        statement = delete(failures).where(failures.c.profile_id == profile, failures.c.key == bindparam("of_key"))
        connection.execute(statement, forgotten)


def _any(connection: Connection, profile: ProfileId) -> bool:
    """Hardly ever is there something to forget."""
    return (
        connection.execute(select(failures.c.key).where(failures.c.profile_id == profile).limit(1)).first() is not None
    )


def forget(connection: Connection, profile: ProfileId, keys: Collection[str]) -> None:
    """Forget the failures of these keys; of all, if none is given."""
    if keys:
        change(connection, profile, dict.fromkeys(keys))
    else:
        connection.execute(delete(failures).where(failures.c.profile_id == profile))


def _row(profile: ProfileId, failure: Failure) -> Mapping[str, object]:
    return {"profile_id": profile} | {field.name: getattr(failure, field.name) for field in fields(Failure)}
