"""What must hold between the entries of a set-up file, and what its secrets stand for; gives the values that are stored."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.domain.account import (
    SHARED_SETTINGS,
    Access,
    Account,
    Auth,
    ExchangeServer,
    FirstPlan,
    Profile,
    Template,
    WiceServer,
)
from app.errors import BadInput
from app.services.entries import AccountEntry, ExchangeServerEntry, ProfileEntry, WiceServerEntry
from app.services.setup_file import SetupFile, place_of

CheckWiceServer = Callable[[WiceServer], None]
"""Raises: BadInput for what only the adapter can judge (the dialect)."""

NO_KIND: Final = "contacts or appointments must be true"
NO_EMAIL: Final = "is missing; appointments need the user's default e-mail address in Wice"


@dataclass(frozen=True)
class Setup:
    """Everything that a file names, with its secrets in plain."""

    wice_servers: tuple[WiceServer, ...]
    exchange_servers: tuple[ExchangeServer, ...]
    templates: tuple[Template, ...]
    accounts: tuple[Account, ...]
    profiles: tuple[Profile, ...]


def checked(
    file: SetupFile,
    folder: Path,
    stored: Mapping[str, Collection[str]],
    check_wice_server: CheckWiceServer,
    templates: Mapping[str, Template] | None = None,
) -> Setup:
    """Turn the entries of a file that lies in `folder` into values.

    `stored` holds the names, by table, of what is there already and stays, to which the file may refer, `templates` the same for templates. Raises:
    BadInput with all problems.
    """
    following = _Following(file, templates or {})
    file = replace(file, accounts=tuple((account, following.all(account, own)) for account, own in file.accounts))
    work = _Checks(file, folder, stored)
    setup = Setup(
        wice_servers=tuple(work.wice_server(entry, check_wice_server) for entry in file.wice_servers),
        exchange_servers=tuple(work.exchange_server(entry) for entry in file.exchange_servers),
        templates=tuple(following.templates.values()),
        accounts=tuple(work.account(entry) for entry, _ in file.accounts if entry),
        profiles=tuple(_profile(account, entry) for account, entries in file.accounts if account for entry in entries),
    )
    about_all = (*_doubles(file), *_about_templates(file), *_about_accounts(file), *_shared_folders(file))
    problems = [*file.problems, *following.problems, *work.problems, *about_all]
    if problems:
        raise BadInput(*problems)
    return setup


class _Following:
    """Gives profiles the settings of their templates, and collects what they must not set themselves."""

    def __init__(self, file: SetupFile, stored: Mapping[str, Template]) -> None:
        self.problems: list[str] = []
        self.templates = {entry.name: Template(**entry.model_dump()) for entry in file.templates}
        self._known = {**stored, **self.templates}
        self._broken = frozenset(file.names["template"]) - self.templates.keys()

    def all(self, account: AccountEntry | None, entries: tuple[ProfileEntry, ...]) -> tuple[ProfileEntry, ...]:
        """The profiles of an account, each with the settings that it will have."""
        owner = place_of("account", account.name if account else "")
        return tuple(self._settled(entry, f"{owner}, {place_of('profile', entry.name)}") for entry in entries)

    def _settled(self, entry: ProfileEntry, place: str) -> ProfileEntry:
        if not entry.template or entry.template in self._broken:
            return entry
        template = self._known.get(entry.template)
        if template is None:
            there = ", ".join(sorted(self._known)) or "none"
            self.problems.append(f'{place}: template "{entry.template}" does not exist (there is: {there})')
            return entry
        if entry.own_settings:
            own = ", ".join(entry.own_settings)
            self.problems.append(
                f'{place}: template "{entry.template}" decides on {own}: leave out these, or the template'
            )
        return entry.model_copy(update={setting: getattr(template, setting) for setting in SHARED_SETTINGS})


class _Checks:
    """Resolves secrets, files and references, and collects what does not resolve."""

    def __init__(self, file: SetupFile, folder: Path, stored: Mapping[str, Collection[str]]) -> None:
        self.problems: list[str] = []
        self._folder = folder
        self._known = {table: {*file.names[table], *stored.get(table, ())} for table in file.names}
        self._exchange = {server.name: server for server in file.exchange_servers}

    def wice_server(self, entry: WiceServerEntry, check: CheckWiceServer) -> WiceServer:
        place = place_of("wice_server", entry.name)
        server = WiceServer(
            name=entry.name,
            url=entry.url,
            mandant=entry.mandant,
            api_key=self._secret(place, "api_key", entry.api_key),
            time_zone=entry.time_zone,
            ca_file=self._ca_file(place, entry.ca_file),
            dialect=entry.dialect,
            requests_per_second=entry.requests_per_second,
            concurrent_requests=entry.concurrent_requests,
        )
        try:
            check(server)
        except BadInput as error:
            self.problems += [f"{place}: {problem}" for problem in error.problems]
        return server

    def exchange_server(self, entry: ExchangeServerEntry) -> ExchangeServer:
        place = place_of("exchange_server", entry.name)
        self.problems += [f"{place}: {problem}" for _, problem in sign_in_problems(entry)]
        return ExchangeServer(
            **entry.model_dump(exclude={"password", "ca_file"}),
            password=self._secret(place, "password", entry.password),
            ca_file=self._ca_file(place, entry.ca_file),
        )

    def account(self, entry: AccountEntry) -> Account:
        place = place_of("account", entry.name)
        self.problems += self._references(place, entry)
        return Account(
            **entry.model_dump(exclude={"wice_password", "exchange_password"}),
            wice_password=self._secret(place, "wice_password", entry.wice_password),
            exchange_password=self._secret(place, "exchange_password", entry.exchange_password),
        )

    def _references(self, place: str, entry: AccountEntry) -> Iterator[str]:
        for table, name in (("wice_server", entry.wice_server), ("exchange_server", entry.exchange_server)):
            if name not in self._known[table]:
                there = ", ".join(sorted(filter(None, self._known[table]))) or "none"
                yield f'{place}: {table} "{name}" does not exist (there is: {there})'
        server = self._exchange.get(entry.exchange_server)
        if server and server.access is Access.DELEGATE and not entry.exchange_password:
            yield f'{place}: exchange_password is missing; server "{server.name}" has access = "delegate", the account\'s own login'

    def _secret(self, place: str, setting: str, given: str) -> str:
        kind, colon, where = given.partition(":")
        try:
            match kind if colon else "":
                case "env":
                    return os.environ[where]
                case "file":
                    return (self._folder / where).read_text("utf-8").rstrip("\r\n")
                case _:
                    return given
        except KeyError:
            self.problems.append(f"{place}: {setting}: the environment variable {where} is not set")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            self.problems.append(f"{place}: {setting}: the file {self._folder / where} cannot be read: {reason}")
        return ""

    def _ca_file(self, place: str, given: str) -> str:
        if not given:
            return ""
        path = (self._folder / given).resolve()
        if not path.is_file():
            self.problems.append(f"{place}: ca_file: there is no file {path}")
        return str(path)


def _profile(account: AccountEntry, entry: ProfileEntry) -> Profile:
    in_advance = entry.first_plan is FirstPlan.APPROVED
    return Profile(account=account.name, approved=in_advance, **entry.model_dump())


def sign_in_problems(server: ExchangeServerEntry) -> Iterator[tuple[str, str]]:
    """What the way of signing in still needs: the setting, and what to say about it."""
    if server.auth is Auth.OAUTH2:
        if server.access is not Access.IMPERSONATION:
            yield "access", 'auth = "oauth2" signs in as an application: it needs access = "impersonation"'
        if not (server.tenant_id or server.token_url):
            yield "tenant_id", 'auth = "oauth2" needs tenant_id (or token_url)'
        if not (server.client_id or server.username):
            yield "client_id", 'auth = "oauth2" needs client_id, and the application\'s secret as password'
    elif server.access is Access.IMPERSONATION and not server.username:
        yield "username", 'access = "impersonation" needs the service account\'s username and password'
    if server.access is Access.IMPERSONATION and not server.password:
        yield "password", "password is missing"


def _doubles(file: SetupFile) -> Iterator[str]:
    for table, names in file.names.items():
        yield from (f"{place_of(table, name)} is there {n} times" for name, n in _repeated(names))
    for account, profiles in file.accounts:
        for name, n in _repeated(profile.name for profile in profiles):
            yield f"{place_of('account', account.name if account else '')}, {place_of('profile', name)} is there {n} times"


def _repeated(names: Iterator[str] | tuple[str, ...]) -> list[tuple[str, int]]:
    return [(name, n) for name, n in Counter(names).items() if name and n > 1]


def _about_templates(file: SetupFile) -> Iterator[str]:
    for template in file.templates:
        if not (template.contacts or template.appointments):
            yield f"{place_of('template', template.name)}: {NO_KIND}"


def _about_accounts(file: SetupFile) -> Iterator[str]:
    for account, profiles in file.accounts:
        if account is None:
            continue
        place = place_of("account", account.name)
        for profile in profiles:
            if not (profile.contacts or profile.appointments) and not profile.template:
                yield f"{place}, {place_of('profile', profile.name)}: {NO_KIND}"
        if not account.email and any(profile.appointments for profile in profiles):
            yield f"{place}: email {NO_EMAIL}"


def _shared_folders(file: SetupFile) -> Iterator[str]:
    """R43: two profiles must not work on one folder."""
    owners: dict[tuple[str, str, str, str], list[str]] = {}
    for account, profiles in file.accounts:
        for profile in profiles if account else ():
            for kind, on, wish in (
                ("contacts", profile.contacts, profile.contacts_folder),
                ("appointments", profile.appointments, profile.calendar_folder),
            ):
                if account and on:
                    key = (account.exchange_server, account.mailbox.casefold(), kind, wish)
                    owners.setdefault(key, []).append(f"{account.name}/{profile.name}")
    for (_, mailbox, kind, wish), names in owners.items():
        if len(names) > 1:
            yield f'mailbox {mailbox}: the {kind} folder "{wish}" is used by {" and ".join(names)}; give each a folder of its own'
