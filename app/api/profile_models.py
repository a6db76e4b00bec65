"""Profiles and templates as the API takes and shows them; which values are good is decided where they are read (`app.services.entries`)."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.domain.account import (
    CompanyData,
    Conflict,
    Direction,
    FirstPlan,
    PrivateAppointments,
    Profile,
    TargetChanges,
    Template,
)
from app.domain.ids import RunId
from app.domain.run import RequestState, RunStatus
from app.domain.sync import Kind
from app.domain.views import AccountState, ProfileRow

_CONTACTS = Field(description="Are contacts synchronised?", examples=[True])
_APPOINTMENTS = Field(description="Are appointments synchronised? They need the account's e-mail.", examples=[True])
_CONTACTS_FOLDER = Field(
    description="`Wice` (created where it is missing), `default` (the standard folder) or a path such as `Contacts/Customers`.",
    examples=["Wice"],
)
_CALENDAR_FOLDER = Field(description="The same for appointments.", examples=["Wice"])
_DIRECTION = Field(description="Both ways, or one only.", examples=["both"])
_CONFLICT = Field(description="Who wins if an item was changed on both sides; both ways only.", examples=["wice"])
_TARGET_CHANGES = Field(description="What becomes of changes at the target; one way only.", examples=["overwrite"])
_COMPANY_DATA = Field(
    description="Company data edited on a person's contact in Outlook: restored from Wice, or written to the company.",
    examples=["restore"],
)
_PRIVATE = Field(
    description="Private appointments in Outlook: `content`: as any other; `busy`: Wice shows only when they are; `exchange`: they stay in Outlook.",
    examples=["content"],
)
_WINDOW = Field(description="How many days back appointments are picked up.", examples=[180])
_DEEP = Field(
    description="After so many days a run compares everything, not only what the servers call changed; 0: only a thorough analysis does.",
    examples=[7],
)
_SCHEDULE = Field(
    description="`every 15 minutes`, or for example `every 15 minutes on weekdays from 07:00 to 19:00, else every 2 hours, except on Sunday, "
    "starting 2027-01-31 06:00, Europe/Berlin`, or `at 06:00 and 18:00 on Monday`; empty: only when somebody asks.",
    examples=["every 15 minutes"],
)
_FIRST_PLAN = Field(
    description="Does a person approve the first plan, or was it approved in advance?", examples=["ask"]
)
_NAME = Field(description="Its name.", min_length=1, max_length=100, examples=["Wice"])
_TEMPLATE = Field(description="The template that it follows, empty for none.", examples=["Sales"])
_ACTIVE = Field(description="Only an active one is synchronised.", examples=[True])


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @property
    def given(self) -> dict[str, object]:
        """What was named in the request."""
        return self.model_dump(mode="json", exclude_unset=True)


class Settings(BaseModel):
    """What a template decides for the profiles that follow it."""

    contacts: bool = _CONTACTS
    appointments: bool = _APPOINTMENTS
    contacts_folder: str = _CONTACTS_FOLDER
    calendar_folder: str = _CALENDAR_FOLDER
    direction: Direction = _DIRECTION
    conflict: Conflict = _CONFLICT
    target_changes: TargetChanges = _TARGET_CHANGES
    company_data: CompanyData = _COMPANY_DATA
    private_appointments: PrivateAppointments = _PRIVATE
    window_past_days: int = _WINDOW
    deep_compare_days: int = _DEEP
    schedule: str = _SCHEDULE
    first_plan: FirstPlan = _FIRST_PLAN


class SettingsIn(_In):
    """The same to set; what is not named stays, or is the default of something new."""

    contacts: bool = Field(default=True, description=_CONTACTS.description, examples=[True])
    appointments: bool = Field(default=True, description=_APPOINTMENTS.description, examples=[True])
    contacts_folder: str = Field(default="Wice", description=_CONTACTS_FOLDER.description, examples=["Wice"])
    calendar_folder: str = Field(default="Wice", description=_CALENDAR_FOLDER.description, examples=["Wice"])
    direction: Direction = Field(default=Direction.BOTH, description=_DIRECTION.description, examples=["both"])
    conflict: Conflict = Field(default=Conflict.WICE, description=_CONFLICT.description, examples=["wice"])
    target_changes: TargetChanges = Field(
        default=TargetChanges.OVERWRITE, description=_TARGET_CHANGES.description, examples=["overwrite"]
    )
    company_data: CompanyData = Field(
        default=CompanyData.RESTORE, description=_COMPANY_DATA.description, examples=["restore"]
    )
    private_appointments: PrivateAppointments = Field(
        default=PrivateAppointments.CONTENT, description=_PRIVATE.description, examples=["content"]
    )
    window_past_days: int = Field(default=180, ge=0, le=36_500, description=_WINDOW.description, examples=[180])
    deep_compare_days: int = Field(default=7, ge=0, le=365, description=_DEEP.description, examples=[7])
    schedule: str = Field(default="", description=_SCHEDULE.description, examples=["every 15 minutes"])
    first_plan: FirstPlan = Field(default=FirstPlan.ASK, description=_FIRST_PLAN.description, examples=["ask"])


class TemplateOut(Settings):
    """Settings that many profiles share."""

    name: str = _NAME

    @classmethod
    def of(cls, template: Template) -> TemplateOut:
        """As the API shows it."""
        return cls.model_validate({name: getattr(template, name) for name in cls.model_fields})


class TemplateIn(SettingsIn):
    """A template to add."""

    name: str = _NAME


class TemplateChange(SettingsIn):
    """What may change of a template."""


class ProfileOut(Settings):
    """What of an account is synchronised, and how."""

    account: str = Field(description="The account that it belongs to.", examples=["anna"])
    name: str = _NAME
    active: bool = _ACTIVE
    template: str = _TEMPLATE
    approved: bool = Field(description="Was the first plan approved, by a person or in advance?", examples=[True])

    @classmethod
    def of(cls, profile: Profile) -> ProfileOut:
        """As the API shows it."""
        return cls.model_validate({name: getattr(profile, name) for name in cls.model_fields})


class ProfileIn(SettingsIn):
    """A profile to add. One that names a template sets nothing that the template decides."""

    name: str = _NAME
    template: str = Field(default="", description=_TEMPLATE.description, examples=[""])
    active: bool = Field(default=True, description=_ACTIVE.description, examples=[True])


class ProfileChange(SettingsIn):
    """What may change of a profile; its name does by renaming."""

    template: str = Field(default="", description=_TEMPLATE.description, examples=[""])
    active: bool = Field(default=True, description=_ACTIVE.description, examples=[True])


class ProfileListed(BaseModel):
    """A profile in a list, with its state."""

    account: str = Field(description="The account that it belongs to.", examples=["anna"])
    name: str = _NAME
    active: bool = _ACTIVE
    state: AccountState = Field(description="How it is.", examples=["healthy"])
    busy: RequestState | None = Field(description="A run of it is queued or going on.", examples=[None])
    contacts: bool = _CONTACTS
    appointments: bool = _APPOINTMENTS
    direction: Direction = _DIRECTION
    schedule: str = _SCHEDULE
    template: str = _TEMPLATE
    last_run: RunId = Field(description="Id of the latest run, empty for none.", examples=["01h8x3v7qmzlw2ab"])
    last_status: RunStatus | None = Field(description="How it ended.", examples=["done"])
    last_finished: datetime | None = Field(description="When it ended (UTC).", examples=["2026-11-24T08:00:00Z"])
    waiting_run: RunId = Field(description="The run whose plan waits for an answer, empty for none.", examples=[""])
    synced_at: datetime | None = Field(
        description="End of the last synchronisation.", examples=["2026-11-24T08:00:00Z"]
    )
    deep_compared_at: datetime | None = Field(
        description="When everything was compared last.", examples=["2026-11-24T08:00:00Z"]
    )
    failed_items: int = Field(description="Items that their server refused.", examples=[0])
    frozen_items: int = Field(description="Items that bounced and are frozen.", examples=[0])

    @classmethod
    def of(cls, row: ProfileRow) -> ProfileListed:
        """As the API shows it."""
        return cls.model_validate({name: getattr(row, name) for name in cls.model_fields})


class FolderOut(BaseModel):
    """A folder of a mailbox."""

    id: str = Field(description="Its id in Exchange.", examples=["AAMkAGI0ZG..."])
    path: list[str] = Field(description="Names from the mailbox's root down.", examples=[["Contacts", "Wice"]])
    wish: str = Field(
        description="How a profile names it; empty: it cannot, for a slash in a name.", examples=["Contacts/Customers"]
    )
    items: int = Field(description="How many items the server counts in it.", examples=[120])
    owner: str = Field(description="Who synchronises it already; empty: nobody.", examples=[""])
    can_be_chosen: bool = Field(description="Can a profile name it, and is it free?", examples=[True])


class NewName(_In):
    """Another name."""

    name: str = _NAME


class FullEditing(_In):
    """Of which kinds the links are dropped."""

    kinds: list[Kind] = Field(
        default=list(Kind), min_length=1, description="All unless named.", examples=[["contacts", "appointments"]]
    )


class Followers(_In):
    """Profiles to assign or to detach."""

    profiles: list[str] = Field(
        min_length=1, max_length=20_000, description="Each as account/profile.", examples=[["anna/Wice"]]
    )
    dry_run: bool = Field(default=False, description="Only say what would happen.", examples=[True])


class CarriedOut(BaseModel):
    """What a template did, or would do, to profiles."""

    changed: list[str] = Field(description="They take the settings over.", examples=[["anna/Wice"]])
    locked: list[str] = Field(description="They are locked for another folder and stay as they are.", examples=[[]])
