"""Servers, accounts, profiles and templates (R34), with their secrets: each change is one transaction, together with its audit entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Final, assert_never

from sqlalchemy import Connection, RowMapping, delete, select, update

from app.adapters.db import account_keys, bulk, leases, sightings, templates, unlinking
from app.adapters.db.audit import Change, note, note_each
from app.adapters.db.configured import (
    FULL_NAME,
    NOUNS,
    TABLES,
    Entity,
    find,
    full_name,
    settings,
    settled,
)
from app.adapters.db.reconfigured import Configured, follow_up, kept
from app.adapters.db.registry_reads import RegistryReads
from app.adapters.db.session import reading, take_turns, writing
from app.adapters.db.tables import accounts, profiles
from app.domain.account import Account, Carried, ExchangeServer, Profile, Template, WiceServer
from app.domain.ids import ProfileId
from app.domain.people import SYSTEM, Actor
from app.domain.sync import Kind
from app.errors import NotFound, Superseded, Taken

_LOCK: Final = 0x77696302


class SqlRegistry(RegistryReads):
    """`app.ports.Registry` in a database."""

    def save(
        self, entity: Entity, by: Actor = SYSTEM, *, unlink: Mapping[ProfileId, Collection[Kind]] | None = None
    ) -> bool:
        """See `app.ports.Registry.save`."""
        with writing(self._engine) as connection:
            _take_turns(connection)
            for profile, kinds in (unlink or {}).items():
                _unlink(connection, profile, kinds, by)
            changed = self._save(connection, entity, by)
            return bool(_carry_over(connection, entity, by).changed) or changed

    def create(self, entity: Entity, by: Actor = SYSTEM) -> None:
        """See `app.ports.Registry.create`."""
        self.create_all([entity], by)

    def create_all(self, entities: Sequence[Entity], by: Actor = SYSTEM) -> None:
        """See `app.ports.Registry.create_all`."""
        with writing(self._engine) as connection:
            _take_turns(connection)
            for entity in entities:
                if find(connection, entity):
                    raise _taken(entity, entity.name)
                self._create(connection, settled(entity, None), by)

    def save_many(self, entities: Sequence[Entity], by: Actor = SYSTEM) -> int:
        """See `app.ports.Registry.save_many`."""
        changed = 0
        with writing(self._engine) as connection:
            _take_turns(connection)
            for kind, some in groupby(entities, type):
                wanted = list(some)
                new = _new_ones(connection, wanted) if kind in (Account, Profile) else []
                bulk.create_many(connection, self._entities, new, by)
                changed += len(new)
                created = frozenset(map(id, new))
                for entity in (one for one in wanted if id(one) not in created):
                    saved = self._save(connection, entity, by)
                    changed += bool(_carry_over(connection, entity, by).changed) or saved
        return changed

    def save_template(self, template: Template, by: Actor = SYSTEM) -> Carried:
        """See `app.ports.Registry.save_template`."""
        with writing(self._engine) as connection:
            _take_turns(connection)
            self._save(connection, template, by)
            return _carry_over(connection, template, by)

    def rename(self, entity: Entity, new_name: str, by: Actor = SYSTEM) -> None:
        """See `app.ports.Registry.rename`."""
        table = TABLES[type(entity)]
        with writing(self._engine) as connection:
            _take_turns(connection)
            row = _there(connection, entity)
            if new_name == entity.name:
                return
            if find(connection, entity, new_name):
                raise _taken(entity, new_name)
            renamed = {"name": new_name, "version": row["version"] + 1}
            connection.execute(update(table).where(table.c.id == row["id"]).values(**renamed))
            if isinstance(entity, Account):
                account_keys.refresh(connection, row["id"])
            _note(connection, by, "renamed", entity, {"name": entity.name}, {"name": new_name})

    def remove(
        self,
        entity: Entity,
        by: Actor = SYSTEM,
        *,
        take_along: bool = True,
        told: Mapping[str, object] | None = None,
    ) -> None:
        """See `app.ports.Registry.remove`: servers take their accounts along, accounts their profiles, profiles their books."""
        table = TABLES[type(entity)]
        with writing(self._engine) as connection:
            _take_turns(connection)
            row = _there(connection, entity)
            if isinstance(entity, Template):
                templates.detach(connection, by, template=entity.name)
            else:
                _note_taken_along(connection, entity, row["id"], by, agreed=take_along)
            connection.execute(delete(table).where(table.c.id == row["id"]))
            was = settings(self._entities.read(type(entity), row, secrets=False))
            _note(connection, by, "removed", entity, was, told)

    def remove_accounts(self, names: Sequence[str], by: Actor) -> int:
        """See `app.ports.Registry.remove_accounts`."""
        with writing(self._engine) as connection:
            _take_turns(connection)
            found = bulk.accounts_of(connection, names)
            bulk.remove_accounts(connection, self._entities, found, by)
            return len(found)

    def unlink(self, profile: ProfileId, kinds: Collection[Kind], by: Actor = SYSTEM) -> None:
        """See `app.ports.Registry.unlink`."""
        with writing(self._engine) as connection:
            _unlink(connection, profile, kinds, by)

    def activate(self, names: Sequence[str], by: Actor, *, active: bool) -> tuple[str, ...]:
        """See `app.ports.Registry.activate`."""
        with writing(self._engine) as connection:
            _take_turns(connection)
            found = bulk.accounts_of(connection, names)
            turned = sorted((row for row in found if row["active"] != active), key=lambda row: str(row["name"]))
            for batch in templates.batches([int(row["id"]) for row in turned]):
                _turn(connection, batch, active=active)
            changes = [Change(row["name"], {"active": not active}, {"active": active}) for row in turned]
            note_each(connection, by, "changed", "account", changes)
            return tuple(str(row["name"]) for row in turned)

    def assign(self, names: Sequence[str], template: str, by: Actor = SYSTEM) -> Carried:
        """See `app.ports.Registry.assign`."""
        with writing(self._engine) as connection:
            _take_turns(connection)
            if not template:
                return templates.detach(connection, by, names=names)
            return templates.assign(connection, names, self._named(connection, Template, template), by)

    def preview(self, template: Template, names: Sequence[str] | None = None) -> Carried:
        """See `app.ports.Registry.preview`."""
        with reading(self._engine) as connection:
            return templates.preview(connection, template, names)

    def _save(self, connection: Connection, entity: Entity, by: Actor) -> bool:
        row = find(connection, entity)
        _refuse_superseded(entity, row)
        if row is None:
            return self._create(connection, settled(entity, None), by)
        wanted = settled(entity if isinstance(entity, Template) else kept(entity, row), row)
        stored = self._entities.compared(wanted, row)
        if wanted == stored:
            return False
        if isinstance(wanted, Profile) and isinstance(stored, Profile):
            templates.refuse_own_settings(connection, wanted, stored)
        self._entities.store(connection, wanted, row)
        if not isinstance(wanted, Template):
            follow_up(connection, wanted, row)
        _note(connection, by, "changed", wanted, settings(stored), settings(wanted))
        return True

    def _create(self, connection: Connection, entity: Entity, by: Actor) -> bool:
        if isinstance(entity, Profile):
            templates.refuse_own_settings(connection, entity, None)
        self._entities.store(connection, entity, None)
        _note(connection, by, "created", entity, {}, settings(entity))
        return True


def _new_ones(connection: Connection, wanted: Sequence[Entity]) -> list[Account | Profile]:
    """Those that are not there yet, each name once."""
    ours = [one for one in wanted if isinstance(one, Account | Profile)]
    there = bulk.existing(connection, ours)
    new = {full_name(one): one for one in reversed(ours) if full_name(one) not in there and not one.version}
    for one in new.values():
        settled(one, None)
    return list(reversed(new.values()))


def _take_turns(connection: Connection) -> None:
    # Two at once may bring the same new name, or change what the other one has just read.
    take_turns(connection, _LOCK)


def _taken(entity: Entity, name: str) -> Taken:
    return Taken(
        f"there is a {NOUNS[type(entity)]} {name!r} already; choose another name",
        fields={"name": "is in use already; choose another one"},
    )


def _there(connection: Connection, entity: Entity) -> RowMapping:
    """The entity's row, if it still is the one that was read. Raises: NotFound, Superseded."""
    row = find(connection, entity)
    if row is None:
        raise NotFound(f"there is no {NOUNS[type(entity)]} {full_name(entity)!r}")
    _refuse_superseded(entity, row)
    return row


