"""Put the people and the neutral demo world into a Wice store."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta

from sandbox.demo import DemoAppointment, DemoCompany, DemoContact, World
from sandbox.people import Person
from sandbox.wice.store import Store, Values
from sandbox.wice.tables import COLUMNS, Table

Employees = Mapping[str, str]


_AGE = timedelta(days=30)


def fill(store: Store, people: Sequence[Person], world: World | None, today: date) -> None:
    """Everybody becomes an employee; with a `world` also its companies, persons and appointments with their flags.

    All of it was last changed 30 days before `today`, so that a narrowed list does not find the whole world new.
    """
    employees: Employees = {person.username: _employee(store, person) for person in people}
    if world is None:
        return
    companies = {company.key: _company(store, company, employees) for company in world.companies}
    for contact in world.contacts:
        _person(store, contact, employees, companies)
    for appointment in world.appointments:
        _appointment(store, appointment, employees)
    changed = datetime.combine(today, time(9), UTC) - _AGE
    for table in Table:
        for row in store.all(table):
            row.changed = changed


def _employee(store: Store, person: Person) -> str:
    values = {"firstname": person.firstname, "name": person.name, "email": person.email}
    return store.insert(Table.EMPLOYEE, values).rowid


def _company(store: Store, company: DemoCompany, employees: Employees) -> str:
    row = store.insert(Table.COMPANY, _shared_columns(company, Table.COMPANY))
    row.flags = {employees[username] for username in company.flagged_for}
    return row.rowid


def _person(store: Store, contact: DemoContact, employees: Employees, companies: Mapping[str, str]) -> None:
    values = _shared_columns(contact, Table.PERSON)
    values["for_rowid"] = companies.get(contact.company_key, "0")
    values["birthday"] = contact.birthday.isoformat() if contact.birthday else ""
    row = store.insert(Table.PERSON, values)
    row.flags = {employees[username] for username in contact.flagged_for}


def _appointment(store: Store, appointment: DemoAppointment, employees: Employees) -> None:
    values = _shared_columns(appointment, Table.APPOINTMENT)
    values |= _moment("start", appointment.start) | _moment("end", appointment.end)
    values["participants"] = [employees[username] for username in appointment.participants]
    values["additional_participants"] = "\n".join(appointment.additional_participants)
    values["exdates"] = [day.isoformat() for day in appointment.exdates]
    store.insert(Table.APPOINTMENT, values)


def _shared_columns(entry: DemoCompany | DemoContact | DemoAppointment, table: Table) -> Values:
    """The fields that the neutral entry and Wice's table call by the same name."""
    return {each.name: getattr(entry, each.name) for each in fields(entry) if each.name in COLUMNS[table]}


def _moment(which: str, moment: datetime | date) -> Values:
    values = {f"date_{which}": f"{moment:%Y-%m-%d}"}
    if isinstance(moment, datetime):
        values[f"time_{which}"] = f"{moment:%H:%M}"
    return values
