"""Language and theme of this browser, from the page header: a plain form, kept in cookies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from app.http.security import own_path, public
from app.web import current, languages
from app.web.flash import redirect
from app.web.templating import THEME_COOKIE, THEMES

router = APIRouter()
_A_YEAR_S = 365 * 24 * 3600


@router.post("/preferences", dependencies=[public()])
def choose(
    back: Annotated[str, Form()] = "/",
    language: Annotated[str, Form()] = "",
    theme: Annotated[str | None, Form()] = None,
) -> Response:
    """What is not named stays as it is."""
    response = redirect(own_path(back))
    if language in current.LANGUAGES:
        _keep(response, languages.COOKIE, language)
    if theme in THEMES:
        _keep(response, THEME_COOKIE, theme)
    elif theme is not None:
        response.delete_cookie(THEME_COOKIE)
    return response


def _keep(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=_A_YEAR_S, httponly=True, samesite="lax")
