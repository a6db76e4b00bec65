"""Accounts: one mailbox and the Wice user it belongs to, each. Passwords can be given, never read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from app.api.etags import IfMatch, tag
from app.api.idempotency import Idempotent
from app.api.paging import Cursor, Limit, Paged
from app.api.steps import StepOut, tested, watched
from app.domain.account import Account
from app.domain.views import AccountFilter, AccountRow, AccountState, Cut
from app.errors import NotFound
from app.http.callers import Configurer, Reader, Runner
from app.http.state import Here, Portal
from app.services.trying import try_account

router = APIRouter(prefix="/accounts", tags=["accounts"], route_class=Idempotent)


_NAME = Field(description="How the account is called here; no slash.", examples=["anna"])
_EMAIL = Field(default="", description="The user's default address in Wice; appointments need it.", examples=["anna@example.com"])  # fmt: skip
_WICE_SERVER = Field(description="Name of the Wice server.", examples=["main"])
_WICE_USER = Field(description="User name in Wice.", examples=["anna"])
_EXCHANGE_SERVER = Field(description="Name of the Exchange server.", examples=["mail"])
_MAILBOX = Field(description="Primary address of the mailbox.", examples=["anna@example.com"])
_EXCHANGE_USER = Field(
    default="", description="Login of the mailbox's owner, for servers with access `delegate`.", examples=[""]
)
_SECRET = "Write-only. Empty or left out: the one that is stored stays."  # noqa: S105 - a description


class AccountOut(BaseModel):
    """An account as it is stored."""

    name: str = _NAME
    email: str = _EMAIL
    wice_server: str = _WICE_SERVER
    wice_username: str = _WICE_USER
    has_wice_password: bool = Field(description="Whether a password for Wice is stored.", examples=[True])
    exchange_server: str = _EXCHANGE_SERVER
    mailbox: str = _MAILBOX
    exchange_username: str = _EXCHANGE_USER
    has_exchange_password: bool = Field(description="Whether a password for Exchange is stored.", examples=[False])
    active: bool = Field(description="Only active accounts are synchronised.", examples=[True])
    version: int = Field(description="Moves with every change; also the ETag.", examples=[3])
    profiles: list[str] = Field(description="Names of its profiles.", examples=[["Wice"]])
    state: AccountState = Field(description="The worst of its profiles' states.", examples=["healthy"])
    synced_at: datetime | None = Field(
        description="Since when nothing of it is older (UTC).", examples=["2026-11-24T08:00:00Z"]
    )
    last_finished: datetime | None = Field(
        description="End of its latest run (UTC).", examples=["2026-11-24T08:00:00Z"]
    )

    @classmethod
    def of(cls, account: Account, row: AccountRow) -> AccountOut:
        """As the API shows it."""
        shared = {name: getattr(account, name) for name in cls.model_fields if hasattr(account, name)}
        return cls(
            **shared,
            has_wice_password=bool(account.wice_password),
            has_exchange_password=bool(account.exchange_password),
            profiles=[profile.name for profile in row.profiles],
            state=row.state,
            synced_at=row.synced_at,
            last_finished=row.last_finished,
        )


class AccountLine(BaseModel):
    """An account in a list."""

    name: str = _NAME
    email: str = _EMAIL
    mailbox: str = _MAILBOX
    wice_username: str = _WICE_USER
    wice_server: str = _WICE_SERVER
    exchange_server: str = _EXCHANGE_SERVER
    active: bool = Field(description="Only active accounts are synchronised.", examples=[True])
    state: AccountState = Field(description="The worst of its profiles' states.", examples=["healthy"])
    profiles: list[str] = Field(description="Names of its profiles.", examples=[["Wice"]])
    synced_at: datetime | None = Field(
        description="Since when nothing of it is older (UTC).", examples=["2026-11-24T08:00:00Z"]
    )
    last_finished: datetime | None = Field(
        description="End of its latest run (UTC).", examples=["2026-11-24T08:00:00Z"]
    )

    @classmethod
    def of(cls, row: AccountRow) -> AccountLine:
        """As the API shows it."""
        shared = {name: getattr(row, name) for name in cls.model_fields if name != "profiles"}
        return cls(**shared, profiles=[profile.name for profile in row.profiles])


class FirstProfile(BaseModel):
    """The profile that is added together with an account."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="How it is called; no slash.", examples=["Wice"])
    template: str = Field(
        default="", description="The template it follows; empty: the product's own settings.", examples=["office"]
    )


class AccountIn(BaseModel):
    """An account to add."""

    model_config = ConfigDict(extra="forbid")

    name: str = _NAME
    email: str = _EMAIL
    wice_server: str = _WICE_SERVER
    wice_username: str = _WICE_USER
    wice_password: str = Field(description="Password in Wice. Write-only.", examples=["..."])
    exchange_server: str = _EXCHANGE_SERVER
    mailbox: str = _MAILBOX
    exchange_username: str = _EXCHANGE_USER
    exchange_password: str = Field(
        default="", description="The mailbox owner's password, for access `delegate`. Write-only.", examples=[""]
    )
    active: bool = Field(default=True, description="Only active accounts are synchronised.", examples=[True])
    profile: FirstProfile | None = Field(
        default=None,
        description="Its first profile, added in the same step.",
        examples=[{"name": "Wice", "template": ""}],
    )


