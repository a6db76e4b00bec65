"""Decide whom to wake, and how often: which conditions are told, told again with growing pauses, and told to be over. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.alerts import Condition, Facts, Limits, Standing, Topic, Word
from app.domain.process import ProcessKind

PAUSES: Final = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=12), timedelta(hours=24))
"""Between the first message and the second, the second and the third, ...; then once a day."""

MOST_SINGLE: Final = 5
"""So many accounts are told of one by one."""

PATIENCE: Final[Mapping[Topic, timedelta]] = {
    Topic.ACCOUNT_FAILING: timedelta(0),
    Topic.OLD_CHANGE: timedelta(minutes=5),
    Topic.LICENCE: timedelta(0),
    Topic.QUARANTINE: timedelta(minutes=5),
    # A new version is installed within this time.
    Topic.NO_WORKER: timedelta(minutes=3),
    Topic.NO_SCHEDULER: timedelta(minutes=3),
}
"""How long a condition must have lasted before anybody is told."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The messages to send, each with its condition as it stands, and everything that stands from now on."""

    messages: Sequence[tuple[Word, Standing]]
    standing: Sequence[Standing]


def conditions(facts: Facts, limits: Limits, now: datetime) -> Iterator[Condition]:
    """What is the matter."""
    if limits.failed_runs:
        for account, runs in facts.failing:
            if runs >= limits.failed_runs:
                yield Condition(Topic.ACCOUNT_FAILING, account, runs)
    age = now - facts.oldest_change if facts.oldest_change else timedelta(0)
    if limits.oldest_change_hours and age > timedelta(hours=limits.oldest_change_hours):
        yield Condition(Topic.OLD_CHANGE, value=age // timedelta(hours=1))
    if limits.licence_days and (not facts.licence_valid or facts.licence_days < limits.licence_days):
        yield Condition(Topic.LICENCE, value=max(facts.licence_days, 0) if facts.licence_valid else -1)
    if limits.quarantined_items and facts.quarantined >= limits.quarantined_items:
        yield Condition(Topic.QUARANTINE, value=facts.quarantined)
    if facts.anything_to_do:
        for kind, topic in ((ProcessKind.WORKER, Topic.NO_WORKER), (ProcessKind.SCHEDULER, Topic.NO_SCHEDULER)):
            if not facts.alive.get(kind):
                yield Condition(topic)


def decide(found: Sequence[Condition], standing: Sequence[Standing], now: datetime) -> Decided:
    """What to say about what is the matter now, after what was said before."""
    before = {(one.topic, one.subject): one for one in standing}
    lasting = {(one.topic, one.subject): one for one in found}
    messages: list[tuple[Word, Standing]] = []
    stays: list[Standing] = []
    for key, condition in lasting.items():
        known = before.get(key) or Standing(topic=condition.topic, subject=condition.subject, since=now)
        known = replace(known, value=condition.value)
        if _is_due(known, now):
            known = replace(known, told=now, times=known.times + 1)
            messages.append((Word.RAISED if known.times == 1 else Word.REPEATED, known))
        stays.append(known)
    # Of what nobody was told nobody needs to hear that it is over.
    messages += [(Word.RECOVERED, one) for key, one in before.items() if key not in lasting and one.told]
    return Decided(list(_bundled(messages)), stays)


def _bundled(messages: Sequence[tuple[Word, Standing]]) -> Iterator[tuple[Word, Standing]]:
    """A server that is away fails all its accounts: of more than a few at once one message tells how many."""
    for word in Word:
        of_accounts = [one for said, one in messages if said is word and one.topic is Topic.ACCOUNT_FAILING]
        yield from ((said, one) for said, one in messages if said is word and one.topic is not Topic.ACCOUNT_FAILING)
        if len(of_accounts) > MOST_SINGLE:
            yield word, replace(min(of_accounts, key=lambda one: one.since), subject="", value=len(of_accounts))
        else:
            yield from ((word, one) for one in of_accounts)


def _is_due(known: Standing, now: datetime) -> bool:
    if known.told is None:
        return now - known.since >= PATIENCE[known.topic]
    return now - known.told >= PAUSES[min(known.times, len(PAUSES)) - 1]
