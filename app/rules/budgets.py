"""What a host may be asked for: what its server says, else what holds for its kind; where several servers are one host, each limit counts."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.budget import Limits, OwnLimits


def limits_of(servers: Sequence[OwnLimits], kind: Limits) -> Limits:
    """Of the host that `servers` name, at least one. A rate of 0 is no limit, so any other is stricter."""
    rates = [kind.rate if server.rate is None else server.rate for server in servers]
    return Limits(
        min(server.concurrency or kind.concurrency for server in servers), min(filter(None, rates), default=0.0)
    )
