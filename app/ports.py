"""What the services need of the outside, as Protocols. One documented fake per port and one contract suite for all implementations.

Every method may raise `Retry` (try later), `Halt` (an administrator must act); single items fail as values. Nothing here is asynchronous.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.ids import ItemId
from app.domain.sync import Found, Item, Kind, Page, Side
from app.domain.writes import Create, Outcome, Write


class Known(Protocol):
    """What the engine already knows, for adapters whose server cannot tell all by itself."""

    def children(self, parents: Collection[str]) -> frozenset[ItemId]:
        """Linked Wice persons that belong to one of these companies."""
        ...


class Store(Protocol):
    """One kind of one account on one side: an Exchange folder, or the Wice records in this employee's scope."""

    @property
    def side(self) -> Side:
        """Which side this is."""
        ...

    @property
    def kind(self) -> Kind:
        """What it holds."""
        ...

    def changes(self, cursor: str | None, known: Known) -> Iterator[Page]:
        """List what changed since `cursor`, page by page; None lists everything.

        The caller stores each page with its cursor before it takes the next. A cursor that the server no longer accepts is no error: the list
        starts over as an inventory (R42). At least one page comes, the last one has `last=True`.
        Source: EWS SyncFolderItems (ids only); Wice ids list, or the full list where the server cannot (dialect).
        """
        ...

    def fetch(self, ids: Sequence[ItemId]) -> Iterator[Found]:
        """Read items in full, in the order asked, one answer per id, in as few requests as the protocol allows.

        Out of scope (moved away, unflagged, binned, not found, ...) is an `Absent` with its reason; unreadable is a `Held`; neither is an error.
        """
        ...

    def write(self, writes: Sequence[Write]) -> Iterator[Outcome]:
        """Carry out `writes`, one outcome each, in order, yielded as soon as it is known.

        Conditional (R31), stamped (R30), never sends mail (R15), never deletes hard (R9). If the server cannot go on, what was not sent or whose
        answer was lost is `Unknown` first where it may have happened, then `Retry` or `Halt` is raised. Never re-sends a creation by itself.
        """
        ...

    def resume(self, creations: Sequence[Create]) -> Iterator[Item | None]:
        """Find what these creations, begun by a run that died, left on the server (by stamp), and finish their remaining steps.

        None: nothing of it is there. Source: R30.
        """
        ...


@dataclass(frozen=True, slots=True)
class Company:
    """A Wice company as a candidate for a new person (R6)."""

    id: str
    name: str
    zip_code: str
    town: str
    fields: Mapping[str, str]
    """Its values by the names of `app.domain.contact.COMPANY_FIELDS`."""


@dataclass(frozen=True, slots=True)
class Employee:
    """The Wice user of the account."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this Wice server offers; a missing one is said in plain words at the connection test and at every analysis."""

    flags: bool = True
    delta: bool = True
    ids: bool = True
    appointments: bool = True
    appointments_write: bool = True
    import_key: bool = True
    employees: bool = True


class Crm(Protocol):
    """A signed-in session of one account at its Wice server."""

    requests: int
    """Requests sent so far."""

    def employee(self) -> Employee:
        """Who is signed in. Raises: Halt(LOGIN_REFUSED)."""
        ...

    def capabilities(self) -> Capabilities:
        """Probe, once per session, what this server can do."""
        ...

    def companies(self, names: Collection[str]) -> Sequence[Company]:
        """All companies, flagged or not, alive, whose normalised name is one of `names` (R6)."""
        ...

    def store(self, kind: Kind) -> Store:
        """The records of this account's scope (R4, R11)."""
        ...

    def close(self) -> None:
        """Free connections."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A mailbox folder, known by id (R26). `marker` is the text on it that names the installation and profile (R43)."""

    id: str
    name: str
    marker: str = ""


class Mailbox(Protocol):
    """One mailbox on its Exchange server, opened by impersonation or as its own user."""

    requests: int
    """Requests sent so far."""

    def probe(self) -> str:
        """Open the mailbox's root folder and return the server's version text. Raises: Halt with what to do, Retry."""
        ...

    def folder(self, folder_id: str, kind: Kind) -> Folder:
        """The folder of this id. Raises: Halt(FOLDER_VANISHED), also when it lies in Deleted Items (R26)."""
        ...

    def find_folder(self, path: str, kind: Kind) -> Folder | None:
        """Find "default" (the standard folder), "Wice" (below it) or a path from the mailbox's root such as "Contacts/Customers"; None: not there."""
        ...

    def create_folder(self, path: str, kind: Kind, marker: str) -> Folder:
        """Create the folder "Wice" below the standard folder of `kind`, marked (R25, R43)."""
        ...

    def mark_folder(self, folder_id: str, marker: str) -> None:
        """Write the marker of this installation and profile on the folder (R43)."""
        ...

    def store(self, kind: Kind, folder: Folder) -> Store:
        """The items of this folder."""
        ...

    def close(self) -> None:
        """Free connections."""
        ...
