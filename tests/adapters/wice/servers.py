"""Real servers for the adapter's tests: the sandbox in a process of its own, and odd ones, in a thread, that wrap the sandbox's application."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.adapters.trust import trusted
from app.adapters.wice import WiceAccess, WiceCrm, open_crm
from app.domain.appointment import Appointment
from app.domain.contact import Contact
from app.domain.fingerprint import Record, fingerprint
from app.domain.ids import AttemptId, ItemId, LinkId
from app.domain.sync import Absent, Item, Kind, Page, Stamp
from app.domain.writes import Create, Outcome, Remove, Update, Write, Written
from sandbox.serving import CuttableProtocol
from tests.services.serving import listening

TODAY = date(2026, 11, 23)
TABLES = {"p": "persons", "c": "companies", "a": "appointments"}


class NoLinks:
    """`Known` of an engine without links."""

    def children(self, parents: Collection[str]) -> frozenset[ItemId]:
        return frozenset()


class Wice:
    """The sandbox, as somebody at Wice's web page (`add`, `edit`, `row`) and as an account's adapter (`crm`, ...)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(verify=trusted(""), base_url=url)
        self._opened: list[WiceCrm] = []

    def close(self) -> None:
        for crm in self._opened:
            crm.close()
        self._http.close()

    def control(self, path: str, body: object) -> Any:
        reply = self._http.post(f"/_sandbox/{path}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def settings(self, **changes: object) -> None:
        self.control("settings", changes)

    def fault(self, kind: str, operation: str | None = None, **how: object) -> None:
        self.control("faults", {"kind": kind, "operation": operation, **how})

    def counters(self) -> Any:
        return self._http.get("/_sandbox/counters").json()

    def add(self, letter: str, *flags: str, **values: object) -> ItemId:
        """A record of somebody's; persons and companies carry the Outlook sync flag of `flags`."""
        body = {"table": TABLES[letter], "values": values, "flags": dict.fromkeys(flags, True)}
        return ItemId(f"{letter}:{self.control('edit', body)['rowid']}")

    def edit(self, item: str, **how: object) -> None:
        self.control("edit", {"table": TABLES[item[0]], "rowid": item[2:], **how})

    def row(self, item: str) -> Any:
        records = self._http.get(f"/_sandbox/records/{TABLES[item[0]]}").json()["records"]
        return next(record for record in records if record["rowid"] == item[2:])

    def rows(self, letter: str) -> Any:
        return self._http.get(f"/_sandbox/records/{TABLES[letter]}").json()["records"]

    def crm(self, username: str = "anna", **access: Any) -> WiceCrm:
        usual: dict[str, Any] = {"password": f"wice-{username}", "url": self.url, "mandant": "example"}
        crm = open_crm(WiceAccess(username=username, **{**usual, **access}))
        self._opened.append(crm)
        return crm

    def appointment(self, **values: object) -> ItemId:
        """Anna's, on 1 December 2026 from 9 to 10 o'clock, unless `values` say otherwise."""
        usual = {
            "title": "Gespräch",
            "date_start": "2026-12-01",
            "time_start": "09:00",
            "date_end": "2026-12-01",
            "time_end": "10:00",
            "participants": ["1001"],
        }
        return self.add("a", **{**usual, **values})


def item(crm: WiceCrm, item_id: ItemId) -> Item:
    """The item as a fresh store reads it."""
    (found,) = crm.store(kind_of(item_id)).fetch([item_id])
    assert isinstance(found, Item), found
    return found


def absence(crm: WiceCrm, item_id: ItemId) -> str:
    (found,) = crm.store(kind_of(item_id)).fetch([item_id])
    assert isinstance(found, Absent), found
    return found.because.value


def page(crm: WiceCrm, kind: Kind, cursor: str | None = None, known: Any = None) -> Page:
    (only,) = crm.store(kind).changes(cursor, known or NoLinks())
    return only


def write(crm: WiceCrm, one: Write, kind: Kind = Kind.CONTACTS) -> Outcome:
    (outcome,) = crm.store(kind).write([one])
    return outcome


def written(outcome: Outcome) -> Item:
    assert isinstance(outcome, Written), outcome
    assert outcome.item
    return outcome.item


def create(record: Record, attempt: str = "attempt", into: ItemId | None = None, company: str = "") -> Create:
    stamp = Stamp(LinkId("link"), AttemptId(attempt), fingerprint(record))
    return Create(attempt=AttemptId(attempt), stamp=stamp, record=record, into=into, company=company)


def update(seen: Item, record: Contact | Appointment, **how: Any) -> Update:
    return Update(
        attempt=AttemptId("u"),
        id=seen.id,
        version=seen.version,
        fingerprint=seen.fingerprint,
        record=record,
        before=seen.record,
        **how,
    )


def remove(seen: Item) -> Remove:
    return Remove(attempt=AttemptId("r"), id=seen.id, version=seen.version, fingerprint=seen.fingerprint)


def kind_of(item_id: ItemId) -> Kind:
    return Kind.APPOINTMENTS if item_id.startswith("a:") else Kind.CONTACTS


@contextmanager
def threaded(app: Starlette, **options: Any) -> Iterator[str]:
    """An application served on loopback by a thread of its own; the address."""
    listener = listening()
    quiet: dict[str, Any] = {
        "log_level": "error",
        "access_log": False,
        "lifespan": "off",
        "ws": "none",
        "timeout_graceful_shutdown": 1,
    }
    # A connection that its client keeps would outlive the loop that serves it.
    quiet |= {"headers": [("Connection", "close")]}
    server = uvicorn.Server(uvicorn.Config(app, http=CuttableProtocol, **{**quiet, **options}))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    scheme = "https" if "ssl_keyfile" in options else "http"
    try:
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextmanager
def an_hour_later(wice: Wice) -> Iterator[str]:
    """The sandbox as it will answer in an hour, when everything that was written so far is settled."""
    date_header = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    with threaded(filtered(wice.url, headers={"Date": date_header}), date_header=False) as url:
        yield url


Fields = dict[str, str]
Change = Callable[[Mapping[str, str], Any], Any]


def filtered(
    url: str,
    *,
    change: Change | None = None,
    refuse: Callable[[Fields, Fields], str | None] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Starlette:
    """A server that hands every call on to the sandbox at `url`, and changes its replies or refuses calls (query, form -> error text)."""

    async def answer(request: Request) -> Response:
        query = dict(request.query_params)
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if refuse and (text := refuse(query, form)):
            return JSONResponse({"error": text})
        async with httpx.AsyncClient() as http:
            reply = await http.post(f"{url}{request.url.path}", data={**query, **form})
        data = reply.json()
        return JSONResponse(change({**query, **form}, data) if change else data, headers=headers)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])])


def fixed(status: int = 200, body: object = None, headers: Mapping[str, str] | None = None) -> Starlette:
    """A server that lets everybody in and answers every call in one way."""

    async def answer(request: Request) -> Response:
        if request.url.path == "/pserv/base/json":
            return JSONResponse({"cookie": "c" * 32})
        content = body if isinstance(body, str) else json.dumps(body)
        return Response(content, status, dict(headers or {}))

    return Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])])
