"""When does a profile run by itself, and when next? (R36)

Profiles with the same schedule do not run at the same moment: each is shifted by its own `share` of the time between two runs (`share_of`), at most
`WIDEST`, a run at a fixed time at most `NARROW`. No shift leads out of a rule's period.

Wall times follow the zone's clock. One that the clock skips in spring is as much later as the clock skips; one that comes twice in autumn
begins with the first and ends with the second. Between two runs of a rule passes real time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Final

from app.domain.ids import ProfileId
from app.domain.schedule import ALWAYS, Period, Rule, Schedule

WIDEST: Final = timedelta(hours=1)
NARROW: Final = timedelta(minutes=10)
LOOKS_AHEAD: Final = timedelta(days=400)
"""A schedule that leaves no moment within this time never runs."""

_EPOCH: Final = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday
_DAY: Final = timedelta(days=1)
_DAYS_AHEAD: Final = 9
_GOLDEN: Final = (
    0x9E3779B1  # 2**32 divided by the golden ratio: multiples of it fill the circle evenly, however many there are
)


def share_of(profile: ProfileId) -> float:
    """A profile's place between two runs, 0 <= share < 1, always the same; those of any number of profiles are spread evenly."""
    return profile * _GOLDEN % 2**32 / 2**32


def next_run(schedule: Schedule, after: datetime, share: float = 0.0) -> datetime | None:
    """The first run later than `after` (aware); None if there is none. In UTC."""
    later = after.astimezone(UTC) + timedelta.resolution
    # Where all that is left to a schedule is shorter than the shift, it is not shifted.
    return _first(schedule, later, share) or (_first(schedule, later, 0.0) if share else None)


def next_runs(schedule: Schedule, after: datetime, share: float = 0.0) -> Iterator[datetime]:
    """All that follow, in order."""
    while (moment := next_run(schedule, after, share)) is not None:
        yield moment
        after = moment


def permitted(schedule: Schedule, now: datetime) -> datetime | None:
    """The first moment from `now` on that is neither before the start nor in a pause: then a run that was missed may be made up."""
    moment = max(now.astimezone(UTC), _started(schedule))
    return _outside(schedule, schedule.pauses, moment, moment + LOOKS_AHEAD)


def first_due(schedule: Schedule, now: datetime, share: float, *, ran: bool) -> datetime | None:
    """When a profile whose schedule is new runs first: at once if it never `ran`."""
    return next_run(schedule, now, share) if ran else permitted(schedule, now)


def _first(schedule: Schedule, moment: datetime, share: float) -> datetime | None:
    moment = max(moment, _started(schedule))
    found = [_first_of(schedule, index, moment, share) for index in range(len(schedule.rules))]
    return min((one for one in found if one is not None), default=None)


def _first_of(schedule: Schedule, index: int, moment: datetime, share: float) -> datetime | None:
    """The first run by one rule that no earlier rule and no pause takes away."""
    elsewhere = (*schedule.pauses, *(rule.period for rule in schedule.rules[:index]))
    limit = moment + LOOKS_AHEAD
    while moment < limit:
        run = _by(schedule, schedule.rules[index], moment, share)
        if run is None:
            return None
        free = _outside(schedule, elsewhere, run, limit)
        if free is None or free == run:
            return free
        moment = free
    return None


def _by(schedule: Schedule, rule: Rule, moment: datetime, share: float) -> datetime | None:
    """The first run by a rule alone, at or after `moment`."""
    if rule.every is not None and rule.period == ALWAYS:
        anchor = _started(schedule) if schedule.start else _EPOCH
        return _step(anchor + _shift(share, rule.every, WIDEST), rule.every, moment)
    return next((run for run in _by_day(schedule, rule, moment, share) if run >= moment), None)


def _by_day(schedule: Schedule, rule: Rule, moment: datetime, share: float) -> Iterator[datetime]:
    for begin, end, day in _spans(schedule, rule.period, moment):
        if rule.every is not None:
            run = _step(begin + _shift(share, rule.every, WIDEST, end - begin), rule.every, moment)
            if run < end:
                yield run
        else:
            shift = _shift(share, NARROW, *_distances(rule.at))
            # In spring, a time that is skipped may come after one that is not.
            yield from sorted(_instant(schedule, day, at) + shift for at in rule.at)


def _distances(times: tuple[time, ...]) -> Iterator[timedelta]:
    minutes = [at.hour * 60 + at.minute for at in times]
    yield from (timedelta(minutes=later - earlier) for earlier, later in pairwise(minutes))


def _spans(schedule: Schedule, period: Period, moment: datetime) -> Iterator[tuple[datetime, datetime, date]]:
    """The period's spans that end after `moment`, and the day on which each begins."""
    first = moment.astimezone(schedule.zone).date() - _DAY
    for day in (first + number * _DAY for number in range(_DAYS_AHEAD + 1)):
        if day.weekday() in period.days:
            hours = period.hours
            begin = _instant(schedule, day, hours.begin)
            end = _instant(schedule, day if hours.begin < hours.end else day + _DAY, hours.end, last=True)
            if begin < end and moment < end:
                yield begin, end, day


def _outside(schedule: Schedule, periods: tuple[Period, ...], moment: datetime, limit: datetime) -> datetime | None:
    """The first moment from `moment` on that lies in none of the periods."""
    while moment < limit:
        ends = [
            end
            for period in periods
            for begin, end, _ in islice(_spans(schedule, period, moment), 2)
            if begin <= moment
        ]
        if not ends:
            return moment
        moment = max(ends)
    return None


def _shift(share: float, *most: timedelta) -> timedelta:
    # Whole seconds: times that people see, and that every database keeps.
    return timedelta(seconds=int(share * min(most).total_seconds()))


def _step(anchor: datetime, every: timedelta, moment: datetime) -> datetime:
    """The first of anchor, anchor + every ... that is not before `moment`; before the anchor there is none."""
    return anchor + max(-((anchor - moment) // every), 0) * every


def _started(schedule: Schedule) -> datetime:
    if schedule.start is None:
        return datetime.min.replace(tzinfo=UTC)
    return _instant(schedule, schedule.start.date(), schedule.start.time())


def _instant(schedule: Schedule, day: date, at: time, *, last: bool = False) -> datetime:
    """A wall time as a moment. `last`: of one that comes twice, the second."""
    wall = datetime.combine(day, at, schedule.zone)
    moment = wall.astimezone(UTC)
    return max(moment, wall.replace(fold=1).astimezone(UTC)) if last else moment
