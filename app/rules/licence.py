"""Which licence counts, how it stands with it, and whether a profile may write (R38, R39).

The clock: turned back, it must not lengthen anything, so days are counted at the latest moment that the installation remembers. For the trial that
includes its runs and its audit log. For keys it is the moment noted at checks only, which the first activation of a new key of the vendor sets to the
present: whoever once had a wrong clock, far in the future, gets out of it with a new key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from app.domain.licence import (
    SOON,
    TRIAL,
    ActiveLicence,
    Coverage,
    Edition,
    KeyRefused,
    Licence,
    LicenceState,
    LicenceStatus,
    Marks,
    Permit,
    Seat,
    Sentence,
    Usage,
)
from app.domain.licence_sentences import Notice

BASIC_PROFILES: Final = 1
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The licence that counts: the best of the valid ones, else the one that ended last. `today`: the day at which it is judged.

    `elsewhere`: a demo key was left out because of a server that is not on this machine. `clock_stood_at`: a later day than the clock shows now.
    """

    state: LicenceState
    licence: Licence
    today: date
    active: ActiveLicence | None = None
    """None: the trial."""
    elsewhere: bool = False
    clock_stood_at: date | None = None

    @property
    def is_basic(self) -> bool:
        """Is it for one profile only?"""
        return self.licence.edition is Edition.BASIC


def standing(now: datetime, marks: Marks, keys: Sequence[ActiveLicence], usage: Usage) -> Standing:
    """Judge what was activated, and the trial."""
    today = _latest(now, marks.seen).date()
    valid = [key for key in keys if key.licence.covers(today)]
    usable = [key for key in valid if usage.on_loopback or not key.licence.loopback]
    found = _with_key(usable, today, usage) or _in_trial(now, marks, usage) or _without(valid, keys, today)
    stands = found or Standing(state=LicenceState.TRIAL_OVER, licence=_trial(marks), today=today)
    remembered = _latest(now, marks.seen, marks.record)
    stood_at = remembered.date() if remembered - now >= _A_DAY else None
    return replace(stands, elsewhere=len(usable) < len(valid), clock_stood_at=stood_at)


def permit(stands: Standing, seat: Seat) -> Permit:
    """May the profile of this seat write? Too many: the oldest are covered, so that adding one stops the new one only."""
    if not stands.state.valid:
        return Permit(tuple(_invalid(stands)))
    if not seat.active:
        return Permit((Sentence(Notice.NOT_ACTIVE),))
    if stands.is_basic:
        covered, refusal = seat.older_profiles < BASIC_PROFILES, Sentence(Notice.PROFILE_NOT_COVERED)
    else:
        allowed = stands.licence.accounts
        covered, refusal = (
            seat.older_accounts < allowed,
            Sentence(Notice.ACCOUNT_NOT_COVERED, {"allowed": allowed}),
        )
    return Permit(() if covered else (refusal,))


def coverage(stands: Standing) -> Coverage:
    """For which profiles `permit` says yes."""
    if not stands.state.valid:
        return Coverage(profiles=0)
    return Coverage(profiles=BASIC_PROFILES) if stands.is_basic else Coverage(accounts=stands.licence.accounts)


def status(version: str, stands: Standing, usage: Usage) -> LicenceStatus:
    """What *Info* shows (R39)."""
    licence, active = stands.licence, stands.active
    return LicenceStatus(
        version=version,
        state=stands.state,
        edition=licence.edition,
        licensee=licence.licensee,
        accounts_used=usage.accounts,
        accounts_allowed=1 if stands.is_basic else licence.accounts,
        profiles_used=usage.profiles,
        profiles_allowed=BASIC_PROFILES if stands.is_basic else None,
        until=licence.until,
        days_left=(licence.until - stands.today).days,
        sentences=tuple(_invalid(stands) if not stands.state.valid else _valid(stands, usage)),
        id=licence.id,
        valid_from=licence.valid_from,
        activated=active.activated if active else None,
        activated_by=active.activated_by if active else "",
    )


def refuse_unusable(licence: Licence, today: date, *, on_loopback: bool) -> None:
    """Say why a genuine key is of no use today. Raises: KeyRefused."""
    if today < licence.valid_from:
        raise KeyRefused(Notice.KEY_NOT_YET_VALID, valid_from=licence.valid_from, today=today)
    if today > licence.until:
        raise KeyRefused(Notice.KEY_EXPIRED, until=licence.until, today=today)
    if licence.loopback and not on_loopback:
        raise KeyRefused(Notice.KEY_LOOPBACK_ONLY)


def day_for(licence: Licence, now: datetime, marks: Marks, known: Iterable[ActiveLicence]) -> date:
    """The day at which a pasted key is judged: a new one of the vendor proves the time by itself, all others count from what is remembered."""
    return now.date() if starts_afresh(licence, known) else _latest(now, marks.seen).date()


