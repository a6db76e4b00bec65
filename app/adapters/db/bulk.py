"""Thousands of accounts or profiles in few statements, within the caller's transaction: new ones of an import, and their end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Table, bindparam, delete, insert, select, update

from app.adapters.db import account_keys, login_marks, templates
from app.adapters.db.audit import Change, note_each
from app.adapters.db.configured import FULL_NAME, TABLES, Entities, Entity, full_name, rows, secret_names, settings
from app.adapters.db.tables import accounts, exchange_servers, profiles, wice_servers
from app.adapters.db.tables import templates as template_table
from app.domain.account import SHARED_SETTINGS, Account, Profile
from app.domain.people import Actor
from app.domain.terms import joined
from app.errors import BadInput, NotFound

_SHOWN: Final = 10
_REFERENCES: Final[Mapping[type[Entity], Mapping[str, Table]]] = {
    Account: {"wice_server": wice_servers, "exchange_server": exchange_servers},
    Profile: {"account": accounts, "template": template_table},
}


def create_many(connection: Connection, entities: Entities, new: Sequence[Account | Profile], by: Actor) -> None:
    """Store new ones of one kind. Raises: BadInput if one names what does not exist, or sets what its template decides."""
    if not new:
        return
    kind = type(new[0])
    _refuse_own_settings(connection, new)
    connection.execute(insert(TABLES[kind]), _rows(connection, kind, new))
    _seal(connection, entities, [one for one in new if isinstance(one, Account)])
    changes = (Change(full_name(one), {}, settings(one)) for one in new)
    note_each(connection, by, "created", "account" if kind is Account else "profile", changes)


def existing(connection: Connection, wanted: Sequence[Account | Profile]) -> frozenset[str]:
    """The full names of those that are there already."""
    names = sorted({one.account if isinstance(one, Profile) else one.name for one in wanted})
    of_profiles = select(FULL_NAME).select_from(profiles.join(accounts))
    query = of_profiles if any(isinstance(one, Profile) for one in wanted) else select(accounts.c.name)
    found = (connection.execute(query.where(accounts.c.name.in_(some))).scalars() for some in templates.batches(names))
    return frozenset(name for some in found for name in some)


def accounts_of(connection: Connection, names: Sequence[str]) -> list[RowMapping]:
    """The rows of these accounts. Raises: NotFound that names some of those that are not there."""
    wanted = list(dict.fromkeys(names))
    found = [
        row
        for some in templates.batches(wanted)
        for row in connection.execute(rows(Account).where(accounts.c.name.in_(some))).mappings()
    ]
    if missing := sorted(set(wanted) - {str(row["name"]) for row in found})[:_SHOWN]:
        raise NotFound(*(f"there is no account {name!r}" for name in missing))
    return found


def remove_accounts(connection: Connection, entities: Entities, found: Sequence[RowMapping], by: Actor) -> None:
    """Delete these accounts with all that hangs on them here."""
    owned = select(FULL_NAME).select_from(profiles.join(accounts)).order_by(FULL_NAME)
    for some in templates.batches([int(row["id"]) for row in found]):
        names = connection.execute(owned.where(accounts.c.id.in_(some))).scalars()
        note_each(connection, by, "removed", "profile", map(Change, names))
        connection.execute(delete(accounts).where(accounts.c.id.in_(some)))
    gone = (entities.read(Account, row, secrets=False) for row in found)
    note_each(connection, by, "removed", "account", (Change(one.name, settings(one)) for one in gone))


def _seal(connection: Connection, entities: Entities, new: Sequence[Account]) -> None:
    """Store the secrets of new accounts; one is bound to its row, so the rows come first."""
    if not new:
        return
    names = (*secret_names(Account), *login_marks.NAMES)
    ids = _ids(connection, accounts, {one.name for one in new})
    wice = _ids(connection, wice_servers, {one.wice_server for one in new})
    exchange = _ids(connection, exchange_servers, {one.exchange_server for one in new})
    sealing = update(accounts).where(accounts.c.id == bindparam("row_id"))
    sealed = [
        {
            "row_id": ids[one.name],
            **_new(entities.sealed(one, ids[one.name])),
            **_new(entities.marks(one, wice[one.wice_server], exchange[one.exchange_server])),
        }
        for one in new
    ]
    connection.execute(sealing.values({name: bindparam(f"new_{name}") for name in names}), sealed)


def _new(sealed: Mapping[str, str]) -> dict[str, str]:
    return {f"new_{name}": secret for name, secret in sealed.items()}


def _rows(connection: Connection, kind: type[Entity], new: Sequence[Account | Profile]) -> list[dict[str, Any]]:
    known = {
        reference: _ids(connection, table, {str(getattr(one, reference)) for one in new})
        for reference, table in _REFERENCES[kind].items()
    }
    secrets = secret_names(kind)
    made = []
    for one in new:
        values = {name: value for name, value in settings(one).items() if name not in secrets}
        for reference, ids in known.items():
            name = values.pop(reference)
            if name and name not in ids:
                raise BadInput(f"{full_name(one)}: {reference.replace('_', ' ')} {name!r} does not exist")
            values[f"{reference}_id"] = ids.get(name)
        if isinstance(one, Account):
            values["name_key"] = account_keys.sort_key(one.name)
            values["terms"] = joined(one.name, one.email, one.mailbox, one.wice_username)
        made.append(values)
    return made


def _ids(connection: Connection, table: Table, names: set[str]) -> dict[object, int]:
    query = select(table.c.name, table.c.id)
    return {
        row.name: row.id
        for some in templates.batches(sorted(names))
        for row in connection.execute(query.where(table.c.name.in_(some)))
    }


def _refuse_own_settings(connection: Connection, new: Sequence[Account | Profile]) -> None:
    # Thousands follow the same template with the same settings: one of them stands for all.
    alike = {
        (one.template, *(getattr(one, name) for name in SHARED_SETTINGS)): one
        for one in new
        if isinstance(one, Profile) and one.template
    }
    for profile in alike.values():
        templates.refuse_own_settings(connection, profile, None)
