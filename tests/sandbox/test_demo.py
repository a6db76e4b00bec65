"""The demo world is the same every time, has the promised size and holds nobody's real data."""

import re
import subprocess
import sys
from dataclasses import asdict
from datetime import date, datetime, timedelta

import pytest

from sandbox.demo import World, world
from tests.sandbox.servers import TODAY

USERNAMES = ("anna", "bernd", "clara")


@pytest.fixture(scope="module")
def demo() -> World:
    return world(3, TODAY)


def test_it_is_deterministic_also_across_processes(demo: World) -> None:
    print_it = (
        f"from sandbox.demo import world; from datetime import date; w = world(3, date({TODAY:%Y, %-m, %-d})); "
        "print([(c.name, sorted(c.flagged_for)) for c in w.contacts], w.appointments, w.mailboxes['clara'].appointments)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", print_it], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert world(3, TODAY) == demo


def test_it_has_the_promised_size(demo: World) -> None:
    assert (len(demo.companies), len(demo.contacts), len(demo.appointments)) == (60, 400, 300)
    for username in USERNAMES:
        seen = sum(username in contact.flagged_for for contact in demo.contacts)
        attended = sum(username in appointment.participants for appointment in demo.appointments)
        assert 400 / 4 < seen < 400 / 2
        assert 300 / 3 < attended < 300 / 2
        assert (len(demo.mailboxes[username].contacts), len(demo.mailboxes[username].appointments)) == (25, 15)


def test_names_and_keys_are_unique(demo: World) -> None:
    assert len({company.name for company in demo.companies}) == 60
    everybody = [
        *demo.contacts,
        *(new for box in demo.mailboxes.values() for new in box.contacts if "twin" not in new.key),
    ]
    assert len({(person.firstname, person.name) for person in everybody}) == len(everybody)
    keys = [c.key for c in demo.companies] + [c.key for c in demo.contacts] + [a.key for a in demo.appointments]
    assert len(set(keys)) == 760


def test_R24_a_third_to_a_half_of_a_mailbox_are_twins_of_what_its_owner_sees_in_wice(demo: World) -> None:
    humans = {(contact.firstname, contact.name): contact for contact in demo.contacts}
    slots = {(appointment.title, appointment.start): appointment for appointment in demo.appointments}
    for username in USERNAMES:
        box = demo.mailboxes[username]
        contacts = [humans[human] for c in box.contacts if (human := (c.firstname, c.name)) in humans]
        appointments = [slots[slot] for a in box.appointments if (slot := (a.title, a.start)) in slots]
        assert (len(contacts), len(appointments)) == (11, 5)
        assert all(username in contact.flagged_for for contact in contacts)
        assert all(username in appointment.participants for appointment in appointments)


def test_R16_two_mailboxes_share_a_meeting_that_wice_does_not_know(demo: World) -> None:
    anna, bernd = ({a.uid: a for a in demo.mailboxes[username].appointments} for username in USERNAMES[:2])
    shared = [uid for uid in anna if uid in bernd]
    assert shared == ["shared-meeting@wice-demo.example"]
    assert anna[shared[0]] == bernd[shared[0]]


def test_R20_every_appointment_lies_in_the_default_window(demo: World) -> None:
    for appointment in demo.appointments:
        day = appointment.start.date() if isinstance(appointment.start, datetime) else appointment.start
        assert TODAY - timedelta(days=180) < day < TODAY + timedelta(days=365)
        assert appointment.start <= appointment.end


def test_no_address_and_no_number_can_be_anybodys(demo: World) -> None:
    text = repr(asdict(demo))
    assert not [host for host in re.findall(r"@([\w.-]+)", text) if not host.endswith((".example", "example.com"))]
    free = r"\(040\) 66969-\d{3}|030 23125 \d{3}|\+49 221 4710-\d{3}|089/99998-\d{3}|\(069\) 90009-\d{3}|0171 39200\d\d|\+49 176 040690\d\d"
    people_and_boxes = [*demo.contacts, *(contact for box in demo.mailboxes.values() for contact in box.contacts)]
    numbers = {
        getattr(contact, field)
        for contact in people_and_boxes
        for field in ("phone", "phone2", "fax", "mobile_phone", "private_phone", "private_mobile_phone")
    }
    numbers |= {number for company in demo.companies for number in (company.phone, company.fax)}
    assert not [number for number in numbers - {""} if not re.fullmatch(free, number)]


def test_more_people_see_a_world_of_their_own() -> None:
    many = world(40, date(2026, 11, 23))
    assert len(many.mailboxes) == 40
    assert len(many.appointments) == 300 + 37 * 30
    assert all(sum(name in a.participants for a in many.appointments) > 10 for name in many.mailboxes)
