"""The Exchange sandbox as these tests use it: control paths, and mailboxes opened by the adapter."""

from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.client import ExchangeMailbox
from app.adapters.trust import trusted
from app.domain.contact import Contact
from app.domain.fingerprint import Record, fingerprint
from app.domain.ids import AttemptId, ItemId, LinkId, new_id
from app.domain.sync import Item, Kind, Page, Stamp
from app.domain.writes import Create, Outcome, Remove, Update, Written
from app.errors import Halt, HaltCode
from app.ports import Store
from sandbox.people import SERVICE, people

ANNA, BERND, CLARA = people(3)
MARKER = "installation/profile"
PATHS = {Kind.CONTACTS: "contacts/Wice", Kind.APPOINTMENTS: "calendar/Wice"}


class Nobody:
    """What the engine knows is of no use to Exchange."""

    def children(self, parents: Any) -> frozenset[ItemId]:
        del parents
        return frozenset()


@dataclass
class Server:
    """A running sandbox."""

    url: str
    opened: list[ExchangeMailbox] = field(default_factory=list)

    def get(self, path: str, **query: str) -> Any:
        return httpx.get(f"{self.url}/_sandbox/{path}", params=query, verify=trusted("")).raise_for_status().json()

    def post(self, path: str, **body: object) -> Any:
        return httpx.post(f"{self.url}/_sandbox/{path}", json=body, verify=trusted("")).raise_for_status().json()

    def fault(self, kind: str, operation: str | None = None, **parameters: object) -> None:
        self.post("faults", kind=kind, operation=operation, **parameters)

    @property
    def counters(self) -> Any:
        return self.get("counters")

    def items(self, kind: Kind = Kind.CONTACTS, folder: str = "") -> Any:
        return self.get(f"mailboxes/{ANNA.mailbox}/items", folder=folder or PATHS[kind])

    def put(self, xml: str, kind: Kind = Kind.CONTACTS) -> Any:
        """Store an item as another program would have left it there; `xml` is in the types namespace."""
        types = "http://schemas.microsoft.com/exchange/services/2006/types"
        url = f"{self.url}/_sandbox/mailboxes/{ANNA.mailbox}/items"
        body = xml.replace(">", f' xmlns="{types}">', 1).encode()
        return (
            httpx.post(url, params={"folder": PATHS[kind]}, content=body, verify=trusted("")).raise_for_status().json()
        )

    def access(self, **changed: Any) -> ExchangeAccess:
        given: dict[str, Any] = {
            "mailbox": ANNA.mailbox,
            "endpoint": f"{self.url}/EWS/Exchange.asmx",
            "username": SERVICE.username,
            "password": SERVICE.password,
            "request_timeout_s": 20.0,
        }
        return ExchangeAccess(**given | changed)

    def mailbox(self, **changed: Any) -> ExchangeMailbox:
        mailbox = ExchangeMailbox(self.access(**changed))
        self.opened.append(mailbox)
        return mailbox

    def store(self, kind: Kind = Kind.CONTACTS, **changed: Any) -> Store:
        """The store of the folder "Wice", which is created where it is missing."""
        mailbox = self.mailbox(**changed)
        folder = mailbox.find_folder("Wice", kind) or mailbox.create_folder("Wice", kind, MARKER)
        return mailbox.store(kind, folder)


def creation(record: Record) -> Create:
    attempt = AttemptId(new_id())
    return Create(attempt=attempt, stamp=Stamp(LinkId(new_id()), attempt, fingerprint(record)), record=record)


def update(item: Item, record: Record) -> Update:
    attempt = AttemptId(new_id())
    return Update(
        attempt=attempt,
        id=item.id,
        version=item.version,
        fingerprint=item.fingerprint,
        record=record,
        before=item.record,
    )


def removal(item: Item) -> Remove:
    attempt = AttemptId(new_id())
    return Remove(attempt=attempt, id=item.id, version=item.version, fingerprint=item.fingerprint, before=item.record)


def written(outcome: Outcome) -> Item:
    assert isinstance(outcome, Written), outcome
    assert outcome.item is not None
    return outcome.item


def changed(record: Any, /, **fields: Any) -> Any:
    """`record` with other values in these fields."""
    return replace(record, **fields)


def add(store: Store, *records: Record) -> list[Item]:
    return [written(outcome) for outcome in store.write([creation(record) for record in records])]


def read(store: Store, *ids: ItemId) -> list[Any]:
    return list(store.fetch(ids))


def listed(store: Store, cursor: str | None = None) -> list[Page]:
    return list(store.changes(cursor, Nobody()))


def persons(count: int) -> list[Contact]:
    return [Contact(first_name="Anna", last_name=f"Nr. {number:03}") for number in range(count)]


def halted(mailbox: ExchangeMailbox) -> HaltCode:
    with pytest.raises(Halt) as caught:
        mailbox.probe()
    assert mailbox._session.access.mailbox in str(caught.value)
    return caught.value.code
