"""Who takes part, compared across two servers that name people differently (R15)."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.appointment import Participant
from app.domain.fingerprint import normal_text


def is_same_person(one: Participant, other: Participant) -> bool:
    """By e-mail address where both have one, else by name."""
    if one.email and other.email:
        return one.email.casefold() == other.email.casefold()
    return bool(one.name) and normal_text(one.name).casefold() == normal_text(other.name).casefold()


def without(people: Iterable[Participant], others: Iterable[Participant]) -> tuple[Participant, ...]:
    """Those of `people` who are not among `others`, in their order."""
    known = tuple(others)
    return tuple(person for person in people if not any(is_same_person(person, other) for other in known))


def union(people: Iterable[Participant], more: Iterable[Participant]) -> tuple[Participant, ...]:
    """`people`, followed by those of `more` who are not among them."""
    first = tuple(people)
    return first + without(more, first)


def shown_lines(participants: Iterable[Participant], attendees: Iterable[Participant]) -> tuple[str, ...]:
    """The lines of the block at the end of an Exchange body: Wice's participants whom Exchange does not list as attendees itself."""
    return tuple(normal_text(person.name or person.email) for person in without(participants, attendees))
