"""Small situations to plan: items, links and views in a line each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count

from app.domain.appointment import Appointment, Timed
from app.domain.contact import Contact
from app.domain.fingerprint import Record, fingerprint
from app.domain.ids import ItemId, LinkId, Version
from app.domain.plan import Action, Op
from app.domain.sync import Absence, End, Item, Kind, Link, Side, Stamp
from app.ports import Company
from app.rules.planner import Planned, Situation, plan
from app.rules.policy import Policy
from app.rules.state import SideView

EVA = Contact(
    first_name="Eva", last_name="Schulz", email="eva@example.com", company_name="Muster GmbH", company_phone="040 1"
)
NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
MEETING = Appointment(title="Jour fixe", when=Timed(start=NINE, end=NINE + timedelta(hours=1)))
BOTH = Policy()


def item(id_: str, record: Record, stamp: Stamp | None = None, version: str = "2", parent: str = "") -> Item:
    return Item(id=ItemId(id_), version=Version(version), record=record, stamp=stamp, parent=parent)


def link(record: Record, wice: str = "p:1", exchange: str = "e1", **fields: object) -> Link:
    ends = [End(id=ItemId(id_), version=Version("1"), fingerprint=fingerprint(record)) for id_ in (wice, exchange)]
    kind = Kind.CONTACTS if isinstance(record, Contact) else Kind.APPOINTMENTS
    fields = {"last_day": record.last_day if isinstance(record, Appointment) else None} | fields
    return Link(id=LinkId("link"), kind=kind, wice=ends[0], exchange=ends[1], **fields)  # type: ignore[arg-type] # fields of Link


def view(side: Side, *items: Item, gone: Mapping[str, Absence] | None = None, **fields: object) -> SideView:
    absent = {ItemId(id_): why for id_, why in (gone or {}).items()}
    return SideView(side=side, items={one.id: one for one in items}, gone=absent, size=9, **fields)  # type: ignore[arg-type] # fields of SideView


def planned(
    wice: SideView | None = None,
    exchange: SideView | None = None,
    *links: Link,
    policy: Policy = BOTH,
    **fields: object,
) -> Planned:
    numbers = count(1)
    kind = Kind.APPOINTMENTS if any(one.kind is Kind.APPOINTMENTS for one in links) else Kind.CONTACTS
    return plan(
        Situation(
            kind=kind,
            wice=wice or view(Side.WICE),
            exchange=exchange or view(Side.EXCHANGE),
            links=links,
            policy=policy,
            new_link=lambda: LinkId(f"new{next(numbers)}"),
            **fields,  # type: ignore[arg-type] # fields of Situation
        )
    )


def writes(action: Action) -> list[tuple[Side, Op]]:
    return [(write.side, write.op) for write in action.writes]


def only(result: Planned) -> Action:
    (action,) = result.plan.actions
    return action


def company(number: int, town: str = "") -> Company:
    fields = {"company_name": "Muster GmbH", "company_town": town, "company_phone": "040 9"}
    return Company(id=f"c:{number}", name="Muster GmbH", zip_code="", town=town, fields=fields)
