"""The portal's main navigation: one table; a page adds its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.people import Permission
from app.web import current
from app.web.i18n import N_, _


@dataclass(frozen=True, slots=True)
class Entry:
    """`path` is also the prefix of all pages below it; `permission`: who sees it."""

    path: str
    label: str
    icon: str
    permission: Permission = Permission.READ


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the reader sees it."""

    path: str
    label: str
    icon: str
    current: bool


SECTIONS: Mapping[str, tuple[Entry, ...]] = {
    N_("Every day"): (
        Entry("/", N_("Overview"), "home"),
        Entry("/accounts", N_("Accounts"), "address-book"),
        Entry("/profiles", N_("Profiles"), "arrows-exchange"),
        Entry("/runs", N_("Runs"), "history"),
        Entry("/explain", N_("Explain"), "zoom-question"),
    ),
    N_("Set-up"): (
        Entry("/servers", N_("Servers"), "server"),
        Entry("/templates", N_("Templates"), "template"),
        Entry("/licence", N_("Licence"), "certificate"),
        Entry("/settings", N_("Settings"), "settings"),
    ),
    N_("Access"): (
        Entry("/users", N_("Users"), "users", Permission.MANAGE),
        Entry("/tokens", N_("API tokens"), "key"),
        Entry("/audit", N_("Audit log"), "list-details"),
    ),
}

# Pages whose address does not begin with that of the entry they belong to.
BELONGS: Mapping[str, str] = {
    "/wice-servers": "/servers",
    "/exchange-servers": "/servers",
    "/overview": "/",
    "/failures": "/runs",
}


def navigation() -> list[tuple[str, list[Shown]]]:
    """Sections (heading, entries) that the reader may see."""
    here = _entry_path(current.path())
    sections = (
        (_(heading), [_shown(entry, here) for entry in entries if current.may(entry.permission)])
        for heading, entries in SECTIONS.items()
    )
    return [section for section in sections if section[1]]


def _shown(entry: Entry, here: str) -> Shown:
    return Shown(entry.path, _(entry.label), entry.icon, current=entry.path == here)


def _entry_path(path: str) -> str:
    # An account's profiles belong to Profiles, though they stand below the account.
    parts = path.split("/")
    if path.startswith("/accounts/") and "profiles" in parts[3:4]:
        return "/profiles"
    first = f"/{parts[1]}"
    return BELONGS.get(first, first)
