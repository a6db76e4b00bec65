"""R30: `kill -9` of the real command at random moments, again and again, on both databases, while people work and answers get lost.

A round: three runs are killed, people work before each; then runs go on until nothing is left to do, and everything must be as if nobody had
been killed. `make proof` does PROOF_ROUNDS rounds on each database.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from app.domain.sync import Kind
from tests.crash.people import People
from tests.crash.product import Product
from tests.services.sandbox import Sandbox, Server

KILLS: Final = 3
MOST_RUNS: Final = 6
LATENCY_MS: Final = 5
LONGEST_S: Final = 15.0
POLL_S: Final = 0.01
SERVERS: Final[tuple[Server, ...]] = ("wice", "ews")
# Not those by which a run probes at its start what the server can. People always make work for the creations.
CREATIONS: Final[tuple[tuple[Server, str], ...]] = (
    ("wice", "insert_contact"),
    ("wice", "insert_appointment"),
    ("ews", "CreateItem"),
)
UPDATES: Final[tuple[tuple[Server, str], ...]] = (("wice", "update_contact"), ("ews", "UpdateItem"))
WRITES: Final = (*CREATIONS, *UPDATES)

pytestmark = [pytest.mark.proof, pytest.mark.timeout(0)]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "sqlite" else str(request.getfixturevalue("empty_postgres_url"))


def test_R30_killed_runs_neither_double_nor_lose_anything(
    database_url: str, tmp_path: Path, sandbox: Sandbox, proof_rounds: int
) -> None:
    rng = Random(f"{database_url[:6]} {proof_rounds}")
    product = Product(tmp_path, database_url, sandbox)
    with closing(People(sandbox, rng)) as people:
        people.arrange(_folders(sandbox))
        killer = Killer(sandbox, product, rng)
        for _ in range(proof_rounds):
            for death in killer.deaths(KILLS):
                people.work()
                death()
            # What a killed run had sent may still take effect meanwhile, and is then counted as written now.
            _until_nothing_is_left(product, sandbox, alone=False)
            killer.wait_for_the_late()
            _until_nothing_is_left(product, sandbox)
            people.check(product.images())
    assert killer.in_the_middle, "no run was killed between a write and its entry in the books: this proves nothing"
    sys.stdout.write(f"{killer}\n")


def _folders(sandbox: Sandbox) -> dict[Kind, str]:
    folders = sandbox.control("ews", "GET", f"mailboxes/{sandbox.person('anna')['mailbox']}/folders")
    ids = {folder["path"]: folder["id"] for folder in folders}
    return {Kind.CONTACTS: ids["contacts/Wice"], Kind.APPOINTMENTS: ids["calendar/Wice"]}


def _until_nothing_is_left(product: Product, sandbox: Sandbox, *, alone: bool = True) -> None:
    """R28: the last run found nothing and wrote nothing (which shows only if it is `alone`)."""
    for _ in range(MOST_RUNS):
        before = _written(sandbox)
        report = product.sync()
        assert report["status"] in ("done", "nothing_to_do"), report
        if report["status"] == "nothing_to_do":
            assert not alone or _written(sandbox) == before
            return
    raise AssertionError(f"does not come to rest: {report}")


def _written(sandbox: Sandbox) -> int:
    return sum(int(sandbox.counters(server)["writes"]) for server in SERVERS)


class Killer:
    """Starts runs, each of which takes over at once from the one that was killed before, and kills them."""

    def __init__(self, sandbox: Sandbox, product: Product, rng: Random) -> None:
        self._sandbox = sandbox
        self._product = product
        self._rng = rng
        self._span_s = 2.0
        self._late_until = 0.0
        self._killed = self._survived = 0
        self.in_the_middle = 0

    def __str__(self) -> str:
        return f"{self._killed} killed, of them {self.in_the_middle} with open journal entries; {self._survived} ended before"

    def deaths(self, count: int) -> list[Callable[[], None]]:
        """That many ways to die, in any order, among them always the one that is sure to hit a run in the middle."""
        others: list[Callable[[], None]] = [
            self.at_any_moment,
            self.after_some_writes,
            partial(self.before_the_answer, UPDATES),
            self.after_a_lost_answer,
            self.before_a_late_creation,
        ]
        chosen: list[Callable[[], None]] = [
            partial(self.before_the_answer, CREATIONS),
            *self._rng.sample(others, count - 1),
        ]
        self._rng.shuffle(chosen)
        return chosen

    def at_any_moment(self) -> None:
        """Of the whole time that a run takes once it has begun."""
        with self._run() as process:
            assert process.stderr
            process.stderr.readline()
            self._wait(process, lambda: False, self._rng.uniform(0, self._span_s))

    def after_some_writes(self) -> None:
        """A write or a few have just taken effect."""
        enough = _written(self._sandbox) + self._rng.randint(1, 12)
        with self._run() as process:
            self._wait(process, lambda: _written(self._sandbox) >= enough)

    def before_the_answer(self, operations: Sequence[tuple[Server, str]]) -> None:
        """The server carries out one of these writes and keeps the run waiting for its answer."""
        server, operation = self._rng.choice(operations)
        self._sandbox.fault(server, "stall", operation=operation, seconds=2)
        with self._run() as process:
            self._wait(process, lambda: not self._pending(server))
            stalled = process.poll() is None and not self._pending(server)
        assert not stalled or self._product.open_intents(), f"R30: {operation} was sent before it was journalled"

    def after_a_lost_answer(self) -> None:
        """A write took effect and its answer got lost, then the run is killed while it deals with that."""
        server, operation = self._rng.choice(WRITES)
        self._sandbox.fault(server, "cut_after", operation=operation, skip=self._rng.randint(0, 1))
        with self._run() as process:
            self._wait(process, lambda: not self._pending(server))
            self._wait(process, lambda: False, self._rng.uniform(0, 0.2))

    def before_a_late_creation(self) -> None:
        """A creation takes effect only when the run is long dead, perhaps while or after the next one looks for it."""
        delay_s = self._rng.uniform(0.1, 4)
        self._sandbox.fault("ews", "late_create", operation="CreateItem", seconds=delay_s)
        with self._run() as process:
            self._wait(process, lambda: not self._pending("ews"))
            self._late_until = time.monotonic() + delay_s
            self._wait(process, lambda: False, self._rng.uniform(0, 0.2))

    def wait_for_the_late(self) -> None:
        """Until the last late creation has come."""
        time.sleep(max(0.0, self._late_until + POLL_S - time.monotonic()))

    @contextmanager
    def _run(self) -> Iterator[subprocess.Popen[str]]:
        for server in SERVERS:
            self._sandbox.control(server, "POST", "latency", {"ms": LATENCY_MS})
        with self._product.start() as process:
            try:
                yield process
            finally:
                ended = process.poll() is not None
                process.kill()
                message = process.stderr.read() if process.stderr else ""
                self._heal()
        assert "synchronised already" not in message, f"R36: the lease of a killed run was not taken over: {message}"
        self._survived += ended
        self._killed += not ended
        self.in_the_middle += not ended and self._product.open_intents() > 0

    def _heal(self) -> None:
        """What was planned for the killed run must not hit the people, nor the next run."""
        for server in SERVERS:
            self._sandbox.control(server, "DELETE", "faults")
            self._sandbox.control(server, "POST", "latency", {"ms": 0})

    def _wait(self, process: subprocess.Popen[str], over: Callable[[], bool], longest_s: float = LONGEST_S) -> None:
        end = time.monotonic() + longest_s
        while time.monotonic() < end and process.poll() is None and not over():
            time.sleep(POLL_S)

    def _pending(self, server: Server) -> Any:
        return self._sandbox.control(server, "GET", "faults")["pending"]
