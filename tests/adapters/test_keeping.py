"""What a process keeps between runs: for the same login only, for one taker at a time, bounded, and never across a fork."""

from __future__ import annotations

import os

import pytest

from app.adapters.keeping import Keeper


class Thing:
    """Knows whether it was closed."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


def test_what_was_kept_is_taken_once_and_not_closed() -> None:
    keeper, thing = Keeper(), Thing()
    key = keeper.key("anna", "secret")
    keeper.keep(key, thing)
    assert keeper.take(keeper.key("anna", "another")) is None
    assert keeper.take(key) is thing
    assert keeper.take(key) is None
    assert not thing.closed


def test_a_key_tells_nothing_of_the_password_and_is_another_in_each_process() -> None:
    keeper = Keeper()
    assert "secret" not in keeper.key("anna", "secret")
    assert keeper.key("anna", "secret") == keeper.key("anna", "secret") != Keeper().key("anna", "secret")
    assert keeper.key("ab", "c") != keeper.key("a", "bc")


def test_of_two_under_one_key_the_newer_one_stays() -> None:
    keeper, first, second = Keeper(), Thing(), Thing()
    keeper.keep("key", first)
    keeper.keep("key", second)
    assert first.closed
    assert keeper.take("key") is second


def test_no_more_than_so_many_are_kept() -> None:
    keeper, things = Keeper(most=2), [Thing() for _ in range(3)]
    for number, thing in enumerate(things):
        keeper.keep(str(number), thing)
    assert [thing.closed for thing in things] == [True, False, False]


def test_what_nobody_takes_for_long_is_let_go() -> None:
    now = [0.0]
    keeper, thing = Keeper(idle_s=60, clock=lambda: now[0]), Thing()
    keeper.keep("key", thing)
    now[0] = 61
    assert keeper.take("key") is None
    assert thing.closed


def test_all_is_closed_at_the_end() -> None:
    keeper, thing = Keeper(), Thing()
    keeper.keep("key", thing)
    keeper.close()
    assert thing.closed
    assert keeper.take("key") is None


def test_a_forked_process_has_nothing_and_closes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    keeper, thing = Keeper(), Thing()
    keeper.keep("key", thing)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert keeper.take("key") is None
    assert not thing.closed
