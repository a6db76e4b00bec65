"""Write down who changed what, in the transaction of the change itself: neither is there without the other.

The table is append-only (triggers refuse anything else). Secrets never come here: of them it says only that they are set or have changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection, insert

from app.adapters.db import tables_operations  # noqa: F401 - its secrets, too
from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.secrets import secret_columns
from app.adapters.db.tables import metadata
from app.adapters.db.tables_people import audit
from app.domain.people import Actor

Fields = Mapping[str, object]
"""What of an entity is shown, by name: text, numbers, booleans, enums, times, tuples and mappings of these, None."""

_NOTHING: Final[Fields] = {}
_SECRET: Final = frozenset(
    {column.name for table in metadata.tables.values() for column in secret_columns(table)}
    | {"password_hash", "setup_hash", "hash", "csrf"}
)
_SET, _CHANGED = "***", "*** (changed)"


class Change(NamedTuple):
    """What became of one entity; `before` is empty for a new one, `after` for one that was removed."""

    entity: str
    before: Fields = _NOTHING
    after: Fields = _NOTHING


def note(
    connection: Connection,
    by: Actor,
    action: str,
    entity_kind: str,
    entity: str,
    before: Fields = _NOTHING,
    after: Fields = _NOTHING,
) -> None:
    """Add one entry; of `before` and `after`, which may be whole entities, what differs is kept and secrets are masked.

    `action` is a stable word (`created`, `changed`, `removed`, `renamed`, ...), `entity_kind` the noun of the resource (`wice_server`,
    `profile`, `user`, ...), `entity` its name in addresses.
    """
    note_each(connection, by, action, entity_kind, [Change(entity, before, after)])


def note_each(connection: Connection, by: Actor, action: str, entity_kind: str, changes: Iterable[Change]) -> None:
    """Add one entry for each change, in one batch."""
    rows = [
        {"entity": change.entity, "before": before, "after": after}
        for change in changes
        for before, after in [_difference(change.before, change.after)]
    ]
    if not rows:
        return
    who = {"actor": by.name, "via": by.via, "address": by.address, "request": by.request}
    statement = insert(audit).values(at=DatabaseTime(), action=action, entity_kind=entity_kind)
    connection.execute(statement, [row | who for row in rows])


def _difference(before: Fields, after: Fields) -> tuple[dict[str, object], dict[str, object]]:
    moved = [
        name
        for name in dict.fromkeys((*before, *after))
        if name not in before or name not in after or before[name] != after[name]
    ]
    return (
        {name: _shown(name, before[name]) for name in moved if name in before},
        {name: _shown(name, after[name], changed=bool(before.get(name))) for name in moved if name in after},
    )


def _shown(name: str, value: object, *, changed: bool = False) -> object:
    if name not in _SECRET or not value:
        return value
    return _CHANGED if changed else _SET