def starts_afresh(licence: Licence, known: Iterable[ActiveLicence]) -> bool:
    """Does activating this key set the remembered moment to the present? Anybody can make demo keys, and a known key proves nothing."""
    return not licence.loopback and all(key.licence.id != licence.id for key in known)


def _with_key(usable: Sequence[ActiveLicence], today: date, usage: Usage) -> Standing | None:
    if not usable:
        return None
    best = max(usable, key=_worth)
    state = _exceeded(best.licence, usage) or _running(best.licence, today)
    return Standing(state=state, licence=best.licence, today=today, active=best)


def _in_trial(now: datetime, marks: Marks, usage: Usage) -> Standing | None:
    trial, today = _trial(marks), _latest(now, marks.seen, marks.record).date()
    if today > trial.until:
        return None
    return Standing(state=_exceeded(trial, usage) or LicenceState.TRIAL, licence=trial, today=today)


def _without(valid: Sequence[ActiveLicence], keys: Sequence[ActiveLicence], today: date) -> Standing | None:
    """Keys that do not count: those of the demonstration elsewhere, else the one that ended last."""
    if not keys:
        return None
    state = LicenceState.DEMO_ELSEWHERE if valid else LicenceState.EXPIRED
    last = max(valid or keys, key=lambda key: (key.licence.until, *_worth(key)))
    return Standing(state=state, licence=last.licence, today=today, active=last)


def _trial(marks: Marks) -> Licence:
    first = marks.installed.date()
    return Licence(id="", kid="", licensee="", edition=Edition.BASIC, accounts=1, valid_from=first, until=first + TRIAL)


def _latest(*moments: datetime | None) -> datetime:
    return max(moment for moment in moments if moment is not None)


def _worth(key: ActiveLicence) -> tuple[bool, bool, int, date]:
    """The more the better; whoever has bought a key is no demonstration any more."""
    licence = key.licence
    return not licence.loopback, licence.edition is Edition.ENTERPRISE, licence.accounts, licence.until


def _exceeded(licence: Licence, usage: Usage) -> LicenceState | None:
    if licence.edition is Edition.BASIC:
        return LicenceState.TOO_MANY if usage.profiles > BASIC_PROFILES else None
    return LicenceState.TOO_MANY if usage.accounts > licence.accounts else None


def _running(licence: Licence, today: date) -> LicenceState:
    if licence.loopback:
        return LicenceState.DEMO
    return LicenceState.ENDING_SOON if licence.until - today <= SOON else LicenceState.LICENSED


def _invalid(stands: Standing) -> Iterator[Sentence]:
    yield _headline(stands)
    yield Sentence(Notice.WRITES_NOTHING)
    yield Sentence(Notice.ACTIVATE)
    yield from _clock(stands)


def _valid(stands: Standing, usage: Usage) -> Iterator[Sentence]:
    yield _headline(stands)
    if stands.state is LicenceState.TOO_MANY:
        yield _too_many(stands, usage)
    if stands.elsewhere:
        yield Sentence(Notice.DEMO_ELSEWHERE)
    if stands.active and _running(stands.licence, stands.today) is LicenceState.ENDING_SOON:
        yield Sentence(Notice.ENDING_SOON, {"until": stands.licence.until})
    yield Sentence(Notice.AFTERWARDS)
    yield from _clock(stands)


def _clock(stands: Standing) -> Iterator[Sentence]:
    if stands.clock_stood_at:
        yield Sentence(Notice.CLOCK_BACK, {"seen": stands.clock_stood_at})


def _headline(stands: Standing) -> Sentence:
    licence = stands.licence
    match stands.state:
        case LicenceState.DEMO_ELSEWHERE:
            return Sentence(Notice.DEMO_ELSEWHERE)
        case LicenceState.EXPIRED:
            return Sentence(Notice.EXPIRED, {"until": licence.until})
        case LicenceState.TRIAL_OVER:
            return Sentence(Notice.TRIAL_OVER, {"until": licence.until})
        case _ if stands.active is None:
            return Sentence(Notice.TRIAL, {"until": licence.until})
        case _ if licence.loopback:
            return Sentence(Notice.DEMO, {"until": licence.until})
        case _:
            return Sentence(Notice.LICENSED, {"licensee": licence.licensee, "until": licence.until})


def _too_many(stands: Standing, usage: Usage) -> Sentence:
    if stands.is_basic:
        return Sentence(Notice.TOO_MANY_PROFILES, {"used": usage.profiles, "allowed": BASIC_PROFILES})
    return Sentence(Notice.TOO_MANY_ACCOUNTS, {"used": usage.accounts, "allowed": stands.licence.accounts})
