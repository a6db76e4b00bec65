"""What holds for Wice's session and contacts: who is signed in, capabilities, scope, companies (R4-R6, R8-R10, R30)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.contact import Contact, Entity
from app.domain.fingerprint import differences
from app.domain.ids import ItemId
from app.domain.sync import Absence, Absent, Found, Item, Kind, Side
from app.domain.writes import Missing, Unknown
from app.errors import Halt, HaltCode, Retry
from app.ports import Store
from tests.contract.asking import (
    Links,
    creation,
    end,
    found,
    not_quietly_there,
    noticed,
    outcome,
    pages,
    read,
    removal,
    sightings,
    until_error,
    update,
    written,
)
from tests.contract.benches import StoreBench, Trouble, WiceBench, sample
from tests.fakes.faults import FaultKind

PERSON = Contact(first_name="Anna", last_name="Schulz", email="a.schulz@example.com")
COMPANY = Contact(
    entity=Entity.COMPANY, company_name="Vertrag & Söhne GmbH", company_phone="040 66969100", company_town="Kiel"
)


def contacts(wice: WiceBench, user: str = "") -> Store:
    return wice.open(user).store(Kind.CONTACTS)


def essence(answer: Found) -> Found:
    """What was found; how certain it is depends on the moment."""
    return replace(answer, certain=True) if isinstance(answer, Item) else answer


def test_the_session_knows_its_employee(wice: WiceBench) -> None:
    crm = wice.open()
    employee = crm.employee()
    assert employee.id
    assert employee.email
    assert employee != wice.open(wice.colleague).employee()
    assert crm.requests > 0


def test_a_full_server_offers_everything(wice: WiceBench, trouble: Trouble) -> None:
    offered = wice.open().capabilities()
    assert (offered.flags, offered.delta, offered.ids, offered.import_key, offered.employees) == (True,) * 5
    assert (offered.appointments, offered.appointments_write) == (True, True)


@pytest.mark.parametrize("capability", ["flags", "delta", "ids", "appointments", "import_key", "employees"])
def test_a_missing_capability_is_said(wice: WiceBench, trouble: Trouble, capability: str) -> None:
    wice.hand.add_person(PERSON)  # whether rows carry flags shows in a row only
    trouble.withdraw(capability)
    assert not getattr(wice.open().capabilities(), capability)


@pytest.mark.parametrize("capability", ["delta", "ids"])
def test_R5_a_lesser_server_still_tells_what_changed(wice: WiceBench, trouble: Trouble, capability: str) -> None:
    trouble.withdraw(capability)
    company = wice.hand.add_company(COMPANY)
    person = wice.hand.add_person(PERSON, [wice.user], company)
    before = read(contacts(wice), person)
    known = Links(frozenset({person}))
    cursor = end(pages(contacts(wice), None, known))
    wice.hand.edit(company, company_phone="040 66969200")
    assert noticed(before, sightings(pages(contacts(wice), cursor, known)).get(person))


def test_R4_only_the_accounts_own_flag_counts(wice: WiceBench) -> None:
    mine = wice.hand.add_person(PERSON, [wice.user])
    theirs = wice.hand.add_person(PERSON, [wice.colleague])
    seen = sightings(pages(contacts(wice)))
    assert mine in seen
    assert theirs not in seen
    assert found(contacts(wice), theirs) == Absent(theirs, Absence.UNFLAGGED)
    assert isinstance(found(contacts(wice, wice.colleague), theirs), Item)


def test_R4_deactivated_is_out_of_scope(wice: WiceBench) -> None:
    person = wice.hand.add_person(PERSON, [wice.user])
    before = read(contacts(wice), person)
    wice.hand.deactivate(person)
    assert not_quietly_there(before, contacts(wice))
    assert found(contacts(wice), person) == Absent(person, Absence.DEACTIVATED)


def test_R4_binned_and_destroyed_are_out_of_scope(wice_bench: StoreBench, trouble: Trouble) -> None:
    binned, destroyed = (wice_bench.add(sample(wice_bench.kind)) for _ in range(2))
    trouble.bin(binned)
    trouble.destroy(destroyed)
    assert not {binned, destroyed} & sightings(pages(wice_bench.store())).keys()
    assert found(wice_bench.store(), binned) == Absent(binned, Absence.BINNED)
    assert found(wice_bench.store(), destroyed) == Absent(destroyed, Absence.DELETED)


def test_R4_many_ids_get_the_same_answers_as_few(wice: WiceBench, trouble: Trouble) -> None:
    ids = [wice.hand.add_person(replace(PERSON, last_name=f"Name {n:02}"), [wice.user]) for n in range(25)]
    wice.hand.unflag(ids[1], wice.user)
    wice.hand.deactivate(ids[2])
    trouble.bin(ids[3])
    trouble.destroy(ids[4])
    many = [essence(answer) for answer in contacts(wice).fetch(ids)]
    assert many == [essence(found(contacts(wice), item)) for item in ids]


def test_R5_a_flagged_company_brings_itself_and_its_persons(wice: WiceBench) -> None:
    company = wice.hand.add_company(COMPANY)
    person = wice.hand.add_person(PERSON, company=company)
    wice.hand.flag(company, wice.user)
    assert {company, person} <= sightings(pages(contacts(wice))).keys()
    assert differences(read(contacts(wice), company).record, COMPANY) == ()
    item = read(contacts(wice), person)
    assert isinstance(item.record, Contact)
    assert item.parent == company
    assert item.record.company_name == COMPANY.company_name
    assert item.record.company_phone == COMPANY.company_phone


def test_R5_a_companys_change_makes_its_persons_uncertain(wice: WiceBench) -> None:
    company = wice.hand.add_company(COMPANY)
    person = wice.hand.add_person(PERSON, [wice.user], company)
    before = read(contacts(wice), person)
    known = Links(frozenset({person}))
    cursor = end(pages(contacts(wice), None, known))
    wice.hand.edit(company, company_phone="040 66969200")
    seen = sightings(pages(contacts(wice), cursor, known))[person]
    assert not seen.certain
    assert read(contacts(wice), person).fingerprint != before.fingerprint


def test_R6_companies_are_found_by_their_normalised_name_flagged_or_not(wice: WiceBench, trouble: Trouble) -> None:
    company = wice.hand.add_company(COMPANY)
    wice.hand.add_company(replace(COMPANY, company_name="Andere AG"))
    dead = wice.hand.add_company(COMPANY)
    trouble.bin(dead)
    (hit,) = wice.open().companies(["vertrag & söhne gmbh"])
    assert (hit.id, hit.name, hit.town) == (company, COMPANY.company_name, "Kiel")
    assert hit.fields["company_phone"] == COMPANY.company_phone
    assert not wice.open().companies(["niemand"])


def test_R6_a_new_person_gets_the_flag_and_its_company(wice: WiceBench) -> None:
    company = wice.hand.add_company(COMPANY)
    made = written(contacts(wice), creation(PERSON, company=company))
    assert made.parent == company
    assert isinstance(found(contacts(wice, wice.colleague), made.id), Absent)
    assert company not in sightings(pages(contacts(wice)))


def test_R6_a_new_company_gets_the_flag(wice: WiceBench) -> None:
    made = written(contacts(wice), creation(COMPANY))
    assert made.id.startswith("c:")
    assert made.id in sightings(pages(contacts(wice)))
    assert differences(made.record, COMPANY) == ()


def test_R6_a_person_can_be_assigned_to_a_company(wice: WiceBench) -> None:
    company = wice.hand.add_company(COMPANY)
    item = read(contacts(wice), wice.hand.add_person(PERSON, [wice.user]))
    assert written(contacts(wice), update(item, item.record, company=company)).parent == company


def test_R8_unflagging_deletes_nothing(wice: WiceBench) -> None:
    person = wice.hand.add_person(PERSON, [wice.user, wice.colleague])
    outcome(contacts(wice), removal(read(contacts(wice), person)))
    assert wice.hand.exists(person)
    assert found(contacts(wice), person) == Absent(person, Absence.UNFLAGGED)
    assert isinstance(found(contacts(wice, wice.colleague), person), Item)


def test_R8_a_company_leaves_without_its_persons(wice: WiceBench) -> None:
    company = wice.hand.add_company(COMPANY, [wice.user])
    person = wice.hand.add_person(PERSON, [wice.user], company)
    outcome(contacts(wice), removal(read(contacts(wice), company)))
    assert found(contacts(wice), company) == Absent(company, Absence.UNFLAGGED)
    assert isinstance(found(contacts(wice), person), Item)


def test_R9_a_record_that_only_lost_its_flag_is_brought_back(wice: WiceBench) -> None:
    person = wice.hand.add_person(PERSON)
    create = creation(replace(PERSON, position="Leiterin"), into=person)
    back = written(contacts(wice), create)
    assert back.id == person
    assert differences(back.record, create.record) == ()
    (again,) = contacts(wice).resume([create])
    assert again
    assert again.id == person


@pytest.mark.parametrize("fate", ["deactivate", "bin", "destroy"])
def test_R9_a_record_that_is_gone_is_not_brought_back(wice: WiceBench, trouble: Trouble, fate: str) -> None:
    person = wice.hand.add_person(PERSON)
    fates: dict[str, Callable[[ItemId], None]] = {
        "deactivate": wice.hand.deactivate,
        "bin": trouble.bin,
        "destroy": trouble.destroy,
    }
    fates[fate](person)
    create = creation(PERSON, into=person)
    assert isinstance(outcome(contacts(wice), create), Missing)
    assert list(contacts(wice).resume([create])) == [None]


def test_R10_company_data_is_left_alone_unless_asked(wice: WiceBench) -> None:
    company = wice.hand.add_company(COMPANY)
    item = read(contacts(wice), wice.hand.add_person(PERSON, [wice.user], company))
    assert isinstance(item.record, Contact)
    wanted = replace(item.record, company_phone="040 66969300", position="Leiterin")
    kept = written(contacts(wice), update(item, wanted))
    assert differences(kept.record, wanted) == ("company_phone",)
    changed = written(contacts(wice), update(kept, wanted, write_company=True))
    assert differences(changed.record, wanted) == ()


@pytest.mark.parametrize("fault", [FaultKind.CUT_BEFORE, FaultKind.CUT_AFTER, FaultKind.BUSY])
def test_R30_a_creation_that_lost_its_second_step_is_finished(
    wice: WiceBench, trouble: Trouble, fault: FaultKind
) -> None:
    create = creation(PERSON)
    trouble.fault(Side.WICE, Kind.CONTACTS, fault, "remove")  # the flag is set and removed by the same call
    outcomes, error = until_error(contacts(wice).write([create]))
    assert outcomes == [Unknown()]
    assert isinstance(error, Retry)
    (item,) = contacts(wice).resume([create])
    assert item
    assert differences(item.record, PERSON) == ()
    assert list(sightings(pages(contacts(wice)))) == [item.id]


def test_a_refused_login_halts_after_exactly_one_attempt(wice: WiceBench, trouble: Trouble) -> None:
    before = trouble.failed_logins(Side.WICE)
    with pytest.raises(Halt) as halt:
        wice.open(right=False).employee()
    assert halt.value.code is HaltCode.LOGIN_REFUSED
    assert trouble.failed_logins(Side.WICE) == before + 1
