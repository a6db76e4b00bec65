"""One profile: how it is, what it does, and what is done to it as a whole: activate, rename, delete."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain.account import Profile
from app.domain.views import Cut, FailureFilter, ProfileRow, RunFilter
from app.errors import BadInput
from app.http.callers import Configurer, Reader
from app.http.state import Here, Portal
from app.rules.timetable import coming
from app.services.removal import ask_removal
from app.web.asked import Text, Version
from app.web.flash import redirect
from app.web.i18n import _
from app.web.profiles import words
from app.web.profiles.asked import address, row
from app.web.sentences import said
from app.web.templating import render

router = APIRouter()

_LATEST = Cut(limit=5)


@router.get("/accounts/{account}/profiles/{profile}")
def profile_page(request: Request, here: Here, _by: Reader, account: str, profile: str) -> Response:
    """Its settings in words, its latest runs, what its servers refused."""
    views, registry = here.product.views, here.product.registry
    stored, listed = registry.profile_of(account, profile), row(here, account, profile)
    return render(
        request,
        "pages/profiles/page.html",
        row=listed,
        facts=words.facts(stored),
        coming=_coming(listed, stored),
        profile=stored,
        owner=registry.account(account),
        in_progress=views.in_progress(RunFilter(account=account, profile=profile)),
        runs=views.runs(RunFilter(account=account, profile=profile), _LATEST).rows,
        failures=views.failures(FailureFilter(account=account, profile=profile), _LATEST),
        at=address(account, profile),
    )


@router.post("/accounts/{account}/profiles/{profile}/active")
def switch_profile(
    here: Here, by: Configurer, account: str, profile: str, active: Text = "", version: Version = 0
) -> Response:
    """Synchronise it from now on, or no longer."""
    is_active = active == "true"
    here.product.administration.update(_seen(here, account, profile, version), {"active": is_active}, by)
    said = _("%(name)s is active.", name=profile) if is_active else _("%(name)s is not synchronised any more.", name=profile)  # fmt: skip
    return redirect(address(account, profile), said)


@router.get("/accounts/{account}/profiles/{profile}/schedule/delete")
def ask_schedule_deletion(request: Request, here: Here, _by: Configurer, account: str, profile: str) -> Response:
    """The question (R36)."""
    stored, listed = here.product.registry.profile_of(account, profile), row(here, account, profile)
    at, text = address(account, profile), words.value("schedule", stored.schedule)
    return render(request, "pages/profiles/delete_schedule.html", profile=stored, at=at, schedule=text, coming=_coming(listed, stored))  # fmt: skip


@router.post("/accounts/{account}/profiles/{profile}/schedule/delete")
def delete_schedule_page(here: Here, by: Configurer, account: str, profile: str, version: Version = 0) -> Response:
    """From now on it runs only when somebody starts it."""
    here.product.administration.update(_seen(here, account, profile, version), {"schedule": ""}, by)
    gone = _("The schedule is deleted: %(name)s is synchronised only when somebody starts it.", name=profile)
    return redirect(address(account, profile), gone)


@router.get("/accounts/{account}/profiles/{profile}/rename")
def ask_profile_name(request: Request, here: Here, _by: Configurer, account: str, profile: str) -> Response:
    """The form."""
    return _rename_form(request, here.product.registry.profile_of(account, profile), profile, "")


@router.post("/accounts/{account}/profiles/{profile}/rename")
def rename_profile_page(
    request: Request, here: Here, by: Configurer, account: str, profile: str, name: Text = "", version: Version = 0
) -> Response:
    """Everything else stays (R37)."""
    stored = _seen(here, account, profile, version)
    try:
        here.product.administration.rename(stored, name, by)
    except BadInput as error:
        return _rename_form(request, stored, name, said(error.fields.get("name", str(error))), 422)
    return redirect(address(account, name.strip()), _("The profile is called %(name)s now.", name=name.strip()))


@router.get("/accounts/{account}/profiles/{profile}/delete")
def ask_profile_deletion(request: Request, here: Here, _by: Configurer, account: str, profile: str) -> Response:
    """The question (R37)."""
    stored = here.product.registry.profile_of(account, profile)
    return render(request, "pages/profiles/delete.html", profile=stored, at=address(account, profile))


@router.post("/accounts/{account}/profiles/{profile}/delete")
def delete_profile_page(
    here: Here,
    by: Configurer,
    account: str,
    profile: str,
    version: Version = 0,
    also_remove: Text = "",
) -> Response:
    """Here only; or, by a run, also in Outlook what was synchronised there (R37)."""
    stored = _seen(here, account, profile, version)
    name = f"{account}/{profile}"
    if also_remove:
        run = ask_removal(here.product, stored, by).id
        gone = _(
            "When this run has ended, %(name)s is gone, and the run with it; the audit log keeps what it did.",
            name=name,
        )
        return redirect(f"/runs/{run}", gone, "info")
    here.product.administration.remove(stored, by)
    return redirect(
        "/profiles", _("%(name)s is deleted. In Wice and in Outlook everything stayed as it was.", name=name)
    )


def _coming(listed: ProfileRow, stored: Profile) -> list[datetime]:
    return coming(stored.schedule, datetime.now(UTC), stored.id, listed.due_at)


def _seen(here: Portal, account: str, profile: str, version: int) -> Profile:
    return replace(here.product.registry.profile_of(account, profile), version=version)


def _rename_form(request: Request, profile: Profile, name: str, error: str, status: int = 200) -> Response:
    at = address(profile.account, profile.name)
    return render(request, "pages/profiles/rename.html", status, profile=profile, at=at, name=name, error=error)
