"""Servers, accounts, profiles and their templates: what an administrator configures (R34). Secrets are plain here and encrypted at rest.

`version` moves with every change that a person makes; saving an entity whose version is not 0 is refused if it has moved on since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from app.domain.ids import AccountId, ProfileId
from app.domain.sync import Kind, Side

KEPT: Final = "\x00"
"""In place of a secret: the one that is stored, whatever it is. What is read without secrets holds it, and saving it changes nothing there."""


class Direction(StrEnum):
    """R21."""

    BOTH = "both"
    TO_WICE = "to_wice"
    TO_EXCHANGE = "to_exchange"

    @property
    def target(self) -> Side | None:
        """The only side that may be written; None if both may."""
        return {Direction.TO_WICE: Side.WICE, Direction.TO_EXCHANGE: Side.EXCHANGE}.get(self)


class Conflict(StrEnum):
    """Who wins a conflict (R22): `wice` is the handbook's "overwrite in Outlook", the default."""

    WICE = "wice"
    EXCHANGE = "exchange"


class TargetChanges(StrEnum):
    """What becomes of changes at the target of a one-way profile (R23)."""

    OVERWRITE = "overwrite"
    KEEP = "keep"


class CompanyData(StrEnum):
    """What becomes of company data that was edited on a person's contact in Exchange (R10)."""

    RESTORE = "restore"
    WRITE = "write"


class PrivateAppointments(StrEnum):
    """What of private appointments in Exchange comes into Wice (R19): all of it, nothing, or only when they are."""

    CONTENT = "content"
    EXCHANGE = "exchange"
    BUSY = "busy"


class FirstPlan(StrEnum):
    """Whether a person must approve the profile's first plan (R27)."""

    ASK = "ask"
    APPROVED = "approved"


class Auth(StrEnum):
    """How this server signs in at Exchange."""

    BASIC = "basic"
    NTLM = "ntlm"
    OAUTH2 = "oauth2"


class Access(StrEnum):
    """Whose login opens a mailbox: a service account that impersonates, or the account's own."""

    IMPERSONATION = "impersonation"
    DELEGATE = "delegate"


@dataclass(frozen=True, slots=True, kw_only=True)
class WiceServer:
    """One Wice installation. `dialect` overrides what is assumed of its wire protocol."""

    name: str
    url: str
    mandant: str
    api_key: str = field(default="", repr=False)
    time_zone: str = "Europe/Berlin"
    ca_file: str = ""
    dialect: Mapping[str, object] = field(default_factory=dict)
    requests_per_second: float | None = None
    """In the mean; 0: no limit. None here and below: what the settings say for all servers of this kind."""
    concurrent_requests: int | None = None
    version: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeServer:
    """One Exchange organisation. An empty `url` is found by autodiscover once per account and stored there."""

    name: str
    kind: str = "ews"
    url: str = ""
    auth: Auth = Auth.BASIC
    access: Access = Access.IMPERSONATION
    username: str = ""
    password: str = field(default="", repr=False)
    tenant_id: str = ""
    client_id: str = ""
    token_url: str = ""
    ca_file: str = ""
    requests_per_second: float | None = None
    """In the mean; 0: no limit. None here and below: what the settings say for all servers of this kind."""
    concurrent_requests: int | None = None
    version: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person: a Wice login and a mailbox. `exchange_username/password` are used with delegate access only."""

    id: AccountId = AccountId(0)
    name: str
    email: str = ""
    wice_server: str
    wice_username: str
    wice_password: str = field(default="", repr=False)
    exchange_server: str
    mailbox: str
    exchange_username: str = ""
    exchange_password: str = field(default="", repr=False)
    endpoint: str = ""
    """What autodiscover found; the server's `url` wins where it is given."""
    active: bool = True
    version: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Settings that many profiles share: they take them over, and follow when they change.

    `deep_compare_days`: at least every so many days a run looks at everything, whatever the servers' lists say; 0: never by itself.
    """

    name: str
    contacts: bool = True
    appointments: bool = True
    contacts_folder: str = "Wice"
    calendar_folder: str = "Wice"
    direction: Direction = Direction.BOTH
    conflict: Conflict = Conflict.WICE
    target_changes: TargetChanges = TargetChanges.OVERWRITE
    company_data: CompanyData = CompanyData.RESTORE
    private_appointments: PrivateAppointments = PrivateAppointments.CONTENT
    window_past_days: int = 180
    deep_compare_days: int = 7
    schedule: str = ""
    first_plan: FirstPlan = FirstPlan.ASK
    version: int = field(default=0, compare=False)


SHARED_SETTINGS: Final = tuple(setting.name for setting in fields(Template) if setting.name not in {"name", "version"})
"""What a profile takes over from its template."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a template's settings mean for its profiles (account/profile).

    `locked` ones stay as they are: they have links of a kind whose folder would change (R35).
    """

    changed: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Linked:
    """A profile, by `name` account/profile, that has links of `kinds`: what they hang on is locked (R35)."""

    profile: ProfileId
    name: str
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What of an account is synchronised, and how (R34). Folder ids are known after the first analysis (R26)."""

    id: ProfileId = ProfileId(0)
    account: str
    name: str
    contacts: bool = True
    appointments: bool = True
    contacts_folder: str = "Wice"
    calendar_folder: str = "Wice"
    direction: Direction = Direction.BOTH
    conflict: Conflict = Conflict.WICE
    target_changes: TargetChanges = TargetChanges.OVERWRITE
    company_data: CompanyData = CompanyData.RESTORE
    private_appointments: PrivateAppointments = PrivateAppointments.CONTENT
    window_past_days: int = 180
    deep_compare_days: int = 7
    schedule: str = ""
    first_plan: FirstPlan = FirstPlan.ASK
    active: bool = True
    contacts_folder_id: str = ""
    calendar_folder_id: str = ""
    approved: bool = False
    """A person has approved the first plan, or the profile's first plan was approved in advance (R27)."""
    template: str = ""
    """Name of the template whose settings this profile follows, "" for none."""
    version: int = field(default=0, compare=False)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that this profile synchronises, contacts first."""
        return tuple(
            kind for kind, on in ((Kind.CONTACTS, self.contacts), (Kind.APPOINTMENTS, self.appointments)) if on
        )

    def following(self, template: Template) -> Profile:
        """This profile with the settings of `template`, which it follows from now on."""
        shared = {setting: getattr(template, setting) for setting in SHARED_SETTINGS}
        in_advance = template.first_plan is FirstPlan.APPROVED
        return replace(self, template=template.name, approved=self.approved or in_advance, **shared)

    def folder_wish(self, kind: Kind) -> str:
        """The folder as the administrator named it: "Wice", "default" or a path."""
        return self.contacts_folder if kind is Kind.CONTACTS else self.calendar_folder

    def folder_id(self, kind: Kind) -> str:
        """The folder's id, "" before the first analysis."""
        return self.contacts_folder_id if kind is Kind.CONTACTS else self.calendar_folder_id

    def window_start(self, today: date) -> date:
        """First day that is picked up (R20)."""
        return today - timedelta(days=self.window_past_days)
