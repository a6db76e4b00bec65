"""API tokens: made by those who use them, shown once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain.people import Actor, Role
from app.errors import BadInput
from app.http.callers import Reader
from app.http.state import Here
from app.rules.access import lesser
from app.web.asked import Text
from app.web.flash import redirect
from app.web.i18n import N_, _
from app.web.templating import render

router = APIRouter()

# Everybody has tokens of their own, which can never do more than their owner.

LIFETIMES = {"30": N_("30 days"), "90": N_("90 days"), "365": N_("one year"), "": N_("no end")}


@router.get("/tokens")
def tokens_page(request: Request, here: Here, by: Reader) -> Response:
    """Administrators see everybody's."""
    tokens = here.product.api_tokens.of(by)
    return render(request, "pages/tokens/list.html", tokens=tokens, now=datetime.now(UTC))


@router.get("/tokens/new")
def new_token_page(request: Request, by: Reader) -> Response:
    """The form."""
    return _form(request, by, "", by.role, "365", {})


@router.post("/tokens/new")
def make_token(request: Request, here: Here, by: Reader, name: Text = "", role: Text = "", days: Text = "") -> Response:
    """Make a token and show its text, this once."""
    chosen = Role(role) if role in set(Role) else by.role
    until = datetime.now(UTC) + timedelta(days=int(days)) if days in LIFETIMES and days else None
    try:
        token, text = here.product.api_tokens.make(by.name, name, chosen, until, by)
    except BadInput as error:
        return _form(request, by, name, chosen, days, dict(error.fields) or {"name": str(error)}, 422)
    address = here.settings.portal_url.rstrip("/")
    return render(request, "pages/tokens/made.html", token=token, text=text, address=address)


@router.get("/tokens/{token}/delete")
def ask_revoke(request: Request, _by: Reader, token: int) -> Response:
    """The question, for browsers without scripts."""
    return render(
        request,
        "pages/confirm.html",
        title=_("Revoke this token?"),
        text=_("Programs that use it are refused from now on. This cannot be taken back."),
        action=f"/tokens/{token}/delete",
        button=_("Revoke"),
        back="/tokens",
    )


@router.post("/tokens/{token}/delete")
def revoke_token(here: Here, by: Reader, token: int) -> Response:
    """It is of no use from now on."""
    here.product.api_tokens.revoke(token, by)
    return redirect("/tokens", _("The token is revoked."))


def _form(
    request: Request, by: Actor, name: str, role: Role, days: str, errors: dict[str, str], status: int = 200
) -> Response:
    roles = [one for one in Role if lesser(one, by.role) is one]
    lifetimes = [(days, _(text)) for days, text in LIFETIMES.items()]
    context = {"name": name, "role": role, "roles": roles, "days": days, "lifetimes": lifetimes, "errors": errors}
    return render(request, "pages/tokens/new.html", status, **context)
