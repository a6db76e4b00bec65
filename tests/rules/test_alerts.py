"""Whom to wake and how often: every message once, again with growing pauses, and one when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.alerts import Condition, Facts, Limits, Standing, Topic, Word
from app.domain.process import ProcessKind
from app.rules.alerts import PATIENCE, conditions, decide

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
ALIVE = {ProcessKind.WORKER: 1, ProcessKind.SCHEDULER: 1}
FINE = Facts(licence_days=100, alive=ALIVE)
LICENCE = Condition(Topic.LICENCE, value=3)


def hours(number: float) -> datetime:
    return NOW + timedelta(hours=number)


def story(*looks: tuple[float, list[Condition]]) -> list[tuple[float, Word]]:
    """What is said at which hour, when these conditions are found at these hours."""
    standing: Sequence[Standing] = ()
    told: list[tuple[float, Word]] = []
    for hour, found in looks:
        decided = decide(found, standing, hours(hour))
        told += [(hour, word) for word, _ in decided.messages]
        standing = decided.standing
    return told


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (FINE, []),
        (
            Facts(failing=[("anna", 2), ("bernd", 3)], licence_days=100, alive=ALIVE),
            [Condition(Topic.ACCOUNT_FAILING, "bernd", 3)],
        ),
        (Facts(oldest_change=hours(-4), licence_days=100, alive=ALIVE), []),
        (Facts(oldest_change=hours(-5), licence_days=100, alive=ALIVE), [Condition(Topic.OLD_CHANGE, value=5)]),
        (Facts(licence_days=13, alive=ALIVE), [Condition(Topic.LICENCE, value=13)]),
        (Facts(licence_days=-1, licence_valid=False, alive=ALIVE), [Condition(Topic.LICENCE, value=-1)]),
        (Facts(licence_days=100, quarantined=10, alive=ALIVE), [Condition(Topic.QUARANTINE, value=10)]),
        (Facts(licence_days=100), [Condition(Topic.NO_WORKER), Condition(Topic.NO_SCHEDULER)]),
        (Facts(licence_days=100, anything_to_do=False), []),
    ],
)
def test_what_is_the_matter(facts, found):
    assert list(conditions(facts, Limits(), NOW)) == found


def test_a_limit_of_zero_switches_a_topic_off():
    bad = Facts(failing=[("anna", 99)], oldest_change=hours(-99), licence_valid=False, quarantined=99, alive=ALIVE)
    off = Limits(failed_runs=0, oldest_change_hours=0, licence_days=0, quarantined_items=0)
    assert list(conditions(bad, off, NOW)) == []
    assert len(list(conditions(bad, Limits(), NOW))) == 4


def test_it_is_told_once_then_with_growing_pauses_then_daily_and_once_more_when_it_is_over():
    looks = [(half / 2, [LICENCE]) for half in range(200)]
    told = story(*looks, (100.0, []), (100.5, []))
    assert told == [
        (0, Word.RAISED),
        *((hour, Word.REPEATED) for hour in (1, 5, 17, 41, 65, 89)),
        (100, Word.RECOVERED),
    ]


def test_what_passes_before_anybody_is_told_is_never_told():
    gone = [Condition(Topic.NO_WORKER)]
    patience = PATIENCE[Topic.NO_WORKER] / timedelta(hours=1)
    assert story((0, gone), (patience / 2, []), (1, gone), (1 + patience, gone), (2, [])) == [
        (1 + patience, Word.RAISED),
        (2, Word.RECOVERED),
    ]


def test_a_server_that_fails_all_accounts_is_one_message_and_one_more_when_it_is_back():
    failing = [Condition(Topic.ACCOUNT_FAILING, f"account {number}", 3) for number in range(1000)]
    assert story((0, failing), (0.5, failing), (0.9, [])) == [(0, Word.RAISED), (0.9, Word.RECOVERED)]
    [(_, one)] = decide(failing, [], NOW).messages
    assert (one.subject, one.value) == ("", 1000)


def test_a_few_accounts_are_told_of_one_by_one():
    failing = [Condition(Topic.ACCOUNT_FAILING, name, 3) for name in ("anna", "bernd")]
    assert [one.subject for _, one in decide(failing, [], NOW).messages] == ["anna", "bernd"]
