"""What holds for Exchange alone: folders, markers, moves, copies, Deleted Items (R7, R9, R24-R26, R43)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.appointment import Appointment, Participant
from app.domain.contact import Contact
from app.domain.ids import new_id
from app.domain.sync import Absence, Absent, Held, Item, Kind, Obstacle, Side
from app.domain.writes import Missing
from app.errors import Halt, HaltCode
from tests.contract.asking import creation, end, found, outcome, pages, read, removal, sightings, update, written
from tests.contract.benches import ExchangeBench, ExchangeStoreBench, Trouble, sample

KINDS = pytest.mark.parametrize("kind", list(Kind))


@pytest.fixture
def name() -> str:
    """A folder's name that no other test used in this mailbox."""
    return f"Vertrag {new_id(8)}"


def test_the_mailbox_answers(exchange: ExchangeBench) -> None:
    mailbox = exchange.open()
    assert mailbox.probe()
    assert mailbox.requests > 0


def test_a_refused_login_halts_after_exactly_one_attempt(exchange: ExchangeBench, trouble: Trouble) -> None:
    before = trouble.failed_logins(Side.EXCHANGE)
    with pytest.raises(Halt) as halt:
        exchange.open(right=False).probe()
    assert halt.value.code is HaltCode.LOGIN_REFUSED
    assert trouble.failed_logins(Side.EXCHANGE) == before + 1


@KINDS
def test_R25_the_standard_folder_is_found_and_a_missing_one_is_not(
    exchange: ExchangeBench, trouble: Trouble, kind: Kind
) -> None:
    mailbox = exchange.open()
    standard = mailbox.find_folder("default", kind)
    assert standard
    assert mailbox.folder(standard.id, kind).id == standard.id
    assert mailbox.find_folder("Wice", kind) is None
    assert mailbox.find_folder("Gibt/Es/Nicht", kind) is None


@KINDS
def test_R25_R43_a_new_folder_is_marked_and_found_again(exchange: ExchangeBench, trouble: Trouble, kind: Kind) -> None:
    made = exchange.open().create_folder("Wice", kind, "installation/profil")
    assert (made.name, made.marker) == ("Wice", "installation/profil")
    again = exchange.open().find_folder("Wice", kind)
    assert again == made == exchange.open().folder(made.id, kind)


@KINDS
def test_R25_a_folder_is_found_by_its_path(exchange: ExchangeBench, kind: Kind, name: str) -> None:
    folder = exchange.hand.add_folder(kind, name)
    standard = "Contacts" if kind is Kind.CONTACTS else "Calendar"
    hit = exchange.open().find_folder(f"{standard}/{name}", kind)
    assert hit
    assert (hit.id, hit.name, hit.marker) == (folder, name, "")


@KINDS
def test_R25_all_folders_of_a_kind_are_there_to_choose_from(exchange: ExchangeBench, kind: Kind, name: str) -> None:
    mailbox, hand = exchange.open(), exchange.hand
    chosen, binned = hand.add_folder(kind, name), hand.add_folder(kind, f"{name} alt")
    slashed, other = hand.add_folder(kind, f"{name} a/b"), hand.add_folder(_other(kind), f"{name} anders")
    mailbox.mark_folder(chosen, "profil")
    hand.bin_folder(binned)
    entries = {entry.id: entry for entry in mailbox.folders(kind)}
    assert next(iter(entries.values())).wish == "default"
    assert {binned, other}.isdisjoint(entries)
    assert entries[slashed].wish == ""
    assert (entries[chosen].names[-1], entries[chosen].items, entries[chosen].marker) == (name, 0, "profil")
    again = mailbox.find_folder(entries[chosen].wish, kind)
    assert again
    assert again.id == chosen


def _other(kind: Kind) -> Kind:
    return Kind.APPOINTMENTS if kind is Kind.CONTACTS else Kind.CONTACTS


@KINDS
def test_R43_a_marker_is_written_and_replaced(exchange: ExchangeBench, kind: Kind, name: str) -> None:
    folder = exchange.hand.add_folder(kind, name)
    exchange.open().mark_folder(folder, "eins")
    assert exchange.open().folder(folder, kind).marker == "eins"
    exchange.open().mark_folder(folder, "zwei")
    assert exchange.open().folder(folder, kind).marker == "zwei"


@KINDS
def test_R26_a_renamed_folder_stays_the_same(exchange: ExchangeBench, kind: Kind, name: str) -> None:
    folder = exchange.hand.add_folder(kind, name)
    exchange.hand.rename_folder(folder, f"{name} neu")
    assert exchange.open().folder(folder, kind).name == f"{name} neu"


@KINDS
@pytest.mark.parametrize("fate", ["bin_folder", "destroy_folder"])
def test_R26_a_vanished_folder_halts(exchange: ExchangeBench, kind: Kind, fate: str, name: str) -> None:
    mailbox = exchange.open()
    folder = mailbox.folder(exchange.hand.add_folder(kind, name), kind)
    {"bin_folder": exchange.hand.bin_folder, "destroy_folder": exchange.hand.destroy_folder}[fate](folder.id)
    with pytest.raises(Halt) as halt:
        exchange.open().folder(folder.id, kind)
    assert halt.value.code is HaltCode.FOLDER_VANISHED


