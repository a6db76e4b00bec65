"""How two records become one: whose fields stand, which are filled from the other, and whether anything has to be written at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.appointment import Appointment, Participant, Role
from app.domain.contact import COMPANY_FIELDS, COMPANY_ONLY_FIELDS, CONTACT_FIELDS, Contact, Entity
from app.domain.fingerprint import Record, differences
from app.domain.occurrences import settled
from app.domain.participants import shown_lines, union, without
from app.domain.sync import Side

PERSONS_COMPANY_FIELDS = COMPANY_FIELDS - COMPANY_ONLY_FIELDS
"""The company data that a person's contact shows (R5)."""


def twins(winner: Record, loser: Record) -> Record:
    """Field by field: the winner's, and where it is empty the loser's (R24)."""
    if isinstance(winner, Contact) and isinstance(loser, Contact):
        return _fill(winner, {name: getattr(loser, name) for name in CONTACT_FIELDS})
    if isinstance(winner, Appointment) and isinstance(loser, Appointment):
        winner = _with_series(winner, loser)
        return replace(
            winner,
            text=winner.text or loser.text,
            place=winner.place or loser.place,
            uid=winner.uid or loser.uid,
            participants=union(winner.participants, loser.participants),
        )
    raise TypeError("a contact cannot be merged with an appointment")


def _with_series(winner: Appointment, loser: Appointment) -> Appointment:
    """A rule is a field like others: who has none gets it, with what became of its dates, if both begin at the same time (R18, R24)."""
    if winner.recurrence or not loser.recurrence or "when" in differences(winner, loser):
        return winner
    return settled(replace(winner, when=loser.when, recurrence=loser.recurrence, exceptions=loser.exceptions))


def with_company_of(record: Contact, owner: Contact) -> Contact:
    """`record` with the company data that `owner` shows: company data belongs to the company (R10)."""
    return _set(record, {name: getattr(owner, name) for name in PERSONS_COMPANY_FIELDS})


def joined_to_company(record: Contact, company: Mapping[str, str]) -> Contact:
    """A person's contact that joins an existing company: its data stand where it has any; what it does not know stays on the contact (R5, R6)."""
    known = {name: value for name in PERSONS_COMPANY_FIELDS if (value := company.get(name, ""))}
    return _set(record, known)


def company_contact(*people: Contact) -> Contact:
    """The company that these contacts of one plan describe together: the first one's data, gaps filled from the others (R6)."""
    merged = Contact(entity=Entity.COMPANY)
    for person in people:
        merged = _fill(merged, {name: getattr(person, name) for name in PERSONS_COMPANY_FIELDS})
    return merged


def _fill(record: Contact, values: Mapping[str, str]) -> Contact:
    return _set(record, {name: value for name, value in values.items() if value and not getattr(record, name)})


def _set(record: Contact, values: Mapping[str, str]) -> Contact:
    fields: dict[str, Any] = dict(values)  # `entity`, the one field that is no text, is never among them
    return replace(record, **fields)


def company_differences(one: Contact, other: Contact) -> tuple[str, ...]:
    """Names of the company fields in which two contacts of one person differ."""
    return tuple(name for name in differences(one, other) if name in COMPANY_FIELDS)


def _email(person: Participant) -> str:
    return person.email.casefold()


def must_write(side: Side, record: Record, present: Record) -> bool:
    """Would writing `record` over `present` change anything on `side`? Participants count in the way in which that side holds them (R15)."""
    if differences(record, present):
        return True
    if isinstance(record, Appointment) and isinstance(present, Appointment):
        if side is Side.EXCHANGE:
            return shown_lines(record.participants, present.participants) != present.shown
        if {*map(_email, record.declined)} & {*map(_email, present.participants)} - {""}:
            return True
        named = (person for person in record.participants if person.role is not Role.GROUP)  # Wice alone knows groups
        return bool(without(named, present.participants))
    return False
