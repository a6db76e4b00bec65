"""A set-up file (`wice-sync apply FILE`) as entries; `setup_checks` looks at the whole. Every problem is found at once, each with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import BadInput
from app.services.entries import (
    AccountEntry,
    E,
    ExchangeServerEntry,
    ProfileEntry,
    TemplateEntry,
    WiceServerEntry,
    read_entry,
    unknown,
)


@dataclass(frozen=True)
class SetupFile:
    """The file's entries that could be read, and the problems of those that could not. Secrets are as written."""

    wice_servers: tuple[WiceServerEntry, ...]
    exchange_servers: tuple[ExchangeServerEntry, ...]
    templates: tuple[TemplateEntry, ...]
    accounts: tuple[tuple[AccountEntry | None, tuple[ProfileEntry, ...]], ...]
    names: Mapping[str, tuple[str, ...]]
    """By table: the names of all entries, also of those with problems, so that references to them are not reported as well."""
    problems: tuple[str, ...]


_TABLES = ("wice_server", "exchange_server", "template", "account")


def read_setup_file(path: Path) -> SetupFile:
    """Read and check the entries of `path` one by one. Raises: BadInput when it is no readable TOML file."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: is no valid TOML: {error}") from None
    return _Reader().file(tables)


class _Reader:
    """Reads entries and collects problems."""

    def __init__(self) -> None:
        self._problems: list[str] = []

    def file(self, tables: Mapping[str, Any]) -> SetupFile:
        for name in sorted(set(tables) - set(_TABLES)):
            self._problems.append(f"{unknown(name, _TABLES)}; the file takes [[{']], [['.join(_TABLES)}]]")
        rows = {table: list(self._rows(tables, table, table)) for table in _TABLES}
        wice = [self._entry(WiceServerEntry, row, place) for place, row in rows["wice_server"]]
        exchange = [self._entry(ExchangeServerEntry, row, place) for place, row in rows["exchange_server"]]
        templates = [self._entry(TemplateEntry, row, place) for place, row in rows["template"]]
        accounts = [self._account(row, place) for place, row in rows["account"]]
        return SetupFile(
            wice_servers=tuple(filter(None, wice)),
            exchange_servers=tuple(filter(None, exchange)),
            templates=tuple(filter(None, templates)),
            accounts=tuple(accounts),
            names={table: tuple(str(row.get("name", "")).strip() for _, row in rows[table]) for table in _TABLES},
            problems=tuple(self._problems),
        )

    def _rows(self, tables: Mapping[str, Any], key: str, noun: str) -> Iterator[tuple[str, dict[str, Any]]]:
        rows = tables.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._problems.append(f"{noun}: write [[{noun}]] with two brackets")
            return
        for number, row in enumerate(rows, 1):
            yield place_of(key, row.get("name"), number), row

    def _account(self, row: dict[str, Any], place: str) -> tuple[AccountEntry | None, tuple[ProfileEntry, ...]]:
        nested = list(self._rows(row, "profile", "account.profile"))
        account = self._entry(AccountEntry, {key: row[key] for key in row if key != "profile"}, place)
        profiles = [self._entry(ProfileEntry, entry, f"{place}, {below}") for below, entry in nested]
        return account, tuple(filter(None, profiles))

    def _entry(self, kind: type[E], row: Mapping[str, Any], place: str) -> E | None:
        entry, faults = read_entry(kind, row)
        self._problems += [f"{place}: {fault.sentence}" for fault in faults]
        return entry


def place_of(noun: str, name: object, number: int = 0) -> str:
    """How messages name an entry: `account "anna"`, or `account number 3` while it has no name."""
    return f'{noun} "{name}"' if name and isinstance(name, str) else f"{noun} number {number}"
