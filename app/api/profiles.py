"""Profiles below their accounts, the list of all, and the folders of a mailbox to choose from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from app.api.etags import IfMatch, tag
from app.api.idempotency import Idempotent
from app.api.paging import Cursor, Limit, Paged
from app.api.profile_models import (
    FolderOut,
    FullEditing,
    NewName,
    ProfileChange,
    ProfileIn,
    ProfileListed,
    ProfileOut,
)
from app.api.run_models import RunOut
from app.domain.account import Profile
from app.domain.ids import ProfileId
from app.domain.sync import Kind
from app.domain.views import AccountState, Cut, ProfileFilter
from app.http.callers import Configurer, Reader
from app.http.state import Here, Portal
from app.rules.timetable import coming
from app.services.browsing import choices
from app.services.removal import ask_removal
from app.services.runs import look_up

router = APIRouter(tags=["profiles"], route_class=Idempotent)

Words = Annotated[str, Query(max_length=200, description="Only those; empty: all.")]
Full = Annotated[
    bool,
    Query(
        description="Change locked folders too: the links of these kinds are dropped, and the next analysis matches both sides anew."
    ),
]
_ONE = "/accounts/{account}/profiles/{profile}"


@router.get("/profiles")
def list_profiles(
    here: Here,
    _: Reader,
    q: Annotated[str, Query(max_length=200, description="Words of the account: name, e-mail, mailbox, login.")] = "",
    account: Words = "",
    template: Words = "",
    wice_server: Words = "",
    exchange_server: Words = "",
    state: Annotated[AccountState | None, Query(description="Only in this state.")] = None,
    active: Annotated[bool | None, Query(description="Only active ones, or only others.")] = None,
    sort: Annotated[
        Literal["name", "-name", "state", "-state", "synced_at", "-synced_at", "last_finished", "-last_finished"],
        Query(description="The order; with a minus the other way round."),
    ] = "name",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Paged[ProfileListed]:
    """All profiles that fit, page by page."""
    wanted = ProfileFilter(
        text=q,
        account=account,
        template=template,
        wice_server=wice_server,
        exchange_server=exchange_server,
        state=state,
        active=active,
    )
    cut = Cut(cursor=cursor, limit=limit, sort=sort.removeprefix("-"), descending=sort.startswith("-"))
    page = here.product.views.profiles(wanted, cut)
    return Paged(
        items=[ProfileListed.of(row) for row in page.rows], next=page.next, previous=page.previous, total=page.total
    )


@router.get("/accounts/{account}/profiles")
def list_profiles_of_account(here: Here, _: Reader, account: str) -> list[ProfileOut]:
    """The profiles of one account, by name."""
    owner = here.product.registry.account(account)
    return [ProfileOut.of(profile) for profile in here.product.registry.profiles_of_account(owner.name)]


@router.post("/accounts/{account}/profiles", status_code=201)
def create_profile(here: Here, by: Configurer, account: str, body: ProfileIn, response: Response) -> ProfileOut:
    """Add a profile to an account; nothing is synchronised before it was analysed."""
    owner = here.product.registry.account(account)
    profile = here.product.administration.create(Profile, body.given, by, account=owner.name)
    response.headers["Location"] = _address(profile)
    tag(response, profile.version)
    return ProfileOut.of(profile)


@router.get(_ONE)
def read_profile(here: Here, _: Reader, account: str, profile: str, response: Response) -> ProfileOut:
    """One profile with all settings."""
    found = here.product.registry.profile_of(account, profile)
    tag(response, found.version)
    return ProfileOut.of(found)


@router.get(f"{_ONE}/next-runs")
def read_next_runs(here: Here, _: Reader, account: str, profile: str) -> list[datetime]:
    """When its schedule starts it next, five moments (UTC); none of a profile without a schedule or one that is not active."""
    found = here.product.registry.profile_of(account, profile)
    listed = here.product.views.profile(account, profile)
    if listed is None or not (found.active and here.product.registry.account(account).active):
        return []
    return coming(found.schedule, datetime.now(UTC), found.id, listed.due_at)


@router.patch(_ONE)
def update_profile(
    here: Here,
    by: Configurer,
    account: str,
    profile: str,
    body: ProfileChange,
    version: IfMatch,
    response: Response,
    *,
    full_editing: Full = False,
) -> ProfileOut:
    """Change the named settings."""
    stored = _seen(here, account, profile, version)
    changed = here.product.administration.update(stored, body.given, by, full_editing=full_editing)
    tag(response, changed.version)
    return ProfileOut.of(changed)


@router.post(_ONE + "/rename")
def rename_profile(
    here: Here, by: Configurer, account: str, profile: str, body: NewName, version: IfMatch, response: Response
) -> ProfileOut:
    """Give another name; everything else stays."""
    here.product.administration.rename(_seen(here, account, profile, version), body.name, by)
    renamed = here.product.registry.profile_of(account, body.name.strip())
    response.headers["Location"] = _address(renamed)
    tag(response, renamed.version)
    return ProfileOut.of(renamed)


@router.delete(
    _ONE,
    status_code=204,
    responses={
        202: {"model": RunOut, "description": "`also_remove`: the run that removes all, then the profile itself."}
    },
)
def delete_profile(
    here: Here,
    by: Configurer,
    account: str,
    profile: str,
    version: IfMatch,
    *,
    also_remove: Annotated[
        bool,
        Query(
            description="Also remove from Outlook what was synchronised: a run moves it into Deleted Items. Not for a one-way profile to Wice."
        ),
    ] = False,
) -> Response:
    """Remove a profile with its links and history; nothing in Wice is touched, and nothing in Exchange without `also_remove`.

    With it a run is asked for. When all is through, the profile is gone, and its runs with it (404); else it stays and its run says why.
    """
    seen = _seen(here, account, profile, version)
    if not also_remove:
        here.product.administration.remove(seen, by)
        return Response(status_code=204)
    run = ask_removal(here.product, seen, by).id
    told = RunOut.told(look_up(here.product, run))
    return JSONResponse(told.model_dump(mode="json"), 202, {"Location": f"/api/v1/runs/{run}"})


@router.post(_ONE + "/full-editing", status_code=204)
def enable_full_editing(here: Here, by: Configurer, account: str, profile: str, body: FullEditing) -> None:
    """Drop the links of these kinds: folders can be changed, and the next analysis matches both sides anew. Nothing is deleted."""
    found = here.product.registry.profile_of(account, profile)
    here.product.registry.unlink(found.id, body.kinds, by)


@router.get("/accounts/{account}/folders")
def list_folders(
    here: Here,
    _: Configurer,
    account: str,
    kind: Annotated[Kind, Query(description="Folders for which kind of items.")] = Kind.CONTACTS,
    profile: Annotated[
        str, Query(max_length=100, description="Who chooses: its own folder counts as free. Empty: a new one.")
    ] = "",
) -> list[FolderOut]:
    """The folders of the account's mailbox, as its server lists them now."""
    registry = here.product.registry
    owner = registry.account(account, secrets=True)
    server = registry.exchange_server(owner.exchange_server, secrets=True)
    chooser = registry.profile_of(owner.name, profile).id if profile else ProfileId(0)
    return [
        FolderOut(
            id=choice.entry.id,
            path=list(choice.entry.names),
            wish=choice.entry.wish,
            items=choice.entry.items,
            owner=choice.owner,
            can_be_chosen=choice.can_be_chosen,
        )
        for choice in choices(here.product, owner, server, kind, chooser)
    ]


def _seen(here: Portal, account: str, profile: str, version: int) -> Profile:
    return replace(here.product.registry.profile_of(account, profile), version=version)


def _address(profile: Profile) -> str:
    return f"/api/v1/accounts/{quote(profile.account, safe='')}/profiles/{quote(profile.name, safe='')}"
