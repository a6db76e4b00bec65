"""The floor: a bare HTTP client and lxml, only the necessary requests, their bodies made before the clock starts.

It keeps no books and checks nothing.

    python -m bench.floor '{"scenario": "to_wice", "wice": URL, "ews": URL, "count": N, ...}'

Writes to Wice go over four connections, as many as the product has. Prints wall time and CPU in seconds, and the number of requests.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, process_time
from typing import Any, Final

import httpx
from lxml import etree

from app.adapters.exchange import bodies
from app.adapters.exchange.contacts import Contacts
from app.domain.ids import ItemId, Version
from bench.cards import contact, contacts, edited
from bench.servers import BATCH, WICE_CALLS, exchange_draft, wice_data

CONNECTIONS: Final = 4
_TYPES: Final = "http://schemas.microsoft.com/exchange/services/2006/types"
_MESSAGES: Final = "http://schemas.microsoft.com/exchange/services/2006/messages"
_IDS: Final = {"only_rowids": "1"}
_FLAGGED: Final = {"ext_search_do": "1", "outlook_sync": "1"}
_EMPLOYEE: Final = "1001"
_ENVELOPE: Final = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="{types}"><s:Header>'
    '<t:RequestServerVersion Version="Exchange2013_SP1"/><t:ExchangeImpersonation><t:ConnectingSID>'
    "<t:PrimarySmtpAddress>{mailbox}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></s:Header>"
    "<s:Body>{body}</s:Body></s:Envelope>"
)


class Bare:
    """Both servers over plain connections. `posts` counts requests."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.posts = 0
        self._mailbox = job["mailbox"]
        service = job["service"]
        login = base64.b64encode(f"{service['username']}:{service['password']}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "text/xml; charset=utf-8"}
        self._mail = httpx.Client(headers=headers, timeout=600)
        self._ews = job["ews"]
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        self._wice = httpx.Client(base_url=job["wice"], timeout=600, limits=limits)
        self._cookie = ""
        self._job = job

    def log_in(self) -> None:
        form = {"method": "login", "mandant_name": self._job["mandant"]}
        form |= {"username": self._job["username"], "password": self._job["password"]}
        self._cookie = self._post("/pserv/base/json", form)["cookie"]

    def call(self, method: str, **fields: str) -> Any:
        return self._post(WICE_CALLS, {"method": method, "cookie": self._cookie, **fields})

    def write(self, method: str, data: str) -> Any:
        return self.call(method, data=data)

    def _post(self, path: str, form: dict[str, str]) -> Any:
        self.posts += 1
        return self._wice.post(path, data=form).json()

    def envelope(self, body: Any) -> bytes:
        text = etree.tostring(body, encoding="unicode")
        return _ENVELOPE.format(types=_TYPES, mailbox=self._mailbox, body=text).encode()

    def ews(self, content: bytes) -> etree._Element:
        self.posts += 1
        reply = self._mail.post(self._ews, content=content)
        return etree.fromstring(reply.content)

    def sync(self, folder: str, state: str = "") -> tuple[list[ItemId], str]:
        """All changes of a folder and the state behind them."""
        ids: list[ItemId] = []
        while True:
            root = self.ews(self.envelope(bodies.sync_items(folder, state)))
            ids += [ItemId(one.get("Id", "")) for one in root.iter(f"{{{_TYPES}}}ItemId")]
            state = root.findtext(f".//{{{_MESSAGES}}}SyncState") or ""
            if root.findtext(f".//{{{_MESSAGES}}}IncludesLastItemInRange") != "false":
                return ids, state


def _parallel(calls: Sequence[Callable[[], Any]]) -> None:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for done in [pool.submit(call) for call in calls]:
            done.result()


def _read(bare: Bare, ids: Sequence[ItemId]) -> None:
    paths = Contacts(frozenset()).paths
    for at in range(0, len(ids), BATCH):
        bare.ews(bare.envelope(bodies.get_items(ids[at : at + BATCH], paths)))


def to_wice(bare: Bare, job: dict[str, Any]) -> Callable[[], None]:
    """All contacts of the folder into an empty Wice: read them, create and flag each."""
    ready = [json.dumps(wice_data(one)) for one in contacts(job["count"])]

    def create(data: str) -> None:
        rowid = bare.write("insert_contact", data)["rowid"]
        flag = {"table": "address_contactperson", "rowid": rowid, "outlook_sync": "1"}
        bare.write("set_outlook_sync", json.dumps(flag))

    def run() -> None:
        bare.log_in()
        bare.call("get_all_persons", **_IDS, **_FLAGGED)
        bare.call("get_all_companies", **_IDS, **_FLAGGED)
        ids, _ = bare.sync(job["folder"])
        _read(bare, ids)
        _parallel([lambda data=data: create(data) for data in ready])  # type: ignore[misc]

    return run


def to_exchange(bare: Bare, job: dict[str, Any]) -> Callable[[], None]:
    """All flagged persons of Wice into an empty folder: read them in one list, create in batches."""
    drafts = [exchange_draft(one) for one in contacts(job["count"])]
    ready = [
        bare.envelope(bodies.create_items(job["folder"], "Contact", drafts[at : at + BATCH]))
        for at in range(0, len(drafts), BATCH)
    ]

    def run() -> None:
        bare.log_in()
        bare.call("get_all_persons", full_list="1", **_FLAGGED)
        bare.call("get_all_companies", full_list="1", **_FLAGGED)
        bare.sync(job["folder"])
        for content in ready:
            bare.ews(content)

    return run


def _lists(bare: Bare, since: str) -> None:
    bare.call("get_all_persons", **_IDS, **_FLAGGED)
    bare.call("get_all_companies", **_IDS, **_FLAGGED)
    bare.call("get_all_companies", **_IDS, last_update_from=since)
    bare.call("get_all_appointments", **_IDS, participant=_EMPLOYEE)


def idle(bare: Bare, job: dict[str, Any]) -> Callable[[], None]:
    """Nothing has changed: one list per table of Wice, one list of changes per folder (the same one twice); signed in already."""
    bare.log_in()
    folders = [job["folder"], job["folder"]]
    states = [bare.sync(folder)[1] for folder in folders]

    def run() -> None:
        _lists(bare, "2099-01-01 00:00:00")
        for folder, state in zip(folders, states, strict=True):
            bare.ews(bare.envelope(bodies.sync_items(folder, state)))

    return run


def changed(bare: Bare, job: dict[str, Any]) -> Callable[[], None]:
    """1 % changed on either side: list, read what changed, write it to the other side."""
    ids = [ItemId(one) for one in job["items"]]
    rowids, number = job["rowids"], len(job["items"])
    phones = [
        (rowid, json.dumps({"rowid": rowid, "phone": edited(contact(at)).phone})) for at, rowid in enumerate(rowids)
    ]
    drafts = [(item, exchange_draft(edited(contact(at)))) for at, item in enumerate(ids)]
    bare.log_in()
    state = bare.sync(job["folder"])[1]

    def update(rowid: str, data: str) -> None:
        bare.call("get_person", pkey=rowid)
        bare.write("update_contact", data)

    def run() -> None:
        _lists(bare, "2099-01-01 00:00:00")
        bare.ews(bare.envelope(bodies.sync_items(job["folder"], state)))
        _read(bare, ids)
        bare.call("get_all_persons", full_list="1", last_update_from=job["since"], **_FLAGGED)
        _parallel([lambda one=one: update(*one) for one in phones])  # type: ignore[misc]
        for at in range(0, number, BATCH):
            some = drafts[at : at + BATCH]
            bare.ews(bare.envelope(bodies.get_versions([item for item, _ in some])))
            bare.ews(
                bare.envelope(bodies.update_items("Contact", [(item, Version(""), draft) for item, draft in some]))
            )

    return run


SCENARIOS: Final = {"to_wice": to_wice, "to_exchange": to_exchange, "idle": idle, "changed": changed}


def main() -> None:
    """Measure."""
    job = json.loads(sys.argv[1])
    bare = Bare(job)
    run = SCENARIOS[job["scenario"]](bare, job)
    runs = []
    for _ in range(job.get("runs", 1)):
        bare.posts, begun, used = 0, perf_counter(), process_time()
        run()
        runs.append({"wall": perf_counter() - begun, "cpu": process_time() - used, "requests": bare.posts})
    print(json.dumps({"runs": runs}))


if __name__ == "__main__":
    main()
