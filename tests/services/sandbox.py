"""The sandbox's two servers in processes of their own, and their control paths. One pair per test worker, empty before every test."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import pytest

from app.adapters.trust import trusted
from app.domain.account import Account, ExchangeServer, WiceServer
from app.ports import Registry

Server = Literal["wice", "ews"]
TODAY = "2026-11-23"


class Sandbox:
    """`wice` and `ews` are the addresses for clients; the methods use the control paths."""

    def __init__(self, wice: str, ews: str) -> None:
        self.wice = wice
        self.ews = ews
        parts = urlsplit(ews)
        self._base = {"wice": wice, "ews": f"{parts.scheme}://{parts.netloc}"}
        # The servers close idle connections after 5 s; one that closes just when it is used again would fail a test.
        self._http = httpx.Client(verify=trusted(""), timeout=30, limits=httpx.Limits(keepalive_expiry=2))
        self.mandant = ""
        self.people: list[dict[str, str]] = []
        self.service: dict[str, str] = {}

    def reset(self, seed: str = "empty", people: int = 3) -> None:
        """Both servers as after a fresh start."""
        for server in self._base:
            self.control(server, "POST", "reset", {"seed": seed, "people": people})
        signs = self.control("wice", "GET", "people")
        self.mandant, self.people, self.service = signs["mandant"], signs["people"], signs["service"]

    def person(self, username: str) -> dict[str, str]:
        """Keys: username, password, email, mailbox, mailbox_password."""
        return next(person for person in self.people if person["username"] == username)

    @property
    def wice_server(self) -> WiceServer:
        """As an administrator sets it up."""
        return WiceServer(name="main", url=self.wice, mandant=self.mandant)

    @property
    def exchange_server(self) -> ExchangeServer:
        """With the service account that may impersonate everybody."""
        return ExchangeServer(
            name="mail", url=self.ews, username=self.service["username"], password=self.service["password"]
        )

    def account(self, username: str) -> Account:
        """Of a person, at these servers."""
        person = self.person(username)
        return Account(
            name=username,
            email=person["email"],
            wice_server="main",
            wice_username=username,
            wice_password=person["password"],
            exchange_server="mail",
            mailbox=person["mailbox"],
        )

    def set_up(self, registry: Registry, *usernames: str) -> None:
        """Both servers, and accounts of these people."""
        registry.save(self.wice_server)
        registry.save(self.exchange_server)
        for username in usernames:
            registry.save(self.account(username))

    def fault(self, server: Server, kind: str, **parameters: object) -> None:
        """Plan a fault (sandbox/control.py)."""
        self.control(server, "POST", "faults", {"kind": kind, **parameters})

    def counters(self, server: Server) -> dict[str, Any]:
        counted: dict[str, Any] = self.control(server, "GET", "counters")
        return counted

    def control(self, server: str, method: str, path: str, body: object = None, **query: str) -> Any:
        """One call of a control path; whatever it refuses is the test's mistake."""
        url = f"{self._base[server]}/_sandbox/{path}"
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        reply = self._http.request(method, url, content=content, params=query)
        assert reply.status_code == 200, f"{method} {url}: {reply.status_code} {reply.text}"
        return reply.json()

    def close(self) -> None:
        self._http.close()


@contextmanager
def running(*options: str) -> Iterator[Sandbox]:
    """Both servers, started by `python -m sandbox` with these further options."""
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--wice-port",
        "0",
        "--ews-port",
        "0",
        "--with-parent",
        "--today",
        TODAY,
    ]
    command += options
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        where = json.loads(process.stdout.readline())
        sandbox = Sandbox(where["wice"], where["ews"])
        try:
            yield sandbox
        finally:
            sandbox.close()
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="session")
def sandbox_servers() -> Iterator[Sandbox]:
    """The pair of this worker, in whatever state the last test left it."""
    with running("--seed", "empty") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_servers: Sandbox) -> Sandbox:
    """The pair, empty, with three people."""
    sandbox_servers.reset()
    return sandbox_servers
