"""What an administrator should know before finishing: the warnings of the assistant's last page."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.account import CompanyData, Conflict, Direction, FirstPlan, PrivateAppointments, Profile, TargetChanges
from app.domain.sync import Kind
from app.services.administration import Preview
from app.web.i18n import _
from app.web.profiles import words


def warnings(wanted: Profile, preview: Preview | None) -> list[str]:
    """One sentence each."""
    return [*_folders(wanted), *_rules(wanted), *_start(wanted), *_full_editing(preview)]


def _folders(wanted: Profile) -> Iterator[str]:
    for kind in wanted.kinds:
        wish = wanted.folder_wish(kind)
        if wish == "Wice":
            continue
        name = words.folder(kind, wish)
        if kind is Kind.CONTACTS:
            yield _("All contacts in %(folder)s are synchronised, private ones too.", folder=name)
        elif wanted.private_appointments is PrivateAppointments.CONTENT:
            yield _("All appointments in %(folder)s are synchronised, private ones too.", folder=name)
        else:
            yield _(
                "All appointments in %(folder)s are synchronised; of private ones what the profile says.", folder=name
            )


def _rules(wanted: Profile) -> Iterator[str]:
    if wanted.direction is Direction.BOTH and wanted.conflict is Conflict.EXCHANGE:
        yield _("In a conflict, Outlook overwrites what others may have written in Wice.")
    if wanted.direction is not Direction.BOTH and wanted.target_changes is TargetChanges.OVERWRITE:
        yield _("Whatever is edited at the target is overwritten by the next synchronisation.")
    if wanted.contacts and wanted.company_data is CompanyData.WRITE and wanted.direction is not Direction.TO_EXCHANGE:
        yield _("Whoever edits company data in Outlook changes the company for everybody in Wice.")


def _start(wanted: Profile) -> Iterator[str]:
    if not wanted.active:
        yield _("The profile is not active: nothing is synchronised until it is switched on.")
    if not wanted.schedule:
        yield _("There is no schedule: it is synchronised only when somebody starts it.")
    if wanted.first_plan is FirstPlan.APPROVED and not wanted.contacts_folder_id and not wanted.calendar_folder_id:
        yield _("Nobody will be asked before the first synchronisation.")


def _full_editing(preview: Preview | None) -> Iterator[str]:
    kinds = frozenset[Kind]().union(*preview.locked.values()) if preview else frozenset()
    if Kind.CONTACTS in kinds:
        yield _("The links of all contacts are dropped.")
    if Kind.APPOINTMENTS in kinds:
        yield _("The links of all appointments are dropped.")
    if kinds:
        yield _(
            "Nothing is deleted; the next analysis matches both sides anew, and its plan waits for your confirmation."
        )
