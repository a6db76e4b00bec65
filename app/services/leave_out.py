"""Leave single actions out of a stored plan before it is carried out: for this time only, the next analysis plans them again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from app.domain.ids import RunId
from app.domain.people import Actor
from app.domain.plan import Action
from app.domain.plan_views import PlannedRow
from app.ports.requests import Choices
from app.rules.founding import NEW


class Chooser(Protocol):
    """Where choices are made."""

    @property
    def choices(self) -> Choices: ...


def leave_out(office: Chooser, run: RunId, keys: Collection[str], by: Actor, *, out: bool) -> None:
    """Leave these actions out of the plan that `run` made (`out`), or take them in again.

    A new company and its persons go together: without the company its persons cannot be written, and without any person nobody needs it.
    Raises: NotFound, Taken if the plan is executed already.
    """
    bound = office.choices.bound(run)
    concerned = _without(bound, frozenset(keys)) if out else _with(bound, frozenset(keys))
    office.choices.leave_out(run, concerned, by, out=out)


def _without(bound: Sequence[PlannedRow], keys: frozenset[str]) -> frozenset[str]:
    actions = [row.action for row in bound]
    left_out = frozenset(row.action.key for row in bound if row.left_out)
    founded = {_founds(action) for action in actions if action.key in keys}
    gone = left_out | keys | {action.key for action in actions if _employers(action) & founded}
    needed = {company for action in actions if action.key not in gone for company in _employers(action)}
    needless = {action.key for action in actions if _serves(action, actions, gone) and _founds(action) not in needed}
    return (gone | needless) - left_out | keys


def _with(bound: Sequence[PlannedRow], keys: frozenset[str]) -> frozenset[str]:
    actions = [row.action for row in bound]
    needed = {company for action in actions if action.key in keys for company in _employers(action)}
    return keys | {action.key for action in actions if _founds(action) in needed}


def _serves(action: Action, actions: Iterable[Action], gone: frozenset[str]) -> bool:
    """Is it the creation of a company for persons of whom one or more are left out?"""
    return action.key.startswith(_FOR_PERSONS) and any(
        _founds(action) in _employers(person) and person.key in gone for person in actions
    )


def _founds(action: Action) -> str:
    return f"{NEW}{action.creates_company}" if action.creates_company else ""


def _employers(action: Action) -> frozenset[str]:
    """New companies that it needs."""
    return frozenset(write.company for write in action.writes if write.company.startswith(NEW))


_FOR_PERSONS = "company:"
"""How the keys of companies begin that are founded for persons; one that has a contact of its own is wanted for itself."""
