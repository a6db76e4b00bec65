"""Windows time zones as Exchange names and defines them (GetServerTimeZones, StartTimeZone, EndTimeZone)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import attributes, element

_REFERENCE_YEAR = 2026
_UNMAPPED = ("tzone://", "Customized Time Zone")
OWN_RULES = "tzone://sandbox/"
"""Before an IANA name: a zone under a name that nobody knows, which only its definition in the item tells of."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class _Change:
    """The clock is moved by a rule: on the `occurrence`-th (-1: last) `weekday` of `month` at `at` past midnight, to `offset`."""

    month: int
    weekday: str
    occurrence: int
    at: timedelta
    offset: timedelta


def names() -> list[str]:
    """Every id the server knows."""
    return sorted({*WINDOWS_TO_OLSON, "UTC"})


def zone(windows_id: str) -> ZoneInfo:
    """The rules of a Windows zone. Ids that come from other programs' invitations ("tzone://...") are kept, with the clock of UTC.

    Raises: EwsError ErrorTimeZone for an unknown id, an IANA name among them.
    """
    if windows_id.startswith(OWN_RULES):
        return ZoneInfo(windows_id.removeprefix(OWN_RULES))
    if windows_id == "UTC" or windows_id.startswith(_UNMAPPED):
        return ZoneInfo("UTC")
    if windows_id not in WINDOWS_TO_OLSON:
        raise EwsError(
            "ErrorTimeZone", f'The time zone "{windows_id}" is not known to the server; use a Windows time zone id.'
        )
    return ZoneInfo(WINDOWS_TO_OLSON[windows_id])


def windows_name(iana: str) -> str:
    """The first Windows id whose zone is `iana`; "UTC" where there is none."""
    return next((name for name, olson in sorted(WINDOWS_TO_OLSON.items()) if olson == iana), "UTC")


@cache
def definition(tag: str, windows_id: str) -> str:
    """`<t:StartTimeZone>` and the like with periods and the two yearly changes, as Exchange returns them."""
    head = attributes(Id=windows_id, Name=_display_name(windows_id))
    if windows_id.startswith(_UNMAPPED) and not windows_id.startswith(OWN_RULES):
        return f"<t:{tag}{head}/>"
    return f"<t:{tag}{head}>{_rules(windows_id)}</t:{tag}>"


def _display_name(windows_id: str) -> str:
    if windows_id == "UTC":
        return "(UTC) Coordinated Universal Time"
    return windows_id


def _rules(windows_id: str) -> str:
    clock = zone(windows_id)
    changes = _changes(clock)
    standard = min(
        (change.offset for change in changes), default=_offset(clock, datetime(_REFERENCE_YEAR, 1, 1, tzinfo=UTC))
    )
    periods = _period(windows_id, "Standard", standard)
    transitions = ""
    for change in changes:
        name = "Standard" if change.offset == standard else "Daylight"
        if name == "Daylight":
            periods += _period(windows_id, name, change.offset)
        transitions += _transition(windows_id, name, change)
    transitions = transitions or f"<t:Transition>{_target('Period', _period_id(windows_id, 'Standard'))}</t:Transition>"
    return (
        f'<t:Periods>{periods}</t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0">{transitions}</t:TransitionsGroup>'
        f"</t:TransitionsGroups><t:Transitions><t:Transition>{_target('Group', '0')}</t:Transition></t:Transitions>"
    )


def _period_id(windows_id: str, name: str) -> str:
    return f"trule:Microsoft/Registry/{windows_id}/1-{name}"


def _period(windows_id: str, name: str, offset: timedelta) -> str:
    return f"<t:Period{attributes(Bias=_duration(-offset), Name=name, Id=_period_id(windows_id, name))}/>"


def _target(kind: str, to: str) -> str:
    return element("To", to, Kind=kind)


def _transition(windows_id: str, name: str, change: _Change) -> str:
    return (
        f"<t:RecurringDayTransition>{_target('Period', _period_id(windows_id, name))}<t:TimeOffset>{_duration(change.at)}</t:TimeOffset>"
        f"<t:Month>{change.month}</t:Month><t:DayOfWeek>{change.weekday}</t:DayOfWeek><t:Occurrence>{change.occurrence}</t:Occurrence>"
        "</t:RecurringDayTransition>"
    )


def _duration(span: timedelta) -> str:
    sign, minutes = ("-" if span < timedelta() else ""), int(abs(span).total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    return f"{sign}PT{hours}H{minutes}M" if minutes else f"{sign}PT{hours}H"


def _offset(clock: ZoneInfo, moment: datetime) -> timedelta:
    return clock.utcoffset(moment.astimezone(clock)) or timedelta()


def _changes(clock: ZoneInfo) -> list[_Change]:
    found = []
    moment, end = datetime(_REFERENCE_YEAR, 1, 1, tzinfo=UTC), datetime(_REFERENCE_YEAR + 1, 1, 1, tzinfo=UTC)
    before = _offset(clock, moment)
    while moment < end:
        moment += _HOUR
        after = _offset(clock, moment)
        if after != before:
            # Some zones are half an hour beside the others.
            early = _offset(clock, moment - _HOUR / 2) == after
            found.append(_change((moment - _HOUR / 2 if early else moment) + before, after))
            before = after
    return found[:2]


def _change(wall: datetime, offset: timedelta) -> _Change:
    """The rule of a change that happened when the clock showed `wall`."""
    last_week = (wall + timedelta(days=7)).month != wall.month
    at = timedelta(hours=wall.hour, minutes=wall.minute)
    return _Change(wall.month, wall.strftime("%A"), -1 if last_week else (wall.day - 1) // 7 + 1, at, offset)
