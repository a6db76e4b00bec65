"""Accounts with their profiles as a file that can be edited and imported again. Secrets are never in it: importing keeps the stored ones."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from app.domain.account import KEPT, SHARED_SETTINGS, Account, Profile
from app.ports import Registry
from app.services.entries import SECRETS
from app.services.import_file import ACCOUNT_COLUMNS, COLUMNS, FORMULA, PROFILE_COLUMNS, Source

BOM: Final = "\ufeff"
"""Spreadsheets take a file for UTF-8 if it begins with this."""

_LINES: Final = 1000

_SAMPLE: Final = (
    Account(
        name="anna",
        email="anna@example.com",
        wice_server="main",
        wice_username="anna",
        wice_password="the-password-in-wice",  # noqa: S106 - shows where it goes
        exchange_server="mail",
        mailbox="anna@example.com",
    ),
    Account(
        name="bernd",
        email="bernd@example.com",
        wice_server="main",
        wice_username="bernd",
        wice_password="the-password-in-wice",  # noqa: S106 - shows where it goes
        exchange_server="mail",
        mailbox="bernd@example.com",
    ),
)


def exported(registry: Registry, source: Source, names: Collection[str] | None = None) -> Iterator[str]:
    """The file's text, piece by piece: the accounts of these names, or all of them, by name."""
    wanted = None if names is None else frozenset(names)
    profiles: dict[str, list[Profile]] = defaultdict(list)
    for profile in registry.profiles():
        profiles[profile.account].append(profile)
    accounts = [one for one in registry.accounts(secrets=False) if wanted is None or one.name in wanted]
    return _written(accounts, profiles, source)


def sample(source: Source) -> Iterator[str]:
    """A small file to start from."""
    profiles = {account.name: [Profile(account=account.name, name="Wice")] for account in _SAMPLE}
    return _written(_SAMPLE, profiles, source)


def _written(accounts: Iterable[Account], profiles: Mapping[str, list[Profile]], source: Source) -> Iterator[str]:
    return _pieces((_toml if source is Source.TOML else _csv)(accounts, profiles))


def _pieces(lines: Iterator[str]) -> Iterator[str]:
    """The same in fewer, larger pieces: each one costs its receiver a hop to another thread."""
    while piece := "".join(islice(lines, _LINES)):
        yield piece


def _csv(accounts: Iterable[Account], profiles: Mapping[str, list[Profile]]) -> Iterator[str]:
    # German spreadsheets expect semicolons, and all others take them as well when they import.
    yield BOM + _line(COLUMNS)
    for account in accounts:
        own = _settings(account, ACCOUNT_COLUMNS)
        rows = [own | _settings(profile, PROFILE_COLUMNS) for profile in profiles.get(account.name, [])]
        for cells in rows or [own]:
            yield _line(_cell(cells.get(column, "")) for column in COLUMNS)


def _toml(accounts: Iterable[Account], profiles: Mapping[str, list[Profile]]) -> Iterator[str]:
    yield "# Passwords are not exported: without one, importing keeps the one that is stored.\n"
    for account in accounts:
        yield f"\n[[account]]\n{_pairs(_settings(account, ACCOUNT_COLUMNS), ACCOUNT_COLUMNS)}"
        for profile in profiles.get(account.name, []):
            yield f"\n[[account.profile]]\n{_pairs(_settings(profile, PROFILE_COLUMNS), PROFILE_COLUMNS)}"


def _settings(entity: Account | Profile, columns: Mapping[str, str]) -> dict[str, object]:
    """By column; what a template decides is left to it."""
    follows = isinstance(entity, Profile) and entity.template
    return {
        column: getattr(entity, setting)
        for column, setting in columns.items()
        if not (setting in SECRETS and getattr(entity, setting) in ("", KEPT))
        and not (follows and setting in SHARED_SETTINGS)
    }


def _pairs(settings: Mapping[str, object], columns: Mapping[str, str]) -> str:
    return "".join(f"{columns[column]} = {_value(value)}\n" for column, value in settings.items())


def _value(value: object) -> str:
    """JSON's booleans, whole numbers and texts are TOML's too; DEL alone must be escaped besides."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _cell(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if FORMULA.match(text) else text


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow(cells)
    return out.getvalue()
