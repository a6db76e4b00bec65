"""Host budgets as two keys of each host, changed by one script: atomic, one round trip, by the broker's own clock.

What is lost with the broker's memory is no harm: runs that go on ask for their slots again within a third of a lease. A broker that is out of
reach refuses nobody; without it workers hear of no new runs anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from importlib.resources import files
from typing import Any, Final

import structlog
from redis import Redis
from redis.exceptions import RedisError

from app.domain.budget import (
    LONGEST_BACK_OFF_S,
    LONGEST_TURN_S,
    NEXT_LOOK_S,
    SILENCE_S,
    HostState,
    Refusal,
    Taken,
    Want,
    Why,
)

_PREFIX: Final = "{wice-sync:budget}"
"""In braces: on a cluster, all of it lies on one node, as a script needs."""

_MEMORY_S: Final = 86_400
_PATIENCE_S: Final = 2.0
_TAKE: Final = files("app.adapters.queue").joinpath("take.lua").read_text("utf-8")

_LEAVE: Final = """
for i = 1, #KEYS / 2 do
  redis.call('ZREM', KEYS[2 * i], ARGV[1])
  local unused = tonumber(ARGV[i + 1])
  if unused > 0 and redis.call('EXISTS', KEYS[2 * i - 1]) == 1 then redis.call('HINCRBYFLOAT', KEYS[2 * i - 1], 'tokens', unused) end
end
"""

_BACK_OFF: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local after = tonumber(ARGV[1])
if after < 0 then after = redis.call('HGET', KEYS[1], 'trial') == '1' and tonumber(ARGV[2]) or 0 end
local kept = tonumber(redis.call('HGET', KEYS[1], 'until') or 0)
redis.call('HSET', KEYS[1], 'until', math.max(kept, now + math.min(after, tonumber(ARGV[3]))), 'trial', 1)
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('SADD', KEYS[2], ARGV[5])
"""

_log = structlog.get_logger()


class RedisBudgets:
    """`app.ports.budget.HostBudgets` in Redis or Valkey. `url` as redis-py takes it; may be used by several threads at once."""

    def __init__(self, url: str, lease: timedelta) -> None:
        self._lease_ms = int(lease.total_seconds() * 1000)
        self._redis: Any = Redis.from_url(
            url, socket_connect_timeout=_PATIENCE_S, socket_timeout=_PATIENCE_S, decode_responses=True
        )
        self._take = self._redis.register_script(_TAKE)
        self._leave = self._redis.register_script(_LEAVE)
        self._back_off = self._redis.register_script(_BACK_OFF)

    def take(self, holder: str, wants: Sequence[Want], *, urgent: bool = False) -> Taken | Refusal:
        """See `app.ports.budget.HostBudgets.take`."""
        keys = [key for want in wants for key in _keys(want.host)]
        told = [
            value
            for want in wants
            for value in (want.limits.concurrency, want.limits.rate, want.limits.burst, want.requests)
        ]
        general = (holder, self._lease_ms, int(urgent), LONGEST_TURN_S * 1000, NEXT_LOOK_S * 1000, _MEMORY_S)
        try:
            answer = self._take(keys, [*general, *told])
        except RedisError as error:
            _out_of_reach(error)
            return Taken()
        if answer[0]:
            return Refusal(wants[answer[0] - 1].host, answer[1] / 1000, Why(answer[2]))
        return Taken(frozenset(want.host for want, trial in zip(wants, answer[1:], strict=True) if trial))

    def leave(self, holder: str, unused: Mapping[str, int]) -> None:
        """See `app.ports.budget.HostBudgets.leave`."""
        try:
            self._leave([key for host in unused for key in _keys(host)], [holder, *unused.values()])
        except RedisError as error:
            _out_of_reach(error)

    def back_off(self, host: str, after_s: float | None) -> None:
        """See `app.ports.budget.HostBudgets.back_off`."""
        after_ms = -1 if after_s is None else after_s * 1000
        keys = [_keys(host)[0], f"{_PREFIX}:hosts"]
        try:
            self._back_off(keys, [after_ms, SILENCE_S * 1000, LONGEST_BACK_OFF_S * 1000, _MEMORY_S, host])
        except RedisError as error:
            _out_of_reach(error)

    def fine(self, host: str) -> None:
        """See `app.ports.budget.HostBudgets.fine`."""
        try:
            self._redis.hdel(_keys(host)[0], "trial")
        except RedisError as error:
            _out_of_reach(error)

    def states(self) -> Sequence[HostState]:
        """See `app.ports.budget.HostBudgets.states`."""
        start = f"{_PREFIX}:slots:"
        try:
            found = [str(key) for key in self._redis.scan_iter(f"{start}*", count=1000)]
            hosts = sorted({key.removeprefix(start) for key in found} | set(self._redis.smembers(f"{_PREFIX}:hosts")))
            return [self._state(host) for host in hosts]
        except RedisError as error:
            _out_of_reach(error)
            return []

    def _state(self, host: str) -> HostState:
        seconds, microseconds = self._redis.time()
        now = seconds + microseconds / 1e6
        state, slots = _keys(host)
        kept = {name: float(value) for name, value in self._redis.hgetall(state).items()}
        ends = {holder: end / 1000 - now for holder, end in self._redis.zrange(slots, 0, -1, withscores=True)}
        return HostState(
            host=host,
            until=max(kept.get("until", 0.0) / 1000 - now, 0.0),
            trial=bool(kept.get("trial")),
            turn=max(kept.get("turn", 0.0) / 1000 - now, 0.0),
            tokens=kept.get("tokens", 0.0),
            refilled=kept.get("refilled", 0.0) / 1000 - now,
            slots={holder: end for holder, end in ends.items() if end > 0},
        )


def _keys(host: str) -> tuple[str, str]:
    return f"{_PREFIX}:state:{host}", f"{_PREFIX}:slots:{host}"


def _out_of_reach(error: RedisError) -> None:
    _log.warning("budgets_out_of_reach", error=type(error).__name__)