def _refuse_superseded(entity: Entity, row: RowMapping | None) -> None:
    if entity.version and (row is None or row["version"] != entity.version):
        raise Superseded(
            f"{NOUNS[type(entity)]} {full_name(entity)!r} was changed or removed meanwhile; look at it again"
        )


def _carry_over(connection: Connection, entity: Entity, by: Actor) -> Carried:
    return templates.carry_over(connection, entity, by) if isinstance(entity, Template) else Carried()


def _unlink(connection: Connection, profile: ProfileId, kinds: Collection[Kind], by: Actor) -> None:
    query = select(FULL_NAME).select_from(profiles.join(accounts)).where(profiles.c.id == profile)
    name = connection.execute(query).scalar()
    if name is None or not kinds:
        return
    unlinking.unlink(connection, profile, kinds)
    note(connection, by, "unlinked", "profile", name, after={"kinds": tuple(sorted(kinds))})


def _turn(connection: Connection, batch: Sequence[int], *, active: bool) -> None:
    values = {"active": active, "version": accounts.c.version + 1}
    connection.execute(update(accounts).where(accounts.c.id.in_(batch)).values(**values))
    affected = connection.execute(select(profiles.c.id).where(profiles.c.account_id.in_(batch))).scalars().all()
    for some in templates.batches(affected):
        leases.revoke(connection, some)
        sightings.release(connection, some)


def _note_taken_along(connection: Connection, entity: Configured, row_id: int, by: Actor, *, agreed: bool) -> None:
    """Write down what goes with a server or an account. Raises: Taken if that was not agreed to."""
    match entity:
        case WiceServer() | ExchangeServer():
            owned = accounts.c.wice_server_id if isinstance(entity, WiceServer) else accounts.c.exchange_server_id
        case Account():
            owned = accounts.c.id
        case Profile():
            return
        case _:
            assert_never(entity)
    of_accounts = connection.execute(select(accounts.c.name).where(owned == row_id).order_by(accounts.c.name))
    names = of_accounts.scalars().all() if not isinstance(entity, Account) else []
    if names and not agreed:
        raise Taken(
            f"{NOUNS[type(entity)]} {entity.name!r} is used by {len(names)} accounts: move or remove them first, "
            "or agree that they are removed as well (nothing is touched in Wice and Exchange)"
        )
    below = select(FULL_NAME).select_from(profiles.join(accounts)).where(owned == row_id).order_by(FULL_NAME)
    note_each(connection, by, "removed", "profile", map(Change, connection.execute(below).scalars().all()))
    note_each(connection, by, "removed", "account", map(Change, names))


def _note(
    connection: Connection,
    by: Actor,
    action: str,
    entity: Entity,
    before: Mapping[str, object],
    after: Mapping[str, object] | None = None,
) -> None:
    kind = NOUNS[type(entity)].lower().replace(" ", "_")
    note(connection, by, action, kind, full_name(entity), before, after or {})
