"""The assistant: one step a page, for a new profile and for one that is changed. Only the last step stores the profile.

`GET ...?step=rules&...` shows a step, or the first one before it that has a fault; `POST` is for what acts: testing the login, and the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain.account import Account, Profile
from app.domain.people import Actor, Permission
from app.domain.run import Verb
from app.domain.sync import Kind
from app.errors import BadInput, NotFound, Superseded
from app.http.callers import Configurer
from app.http.state import Here, Portal
from app.rules.access import may
from app.rules.timetable import coming
from app.services.connection import Step
from app.services.requests import ask
from app.web import schedule_form
from app.web.asked import Fields
from app.web.flash import redirect
from app.web.i18n import _
from app.web.profiles import draft as drafts
from app.web.profiles import faults, login, words
from app.web.profiles.asked import address
from app.web.profiles.draft import Draft
from app.web.profiles.folders import browse
from app.web.profiles.summary import warnings
from app.web.server_words import rows
from app.web.templating import render
from app.web.zones import time_zones

router = APIRouter()

_FIRST: Final = "Wice"
"""What an account's only profile is called unless one says otherwise, as its folders are."""


@dataclass(frozen=True)
class Desk:
    """What every step needs. `stored` is None for a new profile."""

    request: Request
    here: Portal
    account: Account
    stored: Profile | None
    draft: Draft

    @property
    def at(self) -> str:
        """The assistant's own address."""
        return (
            address(self.account.name, self.stored.name, "edit") if self.stored else address(self.account.name, "new")
        )

    @property
    def wanted(self) -> Profile:
        """What the draft makes. Raises: BadInput."""
        administration = self.here.product.administration
        return administration.wanted(Profile, self.draft.given, self.stored, self.account.name)

    @property
    def seen(self) -> Profile | None:
        """What is changed, as it was when the assistant was opened."""
        return replace(self.stored, version=self.draft.version) if self.stored else None


@router.get("/accounts/{account}/profiles/new")
def new_profile(request: Request, here: Here, _by: Configurer, account: str) -> Response:
    """A step for a new profile."""
    return _shown(_desk(request, here, account, "", request.query_params))


@router.post("/accounts/{account}/profiles/new")
def add_profile(request: Request, here: Here, by: Configurer, account: str, fields: Fields) -> Response:
    """Test the login, or add the profile."""
    return _acted(_desk(request, here, account, "", fields), fields, by)


@router.get("/accounts/{account}/profiles/{profile}/edit")
def edit_profile(request: Request, here: Here, _by: Configurer, account: str, profile: str) -> Response:
    """A step for one that is changed."""
    return _shown(_desk(request, here, account, profile, request.query_params))


@router.post("/accounts/{account}/profiles/{profile}/edit")
def change_profile(
    request: Request, here: Here, by: Configurer, account: str, profile: str, fields: Fields
) -> Response:
    """Test the login, or store the changes."""
    return _acted(_desk(request, here, account, profile, fields), fields, by)


def _desk(request: Request, here: Portal, account: str, profile: str, fields: Mapping[str, str]) -> Desk:
    registry = here.product.registry
    owner = registry.account(account)
    stored = registry.profile_of(account, profile) if profile else None
    name = "" if registry.profiles_of_account(owner.name) else _FIRST
    return Desk(request, here, owner, stored, Draft.of(stored, name).with_fields(fields))


def _shown(desk: Desk) -> Response:
    """The step that is asked for, if those before it are in order."""
    step, steps = _asked_for(desk), desk.draft.steps
    found = faults.of(desk)
    first = min((steps.index(faults.step_of(desk.draft, setting)) for setting in found), default=len(steps))
    if first < steps.index(step):
        return _step(desk, steps[first], found, status=422)
    return _step(desk, step)


def _asked_for(desk: Desk) -> str:
    """The step that the address names, or the one beside that whose form was sent."""
    draft, asked = desk.draft, desk.request.query_params
    came_from = asked.get("from", "")
    if came_from in draft.steps:
        return draft.before(came_from) or came_from if asked.get("go") == "back" else draft.after(came_from)
    return asked["step"] if asked.get("step") in draft.steps else draft.steps[0]


def _acted(desk: Desk, fields: Mapping[str, str], by: Actor) -> Response:
    if fields.get("step") == drafts.WICE:
        return _after_login(desk, fields, by)
    try:
        name = _stored(desk, by)
    except BadInput as error:
        if isinstance(error, NotFound) and not error.fields:
            raise
        found = dict(error.fields) or {"": str(error)}
        return _step(desk, faults.first_step(desk.draft, found), found, status=422)
    except Superseded:
        return _superseded(desk)
    if "analyse" in fields and may(by.role, Permission.RUN):
        return redirect(f"/runs/{ask(desk.here.product, f'{desk.account.name}/{name}', Verb.ANALYSE, by).id}")
    text = _("The profile %(name)s is ready.", name=name) if desk.draft.is_new else _("%(name)s is saved.", name=name)
    return redirect(address(desk.account.name, name), text)


