"""The small built-in pages of both servers: one look (`templates/base.html`), plain HTML forms, German, no script.

Templates are found by file name in sandbox/templates, sandbox/wice/templates and sandbox/exchange/templates; each side
starts its file names with its own name ("wice_people.html", "exchange_mailbox.html") so that none hides another.
"""

from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

_HERE = Path(__file__).parent
_FOLDERS = [_HERE / "templates", _HERE / "wice" / "templates", _HERE / "exchange" / "templates"]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDERS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(request: Request, name: str, /, *, status: int = 200, **context: object) -> HTMLResponse:
    """The page `name`, escaped. Every template has `request` and fills base.html: title, server, nav, content."""
    return HTMLResponse(_environment().get_template(name).render(request=request, **context), status)


async def form(request: Request) -> dict[str, str]:
    """The fields of a form-encoded body, whatever its declared type; of a repeated field the last value."""
    body = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(body, keep_blank_values=True))


def see_other(path: str) -> RedirectResponse:
    """After a form was carried out: have the browser fetch `path`, so that reloading does not repeat the write."""
    return RedirectResponse(path, status_code=303)
