"""What the services need of the outside, as Protocols. One documented fake per port and one contract suite for all implementations.

Every method may raise `Retry` (try later), `Halt` (an administrator must act); single items fail as values. Nothing here is asynchronous.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Protocol

from app.domain.finding import Discovery, Question
from app.domain.ids import AttemptId, ItemId, PlanId, ProfileId, RunId
from app.domain.journal import Intent, IntentState, JournalEntry, Settlement
from app.domain.plan import Failure, KindPlan, PlanState, Seen, StoredPlan
from app.domain.run import Order
from app.domain.sync import Found, Holder, Item, Kind, Link, Page, Side, Sighting
from app.domain.writes import Create, Outcome, Write
from app.ports.standing import Cursor, Standing


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

    def unchanged(self, cursor: str, *, children: bool) -> bool:
        """Whether certainly nothing has changed since `cursor`, asked as cheaply as can be; False if that is not known.

        `children`: is a person of a company linked (R5)? What was read is not asked for again by the next `changes`.
        """
        ...

    def look_ahead(self, cursor: str | None) -> None:
        """Ask now what `unchanged` or `changes` from `cursor` will ask first; the next call of either has the answers, once.

        May be called in another thread, if nothing else of this side is used meanwhile. What changes later is told then or by the next list.
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

        None: nothing of it is there. It may be an item that is linked already (a meeting of the same UID). Source: R30.
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

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        ...

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

    def find(self, kind: Kind, question: Question) -> Discovery:
        """Search among all records that the account may see, in scope or not (R41).

        Of a private appointment of somebody else nothing is told; asked for by its id, only that it is there (R19).
        """
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


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A folder as one to choose from. `wish`: how a profile names it ("default", "Wice", a path), "" if no path can name it (a slash in a name).

    `names` from the mailbox's root down; `items` as the server counts them.
    """

    id: str
    names: tuple[str, ...]
    wish: str
    items: int
    marker: str = ""


NO_OTHERS: Final[Mapping[Kind, str]] = MappingProxyType({})


class Mailbox(Protocol):
    """One mailbox on its Exchange server, opened by impersonation or as its own user."""

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        ...

    def probe(self) -> str:
        """Open the mailbox's root folder and return the server's version text. Raises: Halt with what to do, Retry."""
        ...

    def folder(self, folder_id: str, kind: Kind, others: Mapping[Kind, str] = NO_OTHERS) -> Folder:
        """The folder of this id; what is told of `others` with it answers the next question for them.

        Raises: Halt(FOLDER_VANISHED), also when it lies in Deleted Items (R26).
        """
        ...

    def find_folder(self, path: str, kind: Kind) -> Folder | None:
        """Find "default" (the standard folder), "Wice" (below it) or a path from the mailbox's root such as "Contacts/Customers"; None: not there."""
        ...

    def folders(self, kind: Kind) -> Sequence[FolderEntry]:
        """All folders that may hold items of `kind`, the standard one first, without those in Deleted Items (R25)."""
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

    def find(self, kind: Kind, question: Question, folder_id: str) -> Discovery:
        """Search in the profile's folder (`folder_id`, "" if it has none yet), in all others of its kind, and in Deleted Items (R41).

        Somebody else's private meeting is not found by its words (R19).
        """
        ...

    def close(self) -> None:
        """Free connections."""
        ...


