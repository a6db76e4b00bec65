"""Host budgets: one contract for Redis (Valkey) and both databases. The store's own clock decides; nothing here waits for longer than it must."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr

from app.adapters.db import open_database
from app.adapters.db.holder import is_dead, name_of, this_process
from app.adapters.queue import open_budgets
from app.domain.budget import LONGEST_BACK_OFF_S, LONGEST_TURN_S, Limits, Refusal, Taken, Want, Why
from app.domain.ids import new_id
from app.ports.budget import HostBudgets
from app.services.reclaiming import Reclaiming, holder_name
from app.settings import Settings
from tests.services.databases import migrated
from tests.services.workers import Crew, until

Opened = Callable[[timedelta], HostBudgets]
LONG = timedelta(hours=1)
TWO = Limits(2)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = Settings(home=tmp_path_factory.mktemp("broker"))
    crew = Crew(settings)
    crew.start_broker()
    yield settings
    crew.close()


@pytest.fixture(params=["redis", "sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """The store that all workers share, opened by another one at each call, with a lease."""
    settings = Settings(home=tmp_path)
    with ExitStack() as stack:
        if request.param == "redis":
            settings = request.getfixturevalue("broker")
        elif request.param == "sqlite":
            migrated(settings)
        else:
            url = request.getfixturevalue("postgres_database_url")
            settings = settings.model_copy(update={"database_url": SecretStr(url)})

        def open_(lease: timedelta) -> HostBudgets:
            given = settings.model_copy(update={"lease": lease})
            return open_budgets(given) or stack.enter_context(open_database(given)).budgets

        yield open_


@pytest.fixture
def budgets(opened: Opened) -> HostBudgets:
    return opened(LONG)


@pytest.fixture
def host() -> str:
    """One that nobody has heard of."""
    return f"exchange {new_id()}.example"


def test_R36_a_killed_process_keeps_nobody_waiting(budgets: HostBudgets, host: str) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        killed = holder_name(name_of(process.pid), "run")
        for holder in (killed, f"{killed}/1"):
            assert isinstance(budgets.take(holder, want(host)), Taken)
        me = holder_name(this_process(), "run")
        assert isinstance(Reclaiming(budgets, is_dead).take(me, want(host)), Refusal), "it lives"
        process.kill()
    assert isinstance(Reclaiming(budgets, is_dead).take(me, want(host)), Taken)
    assert [set(state.slots) for state in budgets.states() if state.host == host] == [{me}]


def want(host: str, limits: Limits = TWO, requests: int = 8) -> list[Want]:
    return [Want(host, limits, requests)]


def refused(answer: Taken | Refusal) -> Refusal:
    assert isinstance(answer, Refusal)
    return answer


def test_so_many_at_once_and_no_more(budgets: HostBudgets, host: str) -> None:
    assert budgets.take("a", want(host)) == Taken()
    assert budgets.take("b", want(host)) == Taken()
    assert refused(budgets.take("c", want(host))).why is Why.CONCURRENCY
    assert budgets.take("a", want(host)) == Taken(), "who has a slot keeps it"
    budgets.leave("a", {host: 0})
    assert budgets.take("c", want(host)) == Taken()


def test_two_hosts_are_had_together_or_not_at_all(budgets: HostBudgets, host: str) -> None:
    other = f"wice {new_id()}.example"
    both = [Want(other, TWO, 8), Want(host, Limits(1), 8)]
    assert budgets.take("a", both) == Taken()
    assert refused(budgets.take("b", both)).host == host
    assert budgets.take("c", want(other)) == Taken(), "the refused one holds nothing"
    budgets.leave("a", {other: 0, host: 0})
    assert budgets.take("b", both) == Taken()


def test_the_slot_of_a_worker_that_died_becomes_free(opened: Opened, host: str) -> None:
    dying, other = opened(timedelta(milliseconds=50)), opened(LONG)
    assert dying.take("a", want(host, Limits(1))) == Taken()
    until(lambda: other.take("b", want(host, Limits(1))) == Taken(), "the end of its slot")


def test_a_busy_host_is_left_alone_and_others_go_on(budgets: HostBudgets, opened: Opened, host: str) -> None:
    budgets.back_off(host, 300.0)
    answer = refused(opened(LONG).take("a", want(host)))
    assert answer.why is Why.BACKING_OFF
    assert 200 < answer.wait_s <= 301
    budgets.back_off(host, 1.0)
    assert refused(budgets.take("a", want(host))).wait_s > 200, "the longer wish counts"
    assert budgets.take("a", want(f"exchange {new_id()}.example")) == Taken()


def test_nobody_asks_to_be_left_alone_for_days(budgets: HostBudgets, host: str) -> None:
    budgets.back_off(host, 86_400.0 * 9)
    assert refused(budgets.take("a", want(host), urgent=True)).wait_s <= LONGEST_BACK_OFF_S


def test_one_run_tries_a_host_that_was_busy_until_it_answers(budgets: HostBudgets, host: str) -> None:
    budgets.back_off(host, 0.0)
    assert budgets.take("a", want(host)) == Taken(frozenset({host}))
    assert refused(budgets.take("b", want(host))).why is Why.CONCURRENCY
    budgets.fine(host)
    assert budgets.take("b", want(host)) == Taken()


def test_silence_is_believed_when_it_is_heard_twice(budgets: HostBudgets, host: str) -> None:
    budgets.back_off(host, None)
    assert budgets.take("a", want(host)) == Taken(frozenset({host})), "it may have been one bad mailbox"
    budgets.back_off(host, None)
    assert refused(budgets.take("a", want(host))).why is Why.BACKING_OFF


def test_who_is_refused_is_given_a_turn_so_that_not_all_come_back_at_once(budgets: HostBudgets, host: str) -> None:
    budgets.take("a", want(host, Limits(1)))
    waits = [refused(budgets.take(f"b{number}", want(host, Limits(1)))).wait_s for number in range(80)]
    assert waits == sorted(waits)
    assert waits[10] > waits[0] + 5
    assert waits[-1] <= LONGEST_TURN_S
    assert refused(budgets.take("eva", want(host, Limits(1)), urgent=True)).wait_s <= 1, "a person does not queue"


def test_requests_are_counted_and_unused_ones_given_back(budgets: HostBudgets, host: str) -> None:
    slow = Limits(10, rate=0.001)
    assert slow.burst == 20
    assert budgets.take("a", want(host, slow, 12)) == Taken()
    answer = refused(budgets.take("b", want(host, slow, 12)))
    assert answer.why is Why.RATE
    budgets.leave("a", {host: 11})
    assert budgets.take("b", want(host, slow, 12)) == Taken()


def test_requests_grow_again_with_time(budgets: HostBudgets, host: str) -> None:
    quick = Limits(10, rate=200.0)
    assert budgets.take("a", want(host, quick, 2000)) == Taken()
    assert isinstance(budgets.take("b", want(host, quick, 500)), Refusal)
    until(lambda: budgets.take("b", want(host, quick, 5)) == Taken(), "new requests")


def test_many_who_ask_at_once_never_get_more_than_there_is(opened: Opened, host: str) -> None:
    answers: list[Taken | Refusal] = []

    def ask(worker: int) -> None:
        mine = opened(LONG)
        answers.extend(mine.take(f"{worker}.{number}", want(host, Limits(5))) for number in range(5))

    threads = [Thread(target=ask, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(answer, Taken) for answer in answers) == 5
    assert len(answers) == 20


def test_who_looks_sees_how_a_host_is_used(budgets: HostBudgets, host: str) -> None:
    budgets.take("a", want(host))
    budgets.back_off(host, 60.0)
    [state] = [state for state in budgets.states() if state.host == host]
    assert (set(state.slots), state.trial) == ({"a"}, True)
    assert 0 < state.until <= 60


def test_a_store_that_is_out_of_reach_refuses_nobody(tmp_path: Path, host: str) -> None:
    away = Settings(home=tmp_path, broker_url=SecretStr(f"redis+socket://{tmp_path}/nothing.sock"))
    budgets = open_budgets(away)
    assert budgets
    assert budgets.take("a", want(host, Limits(1))) == Taken()
    assert budgets.take("b", want(host, Limits(1))) == Taken()
    budgets.back_off(host, 60.0)
    budgets.fine(host)
    budgets.leave("a", {host: 3})
    assert budgets.states() == []
