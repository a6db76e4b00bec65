"""The pages' templates: `render(request, "pages/x.html", ...)`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.http.version import version
from app.web import badges, charts, current, flash, formats, i18n, licence_words, schedules, sentences, words
from app.web.navigation import navigation
from app.web.static_files import icon_url, static_url

TEMPLATES = Path(__file__).parents[2] / "templates"
THEME_COOKIE = "theme"
THEMES = ("light", "dark")


class Column(NamedTuple):
    """A table's column. `sort`: the name that goes into `?sort=`, "" if it cannot be sorted by; `kind`: "" or "number"."""

    label: str
    sort: str = ""
    kind: str = ""


_FILTERS: tuple[Callable[..., str], ...] = (
    formats.ago,
    formats.day,
    formats.duration,
    formats.number,
    formats.percent,
    formats.size,
    formats.when,
    licence_words.sentence,
    schedules.schedule,
    sentences.said,
    sentences.setting,
    words.word,
)


@cache
def environment() -> Environment:
    """Everything is escaped, in every file; a name that is not given is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        _=i18n._,
        ngettext=i18n.ngettext,
        badge=badges.badge,
        charts=charts,
        column=Column,
        csrf_token=current.csrf_token,
        here=current.here,
        parameters=current.parameters,
        icon_url=icon_url,
        static_url=static_url,
    )
    made.filters.update({function.__name__: _each_time(function) for function in _FILTERS})
    return made


def _each_time(write: Callable[..., str]) -> Callable[..., str]:
    # Jinja works out `{{ 12345|number }}` when it compiles, once for all languages, unless the filter asks for the context.
    @pass_context
    def written(_context: Context, value: object, *details: object) -> str:
        return write(value, *details)

    return written


def render(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """A page. Besides `context` it knows: me, may, lang, languages, theme, nav, csrf, path, is_htmx, flash, banner, organisation,
    version, request_id.
    """
    # Again, as the page for an unforeseen error is made outside of the middleware.
    current.answer(request.scope)
    message = flash.read(request)
    text = environment().get_template(template).render(_always(request, message) | context)
    response = HTMLResponse(text, status_code=status, headers={"Vary": "Cookie, Accept-Language, HX-Request"})
    if message:
        flash.forget(response)
    return response


def part(template: str, **context: object) -> str:
    """A piece of a page that knows nothing of the request but its language."""
    return environment().get_template(template).render(context)


def _always(request: Request, message: tuple[str, str] | None) -> dict[str, object]:
    return {
        "me": current.me(),
        "may": current.may,
        "lang": current.language(),
        "languages": current.LANGUAGES,
        "theme": _theme(request),
        "nav": navigation(),
        "csrf": current.csrf_token(),
        "path": current.path(),
        "is_htmx": "HX-Request" in request.headers,
        "flash": message,
        "banner": licence_words.banner(),
        "organisation": str(current.state("organisation") or ""),
        "version": version(),
        "request_id": str(current.state("request_id") or ""),
    }


def _theme(request: Request) -> str:
    """One of THEMES, or "" for what the system prefers."""
    person = current.me()
    wish = person.theme if person is not None and person.theme else request.cookies.get(THEME_COOKIE, "")
    return wish if wish in THEMES else ""
