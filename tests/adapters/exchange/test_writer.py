"""Writing over the wire: outcomes in order, lost siblings none, nothing twice, nothing over somebody's newer version."""

from datetime import timedelta

import pytest

from app.domain.appointment import Occurrence, Timed
from app.domain.contact import Contact
from app.domain.occurrences import shifted
from app.domain.recurrence import Recurrence, Unit
from app.domain.sync import Absence, Item, Kind
from app.domain.writes import Missing, Outcome, Refused, Stale, Unknown, Write, Written
from app.errors import Halt, HaltCode, Retry
from app.ports import Store
from tests.adapters.exchange.sandbox_server import (
    ANNA,
    Server,
    add,
    changed,
    creation,
    persons,
    read,
    removal,
    update,
    written,
)
from tests.adapters.exchange.test_store import TIMED


def interrupted(store: Store, *writes: Write) -> tuple[list[Outcome], Exception]:
    """What was told before the error, and the error."""
    told: list[Outcome] = []
    with pytest.raises((Retry, Halt)) as caught:
        told.extend(store.write(writes))
    return told, caught.value


def renamed(items: list[Item]) -> list[Write]:
    return [update(item, changed(item.record, first_name="Berta")) for item in items]


def names(server: Server) -> list[str]:
    return [one["properties"]["contacts:GivenName"] for one in server.items()]


def test_kinds_of_writes_may_be_mixed_and_outcomes_keep_their_order(server: Server) -> None:
    store = server.store()
    first, second, third = add(store, *persons(3))
    writes = [removal(first), creation(Contact(last_name="Neu")), *renamed([second]), removal(third)]
    outcomes = list(store.write(writes))
    assert [type(one) for one in outcomes] == [Written] * 4
    assert outcomes[0] == outcomes[3] == Written(None)
    assert len(server.items()) == 2


def test_R32_one_refused_creation_loses_none_of_its_siblings(server: Server) -> None:
    store = server.store()
    server.fault("item_error", "CreateItem", code="ErrorInvalidPropertySet", index=7)
    outcomes = list(store.write([creation(one) for one in persons(20)]))
    assert [type(one) for one in outcomes] == [Written] * 7 + [Refused] + [Written] * 12
    assert isinstance(refused := outcomes[7], Refused)
    assert refused.code == "ErrorInvalidPropertySet"
    assert len(server.items()) == 19


@pytest.mark.parametrize("code", ["ErrorIrresolvableConflict", "ErrorStaleObject", "ErrorChangeKeyRequired"])
def test_R31_a_conflict_is_stale_and_loses_none_of_its_siblings(server: Server, code: str) -> None:
    store = server.store()
    items = add(store, *persons(5))
    server.fault("item_error", "UpdateItem", code=code, index=2)
    outcomes = list(store.write(renamed(items)))
    assert [type(one) for one in outcomes] == [Written, Written, Stale, Written, Written]
    assert names(server) == ["Berta", "Berta", "Anna", "Berta", "Berta"]


def test_R31_an_update_or_removal_of_a_moved_version_writes_nothing_even_if_the_server_ignores_conditions(
    server: Server,
) -> None:
    store = server.store()
    items = add(store, *persons(2))
    for item in items:
        server.post("touch", mailbox=ANNA.mailbox, id=item.id)
    server.fault("ignore_change_key", count=10)
    assert list(store.write([*renamed(items[:1]), removal(items[1])])) == [Stale(), Stale()]
    assert names(server) == ["Anna", "Anna"]


def test_an_item_that_is_gone_is_missing(server: Server) -> None:
    store = server.store()
    [item] = add(store, *persons(1))
    list(store.write([removal(item)]))
    assert list(store.write([*renamed([item]), removal(item)])) == [Missing(Absence.DELETED)] * 2


def test_an_item_that_was_moved_away_is_missing(server: Server) -> None:
    [item] = add(server.store(), *persons(1))
    mailbox = server.mailbox()
    standard = mailbox.find_folder("default", Kind.CONTACTS)
    assert standard
    elsewhere = mailbox.store(Kind.CONTACTS, standard)
    assert list(elsewhere.write([*renamed([item]), removal(item)])) == [Missing(Absence.MOVED_AWAY)] * 2
    assert names(server) == ["Anna"]


def test_R9_removal_goes_to_deleted_items(server: Server) -> None:
    store = server.store()
    list(store.write([removal(item) for item in add(store, *persons(2))]))
    assert server.items() == []
    assert len(server.items(folder="deleteditems")) == 2


@pytest.mark.parametrize("kind", ["cut_after", "cut_before", "garbage"])
def test_R30_a_lost_answer_is_unknown_and_nothing_is_sent_again(server: Server, kind: str) -> None:
    store = server.store()
    server.fault(kind, "CreateItem")
    told, error = interrupted(store, *(creation(one) for one in persons(40)))
    assert told == [Unknown()] * 40
    assert isinstance(error, Retry)
    assert server.counters["requests"]["CreateItem"] == 1
    assert len(server.items()) == (40 if kind == "cut_after" else 0)


def test_R30_of_batches_that_go_out_at_once_a_lost_one_is_unknown_and_the_others_are_told(server: Server) -> None:
    store = server.store()
    server.fault("cut_after", "CreateItem")
    told, error = interrupted(store, *(creation(one) for one in persons(600)))
    assert isinstance(error, Retry)
    made = [one.item for one in told if isinstance(one, Written) and one.item]
    assert {one.id for one in made} <= {item["id"] for item in server.items()}
    assert len(server.items()) == len(made) + 50
    assert told.count(Unknown()) % 50 == 0
    # Whoever is quicker than the lost answer may have begun one or two more.
    assert server.counters["requests"]["CreateItem"] < 12


