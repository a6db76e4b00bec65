"""Wice and Exchange servers. Secrets can be set and never read; a connection test says step by step what was found."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from app.api.etags import IfMatch, tag
from app.api.idempotency import Idempotent
from app.api.steps import StepOut, tested, watched
from app.domain.account import Access, Account, Auth, ExchangeServer, WiceServer
from app.domain.people import Actor
from app.http.callers import Configurer, Reader
from app.http.state import Here
from app.services.connection import Course
from app.services.given import LIMITS
from app.services.trying import try_server

router = APIRouter(tags=["servers"], route_class=Idempotent)

WithAccounts = Annotated[bool, Query(description="Remove the accounts that use it as well; else it is refused.")]
_NAME = Field(description="Its name here; unique.", examples=["main"])
_RATE = Field(
    default=None,
    ge=0,
    description="How many requests a second it gets in the mean, from all workers; 0: no limit; null: as all servers of its kind.",
    examples=[10],
)
_AT_ONCE = Field(
    default=None,
    ge=1,
    description="How many connections it gets at once, from all workers; null: as all servers of its kind.",
    examples=[4],
)
_CA = Field(default="", description="Path on this server to further certificate authorities (PEM).", examples=[""])


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WiceServerOut(BaseModel):
    """A Wice installation."""

    name: str = _NAME
    url: str = Field(description="Its address.", examples=["https://node62.wice-net.de"])
    mandant: str = Field(description="The mandant's name.", examples=["example"])
    has_api_key: bool = Field(description="Is an API key stored?", examples=[False])
    time_zone: str = Field(description="IANA zone in which it keeps appointments.", examples=["Europe/Berlin"])
    ca_file: str = _CA
    dialect: dict[str, Any] = Field(description="What it calls differently; see the documentation.", examples=[{}])
    requests_per_second: float | None = _RATE
    concurrent_requests: int | None = _AT_ONCE

    @classmethod
    def of(cls, server: WiceServer) -> WiceServerOut:
        """As the API shows it."""
        return cls(
            name=server.name,
            url=server.url,
            mandant=server.mandant,
            has_api_key=bool(server.api_key),
            time_zone=server.time_zone,
            ca_file=server.ca_file,
            dialect=dict(server.dialect),
            requests_per_second=server.requests_per_second,
            concurrent_requests=server.concurrent_requests,
        )


class _Change(_In):
    """What is not named stays, and so does what is null, but for limits."""

    def given(self) -> dict[str, Any]:
        """What is to change."""
        named = dict.fromkeys(LIMITS & self.model_fields_set)
        return named | self.model_dump(exclude_none=True)


class WiceServerChange(_Change):
    """What may change; what is not named stays."""

    url: str | None = Field(default=None, description="Its address.", examples=["https://node62.wice-net.de"])
    mandant: str | None = Field(default=None, description="The mandant's name.", examples=["example"])
    api_key: str | None = Field(default=None, description="Empty keeps the stored one.", examples=["..."])
    time_zone: str | None = Field(default=None, description="IANA zone.", examples=["Europe/Berlin"])
    ca_file: str | None = Field(default=None, description="Path on this server.", examples=[""])
    dialect: dict[str, Any] | None = Field(default=None, description="What it calls differently.", examples=[{}])
    requests_per_second: float | None = _RATE
    concurrent_requests: int | None = _AT_ONCE


class WiceServerIn(WiceServerChange):
    """A Wice installation to add: name, url and mandant are needed."""

    name: str = _NAME


class ExchangeServerOut(BaseModel):
    """An Exchange organisation."""

    name: str = Field(description="Its name here; unique.", examples=["mail"])
    kind: str = Field(description="The protocol.", examples=["ews"])
    url: str = Field(
        description="EWS address; empty: autodiscover.", examples=["https://mail.example.com/EWS/Exchange.asmx"]
    )
    auth: Auth = Field(description="How this server signs in.", examples=["basic"])
    access: Access = Field(description="Whose login opens mailboxes.", examples=["impersonation"])
    username: str = Field(description="User of the service account.", examples=["svc@example.com"])
    has_password: bool = Field(description="Is a password or client secret stored?", examples=[True])
    tenant_id: str = Field(description="For OAuth 2.", examples=[""])
    client_id: str = Field(description="For OAuth 2.", examples=[""])
    token_url: str = Field(description="For OAuth 2 in sovereign clouds.", examples=[""])
    ca_file: str = _CA
    requests_per_second: float | None = _RATE
    concurrent_requests: int | None = _AT_ONCE

    @classmethod
    def of(cls, server: ExchangeServer) -> ExchangeServerOut:
        """As the API shows it."""
        names = set(cls.model_fields) - {"has_password"}
        return cls(**{name: getattr(server, name) for name in names}, has_password=bool(server.password))


class ExchangeServerChange(_Change):
    """What may change; what is not named stays."""

    url: str | None = Field(default=None, description="EWS address; empty: autodiscover.", examples=[""])
    auth: Auth | None = Field(default=None, description="How this server signs in.", examples=["basic"])
    access: Access | None = Field(default=None, description="Whose login opens mailboxes.", examples=["impersonation"])
    username: str | None = Field(default=None, description="User of the service account.", examples=["svc@example.com"])
    password: str | None = Field(default=None, description="Empty keeps the stored one.", examples=["..."])
    tenant_id: str | None = Field(default=None, description="For OAuth 2.", examples=[""])
    client_id: str | None = Field(default=None, description="For OAuth 2.", examples=[""])
    token_url: str | None = Field(default=None, description="For OAuth 2 in sovereign clouds.", examples=[""])
    ca_file: str | None = Field(default=None, description="Path on this server.", examples=[""])
    requests_per_second: float | None = _RATE
    concurrent_requests: int | None = _AT_ONCE


class ExchangeServerIn(ExchangeServerChange):
    """An Exchange organisation to add."""

    name: str = Field(description="Its name here; unique.", examples=["mail"])


class Rename(_In):
    """Another name."""

    name: str = Field(description="The new name.", examples=["branch"])


class WiceTrial(_In):
    """A Wice login to try; without one only the way to the server is tested. Nothing of it is stored."""

    username: str = Field(default="", description="A Wice user.", examples=["anna"])
    password: str = Field(default="", description="Their password.", examples=["..."])


class ExchangeTrial(_In):
    """A mailbox to open; without one only the way to the server is tested. Nothing of it is stored."""

    mailbox: str = Field(default="", description="Its e-mail address.", examples=["anna@example.com"])
    username: str = Field(default="", description="With delegate access: its user.", examples=[""])
    password: str = Field(default="", description="With delegate access: its password.", examples=[""])


@router.get("/wice-servers")
def list_wice_servers(here: Here, _: Reader) -> list[WiceServerOut]:
    """All, by name."""
    return [WiceServerOut.of(server) for server in here.product.registry.wice_servers(secrets=False)]


@router.post("/wice-servers", status_code=201)
def create_wice_server(here: Here, by: Configurer, body: WiceServerIn, response: Response) -> WiceServerOut:
    """Add one."""
    server = here.product.administration.create(WiceServer, body.given(), by)
    response.headers["Location"] = f"/api/v1/wice-servers/{server.name}"
    tag(response, server.version)
    return WiceServerOut.of(server)


@router.get("/wice-servers/{name}")
def read_wice_server(here: Here, _: Reader, name: str, response: Response) -> WiceServerOut:
    """One of them."""
    server = here.product.registry.wice_server(name)
    tag(response, server.version)
    return WiceServerOut.of(server)


@router.patch("/wice-servers/{name}")
def update_wice_server(
    here: Here,
    by: Configurer,
    name: str,
    body: WiceServerChange,
    version: IfMatch,
    response: Response,
    full_editing: Annotated[bool, Query(description="Drop links that the change makes untrue (R35).")] = False,
) -> WiceServerOut:
    """Change it from the version that was read."""
    stored = replace(here.product.registry.wice_server(name), version=version)
    given = body.given()
    server = here.product.administration.update(stored, given, by, full_editing=full_editing)
    tag(response, server.version)
    return WiceServerOut.of(server)


@router.delete("/wice-servers/{name}", status_code=204)
def delete_wice_server(
    here: Here, by: Configurer, name: str, version: IfMatch, with_accounts: WithAccounts = False
) -> None:
    """Remove it here; nothing changes on the server itself."""
    stored = replace(here.product.registry.wice_server(name), version=version)
    here.product.administration.remove(stored, by, with_accounts=with_accounts)


@router.post("/wice-servers/{name}/rename", status_code=204)
def rename_wice_server(here: Here, by: Configurer, name: str, body: Rename) -> None:
    """Its accounts stay with it."""
    here.product.administration.rename(here.product.registry.wice_server(name), body.name, by)


@router.post("/wice-servers/{name}/test")
def try_wice_server(here: Here, by: Configurer, name: str, body: WiceTrial) -> list[StepOut]:
    """Test the connection; takes up to a minute, writes nothing."""
    return tested(_wice_course(here, name, body, by))


@router.post("/wice-servers/{name}/test/events", response_class=StreamingResponse)
def watch_wice_server(here: Here, by: Configurer, name: str, body: WiceTrial) -> StreamingResponse:
    """The same test, told as it goes on, as server-sent events: `trying` (side, step), then `step` with how it went; at last `ended`."""
    return watched(_wice_course(here, name, body, by))


@router.get("/exchange-servers")
def list_exchange_servers(here: Here, _: Reader) -> list[ExchangeServerOut]:
    """All, by name."""
    return [ExchangeServerOut.of(server) for server in here.product.registry.exchange_servers(secrets=False)]


@router.post("/exchange-servers", status_code=201)
def create_exchange_server(here: Here, by: Configurer, body: ExchangeServerIn, response: Response) -> ExchangeServerOut:
    """Add one."""
    server = here.product.administration.create(ExchangeServer, body.given(), by)
    response.headers["Location"] = f"/api/v1/exchange-servers/{server.name}"
    tag(response, server.version)
    return ExchangeServerOut.of(server)


@router.get("/exchange-servers/{name}")
def read_exchange_server(here: Here, _: Reader, name: str, response: Response) -> ExchangeServerOut:
    """One of them."""
    server = here.product.registry.exchange_server(name)
    tag(response, server.version)
    return ExchangeServerOut.of(server)


@router.patch("/exchange-servers/{name}")
def update_exchange_server(
    here: Here, by: Configurer, name: str, body: ExchangeServerChange, version: IfMatch, response: Response
) -> ExchangeServerOut:
    """Change it from the version that was read."""
    stored = replace(here.product.registry.exchange_server(name), version=version)
    server = here.product.administration.update(stored, body.given(), by)
    tag(response, server.version)
    return ExchangeServerOut.of(server)


@router.delete("/exchange-servers/{name}", status_code=204)
def delete_exchange_server(
    here: Here, by: Configurer, name: str, version: IfMatch, with_accounts: WithAccounts = False
) -> None:
    """Remove it here; nothing changes on the server itself."""
    stored = replace(here.product.registry.exchange_server(name), version=version)
    here.product.administration.remove(stored, by, with_accounts=with_accounts)


@router.post("/exchange-servers/{name}/rename", status_code=204)
def rename_exchange_server(here: Here, by: Configurer, name: str, body: Rename) -> None:
    """Its accounts stay with it."""
    here.product.administration.rename(here.product.registry.exchange_server(name), body.name, by)


@router.post("/exchange-servers/{name}/test")
def try_exchange_server(here: Here, by: Configurer, name: str, body: ExchangeTrial) -> list[StepOut]:
    """Test the connection; takes up to a minute, writes nothing to the server.

    If the service account works after it had been refused, the runs of its accounts go on (step `resumed`).
    """
    return tested(_exchange_course(here, name, body, by))


@router.post("/exchange-servers/{name}/test/events", response_class=StreamingResponse)
def watch_exchange_server(here: Here, by: Configurer, name: str, body: ExchangeTrial) -> StreamingResponse:
    """The same test, told as it goes on, as server-sent events: `trying` (side, step), then `step` with how it went; at last `ended`."""
    return watched(_exchange_course(here, name, body, by))


def _wice_course(here: Here, name: str, body: WiceTrial, by: Actor) -> Course:
    server = here.product.registry.wice_server(name, secrets=True)
    return try_server(here.product, server, _trial(name, body.username, body.password), by)


def _exchange_course(here: Here, name: str, body: ExchangeTrial, by: Actor) -> Course:
    server = here.product.registry.exchange_server(name, secrets=True)
    return try_server(here.product, server, _trial(name, body.username, body.password, body.mailbox), by)


def _trial(server: str, username: str, password: str, mailbox: str = "") -> Account:
    return Account(
        name="",
        wice_server=server,
        wice_username=username,
        wice_password=password,
        exchange_server=server,
        mailbox=mailbox,
        exchange_username=username,
        exchange_password=password,
    )
