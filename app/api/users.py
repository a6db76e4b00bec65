"""Users and API tokens, and who is asking. What is secret is shown once, where it is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.api.etags import IfMatch, tag
from app.api.idempotency import Idempotent
from app.domain.people import ApiToken, Role, User
from app.http.callers import Manager, Reader
from app.http.state import Here

router = APIRouter(route_class=Idempotent)

_NAME = Field(description="The name with which somebody signs in; case does not matter.", examples=["anna"])
_ROLE = Field(description="What they may: see the portal's page of users.", examples=["operator"])


class UserOut(BaseModel):
    """Somebody who signs in."""

    name: str = _NAME
    role: Role = _ROLE
    active: bool = Field(description="Whoever is not active cannot sign in, nor use their tokens.", examples=[True])
    has_password: bool = Field(description="False until the one-time link was used.", examples=[True])
    created: datetime | None = Field(description="When they were added (UTC).", examples=["2026-11-24T08:00:00Z"])
    signed_in: datetime | None = Field(description="When they last signed in.", examples=["2026-11-24T08:05:00Z"])

    @classmethod
    def of(cls, user: User) -> UserOut:
        """As the API shows it."""
        return cls.model_validate({name: getattr(user, name) for name in cls.model_fields})


class UserIn(BaseModel):
    """Somebody to add."""

    model_config = ConfigDict(extra="forbid")

    name: str = _NAME
    role: Role = _ROLE


class UserChange(BaseModel):
    """What may change; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = Field(default=None, description="The new role.", examples=["auditor"])
    active: bool | None = Field(default=None, description="False: may not come in any more.", examples=[False])


class UserAdded(BaseModel):
    """The new user, and the link with which they choose their password."""

    user: UserOut = Field(description="The new user.")
    link: str = Field(
        description="Works once and for a day; shown only here.", examples=["https://sync.example.com/welcome/..."]
    )


class Link(BaseModel):
    """A new one-time link."""

    link: str = Field(
        description="Works once and for a day; shown only here.", examples=["https://sync.example.com/welcome/..."]
    )


class MeOut(BaseModel):
    """Who is asking."""

    name: str = _NAME
    role: Role = Field(description="What this token may.", examples=["operator"])


class TokenOut(BaseModel):
    """An API token, without its text."""

    id: int = Field(description="Its number.", examples=[7])
    user: str = Field(description="Its owner.", examples=["anna"])
    name: str = Field(description="What it is for.", examples=["monitoring"])
    role: Role = Field(description="What it may at most; never more than its owner.", examples=["auditor"])
    created: datetime = Field(description="When it was made (UTC).", examples=["2026-11-24T08:00:00Z"])
    until: datetime | None = Field(description="When it ends; null: never.", examples=["2027-11-24T08:00:00Z"])
    used: datetime | None = Field(description="When it was last used, to the minute.", examples=[None])

    @classmethod
    def of(cls, token: ApiToken) -> TokenOut:
        """As the API shows it."""
        return cls.model_validate({name: getattr(token, name) for name in cls.model_fields})


class TokenIn(BaseModel):
    """A token to make."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="What it is for.", min_length=1, max_length=100, examples=["monitoring"])
    role: Role = Field(description="What it may at most.", examples=["auditor"])
    user: str = Field(default="", description="Its owner; empty: whoever asks.", examples=["anna"])
    until: AwareDatetime | None = Field(
        default=None, description="When it ends, with its time zone; null: never.", examples=["2027-11-24T08:00:00Z"]
    )


class TokenMade(BaseModel):
    """The new token with its text."""

    token: TokenOut = Field(description="The new token.")
    text: str = Field(description="What is sent as bearer token; shown only here.", examples=["ws_..."])


@router.get("/me", tags=["me"])
def read_me(by: Reader) -> MeOut:
    """Who is asking, and with which role."""
    return MeOut(name=by.name, role=by.role)


@router.get("/users", tags=["users"])
def list_users(
    here: Here,
    _: Manager,
    q: Annotated[str, Query(max_length=200, description="Part of the name.")] = "",
) -> list[UserOut]:
    """Everybody, by name."""
    return [UserOut.of(user) for user in here.product.people.users(q)]


@router.post("/users", tags=["users"], status_code=201)
def create_user(here: Here, by: Manager, body: UserIn, response: Response) -> UserAdded:
    """Add somebody; they choose their password by the link."""
    user, link = here.product.people.add(body.name, body.role, by)
    response.headers["Location"] = f"/api/v1/users/{user.name}"
    return UserAdded(user=UserOut.of(user), link=link)


@router.get("/users/{name}", tags=["users"])
def read_user(here: Here, _: Manager, name: str, response: Response) -> UserOut:
    """One of them."""
    user = here.product.people.user(name)
    tag(response, user.version)
    return UserOut.of(user)


@router.patch("/users/{name}", tags=["users"])
def update_user(here: Here, by: Manager, name: str, body: UserChange, version: IfMatch, response: Response) -> UserOut:
    """Change role or activity; their sessions end."""
    known = here.product.people.user(name)
    changed = {field: value for field, value in body.model_dump().items() if value is not None}
    user = here.product.people.change(replace(known, **changed, version=version), by)
    tag(response, user.version)
    return UserOut.of(user)


@router.delete("/users/{name}", tags=["users"], status_code=204)
def delete_user(here: Here, by: Manager, name: str, version: IfMatch) -> None:
    """Remove somebody with sessions and tokens; what they did stays in the audit log."""
    here.product.people.remove(replace(here.product.people.user(name), version=version), by)


@router.post("/users/{name}/link", tags=["users"])
def create_user_link(here: Here, by: Manager, name: str) -> Link:
    """A new one-time link, for somebody who has lost theirs or their password."""
    return Link(link=here.product.people.new_link(name, by))


@router.get("/tokens", tags=["tokens"])
def list_tokens(
    here: Here, by: Reader, user: Annotated[str, Query(max_length=200, description="Only of this user.")] = ""
) -> list[TokenOut]:
    """Administrators see all tokens, everybody else their own."""
    return [TokenOut.of(token) for token in here.product.api_tokens.of(by, user)]


@router.post("/tokens", tags=["tokens"], status_code=201)
def create_token(here: Here, by: Reader, body: TokenIn) -> TokenMade:
    """Make a token; its text is shown only in this answer."""
    token, text = here.product.api_tokens.make(body.user or by.name, body.name, body.role, body.until, by)
    return TokenMade(token=TokenOut.of(token), text=text)


@router.delete("/tokens/{token}", tags=["tokens"], status_code=204)
def delete_token(here: Here, by: Reader, token: int) -> None:
    """Revoke a token; it is of no use from now on."""
    here.product.api_tokens.revoke(token, by)
