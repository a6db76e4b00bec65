"""Pasted licence keys, the latest moment seen, and what licences count. Implements `app.ports.licences.LicenceBook`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, and_, func, insert, or_, select, update

from app.adapters.db.audit import note
from app.adapters.db.session import reading, take_turns, writing
from app.adapters.db.tables import accounts, exchange_servers, installation, profiles, runs, wice_servers
from app.adapters.db.tables_people import audit, licences
from app.domain.ids import ProfileId
from app.domain.licence import Activation, Licence, Marks, Seat
from app.domain.people import Actor

_LOCK: Final = 0x77696C63
_ALL: Final = profiles.join(accounts)
_ACTIVE: Final = and_(profiles.c.active, accounts.c.active)


class SqlLicences:
    """Reads are one short transaction each; nothing grows with the number of accounts but one count."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def activations(self) -> Sequence[Activation]:
        with reading(self._engine) as connection:
            rows = connection.execute(select(licences).order_by(licences.c.seq))
            return [Activation(key=row.key, activated=row.activated, activated_by=row.activated_by) for row in rows]

    def marks(self) -> Marks:
        with reading(self._engine) as connection:
            row = connection.execute(select(installation.c.installed_at, installation.c.latest_seen)).one()
            started = connection.execute(select(func.max(runs.c.started))).scalar()
            noted = connection.execute(select(func.max(audit.c.at))).scalar()
        records = [moment for moment in (started, noted) if moment is not None]
        return Marks(installed=row.installed_at, seen=row.latest_seen, record=max(records, default=None))

    def saw(self, now: datetime) -> None:
        seen = installation.c.latest_seen
        with writing(self._engine) as connection:
            later = update(installation).where(or_(seen.is_(None), seen < now)).values(latest_seen=now)
            connection.execute(later)

    def activate(self, key: str, licence: Licence, now: datetime, by: Actor, *, afresh: bool) -> None:
        with writing(self._engine) as connection:
            # Two at once may paste the same key.
            take_turns(connection, _LOCK)
            if connection.execute(select(licences.c.seq).where(licences.c.key == key)).first():
                return
            connection.execute(insert(licences).values(key=key, activated=now, activated_by=by.name))
            if afresh:
                connection.execute(update(installation).values(latest_seen=now))
            granted = {
                "licensee": licence.licensee,
                "edition": licence.edition,
                "accounts": licence.accounts,
                "valid_from": licence.valid_from,
                "until": licence.until,
                "loopback": licence.loopback,
            }
            note(connection, by, "activated", "licence", licence.id, {}, granted)

    def counts(self) -> tuple[int, int]:
        query = select(func.count(profiles.c.account_id.distinct()), func.count()).select_from(_ALL).where(_ACTIVE)
        with reading(self._engine) as connection:
            in_use, active = connection.execute(query).one()
            return in_use, active

    def addresses(self) -> Sequence[str]:
        found: list[str] = []
        with reading(self._engine) as connection:
            for servers, reference in (
                (wice_servers, accounts.c.wice_server_id),
                (exchange_servers, accounts.c.exchange_server_id),
            ):
                in_use = select(reference).select_from(_ALL).where(_ACTIVE)
                query = select(servers.c.url).where(servers.c.id.in_(in_use)).distinct().order_by(servers.c.url)
                found += connection.execute(query).scalars().all()
        return found

    def seat(self, profile: ProfileId) -> Seat:
        mine = select(profiles.c.account_id).select_from(_ALL).where(_ACTIVE, profiles.c.id == profile)
        with reading(self._engine) as connection:
            account = connection.execute(mine).scalar()
            if account is None:
                return Seat(active=False)
            accounts_in_use = select(func.count(profiles.c.account_id.distinct())).select_from(_ALL).where(_ACTIVE)
            profiles_in_use = select(func.count()).select_from(_ALL).where(_ACTIVE)
            return Seat(
                active=True,
                older_accounts=connection.execute(accounts_in_use.where(accounts.c.id < account)).scalar_one(),
                older_profiles=connection.execute(profiles_in_use.where(profiles.c.id < profile)).scalar_one(),
            )
