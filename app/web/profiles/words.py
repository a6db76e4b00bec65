"""What can be chosen in a profile or a template, each with its consequence in a sentence; and the names of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
from app.domain.sync import Kind
from app.web.i18n import N_, _, ngettext
from app.web.schedules import schedule

Option = tuple[str, str, str]
"""(title, what it means, icon)."""

DIRECTIONS: Final[Mapping[Direction, Option]] = {
    Direction.BOTH: (
        N_("Both ways"),
        N_("What changes in Outlook changes in Wice, and the other way round."),
        "arrows-exchange",
    ),
    Direction.TO_WICE: (
        N_("From Outlook to Wice only"),
        N_("Outlook is the original; nothing is changed there."),
        "arrow-right",
    ),
    Direction.TO_EXCHANGE: (
        N_("From Wice to Outlook only"),
        N_("Wice is the original; nothing is changed there."),
        "arrow-left",
    ),
}
CONFLICTS: Final[Mapping[Conflict, Option]] = {
    Conflict.WICE: (
        N_("Overwrite in Outlook"),
        N_("Wice wins. What stood in Outlook is kept in the history."),
        "building",
    ),
    Conflict.EXCHANGE: (
        N_("Overwrite in Wice"),
        N_("Outlook wins. What stood in Wice is kept in the history."),
        "mail",
    ),
}
TARGET_CHANGES: Final[Mapping[TargetChanges, Option]] = {
    TargetChanges.OVERWRITE: (
        N_("Overwrite"),
        N_("What was changed at the target is set back; what was deleted there is created again."),
        "refresh",
    ),
    TargetChanges.KEEP: (
        N_("Keep"),
        N_("What was changed at the target stays so and no longer follows the source."),
        "lock",
    ),
}
COMPANY_DATA: Final[Mapping[CompanyData, Option]] = {
    CompanyData.RESTORE: (
        N_("Restore from Wice"),
        N_("The contact gets the company's data from Wice again, with a hint in the run."),
        "arrow-back-up",
    ),
    CompanyData.WRITE: (
        N_("Write to the company"),
        N_("The company in Wice is changed, and with it the contacts of all its persons."),
        "building",
    ),
}
PRIVATE_APPOINTMENTS: Final[Mapping[PrivateAppointments, Option]] = {
    PrivateAppointments.CONTENT: (
        N_("With their content"),
        N_("They are private in Wice as well: only who takes part reads them there."),
        "eye",
    ),
    PrivateAppointments.BUSY: (
        N_("As busy, without content"),
        N_("Wice shows a private appointment at these times. Its title, text, place and attendees stay in Outlook."),
        "eye-off",
    ),
    PrivateAppointments.EXCHANGE: (
        N_("They stay in Outlook"),
        N_("Wice gets no new ones. Of those that are there already, only the times are kept equal."),
        "lock",
    ),
}
FIRST_PLANS: Final[Mapping[FirstPlan, Option]] = {
    FirstPlan.ASK: (
        N_("Somebody looks at it first"),
        N_("The first synchronisation waits until its plan was looked at and confirmed."),
        "eye-check",
    ),
    FirstPlan.APPROVED: (
        N_("Carry it out without asking"),
        N_("For many alike accounts whose result is known from a test."),
        "bolt",
    ),
}
LABELS: Final[Mapping[str, str]] = {
    "name": N_("Name"),
    "active": N_("Active"),
    "template": N_("Template"),
    "contacts": N_("Contacts"),
    "appointments": N_("Appointments"),
    "contacts_folder": N_("Folder for contacts"),
    "calendar_folder": N_("Folder for appointments"),
    "direction": N_("Direction"),
    "conflict": N_("Conflicts"),
    "target_changes": N_("Changes at the target"),
    "company_data": N_("Company data edited in Outlook"),
    "private_appointments": N_("Private appointments"),
    "window_past_days": N_("Days back"),
    "deep_compare_days": N_("Everything is compared"),
    "schedule": N_("Schedule"),
    "first_plan": N_("First plan"),
    "wice_server": N_("Wice server"),
    "wice_username": N_("User name in Wice"),
    "wice_password": N_("Password in Wice"),
    "email": N_("E-mail address"),
}
_TABLES: Final[Mapping[str, Mapping[str, Option]]] = {
    "direction": {key.value: option for key, option in DIRECTIONS.items()},
    "conflict": {key.value: option for key, option in CONFLICTS.items()},
    "target_changes": {key.value: option for key, option in TARGET_CHANGES.items()},
    "company_data": {key.value: option for key, option in COMPANY_DATA.items()},
    "private_appointments": {key.value: option for key, option in PRIVATE_APPOINTMENTS.items()},
    "first_plan": {key.value: option for key, option in FIRST_PLANS.items()},
}
CHOICES: Final = tuple(_TABLES)


def label(setting: str) -> str:
    """A setting's name."""
    return _(LABELS[setting]) if setting in LABELS else setting


def options(setting: str) -> list[tuple[str, str, str, str]]:
    """As `forms.radio_cards` takes them."""
    return [(value, _(title), _(text), icon) for value, (title, text, icon) in _TABLES[setting].items()]


def value(setting: str, of: object) -> str:
    """A setting's value in words."""
    if setting in _TABLES:
        return _(_TABLES[setting][str(of)][0])
    if setting == "schedule":
        return schedule(str(of))
    if setting == "deep_compare_days" and isinstance(of, int):
        return ngettext("once a day", "every %(num)s days", of) if of else _("only when somebody starts it")
    if setting.endswith("_folder"):
        kind = Kind.CONTACTS if setting == "contacts_folder" else Kind.APPOINTMENTS
        return folder(kind, str(of))
    if isinstance(of, bool):
        return _("yes") if of else _("no")
    return str(of) or _("none")


def folder(kind: Kind, wish: str) -> str:
    """A folder as a profile names it."""
    if wish != "default":
        return wish
    return _("the standard folder for contacts") if kind is Kind.CONTACTS else _("the standard calendar")


def facts(of: Profile | Template) -> list[tuple[str, str]]:
    """All settings in words that mean something together: no conflict rule for one that goes one way."""
    pairs = [(_("What"), kinds(of))]
    if of.contacts:
        pairs.append((label("contacts_folder"), value("contacts_folder", of.contacts_folder)))
    if of.appointments:
        pairs.append((label("calendar_folder"), value("calendar_folder", of.calendar_folder)))
    rules = ["direction", "conflict" if of.direction is Direction.BOTH else "target_changes"]
    if of.contacts and of.direction is not Direction.TO_EXCHANGE:
        rules.append("company_data")
    pairs += [(label(rule), value(rule, getattr(of, rule))) for rule in rules]
    if of.appointments:
        if of.direction is not Direction.TO_EXCHANGE:
            pairs.append((label("private_appointments"), value("private_appointments", of.private_appointments)))
        pairs.append((_("Appointments back to"), days(of.window_past_days)))
    pairs.append((label("schedule"), schedule(of.schedule)))
    pairs.append((label("deep_compare_days"), value("deep_compare_days", of.deep_compare_days)))
    pairs.append((label("first_plan"), value("first_plan", of.first_plan)))
    return pairs


def kinds(of: Profile | Template) -> str:
    """What is synchronised."""
    if of.contacts and of.appointments:
        return _("Contacts and appointments")
    return label("contacts") if of.contacts else label("appointments")


def days(count: int) -> str:
    """How far back appointments are picked up (R20)."""
    return _("%(days)s days ago, unlimited ahead", days=count)


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """As `tables.diff_table` takes them."""
    return [(label(name), value(name, before[name]), value(name, after[name])) for name in before]
