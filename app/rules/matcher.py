"""Which unlinked items on the two sides are the same thing (R24): linked, not duplicated. Several candidates: all stay untouched.

By iCalendar UID, else by equal content, else by name plus (e-mail or phone or company) for contacts and by subject, start and end for appointments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.domain.appointment import Appointment
from app.domain.contact import EMAIL_FIELDS, PHONE_FIELDS, Contact, Entity
from app.domain.fingerprint import Record, appointment_form, company_key, contact_form
from app.domain.ids import ItemId
from app.domain.sync import Item

PHONE_END = 7
"""Digits at the end of a phone number in which two spellings of it agree."""

Keys = Callable[[Record], frozenset[str]]


@dataclass(frozen=True)
class Matches:
    """`twins` are certain pairs (Wice, Exchange); `ambiguous` are all items with more than one possible partner, or whose partner has."""

    twins: tuple[tuple[Item, Item], ...]
    ambiguous: frozenset[ItemId]


def match(wice: Sequence[Item], exchange: Sequence[Item]) -> Matches:
    """Pair items one to one, the strongest evidence first; what one kind of evidence leaves ambiguous, weaker evidence does not decide."""
    if not (wice and exchange):
        return Matches((), frozenset())
    pairs: list[tuple[Item, Item]] = []
    ambiguous: set[ItemId] = set()
    for keys in (uid_key, content_key, natural_keys):
        taken = ambiguous | {item.id for pair in pairs for item in pair}
        found, unclear = _pair(_left(wice, taken), _left(exchange, taken), keys)
        pairs += found
        ambiguous |= unclear
    return Matches(tuple(pairs), frozenset(ambiguous))


def _left(items: Iterable[Item], taken: set[ItemId]) -> list[Item]:
    return [item for item in items if item.id not in taken]


def _pair(wice: Sequence[Item], exchange: Sequence[Item], keys: Keys) -> tuple[list[tuple[Item, Item]], set[ItemId]]:
    by_key: defaultdict[str, list[Item]] = defaultdict(list)
    for item in exchange:
        for key in keys(item.record):
            by_key[key].append(item)
    partners = {item.id: _unique(other for key in keys(item.record) for other in by_key[key]) for item in wice}
    suitors: defaultdict[ItemId, int] = defaultdict(int)
    for others in partners.values():
        for other in others:
            suitors[other.id] += 1
    pairs: list[tuple[Item, Item]] = []
    unclear: set[ItemId] = set()
    for item in wice:
        others = partners[item.id]
        if len(others) == 1 and suitors[others[0].id] == 1:
            pairs.append((item, others[0]))
        elif others:
            unclear |= {item.id, *(other.id for other in others)}
    return pairs, unclear


def _unique(items: Iterable[Item]) -> list[Item]:
    return list({item.id: item for item in items}.values())


def uid_key(record: Record) -> frozenset[str]:
    """The iCalendar UID, if there is one."""
    return frozenset({record.uid.strip()} - {""}) if isinstance(record, Appointment) else frozenset()


def content_key(record: Record) -> frozenset[str]:
    """The whole normal form; only records with enough in it to tell people apart."""
    if isinstance(record, Appointment):
        return natural_keys(record)
    form = contact_form(record)
    return frozenset({repr(sorted(form.items()))}) if len(form) > 1 else frozenset()


def natural_keys(record: Record) -> frozenset[str]:
    """Keys of which one shared key makes two records the same thing (R24)."""
    if isinstance(record, Appointment):
        form = appointment_form(record)
        return frozenset({f"{form.get('title', '').casefold()}|{form['when']}"})
    return _company_keys(record) if record.entity is Entity.COMPANY else _person_keys(record)


def _person_keys(contact: Contact) -> frozenset[str]:
    form = contact_form(contact)
    name = " ".join(sorted(form.get(part, "").casefold() for part in ("first_name", "last_name"))).strip()
    if not name:
        return frozenset()
    evidence = {form.get(field, "") for field in EMAIL_FIELDS if not field.startswith("company_")}
    # "0431 4711-0" and "+49 431 4711-0" are one line: together with the name, a number's end tells enough.
    evidence |= {form.get(field, "")[-PHONE_END:] for field in PHONE_FIELDS if not field.startswith("company_")}
    evidence |= {company_key(contact.company_name)}
    return frozenset(f"{name}|{fact}" for fact in evidence if fact)


def _company_keys(contact: Contact) -> frozenset[str]:
    key = company_key(contact.company_name)
    return frozenset({key}) if key else frozenset()
