"""Reading and writing: answers in order, conditions, stamps, what survives, what never happens (R2, R8, R9, R15, R30, R31)."""

from __future__ import annotations

from dataclasses import replace

from app.domain.appointment import Appointment
from app.domain.fingerprint import Record, differences
from app.domain.ids import ItemId
from app.domain.sync import Absent, Item, Stamp
from app.domain.writes import Missing, Outcome, Stale, Write, Written
from tests.contract.asking import creation, found, outcome, read, removal, update, written
from tests.contract.benches import StoreBench, Trouble, sample


def renamed(record: Record, name: str) -> Record:
    return replace(record, title=name) if isinstance(record, Appointment) else replace(record, last_name=name)


def stamp_of(answer: Outcome) -> Stamp | None:
    assert isinstance(answer, Written)
    assert answer.item
    return answer.item.stamp


def test_a_read_gives_what_the_person_wrote(bench: StoreBench) -> None:
    record = sample(bench.kind)
    item = read(bench.store(), bench.add(record))
    assert differences(item.record, record) == ()
    assert item.stamp is None


def test_fetch_answers_every_id_in_the_order_asked(bench: StoreBench) -> None:
    items = [bench.add(sample(bench.kind, f"Name {number:02}")) for number in range(30)]
    nobody = ItemId(items[0][:-1] + ("0" if items[0][-1] != "0" else "1"))
    bench.take_away(items[3])
    asked = [*reversed(items), items[7], nobody]
    answers = list(bench.store().fetch(asked))
    assert [answer.id for answer in answers] == asked
    assert isinstance(answers[asked.index(items[3])], Absent)
    assert all(isinstance(answer, Item) for answer in answers if answer.id not in (items[3], nobody))


def test_R30_a_creation_holds_its_record_and_its_stamp(bench: StoreBench) -> None:
    create = creation(sample(bench.kind))
    made = written(bench.store(), create)
    again = read(bench.store(), made.id)
    assert made.stamp == again.stamp == create.stamp
    assert differences(again.record, create.record) == ()
    assert made.fingerprint == again.fingerprint


def test_outcomes_come_in_order(bench: StoreBench) -> None:
    store = bench.store()
    kept, dropped, changed = (read(store, bench.add(sample(bench.kind, f"Alt {number}"))) for number in range(3))
    bench.take_away(kept.id)
    one, other = creation(sample(bench.kind, "Neu 1")), creation(sample(bench.kind, "Neu 2"))
    writes: list[Write] = [
        one,
        removal(dropped),
        update(changed, renamed(changed.record, "Anders")),
        update(kept, kept.record),
        other,
    ]
    first, second, third, fourth, fifth = store.write(writes)
    assert (stamp_of(first), stamp_of(fifth)) == (one.stamp, other.stamp)
    assert second == Written(None)
    assert isinstance(third, Written)
    assert third.item
    assert third.item.id == changed.id
    assert isinstance(fourth, Missing)


def test_R1_an_update_writes_the_record(bench: StoreBench) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    wanted = renamed(item.record, "Schmidt")
    after = written(bench.store(), update(item, wanted))
    assert (after.id, differences(after.record, wanted)) == (item.id, ())
    assert read(bench.store(), item.id).fingerprint == after.fingerprint


def test_R2_an_emptied_field_is_deleted(bench: StoreBench) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    wanted: Record
    if isinstance(item.record, Appointment):
        wanted = replace(item.record, place="", text="")
    else:
        wanted = replace(item.record, first_name="", email="", mobile_phone="")
    written(bench.store(), update(item, wanted))
    assert differences(read(bench.store(), item.id).record, wanted) == ()


def test_R2_what_is_not_mapped_survives_an_update(bench: StoreBench) -> None:
    item = bench.add(sample(bench.kind))
    bench.edit_unmapped(item, "bleibt")
    before = read(bench.store(), item)
    written(bench.store(), update(before, renamed(before.record, "Schmidt")))
    assert "bleibt" in bench.unmapped(item)


def test_R3_what_is_not_mapped_is_no_change(bench: StoreBench) -> None:
    item = bench.add(sample(bench.kind))
    before = read(bench.store(), item)
    bench.edit_unmapped(item, "egal")
    assert read(bench.store(), item).fingerprint == before.fingerprint


def test_R31_an_update_never_overwrites_a_newer_edit(bench: StoreBench) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    bench.rename(item.id, "Schneller")
    assert outcome(bench.store(), update(item, renamed(item.record, "Langsamer"))) == Stale()
    newer = read(bench.store(), item.id).record
    assert differences(newer, renamed(item.record, "Schneller")) == ()


def test_R31_a_removal_never_takes_a_newer_edit_along(bench: StoreBench) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    bench.rename(item.id, "Schneller")
    assert outcome(bench.store(), removal(item)) == Stale()
    assert isinstance(found(bench.store(), item.id), Item)


def test_R31_what_is_out_of_scope_is_missing(bench: StoreBench) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    bench.take_away(item.id)
    assert isinstance(outcome(bench.store(), update(item, renamed(item.record, "Zu spät"))), Missing)
    assert isinstance(outcome(bench.store(), removal(item)), Missing)


def test_a_removed_item_is_absent(bench: StoreBench) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    assert outcome(bench.store(), removal(item)) == Written(None)
    assert isinstance(found(bench.store(), item.id), Absent)


def test_R30_resume_finds_a_creation_by_its_stamp_and_nothing_else(bench: StoreBench) -> None:
    done, never = creation(sample(bench.kind, "Getan")), creation(sample(bench.kind, "Nie"))
    made = written(bench.store(), done)
    first, second = bench.store().resume([done, never])
    assert first is not None
    assert (first.id, first.stamp, second) == (made.id, done.stamp, None)
    assert differences(first.record, done.record) == ()


def test_nothing_asked_nothing_done(bench: StoreBench) -> None:
    store = bench.store()
    assert (list(store.fetch([])), list(store.write([])), list(store.resume([]))) == ([], [], [])


def test_R15_no_write_ever_sends_a_mail(bench: StoreBench, trouble: Trouble) -> None:
    made = written(bench.store(), creation(sample(bench.kind)))
    changed = written(bench.store(), update(made, renamed(made.record, "Anders")))
    outcome(bench.store(), removal(changed))
    assert trouble.mails() == 0
