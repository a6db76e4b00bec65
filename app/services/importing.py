"""Import accounts from a file: first a preview, row by row and with every problem, then exactly what was previewed, all of it or nothing.

A file adds and changes; it removes nothing. What it does not name stays as it is stored.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from app.domain.account import SHARED_SETTINGS, Access, Account, ExchangeServer, Profile, Template, WiceServer
from app.domain.people import Actor
from app.domain.sync import Kind
from app.errors import BadInput, Superseded
from app.ports import Registry
from app.rules.locks import moved
from app.services.administration import FROM_TEMPLATE, LOCKED, UNKNOWN
from app.services.entries import unknown
from app.services.given import ENTRIES, Entity, merged, read, shown
from app.services.import_file import Remark, Row, Source, read_rows
from app.services.setup_checks import NO_EMAIL, CheckWiceServer

_ORDER: Final = (WiceServer, ExchangeServer, Template, Account, Profile)
_NOUNS: Final[Mapping[type[Entity], str]] = {
    WiceServer: "wice_server",
    ExchangeServer: "exchange_server",
    Template: "template",
    Account: "account",
    Profile: "profile",
}
_STALE: Final = (
    "what the file would change is not what was shown: something was changed meanwhile; look at the new preview"
)

Key = tuple[type[Entity], str]


class Outcome(StrEnum):
    """What becomes of one thing that the file names."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Line:
    """One thing of the file. `kind` is its noun, `name` of a profile account/profile; `before` and `after` hold what differs, secrets masked."""

    line: int
    kind: str
    name: str
    outcome: Outcome
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    problems: Sequence[Remark] = ()


@dataclass(frozen=True)
class Preview:
    """What the file would do. It can be carried out if nothing in it is wrong; `digest` then says that this was seen."""

    lines: Sequence[Line]
    problems: Sequence[Remark]
    """Of the file as a whole."""
    digest: str

    @property
    def counts(self) -> Mapping[tuple[str, Outcome], int]:
        """How many of each kind have each outcome."""
        return Counter((line.kind, line.outcome) for line in self.lines)

    @property
    def is_sound(self) -> bool:
        """Nothing is wrong."""
        return not self.problems and not any(line.problems for line in self.lines)

    @property
    def changes(self) -> int:
        """So many things are added or changed."""
        return sum(line.outcome in (Outcome.CREATED, Outcome.CHANGED) for line in self.lines)


class Importing:
    """Previews files and carries them out. Raises: BadInput for a file that cannot be read."""

    def __init__(self, registry: Registry, check_wice_server: CheckWiceServer) -> None:
        self._registry = registry
        self._check = check_wice_server

    def preview(self, text: str, source: Source) -> Preview:
        """What the file would do; nothing is changed."""
        return self._worked(text, source)[0]

    def carry_out(self, text: str, source: Source, digest: str, by: Actor) -> Preview:
        """Do it, if it still is what the preview of this `digest` showed. Raises: Superseded, BadInput with the problems."""
        preview, work = self._worked(text, source)
        if preview.digest != digest:
            raise Superseded(_STALE)
        if not preview.is_sound:
            raise BadInput(*(f"line {one.line}: {one.setting} {one.advice}" for one in _all_problems(preview)))
        self._registry.save_many(work.wanted_changes(), by)
        return preview

    def _worked(self, text: str, source: Source) -> tuple[Preview, _Work]:
        contents = read_rows(text, source)
        work = _Work(self._registry, self._check, contents.rows)
        lines = work.lines()
        seen = json.dumps([source, text, [(one.name, one.outcome) for one in lines], work.versions()])
        return Preview(lines, contents.problems, hashlib.sha256(seen.encode()).hexdigest()), work


