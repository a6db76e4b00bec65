"""Readiness tells the truth, and a stranger cannot keep the server busy with it."""

from __future__ import annotations

from app.bootstrap import beat, leave
from app.domain.process import ProcessKind
from app.errors import Retry
from app.http.readiness import OK, OUT_OF_REACH, UNKNOWN, Readiness, look
from tests.fakes.queue import FakeQueue


class Station:
    """The product, at a broker that is there or not."""

    def __init__(self, product) -> None:
        self.queue = FakeQueue()
        self.processes, self.schema_is_current = product.processes, product.schema_is_current


class Away(Station):
    """A database that is out of reach."""

    def __init__(self, product) -> None:
        super().__init__(product)
        self.schema_is_current = self._away

    def _away(self) -> bool:
        raise Retry("the database db.internal does not answer")


def test_everything_is_named_that_is_missing(product):
    station = Station(product)
    assert look(station).missing == ["workers", "scheduler"]
    beat(product, ProcessKind.WORKER)
    assert look(station).missing == ["scheduler"]
    beat(product, ProcessKind.SCHEDULER, 1)
    assert look(station).missing == []
    station.queue.away = True
    assert look(station).missing == ["broker"]
    leave(product)
    assert look(station).missing == ["broker", "workers"]


def test_without_the_database_the_rest_is_not_known(product):
    assert look(Away(product)).parts == {
        "database": OUT_OF_REACH,
        "broker": OK,
        "workers": UNKNOWN,
        "scheduler": UNKNOWN,
    }


def test_who_asks_again_at_once_gets_the_same_answer(product):
    time = iter([0.0, 0.5, 1.5, 1.5])
    station = Station(product)
    readiness = Readiness(station, lambda: next(time))
    first = readiness.look()
    station.queue.away = True
    assert readiness.look() is first
    assert readiness.look().missing == ["broker", "workers", "scheduler"]
