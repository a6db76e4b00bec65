"""Zones that an item defines itself (R17): read by their rules, against the time zone database, over many years."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from exchangelib.winzone import MS_TIMEZONE_TO_IANA_MAP
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.adapters.exchange.definitions import Definition, defined, like
from app.adapters.exchange.fields_appointment import START_OFFSET, START_ZONE
from app.adapters.exchange.paths import values_of
from sandbox.exchange import timezones

TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
RULED = [
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Auckland",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Etc/UTC",
    "Australia/Adelaide",
]
ENDS = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns"]


def element(inner: str, tag: str = "StartTimeZone") -> etree._Element:
    return etree.fromstring(f'<t:{tag} xmlns:t="{TYPES}" Id="tzone://Microsoft/Custom" Name="x">{inner}</t:{tag}>')


def sandbox_zone(iana: str) -> Definition:
    text = timezones.definition("StartTimeZone", f"{timezones.OWN_RULES}{iana}")
    found = defined(etree.fromstring(text.replace("<t:StartTimeZone", f'<t:StartTimeZone xmlns:t="{TYPES}"', 1)))
    assert found
    return found


@pytest.mark.parametrize("iana", [*RULED, *ENDS])
@given(moment=st.datetimes(datetime(2024, 1, 1), datetime(2036, 12, 31)))  # noqa: DTZ001 - made aware below
def test_R17_its_clock_is_that_of_its_rules(iana: str, moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC)
    assert sandbox_zone(iana).offset(instant) == instant.astimezone(ZoneInfo(iana)).utcoffset()


@pytest.mark.parametrize("iana", [*RULED, *ENDS])
def test_R17_a_well_known_zone_under_another_name_is_recognised(iana: str) -> None:
    found = like(sandbox_zone(iana), 2026)
    days = [datetime(2026, 1, 1, 11, tzinfo=UTC) + timedelta(days=day) for day in range(0, 4000, 3)]
    assert [day.astimezone(ZoneInfo(found)).utcoffset() for day in days] == [
        day.astimezone(ZoneInfo(iana)).utcoffset() for day in days
    ]
    assert found in MS_TIMEZONE_TO_IANA_MAP.values()


PERIODS = '<t:Periods><t:Period Bias="-PT2H30M" Name="Standard" Id="s"/><t:Period Bias="-PT3H30M" Name="Daylight" Id="d"/></t:Periods>'
ODD = (
    f'{PERIODS}<t:TransitionsGroups><t:TransitionsGroup Id="0">'
    '<t:RecurringDateTransition><t:To Kind="Period">d</t:To><t:TimeOffset>PT2H</t:TimeOffset>'
    "<t:Month>2</t:Month><t:Day>3</t:Day></t:RecurringDateTransition>"
    '<t:RecurringDayTransition><t:To Kind="Period">s</t:To><t:TimeOffset>PT3H</t:TimeOffset>'
    "<t:Month>12</t:Month><t:DayOfWeek>Friday</t:DayOfWeek>"
    "<t:Occurrence>-1</t:Occurrence></t:RecurringDayTransition></t:TransitionsGroup></t:TransitionsGroups>"
    '<t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions>'
)


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        ("2026-02-02T23:29", 2.5),
        ("2026-02-02T23:30", 3.5),
        ("2026-12-24T23:29", 3.5),
        ("2026-12-24T23:30", 2.5),
        ("2027-01-15T00:00", 2.5),
    ],
)
def test_R17_a_zone_of_nobody_has_its_own_offsets(moment: str, hours: float) -> None:
    zone = defined(element(ODD))
    assert zone
    assert zone.offset(datetime.fromisoformat(f"{moment}:00+00:00")) == timedelta(hours=hours)
    assert like(zone, 2026) == ""


def test_R17_rules_may_change_with_the_years() -> None:
    zone = defined(
        element(
            f'{PERIODS}<t:TransitionsGroups><t:TransitionsGroup Id="0"><t:Transition><t:To Kind="Period">s</t:To></t:Transition></t:TransitionsGroup>'
            '<t:TransitionsGroup Id="1"><t:Transition><t:To Kind="Period">d</t:To></t:Transition></t:TransitionsGroup></t:TransitionsGroups>'
            '<t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition><t:AbsoluteDateTransition><t:To Kind="Group">1</t:To>'
            "<t:DateTime>2028-01-01T00:00:00</t:DateTime></t:AbsoluteDateTransition></t:Transitions>"
        )
    )
    assert zone
    assert [zone.offset(datetime(year, 6, 1, tzinfo=UTC)).total_seconds() / 3600 for year in (2027, 2028, 2040)] == [
        2.5,
        3.5,
        3.5,
    ]


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<t:Periods/>",
        '<t:Periods><t:Period Bias="soon" Id="s"/></t:Periods>',
        ODD.replace(">d<", ">x<"),
        ODD.replace("Friday", "Freitag"),
    ],
)
def test_what_cannot_be_read_defines_nothing(inner: str) -> None:
    assert defined(element(inner)) is None


@pytest.mark.parametrize(
    ("inner", "zone", "offset"),
    [(ODD, "tzone://Microsoft/Custom", "9000"), ("", "tzone://Microsoft/Custom", None)],
)
def test_R17_an_item_tells_its_zone_or_how_far_it_is(inner: str, zone: str, offset: str | None) -> None:
    start = "<t:Start>2026-01-05T08:00:00Z</t:Start>"
    item = etree.fromstring(
        f'<t:CalendarItem xmlns:t="{TYPES}">{start}{etree.tostring(element(inner)).decode()}</t:CalendarItem>'
    )
    values = values_of(item)
    assert (values[START_ZONE], values.get(START_OFFSET)) == (zone, offset)
