"""The nouns of synchronisation: sides, kinds, what a server tells of an item, and the link between two items."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

from app.domain.fingerprint import Record, fingerprint
from app.domain.ids import AttemptId, ItemId, LinkId, Version


class Side(StrEnum):
    """The two servers. Users read "Wice" (the handbook: "Datenbank") and "Exchange" ("Outlook")."""

    WICE = "wice"
    EXCHANGE = "exchange"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.EXCHANGE if self is Side.WICE else Side.WICE


class Kind(StrEnum):
    """What is synchronised; each kind of a profile has its own folder, links and plan rows."""

    CONTACTS = "contacts"
    APPOINTMENTS = "appointments"


class Change(StrEnum):
    """State of one side's item since the last sync. NEW and NONE occur only while there is no link yet."""

    SAME = "same"
    EDITED = "edited"
    GONE = "gone"
    NEW = "new"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Stamp:
    """The mark on every record that this server creates (R30): which link and which attempt made it, and with which content.

    A user's copy of an item carries its original's stamp; the item whose id the link knows is the original (R24).
    """

    link: LinkId
    attempt: AttemptId
    fingerprint: str

    def __str__(self) -> str:
        """The text that is stored on the record: `wice-sync/<link>/<attempt>/<fingerprint>`."""
        return f"wice-sync/{self.link}/{self.attempt}/{self.fingerprint}"

    @classmethod
    def parse(cls, text: str) -> Stamp | None:
        """Read a stamp; None for anything else, such as an import key that somebody else wrote."""
        match text.strip().split("/"):
            case ["wice-sync", link, attempt, content] if link and attempt:
                return cls(LinkId(link), AttemptId(attempt), content)
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Sighting:
    """An item in a server's list of changes: its id and version, not its content. `gone` means a tombstone.

    `certain=False`: the version alone cannot prove that nothing changed (one-second resolution in Wice, a company that moved): look.
    """

    id: ItemId
    version: Version = Version("")
    gone: bool = False
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list of changes.

    `cursor` continues after this page. `inventory` means that the whole list (all its pages together) names everything that is there, so that
    what it does not name is absent; otherwise it is a delta with tombstones. `suspect` marks a repeated or contradictory answer: nothing may be
    deleted on its evidence (R42). `last` closes the list.
    """

    sightings: tuple[Sighting, ...]
    cursor: str | None = None
    inventory: bool = False
    suspect: bool = False
    last: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item in full, as read from its side.

    `certain=False`: it was read within its version's resolution, so an edit in the same second would not move the version.
    `parent` is the Wice company's item id of a person ("" elsewhere): its content is part of the record (R5).
    """

    id: ItemId
    version: Version
    record: Record
    stamp: Stamp | None = None
    certain: bool = True
    parent: str = ""
    _fingerprint: str = field(default="", init=False, repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the record (see `app.domain.fingerprint`), computed once: many ask for it."""
        if not self._fingerprint:
            object.__setattr__(self, "_fingerprint", fingerprint(self.record))
        return self._fingerprint


class Absence(StrEnum):
    """Why an item is no longer in a side's scope. The portal shows these words' translations."""

    DELETED = "deleted"
    MOVED_AWAY = "moved_away"
    UNFLAGGED = "unflagged"
    DEACTIVATED = "deactivated"
    BINNED = "binned"
    LEFT = "left"
    EXTERNAL = "external"
    EMPTY = "empty"
    """A series of which every date was deleted (R18)."""
    DECLINED = "declined"
    """A meeting that the mailbox's owner has declined (D2). It may lie there still."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The server was asked for this id and says that it is out of scope, and why. The only evidence that counts as GONE.

    `record` is what the server still holds of it, where it can be brought back into scope (unflagged, left) or be known by (declined).
    """

    id: ItemId
    because: Absence
    record: Record | None = field(default=None, compare=False)


class Obstacle(StrEnum):
    """Why an item that exists is not synchronised (hint, R7 R18 R20 R24 R32 R40)."""

    NOT_A_CONTACT = "not_a_contact"
    UNREADABLE = "unreadable"
    NO_NAME = "no_name"
    SERIES = "series"
    FOREIGN_PRIVATE = "foreign_private"


@dataclass(frozen=True, slots=True)
class Held:
    """An item that its adapter can name but not read as a record; it is left alone on both sides and reported as a hint."""

    id: ItemId
    version: Version
    because: Obstacle
    label: str = ""
    detail: str = ""


Found = Item | Held | Absent
"""What a side answers when it is asked for an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One side of a link: which item, at which version, with which content *as this side holds it*, at the last sync."""

    id: ItemId
    version: Version
    fingerprint: str
    certain: bool = True


class Say(IntEnum):
    """How much an account's copy has to say about a meeting that others hold too, the most last (D1)."""

    COPY = 0
    """No copy of the meeting itself, but of its appointment in Wice."""
    ATTENDS = 1
    BROUGHT = 2
    """Attends, and has brought it to Wice."""
    ORGANIZES = 3


@dataclass(frozen=True, slots=True)
class Holder:
    """Another account, by name and e-mail, whose item in Exchange is linked to the same appointment in Wice, or was (`left`)."""

    account: str
    link: LinkId
    say: Say
    email: str = ""
    left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two items that are one thing. Each side keeps its own fingerprint, so that what a server cannot store never bounces (R3).

    `ended` links are remembered: an item that comes back with their stamp is joined again instead of being created twice.
    """

    id: LinkId
    kind: Kind
    wice: End
    exchange: End
    label: str = ""
    parent: str = ""
    last_day: date | None = None
    ended: bool = False
    written_side: Side | None = None
    """The side that was written last, with which content, in which run, and in how many runs in a row just that (R40)."""
    written_fingerprint: str = ""
    written_run: int = 0
    written_runs: int = 0
    incomplete: bool = False
    """A run died between the two writes of one action: the Exchange side still has to be completed from the Wice side (R30)."""
    missing: bool = False
    """Absent once in an answer that did not suffice as evidence; a second run must see it too (R42)."""
    undone: bool = False
    """The last write was an undo. An `ended` link that is undone still leaves alone what stands on either side with the content of that end,
    until somebody edits it (R33); an active one needs no more than its two fingerprints for that, and says so in a hint.
    """
    say: Say = Say.COPY
    """What its Exchange copy has to say, when it was last read."""
    apart: bool = False
    """An attendee's copy is not as the meeting stands in Wice, and stays so until that changes (D1)."""
    private: bool = False
    """Its item is private, or somebody else's private matter by now: what the books hold of its words is not shown (R19)."""
    terms: str = field(default="", compare=False)
    """What it is found by beside its label (`app.domain.terms`); the books keep former terms too (R41)."""

    def end(self, side: Side) -> End:
        """The end of this link on `side`."""
        return self.wice if side is Side.WICE else self.exchange
