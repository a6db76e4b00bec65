"""The request that is being answered, for everything that writes text: language, time zone, who is signed in, what they may.

A context variable, because templates' macros and `_()` have no request at hand. It holds the request's own scope, so that what a
dependency learns later (`request.state.me`) is seen without being copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import tzinfo
from typing import Protocol, cast
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from babel.dates import LOCALTZ
from starlette.types import Scope

from app.domain.people import Permission, Role
from app.rules.access import may as may_role

LANGUAGES = {"de": "Deutsch", "en": "English"}
DEFAULT_LANGUAGE = "en"

_scope: ContextVar[Scope] = ContextVar("scope")


class Me(Protocol):
    """Who is signed in; `app.domain.people.User` is one. `language` and `time_zone` may be empty."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def language(self) -> str: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def theme(self) -> str: ...


def answer(scope: Scope) -> None:
    """From here on, this thread of execution answers the request of `scope`."""
    scope.setdefault("state", {})
    _scope.set(scope)


@contextmanager
def speaking(language: str, time_zone: str = "UTC") -> Iterator[None]:
    """Texts outside of any request, such as a mail or a test's expectation."""
    state = {"language": language, "time_zone": time_zone}
    token = _scope.set({"type": "http", "path": "/", "query_string": b"", "headers": [], "state": state})
    try:
        yield
    finally:
        _scope.reset(token)


def state(name: str) -> object:
    """`request.state.<name>`, or None."""
    return _scope.get({}).get("state", {}).get(name)


def me() -> Me | None:
    """Who is signed in: what the sign-in has put into `request.state.me`."""
    return cast("Me | None", state("me"))


def may(permission: Permission | str) -> bool:
    """Whether the signed-in person may; nobody may nothing."""
    person = me()
    return person is not None and may_role(person.role, Permission(permission))


def language() -> str:
    """The person's own choice, else what the browser asks for (see `languages.LanguageChoice`), else the server's."""
    person = me()
    if person is not None and person.language in LANGUAGES:
        return person.language
    return str(state("language") or state("default_language") or DEFAULT_LANGUAGE)


def time_zone() -> tzinfo:
    """The person's own zone, else the server's."""
    person = me()
    name = (person.time_zone if person is not None else "") or state("time_zone")
    return ZoneInfo(str(name)) if name else LOCALTZ


def csrf_token() -> str:
    """What a form sends back as `csrf`; empty before somebody has a session."""
    return str(state("csrf") or "")


def path() -> str:
    """The path of this page."""
    return str(_scope.get({}).get("path", "/"))


def parameters() -> dict[str, str]:
    """What stands after the question mark."""
    return dict(parse_qsl(_scope.get({}).get("query_string", b"").decode("latin-1")))


def here(**changes: object) -> str:
    """The address of this page with other parameters; None takes one out. `here(sort="-name", after=None)`."""
    wanted = parameters() | {name: str(value) for name, value in changes.items()}
    kept = {name: value for name, value in wanted.items() if name not in changes or changes[name] is not None}
    return f"{path()}?{urlencode(kept)}" if kept else path()
