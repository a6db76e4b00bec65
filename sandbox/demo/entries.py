"""Single companies, persons and appointments of the demo world, drawn from a seeded `Random`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import product
from random import Random

from sandbox.demo import words
from sandbox.demo.values import DemoAppointment, DemoCompany, DemoContact

Human = tuple[str, str, str]
"""Salutation, first name, last name."""

_EMPLOYED = 360
_COMPANY_FLAGGED = 0.3
_PERSON_FLAGGED = 0.12
_FIRST_DAY, _LAST_DAY = -150, 200  # inside the default window of R20, seen from `today`
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", " ": "-", ".": ""})


def names(rng: Random) -> Iterator[Human]:
    """Salutation, first and last name, never the same twice; when the single last names run out, double ones."""
    humans = [(salutation, first) for salutation, firsts in words.FIRST_NAMES.items() for first in firsts]
    plain = [(*human, last) for human, last in product(humans, words.LAST_NAMES)]
    rng.shuffle(plain)
    yield from plain
    for one, other in product(words.LAST_NAMES, repeat=2):
        for human in humans:
            if one != other:
                yield (*human, f"{one}-{other}")


def company_entry(rng: Random, number: int, usernames: Sequence[str]) -> DemoCompany:
    head = words.COMPANY_HEADS[number % len(words.COMPANY_HEADS)]
    # 15 heads and 8 trades have no common divisor: 120 different pairs.
    trade, legal_form = words.COMPANY_TRADES[number % len(words.COMPANY_TRADES)]
    domain = f"{slug(head)}-{slug(trade)}.example"
    zip_code, town, state, phone_start = rng.choice(words.TOWNS)
    phone = f"{phone_start}{rng.randrange(1000):03}"
    return DemoCompany(
        key=f"company-{number}",
        name=f"{head} {trade} {legal_form}",
        email=f"info@{domain}",
        phone=phone,
        fax=f"{phone_start}{rng.randrange(1000):03}" if _perhaps(rng, 0.6) else "",
        url=f"https://www.{domain}",
        street=rng.choice(words.STREETS),
        street_number=f"{rng.randrange(1, 140)}{rng.choice(['', '', '', 'a'])}",
        zip_code=zip_code,
        town=town,
        state=state,
        remarks=rng.choice(words.REMARKS),
        flagged_for=_some(rng, usernames, _COMPANY_FLAGGED),
    )


def person_entry(
    rng: Random, number: int, human: Human, companies: Sequence[DemoCompany], usernames: Sequence[str]
) -> DemoContact:
    company = companies[number % len(companies)] if number < _EMPLOYED else None
    contact = replace(contact_of(rng, f"person-{number}", human, company), company_key=company.key if company else "")
    flagged = _some(rng, usernames, _PERSON_FLAGGED) | (company.flagged_for if company else frozenset())
    return replace(contact, flagged_for=flagged)


def contact_of(rng: Random, key: str, human: Human, company: DemoCompany | None) -> DemoContact:
    """A human with made-up numbers; at work in `company`, whose own columns are left to the caller."""
    salutation, firstname, name = human
    domain = company.url.removeprefix("https://www.") if company else "post.example"
    local = f"{slug(firstname)}.{slug(name)}"
    phone_start = company.phone[:-3] if company else rng.choice(words.TOWNS)[3]
    contact = DemoContact(
        key=key,
        firstname=firstname,
        name=name,
        salutation=salutation,
        title=rng.choice(words.TITLES),
        email=f"{local}@{domain}",
        phone=f"{phone_start}{rng.randrange(1000):03}",
        mobile_phone=f"{rng.choice(words.MOBILE_STARTS)}{rng.randrange(100):02}" if _perhaps(rng, 0.5) else "",
        birthday=_birthday(rng) if _perhaps(rng, 0.4) else None,
    )
    if company:
        return replace(contact, department=rng.choice(words.DEPARTMENTS), position=rng.choice(words.POSITIONS))
    return _with_private_address(rng, contact, f"{local}@privat.example")


def _with_private_address(rng: Random, contact: DemoContact, email: str) -> DemoContact:
    zip_code, town, _, phone_start = rng.choice(words.TOWNS)
    return replace(
        contact,
        private_email=email,
        private_phone=f"{phone_start}{rng.randrange(1000):03}",
        private_street=rng.choice(words.STREETS),
        private_street_number=str(rng.randrange(1, 99)),
        private_zip_code=zip_code,
        private_town=town,
        private_country="Deutschland",
    )


def appointment_entries(
    rng: Random, count: int, companies: Sequence[DemoCompany], usernames: Sequence[str], today: date
) -> list[DemoAppointment]:
    made: dict[tuple[str, object], DemoAppointment] = {}
    while len(made) < count:
        appointment = _appointment(rng, len(made), companies, usernames, today)
        made.setdefault((appointment.title, appointment.start), appointment)
    return list(made.values())


def _appointment(
    rng: Random, number: int, companies: Sequence[DemoCompany], usernames: Sequence[str], today: date
) -> DemoAppointment:
    key = f"appointment-{number}"
    company = rng.choice(companies)
    several = rng.choices((1, 2, 3), weights=(70, 20, 10))[0]
    timed = timed_appointment(rng, key, rng.choice(words.TIMED_TITLES).format(company.name), today)
    participants = tuple(rng.sample(list(usernames), min(several, len(usernames))))
    kind = rng.choices(("private", "fulltime", "external", "timed"), weights=(10, 15, 1, 74))[0]
    if kind == "private":
        return replace(timed, title=rng.choice(words.PRIVATE_TITLES), private=True, participants=participants[:1])
    if kind == "fulltime":
        return replace(fulltime_appointment(rng, key, company, today), participants=participants)
    guests = (f"{company.name} (Empfang)",) if _perhaps(rng, 0.2) else ()
    return replace(timed, participants=participants, additional_participants=guests, external=kind == "external")


def timed_appointment(rng: Random, key: str, title: str, today: date) -> DemoAppointment:
    """On a working day between 8 and 18 o'clock, for half an hour to two hours."""
    start = datetime.combine(_working_day(rng, today), time(rng.randrange(8, 16), rng.choice((0, 15, 30, 45))))
    return DemoAppointment(
        key=key,
        uid=f"{key}@wice-demo.example",
        title=title,
        start=start,
        end=start + timedelta(minutes=rng.choice((30, 45, 60, 90, 120))),
        description=rng.choice(words.TEXTS),
        location=rng.choice(words.LOCATIONS),
    )


def fulltime_appointment(rng: Random, key: str, company: DemoCompany, today: date) -> DemoAppointment:
    """Of one to three days."""
    first = _working_day(rng, today)
    return DemoAppointment(
        key=key,
        uid=f"{key}@wice-demo.example",
        title=rng.choice(words.FULLTIME_TITLES).format(company.name),
        start=first,
        end=first + timedelta(days=rng.choice((0, 0, 1, 2))),
        fulltime=True,
        location=company.town,
    )


def slug(text: str) -> str:
    """A German word as it stands in a host name or an address."""
    return text.lower().translate(_UMLAUTS)


def _working_day(rng: Random, today: date) -> date:
    day = today + timedelta(days=rng.randrange(_FIRST_DAY, _LAST_DAY))
    return day - timedelta(days=max(0, day.weekday() - 4))


def _birthday(rng: Random) -> date:
    return date(1950, 1, 1) + timedelta(days=rng.randrange(52 * 365))


def _perhaps(rng: Random, probability: float) -> bool:
    return rng.random() < probability


def _some(rng: Random, usernames: Sequence[str], probability: float) -> frozenset[str]:
    return frozenset(username for username in usernames if _perhaps(rng, probability))