class Ledger(Protocol):
    """The books of one profile, held under a lease: every method that writes renews the lease and raises `LeaseLost` if it was taken over (R36).

    Each writing method is one transaction: when it returns, it is on disk.
    """

    run: RunId
    """The run that writes."""

    number: int
    """How many runs this profile has had, this one included: consecutive runs have consecutive numbers (R40)."""

    def cursor(self, kind: Kind, side: Side) -> Cursor:
        """How far the list of changes was read."""
        ...

    def standing(self, kind: Kind, window_start: date | None) -> Standing | None:
        """How the books stand, in a few statements whatever their size; None while anything is open, so that items have to be looked at."""
        ...

    def save_page(self, kind: Kind, side: Side, sightings: Sequence[Sighting], cursor: Cursor) -> None:
        """Remember `sightings` as unsettled (replacing what was remembered of the same ids) together with the cursor behind them."""
        ...

    def seen(self, kind: Kind, side: Side) -> Sequence[Seen]:
        """All unsettled and held sightings."""
        ...

    def hold(self, kind: Kind, held: Sequence[Seen]) -> None:
        """Mark sightings as held (`held` is set), inserting new ones; they stay until settled or seen at another version."""
        ...

    def forget_seen(self, kind: Kind, side: Side, ids: Sequence[ItemId]) -> None:
        """Drop sightings that need no action: gone and unlinked, or unchanged."""
        ...

    def links(self, kind: Kind) -> Iterator[Link]:
        """All links, ended ones too, streamed, ordered by id."""
        ...

    def holders(self, items: Collection[ItemId]) -> Mapping[ItemId, Sequence[Holder]]:
        """Other accounts of the same Wice server that hold these appointments of Wice, or did, and whose changes may reach it (D1, D2)."""
        ...

    def failures(self, kind: Kind) -> Mapping[str, Failure]:
        """Refused items by action key (R32)."""
        ...

    def release(self, keys: Collection[str]) -> None:
        """Try again what was refused, is quarantined (R32) or frozen (R40), by action keys; all of it if none is given."""
        ...

    def begin(self, intents: Sequence[Intent]) -> frozenset[AttemptId]:
        """Write down what is about to be written to a server (R30), and claim it until that is settled. Returns what must wait for others (D3)."""
        ...

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """Store what came of it."""
        ...

    def open_intents(self, kind: Kind) -> Sequence[JournalEntry]:
        """Entries in state BEGUN or LOST, of this or any former run, oldest first."""
        ...

    def close_intent(self, attempt: AttemptId, state: IntentState) -> None:
        """Recovery's verdict on an open entry that is not settled otherwise."""
        ...

    def abandoned(self, attempts: Collection[AttemptId]) -> frozenset[AttemptId]:
        """Which of these attempts (as named in stamps) were given up: their effect, seen now, came too late (R30)."""
        ...

    def entries(self, attempts: Collection[AttemptId]) -> Sequence[JournalEntry]:
        """These attempts of this profile, of whatever run, oldest first (R33)."""
        ...

    def entries_of(self, run: RunId) -> Sequence[JournalEntry]:
        """All attempts of one of this profile's runs, oldest first; none for a run of another profile (R33)."""
        ...

    def save_plan(self, state: PlanState, kinds: Sequence[KindPlan], undoes: Sequence[AttemptId] = ()) -> PlanId:
        """Store the plan of this run, with the attempts that it `undoes` (R33).

        Plans of former runs that are not over become SUPERSEDED: by the plan of an analysis those of analyses, by an undo former undos.
        """
        ...

    def set_plan_state(self, plan: PlanId, state: PlanState) -> None:
        """Move a plan on."""
        ...

    def stored_plan(self) -> StoredPlan | None:
        """The newest plan of an analysis that is OPEN, NEEDS_CONFIRMATION or EXECUTING, whichever run made it.

        Its actions are `bare`: what they write is planned anew before it is written (R28).
        """
        ...

    def left_out(self, plan: PlanId) -> frozenset[str]:
        """Keys of the actions that are left out of a plan until this moment (R28)."""
        ...

    def stored_undo(self) -> StoredPlan | None:
        """The newest plan of an undo that is NEEDS_CONFIRMATION or EXECUTING: no analysis and no synchronisation touches it (R33). Bare, too."""
        ...

    def save_folder(self, kind: Kind, folder_id: str) -> None:
        """Remember the folder's id in the profile (R26)."""
        ...

    def forget_folder(self, kind: Kind) -> None:
        """Drop folder id, cursor and sightings of the Exchange side, keep the links (another folder was chosen)."""
        ...

    def save_endpoint(self, endpoint: str) -> None:
        """Remember what autodiscover found for the account."""
        ...

    def approve(self) -> None:
        """The profile's first plan is approved (R27)."""
        ...

    def deep_compared(self) -> datetime | None:
        """When all items of both sides were compared last (UTC)."""
        ...

    def note_deep_compare(self, at: datetime) -> None:
        """All items of both sides were compared."""
        ...

    def finish(self, status: str, report: Mapping[str, object]) -> None:
        """Close the run with its status and report, and free the lease."""
        ...


class Books(Protocol):
    """Opens the ledger of a profile."""

    @property
    def installation(self) -> str:
        """This installation's random id, part of folder markers (R43)."""
        ...

    def open(
        self,
        profile: ProfileId,
        trigger: str,
        run: RunId | None = None,
        requested_by: str = "",
        order: Order | None = None,
    ) -> AbstractContextManager[Ledger]:
        """Take the profile's lease, start a run (`trigger`: "analyse", "sync", "confirm", ...), with the id `run` if it was asked for under one.

        What was asked for is in the audit log already; an `order` is written there together with the run's beginning.
        A lease whose holder is a dead process of this machine, or that has expired, is taken over; its run is closed as failed.
        Leaving the context without `finish` closes the run as failed and frees the lease. Raises: LeaseLost if another live run holds it.
        """
        ...
