"""Templates and the profiles that follow them: thousands of profiles in few statements, within the caller's transaction.

A profile that has links of a kind is locked for another folder of that kind (R35): it is left as it is, whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select, update

from app.adapters.db import leases, sightings
from app.adapters.db.audit import Change, note_each
from app.adapters.db.configured import FULL_NAME
from app.adapters.db.ledger import folder_column
from app.adapters.db.tables import accounts, links, profiles, templates
from app.domain.account import SHARED_SETTINGS, Carried, FirstPlan, Profile, Template
from app.domain.ids import ProfileId
from app.domain.people import Actor
from app.domain.sync import Kind, Side
from app.errors import BadInput, NotFound

_T = TypeVar("_T")

_WISHES: Final = {Kind.CONTACTS: "contacts_folder", Kind.APPOINTMENTS: "calendar_folder"}
_BATCH: Final = 5000
"""Ids in one statement: SQLite takes 32,766 parameters."""
_SHOWN: Final = 10


class _Concerned(NamedTuple):
    id: ProfileId
    name: str
    template: str
    locked: bool
    moved: tuple[Kind, ...]


def batches(values: Sequence[_T]) -> Iterator[list[_T]]:
    """Cut into pieces that one statement can name."""
    rest = iter(values)
    while piece := list(islice(rest, _BATCH)):
        yield piece


def preview(connection: Connection, template: Template, names: Sequence[str] | None = None) -> Carried:
    """What `carry_over`, or `assign` of these profiles, would do."""
    return _carried(_concerned(connection, template, names))


def carry_over(connection: Connection, template: Template, by: Actor) -> Carried:
    """Give all profiles that follow a template its settings, those that have them already excepted."""
    return _follow(connection, template, _concerned(connection, template, None), by)


def assign(connection: Connection, names: Sequence[str], template: Template, by: Actor) -> Carried:
    """Let these profiles (account/profile) follow a template from now on. Raises: NotFound."""
    return _follow(connection, template, _concerned(connection, template, names), by)


def detach(connection: Connection, by: Actor, *, names: Sequence[str] | None = None, template: str = "") -> Carried:
    """Let these profiles, or all of a template, go their own way with the settings that they have. Raises: NotFound."""
    chosen = [templates.c.name == template] if names is None else _chosen(connection, names)
    query = (
        select(profiles.c.id, FULL_NAME, templates.c.name)
        .select_from(profiles.join(accounts).join(templates, templates.c.id == profiles.c.template_id))
        .order_by(FULL_NAME)
    )
    found = [tuple(row) for condition in chosen for row in connection.execute(query.where(condition))]
    for batch in batches([row[0] for row in found]):
        loose = {"template_id": None, "version": profiles.c.version + 1}
        connection.execute(update(profiles).where(profiles.c.id.in_(batch)).values(**loose))
    changes = (Change(name, {"template": old}, {"template": ""}) for _, name, old in found)
    note_each(connection, by, "detached", "profile", changes)
    return Carried(changed=tuple(name for _, name, _ in found))


def refuse_own_settings(connection: Connection, wanted: Profile, stored: Profile | None) -> None:
    """Raises: BadInput for a profile that follows a template and sets itself what the template decides."""
    query = select(templates).where(templates.c.name == wanted.template)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return
    own = [name for name in SHARED_SETTINGS if getattr(wanted, name) != row[name]]
    if stored and stored.template == wanted.template:
        # One that was locked when the template changed has stayed behind, and may.
        own = [name for name in own if getattr(wanted, name) != getattr(stored, name)]
    if own:
        raise BadInput(
            f"profile {wanted.account}/{wanted.name} follows the template {wanted.template!r}, which decides on "
            f"{', '.join(own)}: change the template, or detach the profile from it first",
            fields=dict.fromkeys(own, "comes from the template: change it there, or detach the profile first"),
        )


def _chosen(connection: Connection, names: Sequence[str]) -> list[ColumnElement[bool]]:
    """Conditions that together choose these profiles. Raises: NotFound that names the first of those that do not exist."""
    ids: list[int] = []
    missing: list[str] = []
    for batch in batches(list(dict.fromkeys(names))):
        query = select(FULL_NAME, profiles.c.id).select_from(profiles.join(accounts)).where(FULL_NAME.in_(batch))
        found = {row[0]: row[1] for row in connection.execute(query)}
        ids += found.values()
        missing += [name for name in batch if name not in found]
    if missing:
        raise NotFound(*(f"there is no profile {name!r}" for name in missing[:_SHOWN]))
    return [profiles.c.id.in_(batch) for batch in batches(ids)]


def _concerned(connection: Connection, template: Template, names: Sequence[str] | None) -> list[_Concerned]:
    """The followers of a template, or the named profiles, that do not have its settings."""
    follows = func.coalesce(templates.c.name, "")
    moved = {kind: profiles.c[wish] != getattr(template, wish) for kind, wish in _WISHES.items()}
    linked = {kind: exists().where(links.c.profile_id == profiles.c.id, links.c.kind == kind) for kind in Kind}
    locked = or_(*(and_(moved[kind], linked[kind]) for kind in Kind))
    differs = or_(*(profiles.c[name] != getattr(template, name) for name in SHARED_SETTINGS))
    query = (
        select(profiles.c.id, FULL_NAME, follows, locked, *(moved[kind] for kind in Kind))
        .select_from(profiles.join(accounts).outerjoin(templates, templates.c.id == profiles.c.template_id))
        .order_by(FULL_NAME)
    )
    if names is None:
        conditions = [and_(templates.c.name == template.name, differs)]
    else:
        conditions = [and_(one, or_(differs, follows != template.name)) for one in _chosen(connection, names)]
    return [
        _Concerned(
            row[0], row[1], row[2], bool(row[3]), tuple(kind for kind, on in zip(Kind, row[4:], strict=True) if on)
        )
        for condition in conditions
        for row in connection.execute(query.where(condition))
    ]


def _carried(concerned: Sequence[_Concerned]) -> Carried:
    names: dict[bool, list[str]] = {False: [], True: []}
    for one in concerned:
        names[one.locked].append(one.name)
    return Carried(changed=tuple(names[False]), locked=tuple(names[True]))


def _follow(connection: Connection, template: Template, concerned: Sequence[_Concerned], by: Actor) -> Carried:
    template_id = connection.execute(select(templates.c.id).where(templates.c.name == template.name)).scalar_one()
    values = _profile_values(template) | {"template_id": template_id}
    free = [one for one in concerned if not one.locked]
    for batch in batches(free):
        ids = [one.id for one in batch]
        # As after any other change of settings: runs that go on stop, held items are looked at again.
        leases.revoke(connection, ids)
        connection.execute(update(profiles).where(profiles.c.id.in_(ids)).values(**values))
        for kind in Kind:
            moved = [one.id for one in batch if kind in one.moved]
            sightings.forget_side(connection, moved, [kind], Side.EXCHANGE)
        sightings.release(connection, ids)
    note_each(
        connection,
        by,
        "changed_by_template",
        "profile",
        (Change(one.name, {"template": one.template}, {"template": template.name, "carried": True}) for one in free),
    )
    return _carried(concerned)


def _profile_values(template: Template) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(template, name) for name in SHARED_SETTINGS}
    values["version"] = profiles.c.version + 1
    for kind, wish in _WISHES.items():
        column = profiles.c[folder_column(kind)]
        values[column.name] = case((profiles.c[wish] != values[wish], ""), else_=column)
    if template.first_plan is FirstPlan.APPROVED:
        values["approved"] = True
    return values
