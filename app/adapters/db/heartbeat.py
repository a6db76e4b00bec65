"""Signs of life of a run that says nothing for long, because its servers are slow: its lease is renewed while its process lives (R36).

Whatever a run writes renews its lease as well, and proves it: the heartbeat only keeps others from taking a profile whose run is still
reading. It stops with the process, so that a run that was lost is taken over within the lease, and after `LONGEST`: a run that hangs for ever
must not keep its profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from time import monotonic
from typing import Final

from sqlalchemy import Engine

from app.adapters.db import leases
from app.adapters.db.leases import Lease
from app.adapters.db.session import writing
from app.errors import LeaseLost, WiceSyncError

LONGEST: Final = timedelta(hours=2)
"""More than the time after which a worker's process is killed."""

_PER_LEASE: Final = 3


@contextmanager
def beating(engine: Engine, lease: Lease) -> Iterator[None]:
    """Renew the lease three times in its length while the block runs; most runs end before the first."""
    ended = Event()
    thread = Thread(target=_beat, args=(engine, lease, ended), name=f"lease-{lease.profile}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(engine: Engine, lease: Lease, ended: Event) -> None:
    until = monotonic() + LONGEST.total_seconds()
    while not ended.wait(lease.length.total_seconds() / _PER_LEASE) and monotonic() < until:
        try:
            with writing(engine) as connection:
                leases.renew(connection, lease)
        except LeaseLost:
            return
        except WiceSyncError:
            continue  # a database that is away; the run itself will notice
