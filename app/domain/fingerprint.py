"""One normal form decides equality (R3): a round trip through either server never looks like a change.

Spelling is kept where it is stored; only the comparison is loose. Unicode is NFC, white space at the ends of a text and of its lines does
not count, CRLF is LF, empty is missing, phone numbers compare by their digits, e-mail addresses and web pages without case,
times as UTC minutes.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache

from app.domain.appointment import SHARED_APPOINTMENT_FIELDS, AllDay, Appointment, Occurrence, Timed
from app.domain.contact import (
    COMPANY_FIELDS,
    COMPANY_ONLY_FIELDS,
    CONTACT_FIELDS,
    EMAIL_FIELDS,
    PERSON_FIELDS,
    PHONE_FIELDS,
    Contact,
    Entity,
)

Record = Contact | Appointment

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff\ud800-\udfff\ufffe\uffff]")
_NO_DIGITS = re.compile(r"[^0-9a-z*#]+")
"""What a phone number's text holds beside digits and lower-case letters."""
_SPACES = re.compile(r"[ \t\u00a0]+")


def clean(text: str) -> str:
    """Return `text` in the form in which it is stored and sent: NFC, LF, no characters that XML 1.0 forbids, trimmed."""
    if not text:
        return ""
    if text.isprintable():
        # Most texts are one line of ordinary characters: blanks at the ends are all there is to take away.
        return unicodedata.normalize("NFC", text).strip() if not text.isascii() else text.strip()
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines).strip()


def normal_text(text: str) -> str:
    """Free text: runs of blanks count as one, trailing blanks of a line and blank lines at the end do not count."""
    if text.isprintable():
        return " ".join((text if text.isascii() else unicodedata.normalize("NFC", text)).split())
    return "\n".join(_SPACES.sub(" ", line).strip() for line in clean(text).split("\n")).strip()


def company_key(name: str) -> str:
    """The normalised name of R6: without case, punctuation and double blanks ("Meyer GmbH & Co. KG" = "meyer gmbh & co kg")."""
    return " ".join(re.sub(r"[.,;:'\"()]", " ", normal_text(name).casefold()).split())


def normal_phone(text: str) -> str:
    """Digits and letters only; `+49`, `0049` and `+49 (0)` compare equal to each other."""
    compact = normal_text(text).replace("(0)", "").casefold()
    if compact.startswith("+"):
        compact = "00" + compact[1:]
    if compact.isascii():
        return _NO_DIGITS.sub("", compact)
    return "".join(character for character in compact if character.isalnum() or character in "*#")


def normal_email(text: str) -> str:
    """Without case."""
    return normal_text(text).casefold()


def normal_web_page(text: str) -> str:
    """Without scheme, case of the host and a closing slash, which both servers like to add."""
    return re.sub(r"^https?://", "", normal_text(text).casefold()).rstrip("/")


def contact_form(contact: Contact) -> dict[str, str]:
    """The normal form of a contact: only non-empty fields, each as it compares. `entity` is always there."""
    form = {"entity": contact.entity.value}
    for name, normal in _FORMS[contact.entity]:
        if (text := getattr(contact, name)) and (value := normal(text)):
            form[name] = value
    return form


def _form_of(name: str) -> Callable[[str], str]:
    if name in PHONE_FIELDS:
        return normal_phone
    if name in EMAIL_FIELDS:
        return normal_email
    return normal_web_page if name == "company_url" else normal_text


def _forms(own: frozenset[str]) -> tuple[tuple[str, Callable[[str], str]], ...]:
    """What is compared of a contact, in the order of its fields, and how."""
    names = own | (COMPANY_FIELDS - COMPANY_ONLY_FIELDS)
    return tuple((name, _form_of(name)) for name in CONTACT_FIELDS if name in names)


_FORMS: Mapping[Entity, tuple[tuple[str, Callable[[str], str]], ...]] = {
    Entity.PERSON: _forms(PERSON_FIELDS),
    Entity.COMPANY: _forms(COMPANY_ONLY_FIELDS),
}


def appointment_form(appointment: Appointment) -> dict[str, str]:
    """The normal form of what both sides share of an appointment; participants are compared by `app.rules`, not here."""
    form = {name: _appointment_value(getattr(appointment, name)) for name in SHARED_APPOINTMENT_FIELDS}
    return {name: value for name, value in form.items() if value}


def _appointment_value(value: object) -> str:
    match value:
        case Timed():
            return f"{_minute(value.start)}/{_minute(value.end)}"
        case AllDay():
            return f"{value.first.isoformat()}/{value.last.isoformat()}"
        case bool():
            return "1" if value else ""
        case None:
            return ""
        case tuple():
            return json.dumps([occurrence_form(one) for one in value], ensure_ascii=False) if value else ""
        case _:
            return normal_text(str(value))


def occurrence_form(one: Occurrence) -> list[str]:
    """The normal form of what became of one date of a series."""
    if one.deleted:
        return [one.original.isoformat()]
    fields = (one.when, one.title, one.text, one.place, one.private)
    return [one.original.isoformat(), *(_appointment_value(value) for value in fields)]


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%MZ") if moment.year >= 1000 else moment.isoformat()  # noqa: PLR2004 - strftime pads no years


def form_of(record: Record) -> dict[str, str]:
    """The normal form of either kind."""
    return contact_form(record) if isinstance(record, Contact) else appointment_form(record)


def differences(one: Record, other: Record) -> tuple[str, ...]:
    """Names of the mapped fields in which two records differ, sorted; empty means equal (R3)."""
    left, right = form_of(one), form_of(other)
    return tuple(sorted(name for name in left.keys() | right.keys() if left.get(name, "") != right.get(name, "")))


@lru_cache(maxsize=512)
def fingerprint(record: Record) -> str:
    """32 hex digits over everything whose change on its own side must be noticed. Of a batch that is written the same are asked for several times.

    For appointments that includes the side's own participants, but neither the block that we wrote (`shown`) nor the zone.
    """
    form: dict[str, object] = dict(form_of(record))
    if isinstance(record, Appointment):
        people = sorted((normal_text(p.name), p.email.casefold(), p.role.value) for p in record.participants)
        form |= {"participants": people} if people else {}
    text = json.dumps(form, sort_keys=True, ensure_ascii=False, default=_json_default)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _json_default(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"a fingerprint cannot hold {type(value).__name__}")
