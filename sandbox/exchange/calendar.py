"""What Exchange makes of a calendar item when it is saved: times in UTC, whole days in the item's zone, an iCalendar UID."""

import secrets
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.exchange import timezones
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import element
from sandbox.exchange.properties import zone_property
from sandbox.exchange.world import Properties, Property

_ONE_DAY = timedelta(days=1)
_GLOBAL_OBJECT_ID = (
    "040000008200E00074C5B7101A82E008"  # the fixed head of every PidLidGlobalObjectId (MS-OXOCAL 2.2.1.27)
)


def moment_of(text: str, clock: ZoneInfo) -> datetime:
    """An xs:dateTime in UTC; one without an offset is wall time in `clock`. Raises: EwsError ErrorInvalidValueForProperty."""
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise EwsError("ErrorInvalidValueForProperty", f"{text!r} is not a date and time.") from error
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=clock)).astimezone(UTC)


def stored_moment(name: str, moment: datetime) -> Property:
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Property(element(name, text), text)


def span(properties: Properties) -> tuple[datetime, datetime]:
    """Start and end of a saved item, in UTC."""
    utc = ZoneInfo("UTC")
    return moment_of(properties["calendar:Start"].text, utc), moment_of(properties["calendar:End"].text, utc)


def is_all_day(properties: Properties) -> bool:
    flag = properties.get("calendar:IsAllDayEvent")
    return flag is not None and flag.text == "true"


def clock_of(properties: Properties) -> ZoneInfo:
    """The zone whose wall clock the item follows."""
    return timezones.zone(properties["calendar:StartTimeZone"].text)


def save(properties: Properties, zone_of_request: str | None) -> None:
    """Complete and normalise `properties` in place.

    Raises: EwsError ErrorCalendarEndDateIsEarlierThanStartDate, ErrorTimeZone, ErrorInvalidValueForProperty.
    """
    _settle_zones(properties, zone_of_request)
    clock = clock_of(properties)
    start, end = _given_span(properties, clock)
    if end < start:
        raise EwsError("ErrorCalendarEndDateIsEarlierThanStartDate", "EndDate is earlier than StartDate")
    if is_all_day(properties):
        start, end = _whole_days(start, end, clock)
    properties["calendar:Start"], properties["calendar:End"] = stored_moment("Start", start), stored_moment("End", end)
    if "calendar:UID" not in properties:
        uid = _GLOBAL_OBJECT_ID + secrets.token_hex(40).upper()
        properties["calendar:UID"] = Property(element("UID", uid), uid)


def _settle_zones(properties: Properties, zone_of_request: str | None) -> None:
    legacy = properties.pop("calendar:MeetingTimeZone", None)
    if "calendar:StartTimeZone" not in properties:
        known = legacy.text if legacy and legacy.text in timezones.names() else zone_of_request
        properties["calendar:StartTimeZone"] = zone_property("StartTimeZone", known or "UTC")
    if "calendar:EndTimeZone" not in properties:
        properties["calendar:EndTimeZone"] = zone_property("EndTimeZone", properties["calendar:StartTimeZone"].text)


def _given_span(properties: Properties, clock: ZoneInfo) -> tuple[datetime, datetime]:
    """Without a start it is the next half hour, without an end half an hour later."""
    given_start, given_end = properties.get("calendar:Start"), properties.get("calendar:End")
    if given_start:
        start = moment_of(given_start.text, clock)
    else:
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        start = now + timedelta(minutes=30 - now.minute % 30)
    return start, moment_of(given_end.text, clock) if given_end else start + timedelta(minutes=30)


def _whole_days(start: datetime, end: datetime, clock: ZoneInfo) -> tuple[datetime, datetime]:
    """From midnight to midnight, the end exclusive; on the dates that `clock` shows."""
    first, last = start.astimezone(clock).date(), end.astimezone(clock)
    beyond = last.date() if last.timetz().replace(tzinfo=None) == time() else last.date() + _ONE_DAY
    beyond = max(beyond, first + _ONE_DAY)
    return datetime.combine(first, time(), clock).astimezone(UTC), datetime.combine(beyond, time(), clock).astimezone(
        UTC
    )


def attendee_addresses(properties: Properties) -> list[str]:
    """Everybody who would get a mail, the organizer not among them."""
    keys = ("calendar:RequiredAttendees", "calendar:OptionalAttendees", "calendar:Resources")
    return [address for key in keys if key in properties for address in properties[key].text.splitlines() if address]
