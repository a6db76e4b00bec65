"""Reading the content lines that vCard (RFC 6350) and iCalendar (RFC 5545) share, from components parsed but not interpreted."""

import re

from vobject.base import Component, ContentLine

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def lines(component: Component, name: str) -> list[ContentLine]:
    """All content lines called `name`, in their order; [] when there is none."""
    return [each for each in component.contents.get(name, []) if isinstance(each, ContentLine)]


def text(component: Component, name: str) -> str:
    """The first such line's text, unescaped; "" when there is none."""
    found = lines(component, name)
    return unescape(found[0].value) if found else ""


def parts(line: ContentLine, count: int) -> list[str]:
    """The line's `;`-separated parts, unescaped and filled up with "" to `count`."""
    split = [unescape(part).strip() for part in re.split(r"(?<!\\);", line.value)]
    return (split + [""] * count)[:count]


def types(line: ContentLine) -> set[str]:
    """The values of TYPE, in capitals; vCard 2.1 writes them as bare parameters (`TEL;WORK;FAX:`)."""
    written = {value for each in line.params.get("TYPE", []) for value in each.upper().split(",")}
    return written | {name.upper() for name in line.singletonparams}


def unescape(value: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
