"""When everything is compared, whatever the servers' lists of changes say. Pure.

Not every server announces every change: an occurrence of a series that was edited without a word, a page of changes that was answered twice, a
list that broke off unnoticed. A deep compare lists both sides from the start and reads all of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.account import Profile


def is_due(profile: Profile, last: datetime | None, now: datetime) -> bool:
    """Does the run that begins `now` compare everything? `last`: when that was done last.

    A profile's first run reads everything anyway, and counts. One that was synchronised but never compared has its turn on a day of its own, so
    that an installation with thousands of them does not do all at once after an update.
    """
    every = profile.deep_compare_days
    if not every:
        return False
    if last is not None:
        return now - last >= timedelta(days=every)
    return profile.approved and (now.date().toordinal() + profile.id) % every == 0
