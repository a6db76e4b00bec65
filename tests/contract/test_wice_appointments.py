"""What holds for Wice's appointments: scope, participants, meetings of several accounts, the window (R11-R13, R15, R16, R18, R20, R24)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.appointment import Appointment, Participant, Role, Timed
from app.domain.fingerprint import differences
from app.domain.sync import Absence, Absent, Held, Item, Kind, Obstacle
from app.domain.writes import Stale
from app.errors import Halt, HaltCode
from app.ports import Store
from tests.contract.asking import (
    creation,
    found,
    not_quietly_there,
    outcome,
    pages,
    read,
    removal,
    sightings,
    update,
    written,
)
from tests.contract.benches import Trouble, WiceBench, sample


def appointments(wice: WiceBench, user: str = "") -> Store:
    return wice.open(user).store(Kind.APPOINTMENTS)


def meeting(title: str = "Jour fixe", uid: str = "") -> Appointment:
    record = sample(Kind.APPOINTMENTS, title)
    assert isinstance(record, Appointment)
    return replace(record, uid=uid)


def test_a_server_without_appointments_halts_only_them(wice: WiceBench, trouble: Trouble) -> None:
    trouble.withdraw("appointments")
    crm = wice.open()
    with pytest.raises(Halt) as halt:
        pages(crm.store(Kind.APPOINTMENTS))
    assert halt.value.code is HaltCode.UNSUPPORTED
    assert pages(crm.store(Kind.CONTACTS))


def test_R11_only_where_the_user_takes_part(wice: WiceBench) -> None:
    mine = wice.hand.add_appointment(meeting(), [wice.user, wice.colleague])
    theirs = wice.hand.add_appointment(meeting(), [wice.colleague])
    external = wice.hand.add_appointment(meeting(), [wice.user])
    before = read(appointments(wice), external)
    wice.hand.set_external(external)
    seen = sightings(pages(appointments(wice)))
    assert mine in seen
    assert theirs not in seen
    assert not_quietly_there(before, appointments(wice))
    assert found(appointments(wice), theirs) == Absent(theirs, Absence.LEFT)
    assert found(appointments(wice), external) == Absent(external, Absence.EXTERNAL)


def test_R12_a_new_appointment_has_the_user_as_participant(wice: WiceBench) -> None:
    made = written(appointments(wice), creation(meeting()))
    assert made.id in sightings(pages(appointments(wice)))
    assert found(appointments(wice, wice.colleague), made.id) == Absent(made.id, Absence.LEFT)


def test_R13_removing_takes_only_the_user_out(wice: WiceBench) -> None:
    item = wice.hand.add_appointment(meeting(), [wice.user, wice.colleague])
    outcome(appointments(wice), removal(read(appointments(wice), item)))
    assert found(appointments(wice), item) == Absent(item, Absence.LEFT)
    assert isinstance(found(appointments(wice, wice.colleague), item), Item)


def test_R13_an_appointment_that_was_left_is_joined_again(wice: WiceBench) -> None:
    item = wice.hand.add_appointment(meeting(), [wice.colleague])
    back = written(appointments(wice), creation(meeting("Umbenannt"), into=item))
    assert back.id == item
    assert differences(back.record, meeting("Umbenannt")) == ()
    assert isinstance(found(appointments(wice, wice.colleague), item), Item)


def test_R15_attendees_become_participants_or_additional_ones(wice: WiceBench) -> None:
    colleague = wice.open(wice.colleague).employee()
    guest = Participant(name="Gast, Gerda", email="gerda@example.org")
    attendees = (Participant(name="egal", email=colleague.email), guest)
    made = written(appointments(wice), creation(replace(meeting(), participants=attendees)))
    assert isinstance(made.record, Appointment)
    assert {(p.email, p.role) for p in made.record.participants} >= {(colleague.email, Role.EMPLOYEE)}
    assert any(p.role is Role.ADDITIONAL and "Gerda" in p.name for p in made.record.participants)
    assert isinstance(found(appointments(wice, wice.colleague), made.id), Item)


def test_R15_an_update_takes_nobody_out(wice: WiceBench) -> None:
    item = read(appointments(wice), wice.hand.add_appointment(meeting(), [wice.user, wice.colleague]))
    assert isinstance(item.record, Appointment)
    written(appointments(wice), update(item, replace(item.record, title="Anders", participants=())))
    assert isinstance(found(appointments(wice, wice.colleague), item.id), Item)


def test_R16_a_second_account_joins_the_meeting_of_the_same_uid(wice: WiceBench) -> None:
    uid = f"vertrag-{datetime.now(UTC).isoformat()}@example.com"
    made = written(appointments(wice), creation(meeting(uid=uid)))
    create = creation(meeting(uid=uid))
    joined = written(appointments(wice, wice.colleague), create)
    assert joined.id == made.id
    assert isinstance(found(appointments(wice), made.id), Item)
    (again,) = appointments(wice, wice.colleague).resume([create])
    assert again
    assert again.id == made.id


def test_R16_a_meeting_that_differs_is_joined_but_not_overwritten(wice: WiceBench) -> None:
    uid = f"vertrag-{datetime.now(UTC).isoformat()}@example.com"
    made = written(appointments(wice), creation(meeting(uid=uid)))
    answer = outcome(appointments(wice, wice.colleague), creation(meeting("Anders", uid=uid)))
    assert answer == Stale()
    theirs = read(appointments(wice, wice.colleague), made.id)
    assert differences(theirs.record, made.record) == ()


def test_R24_a_copy_of_a_meeting_of_ones_own_is_a_new_appointment(wice: WiceBench) -> None:
    record = meeting(uid=f"vertrag-{datetime.now(UTC).isoformat()}@example.com")
    original = written(appointments(wice), creation(record))
    create = creation(replace(record, title="Kopie"))
    copied = written(appointments(wice), create)
    assert copied.id != original.id
    assert copied.stamp == create.stamp
    assert differences(copied.record, create.record) == ()
    assert differences(read(appointments(wice), original.id).record, record) == ()


def test_R18_a_series_is_held(wice: WiceBench, trouble: Trouble) -> None:
    item = wice.hand.add_appointment(meeting(), [wice.user])
    trouble.make_series(item)
    answer = found(appointments(wice), item)
    assert isinstance(answer, Held)
    assert answer.because is Obstacle.SERIES
    assert item in sightings(pages(appointments(wice)))


def test_R20_what_ended_before_the_window_is_not_listed_but_still_there(wice: WiceBench) -> None:
    start = datetime(2025, 1, 7, 9, tzinfo=UTC)
    when = Timed(start=start, end=start + timedelta(hours=1))
    old = wice.hand.add_appointment(replace(meeting(), when=when), [wice.user])
    new = wice.hand.add_appointment(meeting(), [wice.user])
    store = wice.open(window_start=date(2026, 6, 1)).store(Kind.APPOINTMENTS)
    seen = sightings(pages(store))
    assert new in seen
    assert old not in seen
    assert isinstance(found(store, old), Item)
