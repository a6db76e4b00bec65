"""The demo world: a German trading company's customers and calendar, the same for the same `people` and `today`."""

from datetime import date
from random import Random

from sandbox.demo.entries import appointment_entries, company_entry, names, person_entry
from sandbox.demo.mailboxes import mailbox
from sandbox.demo.values import DemoAppointment, DemoCompany, DemoContact, Mailbox, World
from sandbox.people import people as staff_of

__all__ = ["DemoAppointment", "DemoCompany", "DemoContact", "Mailbox", "World", "world"]

_COMPANIES = 60
_PERSONS = 400
_APPOINTMENTS = 300
_ACCOUNTS_OF_THE_PLAN = 3
_APPOINTMENTS_PER_FURTHER_ACCOUNT = 30


def world(people: int, today: date) -> World:
    """60 companies, 400 persons, 300 appointments (for three people) in Wice; 25 contacts, 15 appointments per mailbox.

    Each account's Outlook sync flags cover a third to a half of the persons. The appointments lie 150 days before to
    200 days after `today`.
    """
    rng = Random(20261123)
    usernames = [person.username for person in staff_of(people)]
    humans = names(rng)
    companies = [company_entry(rng, number, usernames) for number in range(_COMPANIES)]
    contacts = [person_entry(rng, number, next(humans), companies, usernames) for number in range(_PERSONS)]
    further = max(0, people - _ACCOUNTS_OF_THE_PLAN)
    count = _APPOINTMENTS + _APPOINTMENTS_PER_FURTHER_ACCOUNT * further
    appointments = appointment_entries(rng, count, companies, usernames, today)
    in_wice = World(tuple(companies), tuple(contacts), tuple(appointments))
    return World(
        in_wice.companies,
        in_wice.contacts,
        in_wice.appointments,
        {username: mailbox(rng, username, usernames, humans, world=in_wice, today=today) for username in usernames},
    )
