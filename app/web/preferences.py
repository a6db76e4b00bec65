"""Language and theme, from the page header: kept in this browser, and with the person who is signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.domain.people import Actor, Session, Via
from app.http.security import client_of, own_path, public
from app.http.state import Here
from app.web import current, languages
from app.web.flash import redirect
from app.web.templating import THEME_COOKIE, THEMES

router = APIRouter()
AS_THE_SYSTEM = "auto"
_A_YEAR_S = 365 * 24 * 3600


@router.post("/preferences", dependencies=[public()])
def choose(
    request: Request,
    here: Here,
    back: Annotated[str, Form()] = "/",
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
) -> Response:
    """What is not named stays as it is."""
    session: Session | None = request.state.session
    if session is not None:
        user, client = session.user, client_of(request)
        by = Actor(
            name=user.name, role=user.role, via=Via.PORTAL, address=client.address, request=request.state.request_id
        )
        here.product.people.set_preferences(
            user,
            by,
            language=language if language in current.LANGUAGES else user.language,
            time_zone=user.time_zone,
            theme=theme.removeprefix(AS_THE_SYSTEM) if theme in {*THEMES, AS_THE_SYSTEM} else user.theme,
        )
    return _kept(redirect(own_path(back)), language, theme)


def _kept(response: Response, language: str, theme: str) -> Response:
    if language in current.LANGUAGES:
        _keep(response, languages.COOKIE, language)
    if theme in THEMES:
        _keep(response, THEME_COOKIE, theme)
    elif theme == AS_THE_SYSTEM:
        response.delete_cookie(THEME_COOKIE)
    return response


def _keep(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=_A_YEAR_S, httponly=True, samesite="lax")