@KINDS
def test_R26_a_folder_that_vanishes_under_a_listing_halts(exchange: ExchangeBench, kind: Kind, name: str) -> None:
    mailbox = exchange.open()
    folder = mailbox.folder(exchange.hand.add_folder(kind, name), kind)
    store = mailbox.store(kind, folder)
    cursor = end(pages(store))
    exchange.hand.destroy_folder(folder.id)
    with pytest.raises(Halt) as halt:
        pages(store, cursor)
    assert halt.value.code is HaltCode.FOLDER_VANISHED


def test_R9_a_removed_item_lies_in_deleted_items(exchange_bench: ExchangeStoreBench) -> None:
    item = read(exchange_bench.store(), exchange_bench.add(sample(exchange_bench.kind, "Vertragsende")))
    outcome(exchange_bench.store(), removal(item))
    assert exchange_bench.exchange.hand.in_bin("Vertragsende")


def test_a_moved_item_is_absent_here_and_new_there(exchange_bench: ExchangeStoreBench) -> None:
    store, hand = exchange_bench.store(), exchange_bench.exchange.hand
    made = written(store, creation(sample(exchange_bench.kind)))
    cursor = end(pages(store))
    other = ExchangeStoreBench(exchange_bench.exchange, exchange_bench.kind)
    moved = hand.move(made.id, other.folder)
    assert sightings(pages(store, cursor))[made.id].gone
    answer = found(store, made.id)
    assert isinstance(answer, Absent)
    assert answer.because in (Absence.MOVED_AWAY, Absence.DELETED)  # by whether the id moves along
    assert isinstance(outcome(store, update(made, made.record)), Missing)
    assert isinstance(outcome(store, removal(made)), Missing)
    assert read(other.store(), moved).stamp == made.stamp
    assert found(store, moved) == Absent(moved, Absence.MOVED_AWAY)


def test_R24_a_copy_carries_its_originals_stamp(exchange_bench: ExchangeStoreBench) -> None:
    store = exchange_bench.store()
    made = written(store, creation(sample(exchange_bench.kind)))
    cursor = end(pages(store))
    copied = exchange_bench.exchange.hand.copy(made.id, exchange_bench.folder)
    assert copied != made.id
    assert copied in sightings(pages(store, cursor))
    assert read(store, copied).stamp == made.stamp


def test_a_purged_item_is_deleted(exchange_bench: ExchangeStoreBench) -> None:
    store = exchange_bench.store()
    item = exchange_bench.add(sample(exchange_bench.kind))
    cursor = end(pages(store))
    exchange_bench.exchange.hand.purge(item)
    assert sightings(pages(store, cursor))[item].gone
    assert found(store, item) == Absent(item, Absence.DELETED)


def test_R7_a_distribution_list_is_held(exchange: ExchangeBench) -> None:
    bench = ExchangeStoreBench(exchange, Kind.CONTACTS)
    item = exchange.hand.add_list(bench.folder)
    assert item in sightings(pages(bench.store()))
    answer = found(bench.store(), item)
    assert isinstance(answer, Held)
    assert answer.because is Obstacle.NOT_A_CONTACT


def test_R12_a_uid_is_kept_or_made(exchange: ExchangeBench) -> None:
    store = ExchangeStoreBench(exchange, Kind.APPOINTMENTS).store()
    record = sample(Kind.APPOINTMENTS)
    assert isinstance(record, Appointment)
    kept = read(store, written(store, creation(replace(record, uid="vertrag-1@example.com"))).id).record
    made = read(store, written(store, creation(record)).id).record
    assert isinstance(kept, Appointment)
    assert isinstance(made, Appointment)
    assert kept.uid == "vertrag-1@example.com"
    assert made.uid


def test_R15_participants_are_shown_in_a_block_that_is_not_text(exchange: ExchangeBench) -> None:
    store = ExchangeStoreBench(exchange, Kind.APPOINTMENTS).store()
    record = sample(Kind.APPOINTMENTS)
    assert isinstance(record, Appointment)
    people = (Participant(name="Bernd Brandt", email="bernd@example.com"), Participant(name="Gerda Gast"))
    made = read(store, written(store, creation(replace(record, participants=people))).id)
    assert isinstance(made.record, Appointment)
    assert (made.record.text, made.record.participants) == (record.text, ())
    assert len(made.record.shown) == 2
    cleared = read(store, written(store, update(made, replace(made.record, shown=()))).id)
    assert isinstance(cleared.record, Appointment)
    assert (cleared.record.text, cleared.record.shown) == (record.text, ())


def test_a_contact_of_the_other_kind_of_name_is_still_a_contact(exchange: ExchangeBench) -> None:
    bench = ExchangeStoreBench(exchange, Kind.CONTACTS)
    item = bench.add(Contact(company_name="Nur Firma GmbH"))
    answer = found(bench.store(), item)
    assert isinstance(answer, Item)
    assert answer.record.label == "Nur Firma GmbH"