class _Work:
    """One file against what is stored: `wanted` holds what shall be, `faults` what is wrong, both by kind and name."""

    def __init__(self, registry: Registry, check: CheckWiceServer, rows: Sequence[Row]) -> None:
        self._registry = registry
        self._check = check
        self._rows = rows
        self._stored = {_key(one): one for one in _all(registry)}
        self._wanted: dict[Key, Entity] = {}
        self._faults: dict[Key, dict[str, str]] = defaultdict(dict)
        self._named = self._stored.keys() | {row.key for row in rows}
        for kind in _ORDER:
            for row in rows:
                if row.kind is kind:
                    self._read(row)
        self._final = self._stored | self._wanted
        self._profiles = self._profiles_by_account()
        for key, one in self._wanted.items():
            self._faults[key] |= dict(self._contradictions(key, one))
        self._share_no_folders()

    def lines(self) -> list[Line]:
        """The report, in the file's order."""
        return [self._line(row) for row in self._rows]

    def versions(self) -> list[tuple[str, int]]:
        """What the preview was made from."""
        return [(key[1], self._stored[key].version) for key in self._wanted if key in self._stored]

    def wanted_changes(self) -> list[Entity]:
        """What differs from what is stored, what others refer to first."""
        changed = [one for key, one in self._wanted.items() if self._outcome(key) is not Outcome.UNCHANGED]
        carried = {one.name for one in changed if isinstance(one, Template)}
        # The template has carried its settings over by then, which moves the profile's version.
        return [
            replace(one, version=0) if isinstance(one, Profile) and one.template in carried else one for one in changed
        ]

    def _read(self, row: Row) -> None:
        stored = self._stored.get(row.key)
        try:
            entity = read(row.kind, merged(row.kind, row.given, stored), row.owner, self._check)
            if isinstance(entity, Profile):
                entity = self._following(entity, row, stored)
        except BadInput as error:
            faults = {name: _meant(row.kind, name, advice) for name, advice in error.fields.items()}
            self._faults[row.key] |= dict(self._unknown_servers(row)) | faults
        else:
            self._wanted[row.key] = replace(entity, version=stored.version) if stored else entity

    def _unknown_servers(self, row: Row) -> Iterator[tuple[str, str]]:
        """Of an account that cannot be read for another reason."""
        for setting, kind in (("wice_server", WiceServer), ("exchange_server", ExchangeServer)):
            name = row.given.get(setting) if row.kind is Account else None
            if isinstance(name, str) and name and (kind, name.strip()) not in self._named:
                yield setting, UNKNOWN

    def _following(self, profile: Profile, row: Row, stored: Entity | None) -> Profile:
        """A profile with its template's settings; raises BadInput for settings of its own beside them."""
        if not profile.template:
            return profile
        key: Key = (Template, profile.template)
        template = self._wanted.get(key) or self._stored.get(key)
        if not isinstance(template, Template):
            raise BadInput("template", fields={} if key in self._named else {"template": UNKNOWN})
        before = stored if isinstance(stored, Profile) else None
        follows_already = before is not None and before.template == profile.template and key not in self._wanted
        reference: Profile | Template = before if follows_already and before else template
        own = [
            name for name in SHARED_SETTINGS if name in row.given and getattr(profile, name) != getattr(reference, name)
        ]
        if own:
            raise BadInput("template", fields=dict.fromkeys(own, FROM_TEMPLATE))
        return profile if follows_already else profile.following(template)

    def _contradictions(self, key: Key, one: Entity) -> Iterator[tuple[str, str]]:
        stored = self._stored.get(key)
        if stored and not isinstance(stored, Template) and (differs := moved(stored, one)):
            has = frozenset[Kind]().union(*(linked.kinds for linked in self._registry.linked(stored)))
            yield from ((setting, LOCKED) for setting, kinds in differs.items() if kinds & has)
        if isinstance(one, Account):
            yield from self._about_account(one)
        elif isinstance(one, Profile):
            yield from self._about_profile(one)

    def _about_account(self, account: Account) -> Iterator[tuple[str, str]]:
        server = self._final.get((ExchangeServer, account.exchange_server))
        if (ExchangeServer, account.exchange_server) not in self._named:
            yield "exchange_server", UNKNOWN
        if (WiceServer, account.wice_server) not in self._named:
            yield "wice_server", UNKNOWN
        if isinstance(server, ExchangeServer) and server.access is Access.DELEGATE and not account.exchange_password:
            yield "exchange_password", "is missing"
        if not account.email and any(profile.appointments for profile in self._profiles[account.name]):
            yield "email", NO_EMAIL

    def _about_profile(self, profile: Profile) -> Iterator[tuple[str, str]]:
        account = self._final.get((Account, profile.account))
        if (Account, profile.account) not in self._named:
            yield "account", UNKNOWN
        # An account of the same file says it itself.
        silent = not isinstance(account, Account) or (Account, account.name) in self._wanted or bool(account.email)
        if profile.appointments and not silent:
            yield "appointments", "need the account's e-mail address, the user's default one in Wice"

    def _profiles_by_account(self) -> Mapping[str, list[Profile]]:
        found: dict[str, list[Profile]] = defaultdict(list)
        for one in self._final.values():
            if isinstance(one, Profile):
                found[one.account].append(one)
        return found

    def _share_no_folders(self) -> None:
        """R43: two profiles must not work on one folder."""
        users: dict[tuple[str, str, Kind, str], list[Profile]] = defaultdict(list)
        for one in self._final.values():
            account = self._final.get((Account, one.account)) if isinstance(one, Profile) else None
            if isinstance(one, Profile) and isinstance(account, Account):
                for kind in one.kinds:
                    users[account.exchange_server, account.mailbox.casefold(), kind, one.folder_wish(kind)].append(one)
        for (_, _, kind, _), profiles in users.items():
            for profile in profiles if len(profiles) > 1 else ():
                other = next(one for one in profiles if one is not profile)
                setting = "contacts_folder" if kind is Kind.CONTACTS else "calendar_folder"
                advice = f"is used by {other.account}/{other.name} already; give each profile a folder of its own"
                self._blame(profile, setting, advice)

    def _blame(self, profile: Profile, setting: str, advice: str) -> None:
        """At the profile's row, or at its account's if only that is in the file; nothing of the file is to blame for other profiles."""
        if _key(profile) in self._wanted:
            self._faults[_key(profile)].setdefault(setting, advice)
        elif (Account, profile.account) in self._wanted:
            self._faults[Account, profile.account].setdefault("mailbox", advice)

    def _outcome(self, key: Key) -> Outcome:
        if self._faults[key] or key not in self._wanted:
            return Outcome.PROBLEM
        if key not in self._stored:
            return Outcome.CREATED
        return Outcome.CHANGED if self._differs(key) else Outcome.UNCHANGED

    def _differs(self, key: Key) -> list[str]:
        old, new = self._stored[key], self._wanted[key]
        return [name for name in ENTRIES[key[0]].model_fields if getattr(old, name) != getattr(new, name)]

    def _line(self, row: Row) -> Line:
        key = row.key
        problems = [Remark(row.line, setting, advice) for setting, advice in self._faults[key].items()]
        outcome = self._outcome(key)
        before: dict[str, object] = {}
        after: dict[str, object] = {}
        if outcome is Outcome.CHANGED:
            names = self._differs(key)
            old, new = shown(self._stored[key]), shown(self._wanted[key])
            before = {name: old[name] for name in names}
            after = {name: "*** (changed)" if old[name] == new[name] == "***" else new[name] for name in names}
        elif outcome is Outcome.CREATED:
            after = {name: value for name, value in shown(self._wanted[key]).items() if name in row.given}
        return Line(row.line, _NOUNS[row.kind], key[1], outcome, before, after, problems)


def _all(registry: Registry) -> Iterator[Entity]:
    """Everything that is stored, without secrets."""
    yield from registry.wice_servers(secrets=False)
    yield from registry.exchange_servers(secrets=False)
    yield from registry.templates()
    yield from registry.accounts(secrets=False)
    yield from registry.profiles()


def _key(one: Entity) -> Key:
    return type(one), f"{one.account}/{one.name}" if isinstance(one, Profile) else one.name


def _meant(kind: type[Entity], setting: str, advice: str) -> str:
    return unknown(setting, tuple(ENTRIES[kind].model_fields)) if advice == "is no setting" else advice


def _all_problems(preview: Preview) -> Iterator[Remark]:
    yield from preview.problems
    for line in preview.lines:
        yield from line.problems
