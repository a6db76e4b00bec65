"""Neutral entries as EWS elements: recurrence rules, what XML cannot carry."""

from datetime import datetime

import pytest

from sandbox.demo import DemoAppointment, DemoContact
from sandbox.exchange.entries import appointment_xml, clean, contact_xml, recurrence_xml


def appointment(rrule: str) -> DemoAppointment:
    start = datetime(2026, 10, 19, 9)  # noqa: DTZ001  wall time, by the neutral values' contract
    return DemoAppointment("k", "uid", "Runde", start, start.replace(hour=10), rrule=rrule)


@pytest.mark.parametrize(
    ("rrule", "pattern", "range_"),
    [
        ("FREQ=DAILY;INTERVAL=2", "DailyRecurrence", "NoEndRecurrence"),
        ("FREQ=WEEKLY", "<t:DaysOfWeek>Monday</t:DaysOfWeek>", "NoEndRecurrence"),
        (
            "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4",
            "<t:DaysOfWeek>Tuesday Thursday</t:DaysOfWeek>",
            "<t:NumberOfOccurrences>4<",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=5", "<t:DayOfMonth>5</t:DayOfMonth>", "NoEndRecurrence"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "<t:DayOfWeekIndex>Last</t:DayOfWeekIndex>", "NoEndRecurrence"),
        ("FREQ=YEARLY;UNTIL=20301231T000000Z", "AbsoluteYearlyRecurrence", "<t:EndDate>2030-12-31</t:EndDate>"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYSETPOS=2", "<t:Month>March</t:Month>", "NoEndRecurrence"),
    ],
)
def test_rules_become_patterns(rrule: str, pattern: str, range_: str) -> None:
    xml = recurrence_xml(appointment(rrule))
    assert pattern in xml
    assert range_ in xml


@pytest.mark.parametrize("rrule", ["", "FREQ=HOURLY", "FREQ=MONTHLY;BYDAY=MO,TU"])
def test_rules_outlook_does_not_have_leave_a_single_appointment(rrule: str) -> None:
    assert "Recurrence" not in appointment_xml(appointment(rrule))


def test_characters_xml_cannot_carry_are_dropped() -> None:
    assert clean("a\x00b\x0bc\td\n") == "abc\td\n"
    assert "&lt;b&gt; &amp;" in contact_xml(DemoContact("k", name="<b> &"))
