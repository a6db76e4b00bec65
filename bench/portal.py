"""How long the reads behind the portal's pages take on a large installation; fails if one takes too long.

    python -m bench.portal DATABASE_URL [LIMIT_MS]

The database is one that `bench.seed` filled. Times are the best of several reads in one process, transaction included: what else the machine
does meanwhile is not theirs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from app.adapters.db import open_database
from app.domain.run import RunStatus, Verb
from app.domain.views import AccountFilter, AccountState, Cut, FailureFilter, Page, ProfileFilter, RunFilter, T
from app.ports.views import ACCOUNT_ORDERS, PROFILE_ORDERS, Views
from app.services.overview import FRESH_HOURS, QUARANTINED, overview
from app.settings import Settings
from bench.seed import name_of

LIMIT_MS: Final = 30.0
KNOWN: Final = 500
"""Number of an account that is looked at."""
_ROUNDS: Final = 7
_OVERVIEW: Final = "overview, all of it"

Read = tuple[str, Callable[[], object]]


def reads(views: Views) -> Iterator[Read]:
    """Everything that a page may ask, by name."""
    now = datetime.now(UTC)
    yield from _accounts(views)
    yield from _profiles(views)
    yield from _runs(views, now)
    yield "failures", lambda: views.failures(FailureFilter(), Cut())
    yield "failures, quarantined, by profile", lambda: views.failures(QUARANTINED, Cut(sort="profile"))
    yield "servers", views.servers
    yield "templates", views.templates
    yield "states", views.states
    yield "oldest change", views.oldest_change
    yield "activity", lambda: views.activity(now - timedelta(days=30))
    yield "attention", lambda: views.attention(now, FRESH_HOURS, 5)
    yield _OVERVIEW, lambda: overview(views, now, ZoneInfo("Europe/Berlin"))


def _accounts(views: Views) -> Iterator[Read]:
    for sort in ACCOUNT_ORDERS:
        yield f"accounts by {sort}", partial(views.accounts, AccountFilter(), Cut(sort=sort))
        far = _far(partial(views.accounts, AccountFilter()), sort)
        yield f"accounts by {sort}, page 11", partial(views.accounts, AccountFilter(), far)
    wanted = {
        "müller": AccountFilter(text="müller anna"),
        "nobody": AccountFilter(text="nobody"),
        "failing": AccountFilter(state=AccountState.FAILING),
        "healthy at one server": AccountFilter(state=AccountState.HEALTHY, wice_server="wice2"),
        "of a template": AccountFilter(template="template2"),
    }
    for name, one in wanted.items():
        yield f"accounts, {name}", partial(views.accounts, one, Cut())
    yield "account", lambda: views.account(name_of(KNOWN))


def _profiles(views: Views) -> Iterator[Read]:
    for sort in PROFILE_ORDERS:
        yield f"profiles by {sort}", partial(views.profiles, ProfileFilter(), Cut(sort=sort))
    one = ProfileFilter(state=AccountState.NEEDS_CONFIRMATION, template="template2")
    yield "profiles, waiting, of a template", lambda: views.profiles(one, Cut())
    yield "profile", lambda: views.profile(name_of(KNOWN), "default")


def _runs(views: Views, now: datetime) -> Iterator[Read]:
    wanted = {
        "all": RunFilter(),
        "of an account": RunFilter(account=name_of(KNOWN)),
        "failed": RunFilter(status=RunStatus.FAILED),
        "failed by hand": RunFilter(status=RunStatus.FAILED, trigger="portal"),
        "undone": RunFilter(verb=Verb.UNDO),
        "of an hour": RunFilter(since=now - timedelta(hours=2), until=now - timedelta(hours=1)),
    }
    for name, one in wanted.items():
        yield f"runs, {name}", partial(views.runs, one, Cut())
    far = _far(partial(views.runs, RunFilter()), "")
    yield "runs, page 11", lambda: views.runs(RunFilter(), far)
    yield "in progress", lambda: views.in_progress(RunFilter())


def _far(read: Callable[[Cut], Page[T]], sort: str) -> Cut:
    cut = Cut(sort=sort)
    for _ in range(10):
        cut = Cut(sort=sort, cursor=read(cut).next)
    return cut


def measured(read: Callable[[], object]) -> float:
    """Milliseconds of a read, the best of some."""
    times = []
    for _ in range(_ROUNDS):
        begun = perf_counter()
        read()
        times.append((perf_counter() - begun) * 1000)
    return min(times)


def main() -> None:
    """Measure, print, and exit with 1 if a single read takes longer than the limit (the overview: three times as long)."""
    limit = float(sys.argv[2]) if len(sys.argv) > 2 else LIMIT_MS
    slow = []
    with open_database(Settings(database_url=SecretStr(sys.argv[1]))) as database:
        for name, read in reads(database.views):
            taken = measured(read)
            if taken > limit * (3 if name == _OVERVIEW else 1):
                slow.append(name)
            print(f"{taken:8.1f} ms  {name}")
    if slow:
        sys.exit(f"longer than {limit:.0f} ms: {', '.join(slow)}")


if __name__ == "__main__":
    main()
