"""A person's own exports (.vcf, .ics) as neutral values, for `--import`: they go into the first person's mailbox.

An entry that cannot be read is reported with its file and number and left out; nothing here is fatal.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from vobject.base import Component, VObjectError, readComponents

from sandbox.demo import DemoAppointment, DemoContact
from sandbox.ical import appointment_of
from sandbox.vcard import contact_of

_read_components = cast("Callable[..., Iterator[Component]]", readComponents)
_BEGIN = re.compile(r"begin:(vcard|vevent)\s*", re.IGNORECASE)
_END = re.compile(r"end:(vcard|vevent)\s*", re.IGNORECASE)


@dataclass
class Imported:
    """What was read, and a line for the person at the terminal for each entry that was not read, or not wholly."""

    contacts: list[DemoContact] = field(default_factory=list)
    appointments: list[DemoAppointment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_exports(files: Sequence[Path]) -> Imported:
    """All entries of all `files`, in their order."""
    imported = Imported()
    for file in files:
        try:
            text = _decoded(file.read_bytes())
        except OSError as error:
            imported.problems.append(f"{file.name}: cannot be read ({error.strerror}); check the path")
            continue
        entries = list(_entries(text))
        if not entries:
            imported.problems.append(f"{file.name}: neither a contact (VCARD) nor an event (VEVENT) in it")
        for number, (kind, entry) in enumerate(entries, 1):
            problems = _take(imported, kind, entry, f"import-{file.stem}-{number}")
            imported.problems += [f"{file.name}, entry {number} ({kind}): {problem}" for problem in problems]
    return imported


def _take(imported: Imported, kind: str, entry: str, key: str) -> list[str]:
    """Add one entry; what had to be left out of it, in words."""
    problems: list[str] = []
    try:
        component = _component(entry)
        if kind == "VCARD":
            imported.contacts.append(contact_of(component, key, problems))
        else:
            imported.appointments.append(appointment_of(component, key, problems))
    except (ValueError, VObjectError) as error:
        return [f"left out: {error}"]
    return problems


def _component(entry: str) -> Component:
    """Raises: ValueError or VObjectError when the text is no component."""
    component = next(_read_components(entry, transform=False, ignoreUnreadable=True, allowQP=True), None)
    if component is None:
        raise ValueError("it never ends")
    return component


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """(VCARD or VEVENT, its lines) for each; one that the next one interrupts comes without its end."""
    kind, lines = "", list[str]()
    for line in re.split(r"\r\n|\r|\n", text):
        begin = _BEGIN.fullmatch(line)
        if begin:
            if lines:
                yield kind, "\n".join(lines)
            kind, lines = begin[1].upper(), [line]
        elif lines:
            lines.append(line)
            if _END.fullmatch(line):
                yield kind, "\n".join(lines)
                lines = []
    if lines:
        yield kind, "\n".join(lines)


def _decoded(raw: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else the Windows code page that old Outlooks write."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
