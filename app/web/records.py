"""Contacts and appointments field by field, as the reader's language writes names and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from app.domain import veil
from app.domain.appointment import AllDay, Timed
from app.domain.fingerprint import Record
from app.domain.plan import Reason
from app.domain.recurrence import Recurrence
from app.services.changes import values
from app.web.i18n import N_, _, region
from app.web.series_words import occurrences_text, series_text
from app.web.words import word

FIELDS: Final[Mapping[str, str]] = {
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "title": N_("Title"),
    "salutation": N_("Salutation"),
    "department": N_("Department"),
    "position": N_("Position"),
    "email": N_("E-mail"),
    "private_email": N_("Private e-mail"),
    "phone": N_("Phone"),
    "phone2": N_("Second phone"),
    "phone3": N_("Third phone"),
    "fax": N_("Fax"),
    "mobile_phone": N_("Mobile phone"),
    "private_phone": N_("Private phone"),
    "private_mobile_phone": N_("Private mobile phone"),
    "private_street": N_("Private street"),
    "private_zip_code": N_("Private postcode"),
    "private_town": N_("Private town"),
    "private_state": N_("Private state"),
    "private_country": N_("Private country"),
    "birthday": N_("Birthday"),
    "notes": N_("Notes"),
    "company_name": N_("Company"),
    "company_street": N_("Street of the company"),
    "company_zip_code": N_("Postcode of the company"),
    "company_town": N_("Town of the company"),
    "company_state": N_("State of the company"),
    "company_country": N_("Country of the company"),
    "company_po_box": N_("PO box of the company"),
    "company_phone": N_("Phone of the company"),
    "company_fax": N_("Fax of the company"),
    "company_url": N_("Web page of the company"),
    "company_email": N_("E-mail of the company"),
    "company_remarks": N_("Remarks on the company"),
    "text": N_("Text"),
    "place": N_("Place"),
    "when": N_("Time"),
    "recurrence": N_("Series"),
    "exceptions": N_("Changed and deleted occurrences"),
    "private": N_("Private"),
}


def field_rows(before: Record | None, after: Record | None) -> Iterator[tuple[str, str, str]]:
    """Label, old and new value of every field in which two records differ; what is not there is empty."""
    for name, old, new in values(before, after):
        shown = value_text(old), value_text(new)
        if any(shown):
            yield field_label(name), *shown


def reason(code: str) -> str:
    """Why a write was made, out of the journal."""
    return str(word(Reason(code))) if code in set(Reason) else code


def field_label(name: str) -> str:
    """A field's name as people read it."""
    return _(FIELDS[name]) if name in FIELDS else str(word(name))


def value_text(value: object) -> str:
    """A field's value as people read it; empty for what is not there."""
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case AllDay(first=first, last=last):
            days = [format_date(day, "full", locale=region()) for day in dict.fromkeys((first, last))]
            return _("%(days)s, all day", days=" – ".join(days))
        case Recurrence() | tuple():
            return series_text(value) if isinstance(value, Recurrence) else occurrences_text(value, value_text)
        case Timed():
            return _span(*(_local(moment, value.zone) for moment in (value.start, value.end)))
        case _:
            covered = value in (veil.COVERED, veil.COVERED_ANEW)
            return _("not shown: it is private") if covered else str(value)


def _span(start: datetime, end: datetime) -> str:
    shown = f"{_day(start)}, {_time(start)} – "
    return shown + (_time(end) if start.date() == end.date() else f"{_day(end)}, {_time(end)}")


def _day(moment: datetime) -> str:
    return format_date(moment, "full", locale=region())


def _time(moment: datetime) -> str:
    return format_time(moment, "short", locale=region())


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)) if zone else moment
