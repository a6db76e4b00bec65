"""What an administrator sets up, in one place for the portal, the API and the command line: read strictly, held against the locks (R35), stored.

An entity that was read stands for "the one as I saw it": with its version, a change is refused if somebody else was faster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, cast

from app.domain.account import SHARED_SETTINGS, Access, Account, Carried, Linked, Profile, Template, WiceServer
from app.domain.people import Actor
from app.domain.sync import Kind
from app.errors import BadInput, NotFound
from app.ports import Registry
from app.rules.locks import LOCKABLE, moved
from app.services.entries import TemplateEntry, read_entry
from app.services.given import E, Entity, Given, merged, read, refusal, shown
from app.services.setup_checks import NO_EMAIL, CheckWiceServer

LOCKED: Final = "is locked after the first synchronisation: enable full editing to change it"
FROM_TEMPLATE: Final = "comes from the template: leave it out, or the template"
UNKNOWN: Final = "does not exist"


@dataclass(frozen=True)
class Preview:
    """What a change would do. `before` and `after` hold what differs, with secrets masked.

    `locked`: settings that need full editing, with the kinds whose links are dropped then; `linked`: the profiles concerned. `carried`: what a
    template does to its profiles.
    """

    before: Mapping[str, object]
    after: Mapping[str, object]
    locked: Mapping[str, frozenset[Kind]] = field(default_factory=dict)
    linked: Sequence[Linked] = ()
    carried: Carried = field(default_factory=Carried)


class Administration:
    """Creates, changes, renames and removes what is configured. Raises throughout: BadInput (with fields), NotFound, Taken, Superseded."""

    def __init__(self, registry: Registry, check_wice_server: CheckWiceServer) -> None:
        self._registry = registry
        self._check_wice_server = check_wice_server

    def create(self, kind: type[E], given: Given, by: Actor, *, account: str = "") -> E:
        """Add one; a profile below its `account`."""
        entity = self.wanted(kind, given, None, account)
        self._registry.create(entity, by)
        return self._now(entity)

    def create_account(self, given: Given, profile: Given | None, by: Actor) -> Account:
        """Add an account together with its first profile, both or neither; faults of the profile are those of `profile_<setting>`."""
        account = self.wanted(Account, given, None)
        first = self._first_profile(account, profile) if profile is not None else None
        self._registry.create_all([account, *([first] if first else [])], by)
        return self._now(account)

    def update(self, stored: E, given: Given, by: Actor, *, full_editing: bool = False) -> E:
        """Change the given settings of one that was read. With full editing, links that would lie are dropped in the same step (R35)."""
        wanted = self.wanted(type(stored), given, stored)
        locked, linked = self._held(stored, wanted)
        if locked and not full_editing:
            raise refusal(dict.fromkeys(locked, LOCKED))
        self._registry.save(wanted, by, unlink={one.profile: one.kinds for one in linked})
        return self._now(wanted)

    def preview(self, stored: Entity, given: Given) -> Preview:
        """What `update` would do; nothing is changed."""
        wanted = self.wanted(type(stored), given, stored)
        locked, linked = self._held(stored, wanted)
        old, new = shown(stored), shown(wanted)
        differs = [name for name in old if getattr(stored, name) != getattr(wanted, name)]
        return Preview(
            before={name: old[name] for name in differs},
            after={name: _masked(old[name], new[name]) for name in differs},
            locked=locked,
            linked=linked,
            carried=self._registry.preview(wanted) if isinstance(wanted, Template) else Carried(),
        )

    def locked(self, stored: Entity) -> Mapping[str, frozenset[Kind]]:
        """The settings that cannot be changed without full editing, with the kinds that lock them (R35)."""
        if not LOCKABLE[type(stored)] or isinstance(stored, Template):
            return {}
        has = frozenset[Kind]().union(*(one.kinds for one in self._registry.linked(stored)))
        return {setting: kinds & has for setting, kinds in LOCKABLE[type(stored)].items() if kinds & has}

    def rename(self, stored: Entity, new_name: str, by: Actor) -> None:
        """Give another name; everything else stays (R37)."""
        entry, faults = read_entry(TemplateEntry, {"name": new_name})
        if entry is None:
            raise refusal({fault.setting: fault.advice for fault in faults})
        self._registry.rename(stored, entry.name, by)

    def remove(self, stored: Entity, by: Actor, *, with_accounts: bool = False) -> None:
        """Delete here; nothing in Wice or Exchange is touched (R37). A server that accounts use only together `with_accounts`.

        What a profile synchronised goes from Exchange by a run: `app.services.removal.ask_removal`.
        """
        self._registry.remove(stored, by, take_along=with_accounts)

    def set_active(self, names: Sequence[str], by: Actor, *, active: bool) -> tuple[str, ...]:
        """Activate or deactivate accounts; returns those that were not so before."""
        return self._registry.activate(names, by, active=active)

    def wanted(self, kind: type[E], given: Given, stored: E | None, account: str = "") -> E:
        """What the given settings make of one that was read, or of nothing; nothing is stored."""
        if stored and given.get("name", stored.name) != stored.name:
            raise refusal({"name": "is changed by renaming"})
        owner = stored.account if isinstance(stored, Profile) else account
        entity = read(kind, merged(kind, given, stored), owner, self._check_wice_server)
        if isinstance(entity, Profile):
            entity = cast("E", self._following(entity, given, stored))
        faults = dict(self._contradictions(entity))
        if faults:
            raise refusal(faults)
        return replace(entity, version=stored.version) if stored else entity

    def _first_profile(self, account: Account, given: Given) -> Profile:
        """A profile of an account that is not stored yet."""
        try:
            profile = read(Profile, merged(Profile, given, None), account.name, self._check_wice_server)
            profile = self._following(profile, given, None)
            if faults := dict(self._between(account, profile)):
                raise refusal(faults)
        except BadInput as error:
            raise refusal({f"profile_{setting}": advice for setting, advice in error.fields.items()}) from None
        return profile

    def _following(self, profile: Profile, given: Given, stored: object) -> Profile:
        """A profile that follows another template than before takes its settings over."""
        before = stored.template if isinstance(stored, Profile) else ""
        if not profile.template or profile.template == before:
            return profile
        if own := [name for name in SHARED_SETTINGS if name in given]:
            raise refusal(dict.fromkeys(own, FROM_TEMPLATE))
        try:
            return profile.following(self._registry.template(profile.template))
        except NotFound:
            raise refusal({"template": UNKNOWN}) from None

    def _contradictions(self, entity: Entity) -> Iterator[tuple[str, str]]:
        match entity:
            case Account():
                yield from self._about_account(entity)
            case Profile():
                yield from self._about_profile(entity)
            case _:
                pass

    def _about_account(self, account: Account) -> Iterator[tuple[str, str]]:
        try:
            server = self._registry.exchange_server(account.exchange_server)
        except NotFound:
            yield "exchange_server", UNKNOWN
        else:
            if server.access is Access.DELEGATE and not account.exchange_password:
                yield (
                    "exchange_password",
                    f'is missing; server "{server.name}" has access = "delegate", the account\'s own login',
                )
        try:
            self._registry.wice_server(account.wice_server)
        except NotFound:
            yield "wice_server", UNKNOWN
        own = self._registry.profiles_of_account(account.name)
        if not account.email and any(profile.appointments for profile in own):
            yield "email", NO_EMAIL
        yield from (("mailbox", clash) for profile in own for _, clash in self._shared_folders(account, profile))

    def _about_profile(self, profile: Profile) -> Iterator[tuple[str, str]]:
        try:
            account = self._registry.account(profile.account)
        except NotFound:
            yield "account", UNKNOWN
            return
        yield from self._between(account, profile)

    def _between(self, account: Account, profile: Profile) -> Iterator[tuple[str, str]]:
        if profile.appointments and not account.email:
            yield "appointments", "need the account's e-mail address, the user's default one in Wice"
        yield from self._shared_folders(account, profile)

    def _shared_folders(self, account: Account, profile: Profile) -> Iterator[tuple[str, str]]:
        """R43: two profiles must not work on one folder. The setting at fault, and who has the folder already."""
        others = self._registry.profiles_of_mailbox(account.exchange_server, account.mailbox)
        for kind, setting in ((Kind.CONTACTS, "contacts_folder"), (Kind.APPOINTMENTS, "calendar_folder")):
            for other in others:
                is_same = (other.account, other.name) == (profile.account, profile.name)
                on_both = kind in profile.kinds and kind in other.kinds
                if not is_same and on_both and other.folder_wish(kind) == profile.folder_wish(kind):
                    yield (
                        setting,
                        f"is used by {other.account}/{other.name} already; give each profile a folder of its own",
                    )

    def _held(self, stored: Entity, wanted: Entity) -> tuple[Mapping[str, frozenset[Kind]], Sequence[Linked]]:
        """The changes that need full editing, and the profiles with the links that are dropped then."""
        differs = moved(stored, wanted)
        if not differs or isinstance(stored, Template):
            return {}, ()
        concerned = frozenset[Kind]().union(*differs.values())
        hit = [
            replace(one, kinds=one.kinds & concerned) for one in self._registry.linked(stored) if one.kinds & concerned
        ]
        has = frozenset[Kind]().union(*(one.kinds for one in hit))
        return {setting: kinds & has for setting, kinds in differs.items() if kinds & has}, hit

    def _now(self, entity: E) -> E:
        """As it is stored now, with its version, without secrets."""
        registry = self._registry
        found: Entity
        match entity:
            case WiceServer():
                found = registry.wice_server(entity.name)
            case Account():
                found = registry.account(entity.name)
            case Profile():
                found = registry.profile_of(entity.account, entity.name)
            case Template():
                found = registry.template(entity.name)
            case _:
                found = registry.exchange_server(entity.name)
        return cast("E", found)


def _masked(before: object, after: object) -> object:
    return "*** (changed)" if before == after == "***" else after