class AccountChange(BaseModel):
    """What may change; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    email: str | None = Field(default=None, description="The user's default address in Wice.", examples=["a@example.com"])  # fmt: skip
    wice_server: str | None = Field(default=None, description="Name of the Wice server.", examples=["main"])
    wice_username: str | None = Field(default=None, description="User name in Wice.", examples=["anna"])
    wice_password: str | None = Field(default=None, description=_SECRET, examples=["..."])
    exchange_server: str | None = Field(default=None, description="Name of the Exchange server.", examples=["mail"])
    mailbox: str | None = Field(default=None, description="Primary address of the mailbox.", examples=["a@example.com"])
    exchange_username: str | None = Field(default=None, description="Login of the mailbox's owner.", examples=[""])
    exchange_password: str | None = Field(default=None, description=_SECRET, examples=["..."])
    active: bool | None = Field(default=None, description="Only active accounts are synchronised.", examples=[False])
    full_editing: bool = Field(
        default=False,
        description="Allows to change what is locked after the first synchronisation: the links of its profiles are dropped then (R35).",
        examples=[False],
    )


class AccountRename(BaseModel):
    """Another name."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="The new name; no slash.", examples=["anna.schulz"])


def _filter(
    q: Annotated[str, Query(max_length=200, description="Words of name, e-mail, mailbox or Wice user.")] = "",
    state: Annotated[AccountState | None, Query(description="Only in this state.")] = None,
    wice_server: Annotated[str, Query(max_length=200, description="Only of this Wice server.")] = "",
    exchange_server: Annotated[str, Query(max_length=200, description="Only of this Exchange server.")] = "",
    template: Annotated[str, Query(max_length=200, description="Only with a profile of this template.")] = "",
    active: Annotated[bool | None, Query(description="Only active, or only inactive ones.")] = None,
) -> AccountFilter:
    return AccountFilter(
        text=q,
        state=state,
        wice_server=wice_server,
        exchange_server=exchange_server,
        template=template,
        active=active,
    )


Wanted = Annotated[AccountFilter, Depends(_filter)]
Sort = Annotated[
    str,
    Query(
        pattern="^-?(name|state|synced_at|last_finished)$",
        description="`name`, `state`, `synced_at` or `last_finished`; descending with a minus in front.",
    ),
]


@router.get("")
def list_accounts(
    here: Here, _: Reader, wanted: Wanted, sort: Sort = "name", cursor: Cursor = "", limit: Limit = 50
) -> Paged[AccountLine]:
    """All accounts that fit."""
    cut = Cut(cursor=cursor, limit=limit, sort=sort.removeprefix("-"), descending=sort.startswith("-"))
    page = here.product.views.accounts(wanted, cut)
    items = [AccountLine.of(row) for row in page.rows]
    return Paged(items=items, next=page.next, previous=page.previous, total=page.total)


@router.post("", status_code=201)
def create_account(here: Here, by: Configurer, body: AccountIn, response: Response) -> AccountOut:
    """Add an account, with its first profile if one is given: both or neither."""
    given = body.model_dump(exclude={"profile"})
    profile = body.profile.model_dump() if body.profile else None
    account = here.product.administration.create_account(given, profile, by)
    response.headers["Location"] = f"/api/v1/accounts/{quote(account.name, safe='')}"
    return _shown(here, account, response)


@router.get("/{name}")
def read_account(here: Here, _: Reader, name: str, response: Response) -> AccountOut:
    """One of them."""
    return _shown(here, here.product.registry.account(name), response)


@router.patch("/{name}")
def update_account(
    here: Here, by: Configurer, name: str, body: AccountChange, version: IfMatch, response: Response
) -> AccountOut:
    """Change what is named."""
    stored = replace(here.product.registry.account(name), version=version)
    given = body.model_dump(exclude={"full_editing"}, exclude_none=True)
    return _shown(here, here.product.administration.update(stored, given, by, full_editing=body.full_editing), response)


@router.delete("/{name}", status_code=204)
def delete_account(here: Here, by: Configurer, name: str, version: IfMatch) -> None:
    """Remove it here, with its profiles, links and history; nothing in Wice or Exchange is touched (R37)."""
    here.product.administration.remove(replace(here.product.registry.account(name), version=version), by)


@router.post("/{name}/rename")
def rename_account(here: Here, by: Configurer, name: str, body: AccountRename, response: Response) -> AccountOut:
    """Give it another name; everything else stays, and its address is another one."""
    here.product.administration.rename(replace(here.product.registry.account(name), version=0), body.name, by)
    return _shown(here, here.product.registry.account(body.name.strip()), response)


@router.post("/{name}/test")
def try_logins(here: Here, by: Runner, name: str) -> list[StepOut]:
    """Try both logins step by step; writes nothing to either server. A refused login is tried once.

    If a login works that had been refused, the runs that were stopped by it go on (step `resumed`): those of this account, or, where a
    service account was tried, of all accounts of that Exchange server.
    """
    wice, exchange = try_account(here.product, name, by)
    return [*tested(wice), *tested(exchange)]


@router.post("/{name}/test/events", response_class=StreamingResponse)
def watch_account(here: Here, by: Runner, name: str) -> StreamingResponse:
    """The same test, told as it goes on, as server-sent events: `trying` (side, step), then `step` with how it went; at last `ended`."""
    return watched(*try_account(here.product, name, by))


def _shown(here: Portal, account: Account, response: Response) -> AccountOut:
    row = here.product.views.account(account.name)
    if row is None:
        raise NotFound(f"there is no account {account.name!r}")
    tag(response, account.version)
    return AccountOut.of(account, row)
