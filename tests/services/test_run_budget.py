"""One run's part of its hosts' budgets: few questions, and none of them waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.budget import Limits
from app.errors import HostBusy
from app.services.run_budget import FIRST_PORTION, LARGEST_PORTION, Host, HostAllowance, held
from tests.fakes.budgets import FakeBudgets

WICE, MAIL = Host("wice w.example", Limits(2)), Host("exchange mail.example", Limits(1))
LEASE = timedelta(minutes=5)


@pytest.fixture
def budgets() -> FakeBudgets:
    return FakeBudgets()


def test_an_idle_run_asks_once_and_gives_back_what_it_did_not_send(budgets: FakeBudgets) -> None:
    with held(budgets, "run", [WICE, MAIL], LEASE) as (wice, mail):
        for part in (wice, wice, mail):
            part.spend()
            part.answered()
    assert len(budgets.asked) == 1
    assert budgets.given_back == [{WICE.name: FIRST_PORTION - 2, MAIL.name: FIRST_PORTION - 1}]
    assert budgets.hosts[MAIL.name].slots == {}


def test_a_long_run_asks_once_for_many_requests(budgets: FakeBudgets) -> None:
    with held(budgets, "run", [WICE, MAIL], LEASE) as (wice, _):
        for _each in range(5000):
            wice.spend()
    assert len(budgets.asked) <= 5000 / LARGEST_PORTION + 5


def test_a_run_with_several_connections_counts_as_so_many(budgets: FakeBudgets) -> None:
    wide = Host("wice w.example", Limits(4))
    with held(budgets, "run", [wide], LEASE) as (mine,), held(budgets, "another run", [wide], LEASE) as (others,):
        assert mine.connections(4) == 3, "one is the other run's"
        assert others.connections(4) == 1
        with pytest.raises(HostBusy, match="as many connections at once"):
            held(budgets, "a third run", [wide], LEASE).__enter__()
    assert budgets.hosts[wide.name].slots == {}


def test_a_host_that_was_busy_gets_one_connection_at_first(budgets: FakeBudgets) -> None:
    wide = Host("wice w.example", Limits(4))
    budgets.back_off(wide.name, None)
    with held(budgets, "run", [wide], LEASE) as (mine,):
        assert mine.connections(4) == 1
        mine.answered()
        assert mine.connections(4) == 4


def test_a_refused_run_holds_nothing_and_is_told_when_to_come_back(budgets: FakeBudgets) -> None:
    budgets.back_off(MAIL.name, 90.0)
    with pytest.raises(HostBusy, match=r"The server mail\.example is busy") as refused:
        held(budgets, "run", [WICE, MAIL], LEASE).__enter__()
    assert refused.value.after == timedelta(seconds=90)
    assert budgets.hosts[WICE.name].slots == {}


def test_a_run_that_fails_gives_its_slots_back(budgets: FakeBudgets) -> None:
    with pytest.raises(ZeroDivisionError), held(budgets, "run", [WICE, MAIL], LEASE):
        raise ZeroDivisionError
    assert budgets.hosts[MAIL.name].slots == {}


def test_a_run_hears_between_two_requests_that_its_host_backs_off(budgets: FakeBudgets) -> None:
    time = [0.0]
    part = HostAllowance(budgets, "run", MAIL, LEASE, clock=lambda: time[0])
    part.spend()
    budgets.back_off(MAIL.name, 90.0)
    part.spend()
    time[0] = LEASE.total_seconds() / 3
    with pytest.raises(HostBusy):
        part.spend()


def test_what_a_server_says_is_for_all_its_runs_and_what_a_mailbox_says_for_none_other(budgets: FakeBudgets) -> None:
    part = HostAllowance(budgets, "run", MAIL, LEASE)
    part.busy(HostBusy("this mailbox is being moved", whole=False))
    assert budgets.states() == []
    part.busy(HostBusy("busy", after=timedelta(seconds=30)))
    assert budgets.hosts[MAIL.name].until == budgets.clock + 30


def test_the_first_answer_of_a_host_that_was_busy_is_told_once(budgets: FakeBudgets) -> None:
    budgets.back_off(MAIL.name, None)
    with held(budgets, "run", [MAIL], LEASE) as (mail,):
        mail.spend()
        assert budgets.hosts[MAIL.name].trial
        mail.answered()
        assert not budgets.hosts[MAIL.name].trial
        mail.silent()
        mail.answered()
        assert budgets.hosts[MAIL.name].trial, "only who tries a host says that it is well again"
