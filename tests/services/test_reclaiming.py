"""Slots of killed processes come back when somebody waits for one; nobody's else do, and nobody looks more often than needed."""

from app.domain.budget import Limits, Refusal, Taken, Want, Why
from app.services.reclaiming import EVERY_S, Reclaiming, holder_name
from tests.fakes.budgets import FakeBudgets

DEAD, LIVES = holder_name("here:1:1", "run"), holder_name("here:2:2", "run")
ME = holder_name("here:3:3", "mine")
WICE, MAIL = (Want(host, Limits(2), 0) for host in ("wice w.example", "exchange mail.example"))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def reclaiming(budgets, clock=None):
    return Reclaiming(budgets, lambda process: process == "here:1:1", clock or Clock())


def test_who_is_refused_gets_a_slot_that_a_killed_process_held():
    budgets = FakeBudgets()
    for holder in (DEAD, f"{DEAD}/1"):
        budgets.take(holder, [WICE, MAIL])
    assert reclaiming(budgets).take(ME, [WICE, MAIL]) == Taken()
    assert {host: set(state.slots) for host, state in budgets.hosts.items()} == {WICE.host: {ME}, MAIL.host: {ME}}


def test_slots_of_others_are_left_alone():
    budgets = FakeBudgets()
    for holder in (LIVES, "a name of before"):
        budgets.take(holder, [WICE])
    answer = reclaiming(budgets).take(ME, [WICE])
    assert isinstance(answer, Refusal)
    assert set(budgets.hosts[WICE.host].slots) == {LIVES, "a name of before"}


def test_nobody_looks_as_long_as_there_are_slots_nor_all_the_time_when_there_are_none():
    budgets, clock = FakeBudgets(), Clock()
    store = reclaiming(budgets, clock)
    budgets.take(DEAD, [WICE])
    store.take(LIVES, [WICE])
    assert DEAD in budgets.hosts[WICE.host].slots
    store.take(ME, [WICE])
    for holder in (DEAD, f"{DEAD}/1"):
        store.leave(ME, {WICE.host: 0})
        budgets.take(holder, [WICE])
    assert isinstance(store.take(ME, [WICE]), Refusal), "it has looked just now"
    clock.now += EVERY_S
    assert store.take(ME, [WICE]) == Taken()


def test_a_server_that_wants_to_be_left_alone_is():
    budgets = FakeBudgets()
    budgets.take(DEAD, [WICE])
    budgets.back_off(WICE.host, 60)
    answer = reclaiming(budgets).take(ME, [WICE])
    assert isinstance(answer, Refusal)
    assert answer.why is Why.BACKING_OFF
    assert DEAD in budgets.hosts[WICE.host].slots
