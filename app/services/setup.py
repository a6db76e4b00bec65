"""Bring servers, accounts and profiles in line with a set-up file (`wice-sync apply FILE`): idempotent, nothing on either server is touched.

After its first sync a profile's mailbox, folders and Wice identity are locked (R35); full editing drops the links of the kinds concerned, and the
next plan matches everything again (R24).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.domain.account import Account, ExchangeServer, Profile, Template, WiceServer
from app.domain.people import SYSTEM, Actor
from app.domain.sync import Kind
from app.errors import BadInput
from app.ports import Registry
from app.rules.locks import moved
from app.services.setup_checks import CheckWiceServer, Setup, checked
from app.services.setup_file import read_setup_file

Entity = WiceServer | ExchangeServer | Account | Profile | Template


class Outcome(StrEnum):
    """What became of one entity."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True)
class Step:
    """One line of the report; `name` of a profile is account/profile."""

    outcome: Outcome
    table: str
    name: str


@dataclass(frozen=True)
class Stored:
    """What is there already, without secrets; by name."""

    wice_servers: dict[str, WiceServer]
    exchange_servers: Mapping[str, ExchangeServer]
    templates: Mapping[str, Template]
    accounts: dict[str, Account]
    profiles: dict[str, Profile]

    @classmethod
    def read(cls, registry: Registry) -> Stored:
        """Without decrypting anything: a lost key must not keep the secrets from being given anew."""
        return cls(
            wice_servers={one.name: one for one in registry.wice_servers(secrets=False)},
            exchange_servers={one.name: one for one in registry.exchange_servers(secrets=False)},
            templates={one.name: one for one in registry.templates()},
            accounts={one.name: one for one in registry.accounts(secrets=False)},
            profiles={_name(one): one for one in registry.profiles()},
        )


class SettingUp:
    """One application of one file. `surplus` is what pruning would remove, dependants first.

    Raises: BadInput with every problem of the file at once; nothing is changed then.
    """

    def __init__(
        self,
        registry: Registry,
        path: Path,
        check_wice_server: CheckWiceServer,
        *,
        prune: bool,
        full_editing: bool,
        by: Actor = SYSTEM,
    ) -> None:
        self._registry = registry
        self._by = by
        self._stored = Stored.read(registry)
        stays = {} if prune else _server_names(self._stored)
        templates = {} if prune else self._stored.templates
        file = read_setup_file(path)
        self._setup = checked(file, path.resolve().parent, stays, check_wice_server, templates)
        self._moved = list(self._moved_profiles())
        if self._moved and not full_editing:
            raise BadInput(*(_locked(name, kinds, because) for name, kinds, because in self._moved))
        self.surplus = tuple(_surplus(self._stored, self._setup)) if prune else ()

    def run(self) -> Iterator[Step]:
        """Save and remove; yields what became of each entity. May be interrupted and repeated at any time."""
        for name, kinds, _ in self._moved:
            # First: a crash in between leaves the old settings, and everything is matched again (R24).
            self._registry.unlink(self._stored.profiles[name].id, kinds, self._by)
        for entity in _entities(self._setup):
            yield self._save(entity)
        for entity in self.surplus:
            self._registry.remove(entity, self._by)
            yield step(Outcome.REMOVED, entity)

    def _save(self, entity: Entity) -> Step:
        is_new = _name(entity) not in _same_kind(self._stored, entity)
        changed = self._registry.save(entity, self._by)
        return step(Outcome.CREATED if is_new else Outcome.CHANGED if changed else Outcome.UNCHANGED, entity)

    def _moved_profiles(self) -> Iterator[tuple[str, frozenset[Kind], str]]:
        """Profiles whose links would no longer mean what they say: name, kinds concerned, and the settings that moved."""
        accounts = self._stored.accounts | {account.name: account for account in self._setup.accounts}
        wanted = self._wanted()
        servers = self._stored.wice_servers | {server.name: server for server in self._setup.wice_servers}
        for name, old in self._stored.profiles.items():
            owner = self._stored.accounts[old.account]
            server = self._stored.wice_servers[owner.wice_server]
            differs = {
                **moved(owner, accounts[old.account]),
                **moved(server, servers[server.name]),
                **moved(old, wanted[name]),
            }
            concerned = frozenset[Kind]().union(*differs.values())
            linked = self._registry.linked_kinds(old.id) & concerned if concerned else frozenset()
            if linked:
                yield name, linked, ", ".join(differs)

    def _wanted(self) -> Mapping[str, Profile]:
        """All profiles as they shall be: as the file says, or as the templates of the file have it."""
        templates = {template.name: template for template in self._setup.templates}
        followers = {
            name: profile.following(templates[profile.template])
            for name, profile in self._stored.profiles.items()
            if profile.template in templates
        }
        return self._stored.profiles | followers | {_name(profile): profile for profile in self._setup.profiles}


def step(outcome: Outcome, entity: Entity) -> Step:
    """The report's line about an entity."""
    return Step(outcome, _TABLES[type(entity)], _name(entity))


_TABLES: Mapping[type, str] = {
    WiceServer: "wice_server",
    ExchangeServer: "exchange_server",
    Template: "template",
    Account: "account",
    Profile: "profile",
}


def _name(entity: Entity) -> str:
    return f"{entity.account}/{entity.name}" if isinstance(entity, Profile) else entity.name


def _entities(setup: Setup) -> tuple[Entity, ...]:
    """Everything that a file names, what others refer to first."""
    return (*setup.wice_servers, *setup.exchange_servers, *setup.templates, *setup.accounts, *setup.profiles)


def _same_kind(stored: Stored, entity: Entity) -> Mapping[str, Entity]:
    match entity:
        case WiceServer():
            return stored.wice_servers
        case ExchangeServer():
            return stored.exchange_servers
        case Template():
            return stored.templates
        case Account():
            return stored.accounts
        case Profile():
            return stored.profiles


def _server_names(stored: Stored) -> Mapping[str, frozenset[str]]:
    return {
        "wice_server": frozenset(stored.wice_servers),
        "exchange_server": frozenset(stored.exchange_servers),
    }


def _surplus(stored: Stored, setup: Setup) -> Iterator[Entity]:
    """What is stored and not named, in an order in which each can be removed."""
    named = {(type(one), _name(one)) for one in _entities(setup)}
    groups: tuple[Mapping[str, Entity], ...] = (
        stored.profiles,
        stored.accounts,
        stored.wice_servers,
        stored.exchange_servers,
        stored.templates,
    )
    for entity in (one for group in groups for one in group.values()):
        if (type(entity), _name(entity)) not in named:
            yield entity


def _locked(name: str, kinds: frozenset[Kind], because: str) -> str:
    what = " and ".join(sorted(kind.value for kind in kinds))
    return (
        f"profile {name}: {because} cannot be changed after the first sync. With --full-editing they can: the links of its {what} are then "
        "dropped and everything on both sides is matched again by name; have a look at the next analysis before you synchronise"
    )
