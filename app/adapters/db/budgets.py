"""Host budgets in the database, for installations whose workers share no Redis: one transaction where that takes one script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, Engine, delete, select, update

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.session import reading, take_turns, writing
from app.adapters.db.tables_budgets import host_budgets, host_slots
from app.adapters.db.upsert import upsert
from app.domain.budget import HostState, Refusal, Taken, Want

_LOCK: Final = 0x7769630B


class SqlBudgets:
    """`app.ports.budget.HostBudgets` in a database. `lease`: how long a slot outlives a holder of whom nothing is heard."""

    def __init__(self, engine: Engine, lease: timedelta) -> None:
        self._engine = engine
        self._lease_s = lease.total_seconds()

    def take(self, holder: str, wants: Sequence[Want], *, urgent: bool = False) -> Taken | Refusal:
        """See `app.ports.budget.HostBudgets.take`."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            now = _now(connection)
            states = {want.host: _state(connection, want.host, now) for want in wants}
            refused = [(want, no) for want in wants if (no := states[want.host].refuses(want, holder, now))]
            if refused:
                answers = [_refuse(connection, states[want.host], want, no, now, urgent=urgent) for want, no in refused]
                return max(answers, key=lambda answer: answer.wait_s)
            for want in wants:
                state = states[want.host]
                tokens = state.tokens_at(want.limits, now) - want.requests
                _keep(connection, replace(state, tokens=tokens, refilled=now))
                upsert(connection, host_slots, [{"host": want.host, "holder": holder, "ends": now + self._lease_s}])
            return Taken(frozenset(host for host, state in states.items() if state.trial))

    def leave(self, holder: str, unused: Mapping[str, int]) -> None:
        """See `app.ports.budget.HostBudgets.leave`."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            connection.execute(delete(host_slots).where(host_slots.c.holder == holder, host_slots.c.host.in_(unused)))
            for host, requests in unused.items():
                row = update(host_budgets).where(host_budgets.c.host == host)
                connection.execute(row.values(tokens=host_budgets.c.tokens + requests))

    def back_off(self, host: str, after_s: float | None) -> None:
        """See `app.ports.budget.HostBudgets.back_off`."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            now = _now(connection)
            _keep(connection, _state(connection, host, now).backs_off(after_s, now))

    def fine(self, host: str) -> None:
        """See `app.ports.budget.HostBudgets.fine`."""
        with writing(self._engine) as connection:
            connection.execute(update(host_budgets).where(host_budgets.c.host == host).values(trial=False))

    def states(self) -> Sequence[HostState]:
        """See `app.ports.budget.HostBudgets.states`."""
        with reading(self._engine) as connection:
            now = _now(connection)
            hosts = connection.execute(select(host_budgets.c.host).order_by(host_budgets.c.host)).scalars().all()
            return [_relative(_state(connection, host, now), now) for host in hosts]


def _now(connection: Connection) -> float:
    return connection.execute(select(DatabaseTime())).scalar_one().timestamp()


def _state(connection: Connection, host: str, now: float) -> HostState:
    row = connection.execute(select(host_budgets).where(host_budgets.c.host == host)).one_or_none()
    held = select(host_slots.c.holder, host_slots.c.ends).where(host_slots.c.host == host, host_slots.c.ends > now)
    slots = {row.holder: row.ends for row in connection.execute(held)}
    return HostState(**row._mapping, slots=slots) if row else HostState(host, slots=slots)  # noqa: SLF001 - the public name of a row's mapping


def _keep(connection: Connection, state: HostState) -> None:
    row = {name: getattr(state, name) for name in ("host", "until", "trial", "turn", "tokens", "refilled")}
    upsert(connection, host_budgets, [row])
    gone = (host_slots.c.host == state.host) & host_slots.c.holder.not_in(state.slots)
    connection.execute(delete(host_slots).where(gone))


def _refuse(
    connection: Connection, state: HostState, want: Want, refused: Refusal, now: float, *, urgent: bool
) -> Refusal:
    if urgent:
        return refused
    state, answer = state.in_turn(refused, want.limits, now)
    _keep(connection, state)
    return answer


def _relative(state: HostState, now: float) -> HostState:
    return replace(
        state,
        until=max(state.until - now, 0.0),
        turn=max(state.turn - now, 0.0),
        refilled=state.refilled - now,
        slots={holder: ends - now for holder, ends in state.slots.items()},
    )
