"""Made-up configuration and records, and a counter of statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, event, update

from app.adapters.db import Database
from app.adapters.db.tables import profiles
from app.domain.account import Account, ExchangeServer, Profile, WiceServer
from app.domain.contact import Contact
from app.domain.ids import AttemptId, ItemId, LinkId, ProfileId, Version
from app.domain.journal import Intent
from app.domain.plan import Op
from app.domain.sync import End, Kind, Link, Side

CONTACTS, APPOINTMENTS = Kind.CONTACTS, Kind.APPOINTMENTS
WICE, EXCHANGE = Side.WICE, Side.EXCHANGE
LONG_AGO = datetime(2001, 2, 3, tzinfo=UTC)

MAIN = WiceServer(name="main", url="https://wice.example", mandant="demo", api_key="wice-key", dialect={"ids": True})
MAIL = ExchangeServer(name="mail", url="https://mail.example/EWS", username="svc", password="mail-secret")


def account(name: str = "anna", **changes: Any) -> Account:
    given: dict[str, Any] = {
        "name": name,
        "email": f"{name}@example.com",
        "wice_server": "main",
        "wice_username": name,
        "wice_password": f"{name}-secret",
        "exchange_server": "mail",
        "mailbox": f"{name}@example.com",
    }
    return Account(**(given | changes))


def configure(database: Database, *names: str) -> None:
    """Both servers, and an account with a profile of its own name each."""
    database.registry.save(MAIN)
    database.registry.save(MAIL)
    for name in names or ("anna",):
        database.registry.save(account(name))
        database.registry.save(Profile(account=name, name=name))


def link(number: int, *, wice: str = "", exchange: str = "", ended: bool = False, label: str = "Schulz, Anna") -> Link:
    return Link(
        id=LinkId(f"link{number:06}"),
        kind=CONTACTS,
        wice=End(id=ItemId(wice or f"address:{number}"), version=Version("1"), fingerprint="f"),
        exchange=End(id=ItemId(exchange or f"AAMk{number}"), version=Version("CQ"), fingerprint="g", certain=False),
        label=label,
        ended=ended,
    )


def intent(number: int, **changes: Any) -> Intent:
    given: dict[str, Any] = {
        "attempt": AttemptId(f"attempt{number}"),
        "kind": CONTACTS,
        "side": EXCHANGE,
        "op": Op.ADD,
        "link": LinkId(f"link{number:06}"),
        "key": f"wice:address:{number}",
        "label": "Schulz, Anna",
        "reason": "new_in_wice",
        "after": Contact(last_name="Schulz", first_name="Anna"),
        "content": "f",
        "other": End(id=ItemId(f"address:{number}"), version=Version("1"), fingerprint="f"),
    }
    return Intent(**(given | changes))


def expire(engine: Engine, profile: ProfileId) -> None:
    """Let the lease of a run end as if nothing had been heard of it for long."""
    with engine.begin() as connection:
        connection.execute(
            update(profiles).where(profiles.c.id == profile).values(lease_until=LONG_AGO, lease_owner="elsewhere:1:1")
        )


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The statements that are sent while the block runs; a batch counts once."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)
