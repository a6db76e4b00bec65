"""A file of accounts that somebody uploads, as rows: the set-up file's TOML, or a table as spreadsheets write it (CSV).

What a file does not name stays as it is stored. A table has one line per profile; an account with several profiles has several lines, of which only
the first need fill the account's columns. An empty cell says nothing, but for texts that may be empty (`EMPTIED`). A leading apostrophe keeps
spreadsheets from taking a text for a formula and is no part of it.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.domain.account import SHARED_SETTINGS, Account, ExchangeServer, Profile, Template, WiceServer
from app.errors import BadInput
from app.services.entries import SECRETS, AccountEntry, unknown
from app.services.given import Entity
from app.services.setup_file import place_of

MOST_ROWS: Final = 20_000

ACCOUNT_COLUMNS: Final = {"account": "name"} | {name: name for name in AccountEntry.model_fields if name != "name"}
PROFILE_COLUMNS: Final = {
    "profile": "name",
    "template": "template",
    "profile_active": "active",
    **{name: name for name in SHARED_SETTINGS},
}
COLUMNS: Final = (*ACCOUNT_COLUMNS, *PROFILE_COLUMNS)
"""Of a table; each with the setting that it stands for."""

EMPTIED: Final = frozenset({"email", "exchange_username", "template", "schedule"}) | SECRETS
"""Columns of which an empty cell says something: "none", and of a secret "the one that is stored"."""

FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet would take for a formula; exports put an apostrophe before it."""

_TABLES: Final[Mapping[str, type[Entity]]] = {
    "wice_server": WiceServer,
    "exchange_server": ExchangeServer,
    "template": Template,
    "account": Account,
}
_HEADING: Final = re.compile(r"^\s*\[\[\s*([\w.]+)\s*\]\]", re.MULTILINE)


class Source(StrEnum):
    """How the file is written."""

    TOML = "toml"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong; `setting` is "" for the whole row, `line` 0 where nobody knows it."""

    line: int
    setting: str
    advice: str


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that the file names. `owner`: a profile's account."""

    kind: type[Entity]
    name: str
    owner: str
    given: Mapping[str, object]
    line: int

    @property
    def key(self) -> tuple[type[Entity], str]:
        """A profile is account/profile."""
        return self.kind, f"{self.owner}/{self.name}" if self.kind is Profile else self.name


@dataclass
class Contents:
    """The rows in the file's order, and what is wrong with the file itself."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Remark] = field(default_factory=list)


def decoded(data: bytes) -> str:
    """The text of an uploaded file: UTF-8, UTF-16 with its mark, or Windows' Western European. Raises: BadInput."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("the file is no text; save it as CSV (UTF-8) or TOML")


def read_rows(text: str, source: Source) -> Contents:
    """What the file names. Raises: BadInput if it cannot be read at all."""
    contents = _toml(text) if source is Source.TOML else _csv(text)
    if len(contents.rows) > MOST_ROWS:
        raise BadInput(f"the file names {len(contents.rows)} things; split it into files of {MOST_ROWS} at most")
    seen: dict[tuple[type[Entity], str], int] = {}
    for row in contents.rows:
        if row.key in seen and row.name:
            contents.problems.append(Remark(row.line, "", f"{row.key[1]} is there twice"))
        seen[row.key] = row.line
    return contents


def _toml(text: str) -> Contents:
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(f"the file is no valid TOML: {error}") from None
    contents = Contents()
    lines = _headings(text)
    contents.problems += [Remark(0, "", unknown(name, tuple(_TABLES))) for name in tables if name not in _TABLES]
    for table, kind in _TABLES.items():
        for row in _tables(tables, table, contents):
            line = next(lines.get(table, iter(())), 0)
            name = str(row.get("name", "")).strip()
            contents.rows.append(Row(kind, name, "", {key: row[key] for key in row if key != "profile"}, line))
            for below in _tables(row, "profile", contents) if kind is Account else ():
                line = next(lines.get("account.profile", iter(())), 0)
                contents.rows.append(Row(Profile, str(below.get("name", "")).strip(), name, below, line))
    return contents


def _tables(tables: Mapping[str, object], key: str, contents: Contents) -> Iterator[Mapping[str, object]]:
    rows = tables.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        contents.problems.append(Remark(0, "", f"{place_of(key, '')}: write [[{key}]] with two brackets"))
        return
    yield from rows


def _headings(text: str) -> Mapping[str, Iterator[int]]:
    """By table: the lines on which its entries begin, as far as they are written the usual way."""
    found: dict[str, list[int]] = {}
    line, last = 1, 0
    for heading in _HEADING.finditer(text):
        line += text.count("\n", last, heading.start(1))
        last = heading.start(1)
        found.setdefault(heading[1], []).append(line)
    return {table: iter(lines) for table, lines in found.items()}


def _csv(text: str) -> Contents:
    lines = _records(text)
    _, header = next(lines, (0, []))
    names = [cell.strip().casefold() for cell in header]
    if not any(names):
        raise BadInput("the file is empty; its first line names the columns, such as account, wice_server, mailbox")
    contents = Contents()
    contents.problems += [Remark(1, "", unknown(name, COLUMNS)) for name in names if name and name not in COLUMNS]
    contents.problems += [Remark(1, name, "is there twice") for name in COLUMNS if names.count(name) > 1]
    if "account" not in names:
        contents.problems.append(Remark(1, "account", "is missing"))
    if not contents.problems:
        _read_table(names, lines, contents)
    return contents


def _read_table(names: list[str], lines: Iterator[tuple[int, list[str]]], contents: Contents) -> None:
    accounts: dict[str, dict[str, object]] = {}
    for line, cells in lines:
        if len(cells) > len(names) and any(cells[len(names) :]):
            contents.problems.append(Remark(line, "", f"has {len(cells)} cells, but there are {len(names)} columns"))
            continue
        row = {name: _plain(cell) for name, cell in zip(names, cells, strict=False) if name}
        owner = row.get("account", "")
        if not owner:
            contents.problems.append(Remark(line, "account", "is missing"))
            continue
        given = _given(row, ACCOUNT_COLUMNS)
        if owner in accounts:
            contents.problems += _contradictions(line, accounts[owner], given)
        else:
            accounts[owner] = given
            contents.rows.append(Row(Account, owner, "", given, line))
        own = _given(row, PROFILE_COLUMNS)
        if "name" in own:
            contents.rows.append(Row(Profile, str(own["name"]), owner, own, line))
        elif any(own.values()):
            contents.problems.append(Remark(line, "profile", "is missing; name the profile whose settings these are"))


def _given(row: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, object]:
    return {
        setting: row[column]
        for column, setting in columns.items()
        if column in row and (row[column] or column in EMPTIED)
    }


def _contradictions(line: int, first: Mapping[str, object], given: Mapping[str, object]) -> Iterable[Remark]:
    for setting, value in given.items():
        if value and value != first.get(setting):
            yield Remark(line, setting, "differs from the first line of this account")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that holds anything, with its number."""
    head = text.lstrip("\ufeff\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(text.lstrip("\ufeff").splitlines(keepends=True), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(f"line {reader.line_num}: is no valid CSV: {error}") from None


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text
