"""When a profile is synchronised by itself, in words, and the two fields in which one says it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.rules.schedule import interval
from app.web.i18n import _, ngettext

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)


def schedule(text: str) -> str:
    """Template filter: a profile's schedule in words; what is no interval is shown as it is."""
    if not text:
        return _("only when somebody starts it")
    count, unit = parts(text)
    if not count:
        return text
    if unit == "hour":
        return _("every hour") if count == "1" else ngettext("every %(num)s hour", "every %(num)s hours", int(count))
    return _("every minute") if count == "1" else ngettext("every %(num)s minute", "every %(num)s minutes", int(count))


def parts(text: str) -> tuple[str, str]:
    """("15", "minute") of "every 15 minutes"; ("", "minute") of what is no interval."""
    every = interval(text)
    if every is None:
        return "", "minute"
    if every % _HOUR:
        return str(every // _MINUTE), "minute"
    return str(every // _HOUR), "hour"


def joined(count: str, unit: str) -> str:
    """The schedule that these two fields mean; "" for none. What cannot be one is refused where it is read."""
    count = count.strip()
    if not count:
        return ""
    if count.isascii() and count.isdecimal():
        count = str(int(count))
    return f"every {count} {'hour' if unit == 'hour' else 'minute'}{'' if count == '1' else 's'}"
