"""Signing in and out, and the one-time link with which somebody chooses a password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.domain.people import Actor, Permission, Session
from app.errors import BadInput, Denied, NotFound, Throttled
from app.http.cookies import SESSION, forget_session, keep_session
from app.http.security import client_of, needs, own_path, public
from app.http.state import Here
from app.rules.passwords import LEAST
from app.web.asked import Text
from app.web.flash import redirect
from app.web.i18n import _
from app.web.templating import render

router = APIRouter()


@router.get("/sign-in", dependencies=[public()])
def sign_in_page(request: Request, next: str = "/") -> Response:  # noqa: A002 - the address's own word
    """The form; whoever is signed in goes on at once."""
    back = own_path(next)
    if request.state.me is not None:
        return RedirectResponse(back, 303)
    return render(request, "pages/sign_in.html", back=back, name="", error="")


@router.post("/sign-in", dependencies=[public()])
def sign_in(request: Request, here: Here, name: Text = "", password: Text = "", back: Text = "/") -> Response:
    """Which of the two was wrong is not told."""
    try:
        entered = here.product.sign_in.enter(name, password, client_of(request), request.cookies.get(SESSION, ""))
    except Denied:
        error = _("The user name or the password is wrong.")
        return render(request, "pages/sign_in.html", 401, back=own_path(back), name=name, error=error)
    except Throttled as wait:
        seconds = wait.after.total_seconds()
        return render(request, "pages/sign_in.html", 429, back=own_path(back), name=name, error="", wait=seconds)
    response = RedirectResponse(own_path(back), 303)
    keep_session(response, entered, here.settings)
    return response


@router.post("/sign-out")
def sign_out(request: Request, here: Here, by: Annotated[Actor, needs(Permission.READ)]) -> Response:
    """End this browser's session."""
    session: Session | None = request.state.session
    if session is not None:
        here.product.sign_in.leave(session, by)
    response = redirect("/sign-in", _("You are signed out."))
    forget_session(response, here.settings)
    return response


@router.get("/welcome/{link}", dependencies=[public()])
def welcome_page(request: Request, here: Here, link: str) -> Response:
    """Whom the link is for, and a field for the password."""
    owner = here.product.sign_in.welcomed(link)
    if owner is None:
        return render(request, "pages/welcome.html", 404, owner=None, name="", errors={}, least=LEAST)
    return render(request, "pages/welcome.html", owner=owner, name=owner.name, errors={}, least=LEAST)


@router.post("/welcome/{link}", dependencies=[public()])
def welcome(
    request: Request, here: Here, link: str, name: Text = "", password: Text = "", repeated: Text = ""
) -> Response:
    """Set the password and sign in."""
    owner = here.product.sign_in.welcomed(link)
    if owner is None:
        return render(request, "pages/welcome.html", 404, owner=None, name="", errors={}, least=LEAST)
    if password != repeated:
        errors = {"repeated": _("The two passwords differ. Type the same one twice.")}
        return render(request, "pages/welcome.html", 422, owner=owner, name=name, errors=errors, least=LEAST)
    try:
        entered = here.product.sign_in.welcome(link, name, password, client_of(request))
    except NotFound:
        return render(request, "pages/welcome.html", 404, owner=None, name="", errors={}, least=LEAST)
    except BadInput as error:
        errors = dict(error.fields) or {"name": str(error)}
        return render(request, "pages/welcome.html", 422, owner=owner, name=name, errors=errors, least=LEAST)
    response = redirect("/", _("Welcome. Your password is set."))
    keep_session(response, entered, here.settings)
    return response
