"""What a changed configuration keeps of what the engine found out, and what it means for the books."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select, update

from app.adapters.db import leases, sightings
from app.adapters.db.ledger import folder_column
from app.adapters.db.tables import accounts, profiles
from app.domain.account import Account, ExchangeServer, Profile, WiceServer
from app.domain.ids import AccountId, ProfileId
from app.domain.sync import Kind, Side

Configured = WiceServer | ExchangeServer | Account | Profile


def kept(entity: Configured, row: RowMapping) -> Configured:
    """The entity to be stored over `row`: with its id, and with folder ids, endpoint and approval kept unless given or no longer true."""
    match entity:
        case Account():
            endpoint = _kept_text(entity.endpoint, row["endpoint"], valid=not _another_mailbox(row, entity))
            return replace(entity, id=AccountId(row["id"]), endpoint=endpoint)
        case Profile():
            return replace(
                entity,
                id=ProfileId(row["id"]),
                approved=entity.approved or row["approved"],
                contacts_folder_id=_kept_folder(entity, row, Kind.CONTACTS),
                calendar_folder_id=_kept_folder(entity, row, Kind.APPOINTMENTS),
            )
        case _:
            return entity


def follow_up(connection: Connection, entity: Configured, row: RowMapping) -> None:
    """Bring the books in line with `entity`, which has just replaced `row`.

    Runs that go on stop, lest they write down what was true of the old settings; lists of another place are forgotten, held items are
    looked at again.
    """
    affected = connection.execute(profiles_of(entity, row["id"])).scalars().all()
    leases.revoke(connection, affected)
    match entity:
        case Account():
            if _another_mailbox(row, entity):
                _drop_folders(connection, affected)
                sightings.forget_side(connection, affected, list(Kind), Side.EXCHANGE)
            if _another_login(row, entity):
                sightings.forget_side(connection, affected, list(Kind), Side.WICE)
        case Profile():
            moved = [kind for kind in Kind if entity.folder_id(kind) != row[folder_column(kind)]]
            sightings.forget_side(connection, affected, moved, Side.EXCHANGE)
        case _:
            pass
    sightings.release(connection, affected)


def _kept_text(given: str, stored: str, *, valid: bool) -> str:
    """What is given, else what is stored; once that is no longer valid, a given copy of it is not either."""
    if valid:
        return given or stored
    return "" if given == stored else given


def _kept_folder(entity: Profile, row: RowMapping, kind: Kind) -> str:
    wish = "contacts_folder" if kind is Kind.CONTACTS else "calendar_folder"
    return _kept_text(entity.folder_id(kind), row[folder_column(kind)], valid=entity.folder_wish(kind) == row[wish])


def _another_mailbox(row: RowMapping, account: Account) -> bool:
    return bool(
        row["mailbox"].casefold() != account.mailbox.casefold() or row["exchange_server"] != account.exchange_server
    )


def _another_login(row: RowMapping, account: Account) -> bool:
    return bool(row["wice_username"] != account.wice_username or row["wice_server"] != account.wice_server)


def profiles_of(entity: Configured, row_id: int) -> Select[Any]:
    """The ids of the profiles that hang on an entity, whose row has the id `row_id`."""
    query = select(profiles.c.id)
    match entity:
        case Profile():
            return query.where(profiles.c.id == row_id)
        case Account():
            return query.where(profiles.c.account_id == row_id)
        case WiceServer():
            return query.join(accounts).where(accounts.c.wice_server_id == row_id)
        case ExchangeServer():
            return query.join(accounts).where(accounts.c.exchange_server_id == row_id)


def _drop_folders(connection: Connection, affected: Collection[ProfileId]) -> None:
    unknown = dict.fromkeys(map(folder_column, Kind), "")
    connection.execute(update(profiles).where(profiles.c.id.in_(affected)).values(**unknown))
