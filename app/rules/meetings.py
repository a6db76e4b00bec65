"""Whose facts a meeting's are when several accounts hold it (D1, docs/decisions.md). Wice has one appointment for all of them (R16).

The organiser's copy decides on time, place, title, text and recurrence where the organiser's account is synchronised, else the copy of the
account that brought the meeting to Wice, else always the same one of them. What an attendee changes in a copy of his own stays there, and nowhere
else, until the meeting is changed in Wice; a date that he has deleted stays deleted for him. Most such changes are the organiser's own, which
Exchange carries to attendees sooner than the organiser's account is synchronised: setting them back would show people a time that is over.

Who declines a meeting takes no part in it, as if he had deleted it; the others keep it (D2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.domain.appointment import Appointment, Part
from app.domain.fingerprint import Record, differences
from app.domain.ids import ItemId, LinkId
from app.domain.occurrences import settled
from app.domain.plan import Action, Hint, HintReason
from app.domain.sync import Holder, Item, Link, Say, Side

Holders = Mapping[ItemId, Sequence[Holder]]
"""Other accounts that hold an appointment, by its id in Wice."""


def part_of(record: Record | None) -> Part | None:
    """What an Exchange item's owner is in it; None if it was not read."""
    return record.part if isinstance(record, Appointment) else Part.NONE if record else None


def leader_over(say: Say, link: LinkId | None, holders: Iterable[Holder]) -> Holder | None:
    """The account that decides about an appointment instead of one that has this `say`; None: that one decides itself (D1)."""
    if say not in (Say.ATTENDS, Say.BROUGHT):
        return None
    rivals = sorted(
        (one for one in holders if one.say >= Say.ATTENDS and not one.left), key=lambda one: (-one.say, one.link)
    )
    if not rivals:
        return None
    first = rivals[0]
    later = first.say > say or (first.say is say and (link is None or first.link < link))
    return first if later else None


def leader(theirs: Record | None, link: Link | None, holders: Iterable[Holder]) -> Holder | None:
    """The account that decides instead of the one whose Exchange item is `theirs` (D1)."""
    if part_of(theirs) is not Part.ATTENDEE:
        return None
    say = Say.BROUGHT if link and link.say is Say.BROUGHT else Say.ATTENDS
    return leader_over(say, link.id if link else None, holders)


def is_released(link: Link, holders: Iterable[Holder]) -> bool:
    """Does a copy that stood apart decide by now, because who decided does not take part in the synchronisation any more?"""
    return link.apart and leader_over(max(link.say, Say.ATTENDS), link.id, holders) is None


def organises(ours: Item, theirs: Item, holders: Holders) -> bool:
    """Does the organiser's copy come to an appointment that attendees have brought to Wice before (D1)?"""
    there = [one.say for one in holders.get(ours.id, ()) if not one.left]
    return part_of(theirs.record) is Part.ORGANIZER and Say.ORGANIZES not in there and max(there, default=0) > Say.COPY


def for_wice(theirs: Record, ours: Record | None) -> Record:
    """What Wice shall hold of a copy: a date that an attendee has deleted or declined is none that others lose (R13, D2)."""
    if not isinstance(theirs, Appointment) or theirs.part is not Part.ATTENDEE or not theirs.recurrence:
        return theirs
    there = ours.exceptions if isinstance(ours, Appointment) and ours.recurrence else ()
    deleted = {one.original for one in theirs.exceptions if one.deleted}
    kept = [one for one in theirs.exceptions if not one.deleted]
    return settled(replace(theirs, exceptions=(*kept, *(one for one in there if one.original in deleted))))


def invited(theirs: Record, holders: Iterable[Holder]) -> Record:
    """`theirs` without the people who have left its appointment in Wice themselves: an edit of the organiser's brings nobody back (D2).

    Of those who have declined, the ones who hold it in an account of their own answer for themselves.
    """
    if not isinstance(theirs, Appointment):
        return theirs
    known = list(holders)
    gone = {one.email for one in known if one.left} - {one.email for one in known if not one.left}
    stay = tuple(person for person in theirs.participants if not person.email or person.email not in gone)
    holding = {one.email for one in known if not one.left}
    declined = tuple(person for person in theirs.declined if person.email not in holding)
    same = (stay, declined) == (theirs.participants, theirs.declined)
    return theirs if same else replace(theirs, participants=stay, declined=declined)


def for_attendee(ours: Record, theirs: Record) -> Record:
    """What an attendee's copy shall hold of the appointment `ours`: the dates that he has deleted stay deleted."""
    if not (
        isinstance(ours, Appointment) and isinstance(theirs, Appointment) and ours.recurrence and theirs.recurrence
    ):
        return ours
    if theirs.part is not Part.ATTENDEE:
        return ours
    deleted = {one.original: one for one in theirs.exceptions if one.deleted}
    kept = [one for one in ours.exceptions if one.original not in deleted]
    return settled(replace(ours, exceptions=(*kept, *deleted.values())))


def stands_apart(ours: Record, theirs: Record) -> bool:
    """Is an attendee's copy other than the appointment `ours`, beside the dates that he has deleted for himself?"""
    return bool(differences(for_attendee(ours, theirs), theirs))


def hint(link: Link, holders: Iterable[Holder]) -> Hint:
    """Says that the copy of `link` stays apart, and who decides."""
    first = leader_over(max(link.say, Say.ATTENDS), link.id, holders)
    return Hint(
        HintReason.NOT_THE_ORGANIZER, link.label, Side.EXCHANGE, link.exchange.id, first.account if first else ""
    )


def hints(links: Iterable[Link], holders: Holders, actions: Iterable[Action], told: Iterable[Hint]) -> list[Hint]:
    """One for each copy that stands apart and goes on doing so after `actions`, unless it was `told` already."""
    over = {action.key for action in actions if not action.apart}
    said = {one.item for one in told if one.reason is HintReason.NOT_THE_ORGANIZER}
    standing = [link for link in links if link.apart and link.id not in over and link.exchange.id not in said]
    return [hint(link, holders.get(link.wice.id, ())) for link in standing]


def of_occurrences(items: Iterable[Item]) -> list[Hint]:
    """One for each series to some dates of which others are invited than to the series itself (R15)."""
    return [
        Hint(
            HintReason.OCCURRENCE_ATTENDEES,
            item.record.label,
            Side.EXCHANGE,
            item.id,
            ", ".join(day.isoformat() for day in item.record.other_people),
        )
        for item in items
        if isinstance(item.record, Appointment) and item.record.other_people
    ]
