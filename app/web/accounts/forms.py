"""Add, edit, rename, activate, deactivate and remove one account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.domain.account import Account
from app.errors import BadInput, Superseded
from app.http.callers import Configurer
from app.http.state import Here, Portal
from app.web.accounts.page import address
from app.web.asked import Text, Version
from app.web.flash import redirect
from app.web.i18n import N_, _
from app.web.sentences import all_said, said
from app.web.templating import render

router = APIRouter()

_SECRETS: Final = ("wice_password", "exchange_password")
_LABELS: Final = {
    "name": N_("Name"),
    "email": N_("E-mail address"),
    "wice_server": N_("Wice server"),
    "wice_username": N_("User name in Wice"),
    "wice_password": N_("Password in Wice"),
    "exchange_server": N_("Exchange server"),
    "mailbox": N_("Mailbox"),
    "exchange_username": N_("User name in Exchange"),
    "exchange_password": N_("Password in Exchange"),
    "profile_name": N_("Name of the first profile"),
    "profile_template": N_("Template"),
    "profile_appointments": N_("Appointments"),
    "profile_contacts_folder": N_("Folder for contacts"),
    "profile_calendar_folder": N_("Folder for appointments"),
}
FIRST_PROFILE: Final = "Wice"
"""What the first profile is called unless one says otherwise, as its folders are."""


def _settings(
    email: Text = "",
    wice_server: Text = "",
    wice_username: Text = "",
    wice_password: Text = "",
    exchange_server: Text = "",
    mailbox: Text = "",
    exchange_username: Text = "",
    exchange_password: Text = "",
) -> dict[str, str]:
    return dict(locals())


Settings = Annotated[dict[str, str], Depends(_settings)]


@router.get("/accounts/new")
def new_account(request: Request, here: Here, _by: Configurer) -> Response:
    """An empty form."""
    return _form(request, here, {"name": "", "profile_name": FIRST_PROFILE, "profile_template": ""}, {})


@router.post("/accounts/new")
def add_account(
    request: Request,
    here: Here,
    by: Configurer,
    settings: Settings,
    name: Text = "",
    profile_name: Text = "",
    profile_template: Text = "",
) -> Response:
    """Add it, with its first profile if that has a name."""
    given = {"name": name, **settings}
    profile = {"name": profile_name, "template": profile_template} if profile_name.strip() else None
    try:
        account = here.product.administration.create_account(given, profile, by)
    except BadInput as error:
        typed = {**given, "profile_name": profile_name, "profile_template": profile_template}
        return _form(request, here, typed, _faults(error), status=422)
    return redirect(
        address(account.name), _("%(name)s is added. Analyse it next: that changes nothing.", name=account.name)
    )


@router.get("/accounts/{name}/edit")
def edit_account(request: Request, here: Here, _by: Configurer, name: str) -> Response:
    """The form with what is stored; never a password."""
    return _form(request, here, {}, {}, here.product.registry.account(name))


@router.post("/accounts/{name}/edit")
def change_account(
    request: Request,
    here: Here,
    by: Configurer,
    settings: Settings,
    name: str,
    version: Version = 0,
    full_editing: Text = "",
) -> Response:
    """Store what was typed, unless somebody else was faster."""
    stored = replace(here.product.registry.account(name), version=version)
    given = {field: value for field, value in settings.items() if value or field not in _SECRETS}
    typed = settings | {"full_editing": full_editing}
    try:
        here.product.administration.update(stored, given, by, full_editing=bool(full_editing))
    except BadInput as error:
        return _form(request, here, typed, _faults(error), stored, 422)
    except Superseded:
        why = _("Somebody else has changed this account meanwhile. Compare with what is stored, and save again.")
        return _form(request, here, typed, {"": why}, here.product.registry.account(name), 412)
    return redirect(address(name), _("%(name)s is saved.", name=name))


@router.get("/accounts/{name}/rename")
def rename_account_page(request: Request, here: Here, _by: Configurer, name: str) -> Response:
    """A field for the new name."""
    stored = here.product.registry.account(name)
    return render(request, "pages/accounts/rename.html", account=stored, new_name=name, errors=defaultdict(str))


@router.post("/accounts/{name}/rename")
def rename_account(
    request: Request, here: Here, by: Configurer, name: str, new_name: Text = "", version: Version = 0
) -> Response:
    """Give it another name; everything else stays."""
    stored = replace(here.product.registry.account(name), version=version)
    try:
        here.product.administration.rename(stored, new_name, by)
    except BadInput as error:
        errors = {"new_name": said(error.fields.get("name", str(error)))}
        return render(request, "pages/accounts/rename.html", 422, account=stored, new_name=new_name, errors=errors)
    return redirect(address(new_name.strip()), _("The account is called %(name)s now.", name=new_name.strip()))


@router.get("/accounts/{name}/deactivate")
def deactivate_account_page(request: Request, here: Here, _by: Configurer, name: str) -> Response:
    """What that means, before it is done."""
    stored = here.product.registry.account(name)
    return render(
        request,
        "pages/confirm.html",
        title=_("Deactivate %(name)s?", name=stored.name),
        text=_(
            "It is no longer synchronised, and a run that goes on is stopped. "
            "Everything stays where it is; you can activate it again at any time."
        ),
        action=f"{address(name)}/deactivate",
        button=_("Deactivate"),
        back=address(name),
        icon="circle-off",
        tone="primary",
    )


@router.post("/accounts/{name}/deactivate")
def deactivate_account(here: Here, by: Configurer, name: str) -> Response:
    """No run from now on."""
    here.product.administration.set_active([name], by, active=False)
    return redirect(address(name), _("%(name)s is inactive now.", name=name))


@router.post("/accounts/{name}/activate")
def activate_account(here: Here, by: Configurer, name: str) -> Response:
    """Runs again."""
    here.product.administration.set_active([name], by, active=True)
    return redirect(address(name), _("%(name)s is active again.", name=name))


@router.get("/accounts/{name}/remove")
def remove_account_page(request: Request, here: Here, _by: Configurer, name: str) -> Response:
    """What that means, before it is done (R37)."""
    stored = here.product.registry.account(name)
    return render(
        request,
        "pages/confirm.html",
        title=_("Remove %(name)s?", name=stored.name),
        text=_(
            "Its profiles, links and history are removed here. "
            "In Wice and Exchange nothing is touched: all contacts and appointments stay on both sides."
        ),
        action=f"{address(name)}/remove",
        button=_("Remove"),
        back=address(name),
        fields={"version": stored.version},
    )


@router.post("/accounts/{name}/remove")
def remove_account(here: Here, by: Configurer, name: str, version: Version = 0) -> Response:
    """Remove it here."""
    here.product.administration.remove(replace(here.product.registry.account(name), version=version), by)
    return redirect("/accounts", _("%(name)s is removed. In Wice and Exchange everything stayed as it was.", name=name))


def _form(
    request: Request,
    here: Portal,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    stored: Account | None = None,
    status: int = 200,
) -> Response:
    """The form with `typed` over what is stored, and each error at its field."""
    registry = here.product.registry
    known = {field: getattr(stored, field) for field in _settings() if field not in _SECRETS} if stored else {}
    return render(
        request,
        "pages/accounts/form.html",
        status,
        stored=stored,
        typed={**_settings(), "full_editing": "", **known, **typed},
        errors=defaultdict(str, errors),
        summary=[
            (field, f"{_(_LABELS[field])}: {text}" if field in _LABELS else text) for field, text in errors.items()
        ],
        locked=here.product.administration.locked(stored) if stored else {},
        wice_servers=[(one.name, one.name) for one in registry.wice_servers(secrets=False)],
        exchange_servers=[(one.name, one.name) for one in registry.exchange_servers(secrets=False)],
        templates=[(one.name, one.name) for one in registry.templates()],
    )


def _faults(error: BadInput) -> dict[str, str]:
    return all_said(error.fields) or {"": str(error)}
