"""Whom the server tells of trouble, from where on, and a test of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.domain.alerts import Security
from app.errors import BadInput, Halt, Retry
from app.http.callers import Configurer
from app.http.state import Here
from app.services.alerts import SECRETS, AlertEntry, version_of
from app.web.asked import Fields, Version
from app.web.flash import redirect
from app.web.i18n import N_, _
from app.web.sentences import all_said, said
from app.web.templating import render

router = APIRouter()

SECURITY: Mapping[Security, str] = {
    Security.STARTTLS: N_("STARTTLS (usually port 587)"),
    Security.TLS: N_("TLS (usually port 465)"),
    Security.NONE: N_("none; only for a mail server on this machine"),
}


@router.get("/settings/alerts")
def alerts(request: Request, here: Here, _by: Configurer) -> Response:
    """The form."""
    return _page(request, here, {}, {})


@router.post("/settings/alerts")
def change_alerts(
    request: Request,
    here: Here,
    by: Configurer,
    fields: Fields,
    version: Version = 0,
    forget: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Set them. A secret that is left empty stays; `forget` names those that go."""
    typed = {name: fields[name] for name in AlertEntry.model_fields if name in fields}
    gone = dict.fromkeys(set(forget or ()) & set(SECRETS))
    try:
        here.product.alerts.change(typed | gone, by, version=version)
    except BadInput as error:
        visible = {name: value for name, value in typed.items() if name not in SECRETS}
        return _page(request, here, visible | {"version": version}, all_said(error.fields), 422)
    return redirect("/settings/alerts", _("Saved."))


@router.post("/settings/alerts/test")
def send_test_message(here: Here, _by: Configurer) -> Response:
    """Send a test message on every way."""
    try:
        here.product.alerts.test()
    except (BadInput, Halt, Retry) as error:
        return redirect("/settings/alerts", said(str(error)), "bad")
    return redirect("/settings/alerts", _("The test message is on its way."))


def _page(
    request: Request, here: Here, typed: Mapping[str, object], errors: Mapping[str, str], status: int = 200
) -> Response:
    stored = here.product.alerts.settings()
    shown = {name: value for name, value in asdict(stored).items() if name not in SECRETS}
    return render(
        request,
        "pages/alerts.html",
        status,
        typed=shown | {"version": version_of(stored)} | dict(typed),
        stored={name: bool(getattr(stored, name)) for name in SECRETS},
        security=[(one.value, _(text)) for one, text in SECURITY.items()],
        errors=errors,
    )