def _stored(desk: Desk, by: Actor) -> str:
    """Add or change the profile; returns its name."""
    administration = desk.here.product.administration
    if seen := desk.seen:
        return administration.update(seen, desk.draft.given, by, full_editing=desk.draft.full).name
    return administration.create(Profile, desk.draft.given, by, account=desk.account.name).name


def _superseded(desk: Desk) -> Response:
    """The last step again, against what is stored now."""
    registry = desk.here.product.registry
    now = registry.profile_of(desk.account.name, desk.stored.name) if desk.stored else None
    newer = replace(desk, stored=now, draft=replace(desk.draft, version=now.version if now else 0))
    why = _(
        "Somebody else has changed this profile meanwhile. Below stands what your changes do to it now; finish again to keep them."
    )
    return _step(newer, drafts.FINISH, {"": why}, status=412)


def _after_login(desk: Desk, fields: Mapping[str, str], by: Actor) -> Response:
    """Go on if the login works or shall be kept all the same; else the step again, with what was tried."""
    try:
        tried = login.tried(desk.here, desk.account, fields, needs_email=desk.draft.settings["appointments"] == "true")
        if tried and "anyway" not in fields:
            return _step(desk, drafts.WICE, typed=fields, tried=tried, status=422)
        login.keep(desk.here, desk.account, fields, by, full_editing=desk.draft.full)
    except BadInput as error:
        return _step(desk, drafts.WICE, dict(error.fields) or {"": str(error)}, typed=fields, status=422)
    except Superseded:
        why = _("Somebody else has changed this account meanwhile. Look at it, and go on again.")
        return _step(desk, drafts.WICE, {"": why}, status=412)
    return redirect(f"{desk.at}?{desk.draft.query(desk.draft.after(drafts.WICE))}")


def _step(
    desk: Desk,
    step: str,
    found: Mapping[str, str] | None = None,
    *,
    typed: Mapping[str, str] | None = None,
    tried: list[Step] | None = None,
    status: int = 200,
) -> Response:
    """The page of one step, with each fault of it at its field."""
    errors = faults.said(desk.draft, step, found or {})
    steps = desk.draft.steps
    context = {
        "draft": desk.draft,
        "settings": desk.draft.settings,
        "step": step,
        "steps": [(_(drafts.TITLES[one]), f"{desk.at}?{desk.draft.query(one)}") for one in steps],
        "title": _(drafts.TITLES[step]),
        "current": steps.index(step),
        "previous": desk.draft.before(step),
        "at": desk.at,
        "back": address(desk.account.name, desk.stored.name)
        if desk.stored
        else f"/accounts/{quote(desk.account.name, safe='')}",
        "account": desk.account,
        "profile": desk.stored,
        "errors": defaultdict(str, errors),
        "summary": [(field, f"{words.label(field)}: {text}" if field else text) for field, text in errors.items()],
        "options": words.options,
        "folder_name": words.folder,
        "schedule_fields": schedule_form.fields,
        "locked": desk.here.product.administration.locked(desk.stored) if desk.stored else {},
    }
    return render(
        desk.request, "pages/profiles/wizard.html", status, **context, **_own(desk, step, typed or {}, tried or [])
    )


def _own(desk: Desk, step: str, typed: Mapping[str, str], tried: list[Step]) -> dict[str, object]:
    """What only one of the steps needs."""
    match step:
        case drafts.KINDS:
            return {
                "templates": [(template.name, template.name) for template in desk.here.product.registry.templates()]
            }
        case drafts.WICE:
            return login.shown(desk.here, desk.account, typed) | {"tried": rows(tried)}
        case drafts.FOLDERS:
            return {"browsers": _browsers(desk)}
        case drafts.TIMES:
            return {"zones": time_zones()}
        case drafts.FINISH:
            return _result(desk)
        case _:
            return {}


def _browsers(desk: Desk) -> object:
    settings = desk.draft.settings
    profile = desk.stored or Profile(account=desk.account.name, name="")
    kinds = [kind for kind in Kind if settings[kind.value] == "true"]
    wishes = {Kind.CONTACTS: settings["contacts_folder"], Kind.APPOINTMENTS: settings["calendar_folder"]}
    return browse(desk.here, profile, wishes, kinds)


def _result(desk: Desk) -> dict[str, object]:
    wanted = desk.wanted
    preview = desk.here.product.administration.preview(desk.stored, desk.draft.given) if desk.stored else None
    return {
        "facts": words.facts(wanted),
        "wanted": wanted,
        "coming": coming(wanted.schedule, datetime.now(UTC), desk.stored.id if desk.stored else None),
        "changes": words.differences(preview.before, preview.after) if preview else [],
        "warnings": warnings(wanted, preview),
    }
