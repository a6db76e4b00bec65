"""What everybody may change about themselves: how the portal speaks to them, the password, and where they are signed in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain.people import Actor, Session
from app.errors import BadInput
from app.http.callers import Reader
from app.http.state import Here
from app.web.asked import Text
from app.web.flash import redirect
from app.web.i18n import _
from app.web.templating import render
from app.web.zones import time_zones

router = APIRouter()


@router.get("/me")
def my_page(request: Request, here: Here, by: Reader) -> Response:
    """One's own settings."""
    return _page(request, here, by, {})


@router.post("/me")
def change_me(
    request: Request, here: Here, by: Reader, language: Text = "", time_zone: Text = "", theme: Text = ""
) -> Response:
    """Language, time zone, appearance."""
    user = here.product.people.user(by.name)
    try:
        here.product.people.set_preferences(user, by, language=language, time_zone=time_zone, theme=theme)
    except BadInput as error:
        return _page(request, here, by, dict(error.fields), 422)
    return redirect("/me", _("Saved."))


@router.post("/me/password")
def change_my_password(
    request: Request, here: Here, by: Reader, present: Text = "", new: Text = "", repeated: Text = ""
) -> Response:
    """Other browsers are signed out."""
    if new != repeated:
        return _page(request, here, by, {"repeated": _("The two passwords differ. Type the same one twice.")}, 422)
    try:
        here.product.people.change_password(by.name, present, new, by, _this_session(request))
    except BadInput as error:
        return _page(request, here, by, dict(error.fields), 422)
    return redirect("/me", _("Your password is changed. Other browsers were signed out."))


@router.post("/me/sessions/{session}/end")
def end_my_session(request: Request, here: Here, by: Reader, session: str) -> Response:
    """Sign one browser out."""
    here.product.people.end_session(by.name, session, by)
    return redirect("/sign-in" if session == _this_session(request) else "/me", _("That browser is signed out."))


def _this_session(request: Request) -> str:
    session: Session | None = request.state.session
    return session.id if session else ""


def _page(request: Request, here: Here, by: Actor, errors: dict[str, str], status: int = 200) -> Response:
    people = here.product.people
    return render(
        request,
        "pages/me.html",
        status,
        user=people.user(by.name),
        sessions=people.sessions_of(by.name, by),
        this_session=_this_session(request),
        zones=time_zones(),
        errors=errors,
    )
