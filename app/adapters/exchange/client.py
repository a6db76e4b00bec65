"""One mailbox on its Exchange server as a `Mailbox`: the entry to this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.adapters.exchange import bodies
from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.appointments import Appointments
from app.adapters.exchange.autodiscover import find_endpoint
from app.adapters.exchange.contacts import Contacts
from app.adapters.exchange.errors import by_code
from app.adapters.exchange.fields_appointment import Calendar
from app.adapters.exchange.finding import Search
from app.adapters.exchange.folders import Folders
from app.adapters.exchange.mapping import Mapping as KindMapping
from app.adapters.exchange.session import Session
from app.adapters.exchange.store import FolderStore
from app.domain.finding import Discovery, Question
from app.domain.sync import Kind
from app.ports import NO_OTHERS, Folder, FolderEntry, Mailbox, Store


class ExchangeMailbox:
    """A mailbox, opened when the first call is made. Source: `app.ports.Mailbox`."""

    def __init__(self, access: ExchangeAccess) -> None:
        self._session = Session(access)
        self._folders = Folders(self._session)

    @property
    def requests(self) -> int:
        """HTTP requests sent so far, handshakes and token requests included."""
        return self._session.requests

    def probe(self) -> str:
        """See `app.ports.Mailbox.probe`."""
        access = self._session.access
        [message] = self._session.read(bodies.get_folders([bodies.distinguished("msgfolderroot", access.mailbox)]), 1)
        if not message.ok:
            raise by_code(message.code, message.text, access.where)
        return self._session.server_version

    def folder(self, folder_id: str, kind: Kind, others: Mapping[Kind, str] = NO_OTHERS) -> Folder:
        """See `app.ports.Mailbox.folder`."""
        return self._folders.by_id(folder_id, kind, others)

    def find_folder(self, path: str, kind: Kind) -> Folder | None:
        """See `app.ports.Mailbox.find_folder`."""
        return self._folders.by_path(path, kind)

    def folders(self, kind: Kind) -> Sequence[FolderEntry]:
        """See `app.ports.Mailbox.folders`."""
        return self._folders.entries(kind)

    def create_folder(self, path: str, kind: Kind, marker: str) -> Folder:
        """See `app.ports.Mailbox.create_folder`."""
        return self._folders.create(path, kind, marker)

    def mark_folder(self, folder_id: str, marker: str) -> None:
        """See `app.ports.Mailbox.mark_folder`."""
        self._folders.mark(folder_id, marker)

    def store(self, kind: Kind, folder: Folder) -> Store:
        """See `app.ports.Mailbox.store`."""
        return FolderStore(self._session, folder.id, self._mapping(kind))

    def find(self, kind: Kind, question: Question, folder_id: str) -> Discovery:
        """See `app.ports.Mailbox.find`."""
        return Search(self._session, self._folders.places(kind), self._mapping(kind), folder_id).find(question)

    def _mapping(self, kind: Kind) -> KindMapping:
        access = self._session.access
        if kind is Kind.CONTACTS:
            return Contacts(access.unmapped_fields)
        return Appointments(Calendar(owner=access.owner, zone=access.time_zone))

    def close(self) -> None:
        """See `app.ports.Mailbox.close`."""
        self._session.close()


def open_mailbox(access: ExchangeAccess) -> Mailbox:
    """The mailbox that `access` names; nothing is sent before the first call."""
    return ExchangeMailbox(access)


def discover(access: ExchangeAccess) -> str:
    """The mailbox's EWS address by Autodiscover; the caller stores it. Raises: Halt(NOT_FOUND, LOGIN_REFUSED)."""
    with Session(access).plain_session() as session:
        return find_endpoint(access, session).endpoint
