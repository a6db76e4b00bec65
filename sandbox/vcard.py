"""One vCard (2.1, 3.0, 4.0) as a neutral contact."""

import re
from datetime import date
from typing import Any

from vobject.base import Component

from sandbox.content_lines import lines, parts, text, types
from sandbox.demo import DemoContact


def contact_of(card: Component, key: str, problems: list[str]) -> DemoContact:
    """What of it has no place is added to `problems` in words.

    Raises: ValueError when it names nobody.
    """
    emails = [address for line in lines(card, "email") if (address := line.value.strip())]
    found: dict[str, Any] = {
        **_names(card),
        **_phones(card, problems),
        **_addresses(card),
        **dict(zip(("email", "email2", "private_email"), emails, strict=False)),
    }
    problems += [f"e-mail address no. {number} left out" for number in range(4, len(emails) + 1)]
    if not (found["firstname"] or found["name"] or found["company_name"] or emails):
        raise ValueError("it has no name, no company and no e-mail address")
    return DemoContact(
        key=key,
        position=text(card, "title"),
        url=text(card, "url"),
        birthday=_birthday(text(card, "bday"), problems),
        notes=text(card, "note"),
        categories=tuple(name for name in text(card, "categories").split(",") if name),
        **found,
    )


def _names(card: Component) -> dict[str, str]:
    name = (lines(card, "n") or lines(card, "fn"))[:1]
    last, first, middle, title, _ = parts(name[0], 5) if name else [""] * 5
    company, department = parts(lines(card, "org")[0], 2) if lines(card, "org") else ["", ""]
    if not lines(card, "n") and last == company:
        last = ""
    return {
        "name": last,
        "firstname": f"{first} {middle}".strip(),
        "title": title,
        "company_name": company,
        "department": department,
    }


def _phones(card: Component, problems: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines(card, "tel"):
        number, kinds = line.value.strip().removeprefix("tel:"), types(line)
        if "FAX" in kinds:
            places = ["fax"]
        elif kinds & {"CELL", "IPHONE"}:
            places = ["mobile_phone", "private_mobile_phone"]
        elif "HOME" in kinds:
            places = ["private_phone"]
        else:
            places = ["phone", "phone2"]
        place = next((place for place in places if place not in found), None)
        if place and number:
            found[place] = number
        elif number:
            problems.append(f"a further telephone number left out ({places[0]} is taken)")
    return found


def _addresses(card: Component) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines(card, "adr"):
        _, _, street, town, _, zip_code, country = parts(line, 7)
        prefix = "private_" if "HOME" in types(line) else "company_"
        name, number = _street(street)
        values = {"street": name, "street_number": number, "zip_code": zip_code, "town": town, "country": country}
        for field, value in values.items():
            found.setdefault(prefix + field, value)
    return found


def _street(text_: str) -> tuple[str, str]:
    """Street and number, as Wice keeps them apart."""
    match = re.fullmatch(r"(.*\D)\s+(\d+\s?[a-zA-Z]?)", text_)
    return (match[1], match[2]) if match else (text_, "")


def _birthday(written: str, problems: list[str]) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written.partition("T")[0])
    except ValueError:
        problems.append(f"birthday {written!r} left out: not a date with a year")
        return None
