"""All that the books hold of some items of one profile, put together: link, sightings, failure, planned action, hints (R41)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Text, literal, or_, select, tuple_, type_coerce

from app.adapters.db import links as stored_links
from app.adapters.db.plans import UNFINISHED
from app.adapters.db.tables import failures, links, plan_actions, plan_kinds, plans, runs, sightings
from app.adapters.db.terms import Holds
from app.domain.finding import BookEntry, Planned
from app.domain.ids import ItemId, ProfileId
from app.domain.plan import Action, Failure, Hint, HintReason, Seen, newcomer_key
from app.domain.sync import Kind, Link, Side


@dataclass(frozen=True)
class _Wanted:
    """An item of which the books shall tell: `link` if there is (or was) one, else a side's item."""

    link: Link | None
    items: tuple[tuple[Side, ItemId], ...]

    @property
    def key(self) -> str:
        return self.link.id if self.link else newcomer_key(*self.items[0])

    @property
    def names(self) -> frozenset[str]:
        """All keys under which plans and failures may name it."""
        return frozenset({self.key, *(newcomer_key(side, item) for side, item in self.items)})


def assemble(connection: Connection, profile: ProfileId, kind: Kind, keys: Sequence[str]) -> list[BookEntry]:
    """One entry per item that the books know, in the order of `keys`; several keys may name one item."""
    wanted = _wanted(connection, profile, kind, keys)
    seen = _seen(connection, profile, kind, wanted)
    refused = _failures(connection, profile, kind, wanted)
    planned = _planned(connection, profile, kind, wanted)
    said = _said(connection, profile, kind)
    entries = []
    for one in wanted:
        failure = next((refused[name] for name in sorted(one.names) if name in refused), None)
        action = planned.get(one.key)
        sightings_of_it = tuple(seen[item] for item in one.items if item in seen)
        label = _label(one, sightings_of_it, failure, action)
        if one.link or sightings_of_it or failure or action:
            hints = tuple(hint for hint in said if label and hint.label == label)
            entries.append(
                BookEntry(
                    kind=kind,
                    key=one.key,
                    label=label,
                    link=one.link,
                    seen=sightings_of_it,
                    failure=failure,
                    planned=action,
                    hints=hints,
                )
            )
    return entries


def _label(one: _Wanted, seen: Iterable[Seen], failure: Failure | None, planned: Planned | None) -> str:
    known = [one.link.label if one.link else "", planned.action.label if planned else ""]
    known += [failure.label if failure else "", *(sighting.label for sighting in seen)]
    return next((label for label in known if label), "")


def _item_of(key: str) -> tuple[Side, ItemId] | None:
    side, _, item = key.partition(":")
    return (Side(side), ItemId(item)) if item and side in set(Side) else None


def _wanted(connection: Connection, profile: ProfileId, kind: Kind, keys: Sequence[str]) -> list[_Wanted]:
    named = {key: _item_of(key) for key in keys}
    items = {item for item in named.values() if item}
    by_side = [links.c[f"{side}_id"].in_({item for of, item in items if of is side}) for side in Side]
    ids = {key for key, item in named.items() if item is None}
    query = select(links).where(links.c.profile_id == profile, links.c.kind == kind)
    # Ended ones first, so that an active link of the same item takes their place below.
    query = query.where(or_(links.c.id.in_(ids), *by_side)).order_by(links.c.ended.desc(), links.c.id)
    found = [stored_links.read(row) for row in connection.execute(query)]
    of_key: dict[str, Link] = {}
    for link in found:
        of_key |= dict.fromkeys((link.id, *(newcomer_key(side, link.end(side).id) for side in Side)), link)
    wanted = [_one(of_key.get(key), item) for key, item in named.items() if item or key in of_key]
    return list({one.key: one for one in wanted}.values())


def _one(link: Link | None, item: tuple[Side, ItemId] | None) -> _Wanted:
    ends = tuple((side, link.end(side).id) for side in Side) if link else ()
    return _Wanted(link, ends or ((item,) if item else ()))


def _seen(
    connection: Connection, profile: ProfileId, kind: Kind, wanted: Iterable[_Wanted]
) -> Mapping[tuple[Side, ItemId], Seen]:
    items = {item for one in wanted for item in one.items}
    query = select(sightings).where(
        sightings.c.profile_id == profile,
        sightings.c.kind == kind,
        tuple_(sightings.c.side, sightings.c.item_id).in_(items),
    )
    return {
        (row.side, row.item_id): Seen(row.side, row.item_id, row.version, row.gone, row.held, row.label, row.detail)
        for row in connection.execute(query)
    }


def _failures(
    connection: Connection, profile: ProfileId, kind: Kind, wanted: Iterable[_Wanted]
) -> Mapping[str, Failure]:
    names = {name for one in wanted for name in one.names}
    query = select(*(column for column in failures.c if column.name != "profile_id")).where(
        failures.c.profile_id == profile, failures.c.kind == kind, failures.c.key.in_(names)
    )
    return {row["key"]: Failure(**row) for row in connection.execute(query).mappings()}


def _planned(
    connection: Connection, profile: ProfileId, kind: Kind, wanted: Sequence[_Wanted]
) -> Mapping[str, Planned]:
    """The actions on these items in the plan that is yet to be executed."""
    newest = select(plans).where(plans.c.profile_id == profile, plans.c.state.in_(UNFINISHED))
    plan = connection.execute(newest.order_by(plans.c.seq.desc()).limit(1)).one_or_none()
    if plan is None or not wanted:
        return {}
    alarms = select(plan_kinds.c.alarms).where(plan_kinds.c.plan_seq == plan.seq)
    alarmed = any(connection.execute(alarms).scalars())
    # An item linked by the plan (a twin) is named in its action, which goes by the other side's key.
    text = type_coerce(plan_actions.c.payload, Text)
    named = [Holds(text, literal(f'"{item}"')) for one in wanted for _, item in one.items]
    keys = {name for one in wanted for name in one.names}
    query = select(plan_actions.c.payload, plan_actions.c.left_out).where(
        plan_actions.c.plan_seq == plan.seq, plan_actions.c.kind == kind, or_(plan_actions.c.key.in_(keys), *named)
    )
    rows: list[Any] = list(connection.execute(query))
    found = {}
    for one in wanted:
        for action, left_out in rows:
            if _is_about(action, one):
                found[one.key] = Planned(
                    action=action, state=plan.state, run=plan.run_id, left_out=left_out, alarmed=alarmed
                )
    return found


def _is_about(action: Action, one: _Wanted) -> bool:
    return bool(action.names & one.names)


def _said(connection: Connection, profile: ProfileId, kind: Kind) -> list[Hint]:
    """The hints of the newest run that looked at this kind."""
    query = select(runs.c.report).where(runs.c.profile_id == profile, runs.c.finished.is_not(None))
    for report in connection.execute(query.order_by(runs.c.number.desc()).limit(5)).scalars():
        kinds = report.get("kinds", {}) if isinstance(report, dict) else {}
        told = kinds.get(kind.value, {})
        if told:
            return [_hint(hint) for hint in told.get("hints", ()) if hint.get("reason") in set(HintReason)]
    return []


def _hint(told: Mapping[str, Any]) -> Hint:
    return Hint(HintReason(told["reason"]), told.get("item", ""), detail=told.get("detail", ""))
