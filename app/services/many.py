"""The same for many accounts at once: those that somebody chose, or all that fit a filter. First it is counted, then done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from app.domain.account import Profile
from app.domain.people import Actor
from app.domain.run import RunRequest, Verb
from app.domain.views import AccountFilter
from app.errors import NotFound
from app.ports import Registry
from app.ports.views import Views
from app.services.administration import Administration
from app.services.requests import Office, ask_many
from app.services.templates import Templates


class Change(StrEnum):
    """What may be done to many."""

    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    ASSIGN = "assign"
    REMOVE = "remove"


RUNS: Final = {"analyse": Verb.ANALYSE, "sync": Verb.SYNC}
"""What many may be asked to run."""


class Product(Office, Protocol):
    """What this needs."""

    @property
    def registry(self) -> Registry: ...
    @property
    def views(self) -> Views: ...
    @property
    def administration(self) -> Administration: ...
    @property
    def templates(self) -> Templates: ...


@dataclass(frozen=True, slots=True)
class Meant:
    """The accounts that are meant, by name, and their profiles that may run."""

    accounts: tuple[str, ...]
    profiles: tuple[str, ...]
    all_profiles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it: so many accounts or profiles changed; `locked` profiles keep their settings (R35)."""

    changed: int
    locked: tuple[str, ...] = ()


def meant(product: Product, names: Sequence[str], wanted: AccountFilter | None) -> Meant:
    """Of the named accounts, or of all that fit; inactive ones have nothing to run. Raises: NotFound naming those that do not exist."""
    fitting = product.views.account_names(wanted or AccountFilter())
    if wanted is None:
        chosen = frozenset(names)
        if missing := sorted(chosen - frozenset(fitting)):
            raise NotFound(*(f"there is no account {name!r}" for name in missing[:10]))
        fitting = [name for name in fitting if name in chosen]
    there = frozenset(fitting)
    own = [profile for profile in product.registry.profiles() if profile.account in there]
    runs = frozenset(product.registry.active_profiles())
    return Meant(
        accounts=tuple(fitting),
        profiles=tuple(name for name in map(_full_name, own) if name in runs),
        all_profiles=tuple(map(_full_name, own)),
    )


def run_many(product: Product, of: Meant, verb: Verb, by: Actor) -> Sequence[RunRequest]:
    """Ask for a run of each of their active profiles."""
    return ask_many(product, of.profiles, verb, by) if of.profiles else []


def change_many(product: Product, of: Meant, change: Change, by: Actor, template: str = "") -> Done:
    """Carry it out on all of them, all or nothing. Raises: NotFound for a template or an account that is not there."""
    match change:
        case Change.ACTIVATE | Change.DEACTIVATE:
            turned = product.administration.set_active(of.accounts, by, active=change is Change.ACTIVATE)
            return Done(len(turned))
        case Change.ASSIGN:
            carried = product.templates.assign(of.all_profiles, template, by)
            return Done(len(carried.changed), carried.locked)
        case Change.REMOVE:
            return Done(product.registry.remove_accounts(of.accounts, by))


def _full_name(profile: Profile) -> str:
    return f"{profile.account}/{profile.name}"
