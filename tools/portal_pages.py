"""Every page of the portal, with addresses of things that the demo has: for tests that look at all pages, and for pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote

from app.bootstrap import Application
from app.domain.account import Template
from app.domain.people import SYSTEM, Role
from app.domain.run import RunStatus, Verb
from app.domain.views import Cut, RunFilter
from app.http import cookies
from app.services.sign_in import Client

TEMPLATE: Final = "Vertrieb"
USER: Final = "petra"
PASSWORD: Final = "correct horse battery"  # noqa: S105 - of a user of the demo
SEARCH: Final = "jette ahrens"
NOBODY: Final = Client("", "")

PAGES: Final[Mapping[str, str]] = {
    "accounts": "/accounts",
    "accounts-import": "/accounts/import",
    "accounts-new": "/accounts/new",
    "account": "/accounts/{account}",
    "account-deactivate": "/accounts/{account}/deactivate",
    "account-edit": "/accounts/{account}/edit",
    "account-remove": "/accounts/{account}/remove",
    "account-rename": "/accounts/{account}/rename",
    "audit": "/audit",
    "exchange-server": "/exchange-servers/{exchange_server}",
    "exchange-server-delete": "/exchange-servers/{exchange_server}/delete",
    "exchange-server-new": "/exchange-servers/new",
    "exchange-server-test": "/exchange-servers/{exchange_server}/test",
    "explain": "/explain",
    "explain-found": "/explain?q={search}",
    "explain-item": "/explain?q={search}&profile={account}/{name}",
    "failures": "/failures",
    "licence": "/licence",
    "me": "/me",
    "missing": "/nowhere",
    "overview": "/",
    "profile": "/accounts/{account}/profiles/{name}",
    "profile-delete": "/accounts/{account}/profiles/{name}/delete",
    "profile-edit": "/accounts/{account}/profiles/{name}/edit",
    "profile-new": "/accounts/{account}/profiles/new",
    "profile-rename": "/accounts/{account}/profiles/{name}/rename",
    "profile-schedule-delete": "/accounts/{account}/profiles/{name}/schedule/delete",
    "profile-times": "/accounts/{account}/profiles/{name}/edit?step=times",
    "profiles": "/profiles",
    "profiles-new": "/profiles/new",
    "run-analysed": "/runs/{analysed}",
    "run-discard": "/runs/{analysed}/discard",
    "run-done": "/runs/{done}",
    "run-execute": "/runs/{analysed}/execute",
    "run-stopped": "/runs/{stopped}",
    "run-undo": "/runs/{done}/undo",
    "runs": "/runs",
    "servers": "/servers",
    "settings": "/settings",
    "settings-alerts": "/settings/alerts",
    "sign-in": "/sign-in",
    "template": "/templates/{template}",
    "template-assign": "/templates/{template}/assign",
    "template-delete": "/templates/{template}/delete",
    "template-edit": "/templates/{template}/edit",
    "template-new": "/templates/new",
    "template-rename": "/templates/{template}/rename",
    "templates": "/templates",
    "token-delete": "/tokens/{token}/delete",
    "token-new": "/tokens/new",
    "tokens": "/tokens",
    "user": "/users/{user}",
    "user-delete": "/users/{user}/delete",
    "user-new": "/users/new",
    "users": "/users",
    "welcome": "/welcome/{link}",
    "wice-server": "/wice-servers/{wice_server}",
    "wice-server-delete": "/wice-servers/{wice_server}/delete",
    "wice-server-new": "/wice-servers/new",
    "wice-server-test": "/wice-servers/{wice_server}/test",
}
"""By a name for its picture; what stands in braces is replaced by what `things` finds."""


def addresses(product: Application) -> Iterator[tuple[str, str]]:
    """Name and address of each page."""
    known = things(product)
    for name, path in PAGES.items():
        yield name, path.format_map(known)


def things(product: Application) -> Mapping[str, str]:
    """What the demo has, and what it is given here because it lacks it: a template, a token, and a user who has not chosen a password yet."""
    account = product.registry.accounts(secrets=False)[0]
    profile = product.registry.profiles_of_account(account.name)[0]
    templates = product.registry.templates() or [Template(name=TEMPLATE)]
    if not product.registry.templates():
        product.registry.create(templates[0])
    if USER in {user.name for user in product.people.users()}:
        product.people.remove(product.people.user(USER), SYSTEM)
    _user, link = product.people.add(USER, Role.OPERATOR, SYSTEM)
    token, _text = product.api_tokens.make(USER, "Monitoring", Role.AUDITOR, None, SYSTEM)
    found = {
        "account": account.name,
        "name": profile.name,
        "wice_server": account.wice_server,
        "exchange_server": account.exchange_server,
        "search": SEARCH,
        "template": templates[0].name,
        "user": USER,
        "token": str(token.id),
        "link": link.rpartition("/")[2],
        "analysed": _run(product, RunFilter(account=account.name, verb=Verb.ANALYSE)),
        "done": _run(product, RunFilter(account=account.name, verb=Verb.SYNC)),
        "stopped": _run(product, RunFilter(status=RunStatus.NEEDS_CONFIRMATION)),
    }
    return {name: quote(value, safe="") for name, value in found.items()}


def _run(product: Application, wanted: RunFilter) -> str:
    """The newest such run."""
    return product.views.runs(wanted, Cut(limit=1)).rows[0].id


def cookie(product: Application, role: Role, language: str, theme: str = "") -> dict[str, str]:
    """The cookie of somebody who has signed in, as Playwright takes it, but for its `url`."""
    name = f"{role}-{language}-{theme or 'light'}"
    if name not in {user.name for user in product.people.users()}:
        _user, link = product.people.add(name, role, SYSTEM)
        product.sign_in.welcome(link.rpartition("/")[2], "", PASSWORD, NOBODY)
    return {"name": cookies.SESSION, "value": product.sign_in.enter(name, PASSWORD, NOBODY).cookie}
