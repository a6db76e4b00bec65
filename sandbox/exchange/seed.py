"""A fresh world: everybody's mailbox with its standard folders, and on demand the demo company's and imported entries in the "Wice" folders."""

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from lxml import etree

from sandbox import demo
from sandbox.demo import DemoAppointment, DemoContact
from sandbox.exchange import calendar, recurrence
from sandbox.exchange.entries import appointment_xml, contact_xml
from sandbox.exchange.errors import EwsError
from sandbox.exchange.folders import furnish
from sandbox.exchange.items import made
from sandbox.exchange.world import Folder, Item, Mailbox, World
from sandbox.importer import read_exports
from sandbox.people import Person

log = logging.getLogger(__name__)

FOLDER_NAME = "Wice"


def world(persons: Sequence[Person], seed: str, today: date, imports: Sequence[Path]) -> World:
    """The world a server starts with; `seed` is "demo" or "empty", `imports` go to the first person."""
    made_world = World()
    for person in persons:
        mailbox = Mailbox(person.mailbox, f"{person.firstname} {person.name}", made_world)
        made_world.mailboxes[person.mailbox.casefold()] = mailbox
        furnish(mailbox)
    if seed == "demo":
        entries = demo.world(len(persons), today).mailboxes
        for person in persons:
            held = entries[person.username]
            store(made_world.mailboxes[person.mailbox.casefold()], held.contacts, held.appointments)
    if imports:
        imported = read_exports(imports)
        store(made_world.mailboxes[persons[0].mailbox.casefold()], imported.contacts, imported.appointments)
    return made_world


def store(mailbox: Mailbox, contacts: Iterable[DemoContact], appointments: Iterable[DemoAppointment]) -> None:
    """Put neutral entries into the folders "Wice" below Contacts and Calendar; one that Exchange would refuse is left out and reported."""
    for contact in contacts:
        _put(contact_xml(contact), wice_folder(mailbox, "contacts"), contact.key)
    for appointment in appointments:
        item = _put(appointment_xml(appointment), wice_folder(mailbox, "calendar"), appointment.key)
        if item and recurrence.is_master(item):
            _leave_out(item, appointment.exdates)


def wice_folder(mailbox: Mailbox, parent: str) -> Folder:
    """The folder "Wice" below a distinguished one; made when it is missing."""
    above = mailbox.distinguished(parent)
    found = next((folder for folder in above.children() if folder.name == FOLDER_NAME), None)
    return found or mailbox.add_folder(above, FOLDER_NAME, above.folder_class)


def _put(xml: str, folder: Folder, key: str) -> Item | None:
    try:
        item = made(etree.fromstring(xml), folder, None)
    except EwsError as error:
        log.warning("entry %s left out: %s", key, error.code)
        return None
    return folder.mailbox.place(item, folder)


def _leave_out(master: Item, dates: tuple[date, ...]) -> None:
    clock = calendar.clock_of(master.properties)
    for found in recurrence.occurrences(master):
        if found.start.astimezone(clock).date() in dates:
            master.deleted_occurrences.add(found.position)