def test_R30_an_answer_that_comes_too_late_is_unknown_and_nothing_is_sent_again(server: Server) -> None:
    server.store()
    store = server.store(request_timeout_s=0.3)
    server.fault("stall", "CreateItem", seconds=0.6)
    told, error = interrupted(store, creation(persons(1)[0]))
    assert (told, type(error).__name__) == ([Unknown()], "AnswerLost")
    assert server.counters["requests"]["CreateItem"] == 1


def test_R30_a_server_that_breaks_off_is_unknown(server: Server) -> None:
    store = server.store()
    server.fault("error", "CreateItem")
    assert interrupted(store, creation(persons(1)[0]))[0] == [Unknown()]


@pytest.mark.parametrize("kind", ["busy", "throttled"])
@pytest.mark.parametrize("operation", ["CreateItem", "UpdateItem", "DeleteItem"])
def test_a_busy_server_did_nothing_and_says_when_to_come_again(server: Server, kind: str, operation: str) -> None:
    store = server.store()
    items = add(store, *persons(2))
    server.fault(kind, operation, retry_after_s=7)
    writes: dict[str, list[Write]] = {
        "CreateItem": [creation(persons(1)[0])],
        "UpdateItem": renamed(items),
        "DeleteItem": [removal(items[0])],
    }
    told, error = interrupted(store, *writes[operation])
    assert told == []
    assert isinstance(error, Retry)
    assert error.after == timedelta(seconds=7)


def test_a_server_that_is_busy_for_one_of_two_batches_keeps_the_other(server: Server) -> None:
    store = server.store()
    server.fault("busy", "CreateItem", skip=1)
    told, _ = interrupted(store, *(creation(one) for one in persons(60)))
    assert [type(one) for one in told] in ([Written] * 50, [Unknown] * 50 + [Written] * 10)
    assert len(server.items()) == sum(isinstance(one, Written) for one in told)


def test_one_busy_item_keeps_its_siblings_outcomes_and_the_run_comes_again(server: Server) -> None:
    store = server.store()
    server.fault("item_error", "CreateItem", code="ErrorTooManyObjectsOpened", index=1)
    told, error = interrupted(store, *(creation(one) for one in persons(3)))
    assert [type(one) for one in told] == [Written, Unknown, Written]
    assert isinstance(error, Retry)


def test_a_busy_last_item_was_not_tried(server: Server) -> None:
    store = server.store()
    server.fault("item_error", "CreateItem", code="ErrorBatchProcessingStopped", index=2)
    told, _ = interrupted(store, *(creation(one) for one in persons(3)))
    assert [type(one) for one in told] == [Written, Written]


def test_a_refused_login_stops_before_anything_is_written(server: Server) -> None:
    store = server.store()
    server.fault("unauthorized", "CreateItem")
    told, error = interrupted(store, creation(persons(1)[0]))
    assert told == []
    assert isinstance(error, Halt)
    assert error.code is HaltCode.LOGIN_REFUSED


def test_a_vanished_folder_stops_the_creations(server: Server) -> None:
    store = server.store()
    server.fault("item_error", "CreateItem", code="ErrorFolderNotFound", index=0)
    told, error = interrupted(store, creation(persons(1)[0]))
    assert told == []
    assert isinstance(error, Halt)
    assert error.code is HaltCode.FOLDER_VANISHED


def test_R32_what_exchange_cannot_hold_is_refused_alone(server: Server) -> None:
    store = server.store()
    records = [Contact(last_name="A"), Contact(last_name="B", birthday="1899-02-30"), Contact(), Contact(last_name="C")]
    outcomes = list(store.write([creation(one) for one in records]))
    assert [type(one) for one in outcomes] == [Written, Refused, Refused, Written]


def test_R18_what_exchange_cannot_hold_of_a_series_is_refused_whole(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    assert isinstance(TIMED.when, Timed)
    daily = Recurrence(unit=Unit.DAY, first=TIMED.when.start.date())
    moved = Occurrence(original=daily.at(2), when=shifted(TIMED.when, timedelta(days=4)))
    series = changed(TIMED, recurrence=daily, exceptions=(moved,))
    assert [type(one) for one in store.write([creation(series)])] == [Refused]
    assert server.items(Kind.APPOINTMENTS) == []


def test_forbidden_characters_do_not_spoil_a_batch(server: Server) -> None:
    store = server.store()
    [first, second] = add(store, Contact(last_name="A\x0b\ufffe\ud800B"), Contact(last_name="C"))
    assert [item.record.last_name for item in read(store, first.id, second.id)] == ["AB", "C"]
    assert first.record == read(store, first.id)[0].record


def test_quadratic_phone_deletes_one_change_is_one_element(server: Server) -> None:
    store = server.store()
    phones = Contact(last_name="A", phone="1", phone2="2", phone3="3", mobile_phone="4")
    [item] = add(store, phones)
    after = written(next(iter(store.write([update(item, changed(phones, phone="", phone2="22"))]))))
    assert read(store, item.id) == [after]
    assert after.record == changed(phones, phone="", phone2="22")
