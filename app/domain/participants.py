"""Who takes part, compared across two servers that name people differently (R15)."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.appointment import Participant
from app.domain.fingerprint import normal_text


def is_same_person(one: Participant, other: Participant) -> bool:
    """By e-mail address where both have one, else by name."""
    if one.email and other.email:
        return one.email.casefold() == other.email.casefold()
    return bool(_name(one)) and _name(one).casefold() == _name(other).casefold()


def without(people: Iterable[Participant], others: Iterable[Participant]) -> tuple[Participant, ...]:
    """Those of `people` who are not among `others`, in their order. Who has neither name nor address is nobody."""
    known = tuple(others)
    somebody = (person for person in people if _line(person))
    return tuple(person for person in somebody if not any(is_same_person(person, other) for other in known))


def union(people: Iterable[Participant], more: Iterable[Participant]) -> tuple[Participant, ...]:
    """`people`, followed by those of `more` who are not among them."""
    first = tuple(people)
    return first + without(more, first)


def shown_lines(participants: Iterable[Participant], attendees: Iterable[Participant]) -> tuple[str, ...]:
    """The lines of the block at the end of an Exchange body: Wice's participants whom Exchange does not list as attendees itself.

    What is planned and what is written must be the same lines, or every run would write them again. Each stands once.
    """
    return tuple(dict.fromkeys(_line(person) for person in without(participants, attendees)))


def _name(person: Participant) -> str:
    return _one_line(person.name)


def _line(person: Participant) -> str:
    name, email = _name(person), _one_line(person.email)
    # Angle brackets around the address would not survive a turn through HTML.
    return f"{name} ({email})" if name and email else name or email


def _one_line(text: str) -> str:
    return " ".join(normal_text(text).split())
