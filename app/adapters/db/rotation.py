"""Bring every stored secret to the first key of the ring (`wice-sync secrets rotate`)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Connection, Engine, Table, select, update

from app.adapters.db import login_marks
from app.adapters.db.secrets import Place, Secrets, key_of, secret_columns
from app.adapters.db.session import reading, writing
from app.adapters.db.tables import accounts, metadata
from app.adapters.db.templates import batches

_ROWS = 200


@dataclass(frozen=True, slots=True)
class Rotation:
    """What `rotate` did: number of secrets encrypted anew, and of those that already were under the first key, whose id is `key`."""

    key: str
    rotated: int
    current: int


def rotate(engine: Engine, secrets: Secrets) -> Rotation:
    """Encrypt every secret with the first key, and mark logins with it, in small transactions: may be interrupted and repeated. Raises: Halt."""
    rotated = current = 0
    for table in metadata.sorted_tables:
        for column in secret_columns(table):
            done, fine = _rotate_column(engine, secrets, table, column)
            rotated, current = rotated + done, current + fine
    _renew_marks(engine, secrets)
    return Rotation(key=secrets.first, rotated=rotated, current=current)


def _renew_marks(engine: Engine, secrets: Secrets) -> None:
    with reading(engine) as connection:
        ids = connection.execute(select(accounts.c.id)).scalars().all()
    for some in batches(ids):
        with writing(engine) as connection:
            login_marks.renew(connection, secrets, accounts.c.id.in_(some), same_logins=True)


def _rotate_column(engine: Engine, secrets: Secrets, table: Table, column: Column[str]) -> tuple[int, int]:
    rotated = current = last = 0
    while True:
        with reading(engine) as connection:
            page = select(table.c.id, column).where(table.c.id > last, column != "").order_by(table.c.id).limit(_ROWS)
            rows = connection.execute(page).all()
        if not rows:
            return rotated, current
        old = [(row, stored) for row, stored in rows if key_of(stored) != secrets.first]
        if old:
            with writing(engine) as connection:
                rotated += sum(_reseal(connection, secrets, table, column, row, stored) for row, stored in old)
        current += len(rows) - len(old)
        last = rows[-1][0]


def _reseal(connection: Connection, secrets: Secrets, table: Table, column: Column[str], row: int, stored: str) -> int:
    place = Place(table.name, row, column.name)
    resealed = secrets.seal(place, secrets.open(place, stored))
    # Only if nobody saved a new secret in between.
    unchanged = update(table).where(table.c.id == row, column == stored)
    return connection.execute(unchanged.values({column.name: resealed})).rowcount
