"""What is configured, as a Protocol: servers, accounts, profiles and the templates that profiles follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from app.domain.account import Account, Carried, ExchangeServer, Linked, Profile, Template, WiceServer
from app.domain.budget import OwnLimits
from app.domain.ids import ProfileId
from app.domain.people import SYSTEM, Actor
from app.domain.sync import Kind

Configured = WiceServer | ExchangeServer | Account | Profile | Template


class Registry(Protocol):
    """Servers, accounts, profiles and templates (R34). Secrets are encrypted when saved.

    Without `secrets`, which needs no key, an entity has `KEPT` where a secret is stored; saving it keeps that secret. Each change is one transaction,
    written down in the audit log as done `by` somebody. An entity whose `version` is not 0 is changed only while it still is the one that was read.
    Raises: Halt if a secret cannot be decrypted; NotFound for a name that does not exist; Superseded.
    """

    def wice_servers(self, *, secrets: bool = True) -> Sequence[WiceServer]: ...
    def exchange_servers(self, *, secrets: bool = True) -> Sequence[ExchangeServer]: ...
    def accounts(self, *, secrets: bool = True) -> Sequence[Account]: ...
    def profiles(self) -> Sequence[Profile]: ...
    def templates(self) -> Sequence[Template]: ...

    def wice_server(self, name: str, *, secrets: bool = False) -> WiceServer: ...
    def exchange_server(self, name: str, *, secrets: bool = False) -> ExchangeServer: ...
    def account(self, name: str, *, secrets: bool = False) -> Account: ...
    def profile_of(self, account: str, name: str) -> Profile: ...
    def template(self, name: str) -> Template: ...

    def profiles_of_account(self, account: str) -> Sequence[Profile]:
        """The profiles of one account, by name; none if there is no such account."""
        ...

    def profiles_of_mailbox(self, exchange_server: str, mailbox: str) -> Sequence[Profile]:
        """The profiles of all accounts that share a mailbox, however it is capitalised, by full name."""
        ...

    def profile(self, name: str) -> tuple[Profile, Account, WiceServer, ExchangeServer]:
        """A profile with all it needs, by `name` or `account/name`. Raises: BadInput naming the profiles that exist or that fit."""
        ...

    def profile_name(self, profile: ProfileId) -> str | None:
        """account/name of a profile; None if it does not exist (any more)."""
        ...

    def limits(self) -> Sequence[OwnLimits]:
        """What each server may be asked for; an Exchange server without an address at those that autodiscover found for its accounts."""
        ...

    def active_profiles(self) -> Sequence[str]:
        """account/name of the profiles that are to be synchronised: active ones of active accounts."""
        ...

    def save(
        self,
        entity: Configured,
        by: Actor = SYSTEM,
        *,
        unlink: Mapping[ProfileId, Collection[Kind]] | None = None,
    ) -> bool:
        """Create or change by name; True if anything changed. What the engine found out (folder ids, endpoint, approval) is kept unless given.

        A changed folder wish drops the old folder's id; changed settings release held items. Links named by `unlink` are dropped first (R35).
        Raises: BadInput if it names what does not exist, keeps a secret that was never given, or sets what its template decides.
        """
        ...

    def create(self, entity: Configured, by: Actor = SYSTEM) -> None:
        """As `save`, but only something new. Raises: Taken if the name is in use."""
        ...

    def create_all(self, entities: Sequence[Configured], by: Actor = SYSTEM) -> None:
        """As `create` for each in its order, all or none."""
        ...

    def save_many(self, entities: Sequence[Configured], by: Actor = SYSTEM) -> int:
        """As `save` for each in its order, all or none; returns how many changed. Thousands of new ones take few statements."""
        ...

    def save_template(self, template: Template, by: Actor = SYSTEM) -> Carried:
        """Create or change a template and carry its settings to all profiles that follow it."""
        ...

    def assign(self, names: Sequence[str], template: str, by: Actor = SYSTEM) -> Carried:
        """Let profiles (account/profile) follow a template from now on, "" for none: they keep the settings that they have."""
        ...

    def preview(self, template: Template, names: Sequence[str] | None = None) -> Carried:
        """What saving this template, or assigning it to these profiles, would do to profiles."""
        ...

    def rename(self, entity: Configured, new_name: str, by: Actor = SYSTEM) -> None:
        """Give another name; all that refers to it stays. Raises: Taken if the name is in use."""
        ...

    def remove(
        self,
        entity: Configured,
        by: Actor = SYSTEM,
        *,
        take_along: bool = True,
        told: Mapping[str, object] | None = None,
    ) -> None:
        """Delete with all that hangs on it here; nothing on either server is touched (R37). Profiles of a template only leave it.

        `told` stands in the audit log beside what it was: what was done before.

        Raises: Taken, unless `take_along`, for a server that accounts use.
        """
        ...

    def remove_accounts(self, names: Sequence[str], by: Actor) -> int:
        """As `remove` for each of these accounts, all or none; returns how many there were. Raises: NotFound."""
        ...

    def activate(self, names: Sequence[str], by: Actor, *, active: bool) -> tuple[str, ...]:
        """Activate or deactivate accounts; returns those that were not so before."""
        ...

    def linked_kinds(self, profile: ProfileId) -> frozenset[Kind]:
        """The kinds of which the profile has links: its mailbox, folders and Wice identity are locked for them (R35)."""
        ...

    def linked(self, entity: WiceServer | ExchangeServer | Account | Profile) -> Sequence[Linked]:
        """The profiles that hang on an entity and have links, by name."""
        ...

    def unlink(self, profile: ProfileId, kinds: Collection[Kind], by: Actor = SYSTEM) -> None:
        """Enable full editing (R35): drop the links of these kinds, so that the next plan matches everything anew (R24); a person approves it."""
        ...
