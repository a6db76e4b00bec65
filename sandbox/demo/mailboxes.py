"""What already lies in a mailbox: twins of Wice records, which the first analysis must link (R24), and new entries."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from random import Random

from sandbox.demo import words
from sandbox.demo.entries import Human, contact_of, fulltime_appointment, slug, timed_appointment
from sandbox.demo.values import DemoAppointment, DemoCompany, DemoContact, Mailbox, World

_TWIN_PERSONS = 11
_NEW_PERSONS = 13
_TWIN_APPOINTMENTS = 5
_TWINS_BY_UID = 2
_NEW_APPOINTMENTS = 9
_SHARING = 2

_ELSEWHERE = DemoCompany(
    key="elsewhere",
    name="Windrad Beratung GmbH",
    phone="(040) 66969-500",
    url="https://www.windrad-beratung.example",
    street="Deichtor",
    street_number="3",
    zip_code="20457",
    town="Hamburg",
)
"""A company that Wice does not know yet: its contacts create it (R6)."""


def mailbox(
    rng: Random, username: str, usernames: Sequence[str], humans: Iterator[Human], *, world: World, today: date
) -> Mailbox:
    """25 contacts and 15 appointments of one account: one company, 11 persons and 5 appointments are twins, the rest new."""
    companies = {company.key: company for company in world.companies}
    flagged = [contact for contact in world.contacts if username in contact.flagged_for]
    twins = [
        _twin(rng, position, contact, companies.get(contact.company_key))
        for position, contact in enumerate(rng.sample(flagged, min(_TWIN_PERSONS, len(flagged))))
    ]
    flagged_companies = [company for company in world.companies if username in company.flagged_for][:1]
    new = [_new(rng, f"{username}-{number}", number, next(humans), world) for number in range(_NEW_PERSONS)]
    return Mailbox(
        contacts=(*map(_company_contact, flagged_companies), *twins, *new),
        appointments=(
            *_twin_appointments(rng, username, world),
            *_new_appointments(rng, username, usernames, world, today),
        ),
    )


def _at_work(contact: DemoContact, company: DemoCompany | None) -> DemoContact:
    """The contact as Outlook keeps it: with its company's name and address inside (R5)."""
    if company is None:
        return contact
    return replace(
        contact,
        company_key="",
        company_name=company.name,
        company_street=company.street,
        company_street_number=company.street_number,
        company_zip_code=company.zip_code,
        company_town=company.town,
        company_country=company.country,
        url=company.url,
    )


def _twin(rng: Random, position: int, contact: DemoContact, company: DemoCompany | None) -> DemoContact:
    """Every third twin is the same, every third knows less, every third knows something else."""
    twin = replace(_at_work(contact, company), key=f"twin-{contact.key}", flagged_for=frozenset())
    same, knows_less = 0, 1
    if position % 3 == same:
        return twin
    if position % 3 == knows_less:
        return replace(twin, department="", birthday=None, mobile_phone="")
    mobile = f"{rng.choice(words.MOBILE_STARTS)}{rng.randrange(100):02}"
    return replace(twin, mobile_phone=mobile, notes="Kennt sich im Lager aus.", categories=("Wichtig",))


def _company_contact(company: DemoCompany) -> DemoContact:
    alone = DemoContact(key=f"twin-{company.key}", email=company.email, phone=company.phone, fax=company.fax)
    return _at_work(alone, company)


def _new(rng: Random, key: str, number: int, human: Human, world: World) -> DemoContact:
    """A third works at a company Wice knows, a third at one it does not know, the rest nowhere."""
    company = (rng.choice(world.companies), _ELSEWHERE, None)[number % 3]
    contact = _at_work(contact_of(rng, key, human, company), company)
    return replace(contact, email2=f"{slug(human[1])}@privat.example") if number % 4 == 0 else contact


def _twin_appointments(rng: Random, username: str, world: World) -> list[DemoAppointment]:
    """The first two carry Wice's UID and another text; the others are twins by subject and times alone."""
    own = [entry for entry in world.appointments if username in entry.participants and not entry.external]
    twins = []
    for position, entry in enumerate(rng.sample(own, min(_TWIN_APPOINTMENTS, len(own)))):
        twin = replace(entry, key=f"twin-{username}-{entry.key}", participants=(), additional_participants=())
        if position < _TWINS_BY_UID:
            twins.append(replace(twin, description="Mit Beamer."))
        else:
            twins.append(replace(twin, uid=f"{twin.key}@outlook-demo.example"))
    return twins


def _new_appointments(
    rng: Random, username: str, usernames: Sequence[str], world: World, today: date
) -> list[DemoAppointment]:
    """Own ones, one of them private and one full-time, and one meeting that the first two mailboxes share (R16)."""
    new = []
    for number in range(_NEW_APPOINTMENTS):
        key = f"{username}-new-{number}"
        company = rng.choice(world.companies)
        if number == 0:
            private = timed_appointment(rng, key, rng.choice(words.PRIVATE_TITLES), today)
            new.append(replace(private, private=True, categories=("Privat",)))
        elif number == 1:
            new.append(fulltime_appointment(rng, key, company, today))
        else:
            title = rng.choice(words.TIMED_TITLES).format(company.name)
            attendees = (f"{rng.choice(usernames)}@example.com", company.email) if number % 3 == 0 else ()
            new.append(replace(timed_appointment(rng, key, title, today), attendees=attendees))
    shared = timed_appointment(Random(16), "shared-meeting", "Monatsbesprechung Vertrieb", today)
    own = timed_appointment(rng, f"{username}-new-last", "Rücksprache Lager", today)
    invited = tuple(f"{each}@example.com" for each in usernames[:_SHARING])
    return [*new, replace(shared, attendees=invited) if username in usernames[:_SHARING] else own]
