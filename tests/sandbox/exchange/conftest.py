"""exchangelib, an EWS client independent of the sandbox, against a sandbox server of its own. Every reply is checked against the schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from exchangelib import IMPERSONATION, Account, Build, Configuration, Credentials, EWSTimeZone, Version
from exchangelib import close_connections as close_exchangelib

from app.adapters.trust import trusted
from sandbox.people import SERVICE, people
from tests.sandbox.servers import running

ANNA, BERND, CLARA = people(3)
EXCHANGE_2016 = Version(Build(15, 1, 2507, 39))
BERLIN = EWSTimeZone("Europe/Berlin")


def impersonating(mailbox: str, by: str = "PrimarySmtpAddress") -> str:
    """A SOAP header by which the service account acts for a mailbox."""
    sid = f"<t:{by}>{mailbox}</t:{by}>"
    return f"<t:ExchangeImpersonation><t:ConnectingSID>{sid}</t:ConnectingSID></t:ExchangeImpersonation>"


@dataclass
class Exchange:
    """The server under test: its control paths, and accounts at it."""

    url: str
    http: httpx.Client

    @property
    def ews(self) -> str:
        return f"{self.url}/EWS/Exchange.asmx"

    def get(self, path: str, **query: str) -> Any:
        return self.http.get(f"{self.url}/_sandbox/{path}", params=query).raise_for_status().json()

    def post(self, path: str, **body: object) -> Any:
        return self.http.post(f"{self.url}/_sandbox/{path}", json=body).raise_for_status().json()

    def fault(self, kind: str, operation: str | None = None, **parameters: object) -> None:
        self.post("faults", kind=kind, operation=operation, **parameters)

    @property
    def counters(self) -> Any:
        return self.get("counters")

    def items(self, folder: str, mailbox: str = ANNA.mailbox) -> Any:
        return self.get(f"mailboxes/{mailbox}/items", folder=folder)

    def put(self, folder: str, xml: str, mailbox: str = ANNA.mailbox) -> Any:
        """Store an item as another program would have left it there; `xml` is in the types namespace."""
        types = "http://schemas.microsoft.com/exchange/services/2006/types"
        body = xml.replace(">", f' xmlns="{types}">', 1)
        path = f"{self.url}/_sandbox/mailboxes/{mailbox}/items"
        return self.http.post(path, params={"folder": folder}, content=body).raise_for_status().json()

    def configuration(
        self, login: str = SERVICE.username, password: str = SERVICE.password, **more: Any
    ) -> Configuration:
        given = {"credentials": Credentials(login, password), "auth_type": "basic", "version": EXCHANGE_2016} | more
        return Configuration(service_endpoint=self.ews, **given)

    def account(self, mailbox: str = ANNA.mailbox, access: str = IMPERSONATION, **configured: Any) -> Account:
        return Account(
            mailbox,
            config=self.configuration(**configured),
            access_type=access,
            default_timezone=BERLIN,
            locale="de_DE",
        )

    def soap(
        self, body: str, header: str = "", login: tuple[str, str] = (SERVICE.username, SERVICE.password)
    ) -> httpx.Response:
        """A request written by hand; prefixes m and t are declared."""
        spaces = (
            'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
            ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
        )
        envelope = f"<s:Envelope {spaces}><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
        return self.http.post(self.ews, content=envelope.encode(), headers={"Content-Type": "text/xml"}, auth=login)


@contextmanager
def exchange_with(**options: Any) -> Iterator[Exchange]:
    """A server of its own, for tests that need it started in another way."""
    with running("exchange", **options) as url, httpx.Client(verify=trusted("")) as http:
        yield Exchange(url, http)


@pytest.fixture(scope="session")
def shared_exchange() -> Iterator[Exchange]:
    with exchange_with() as server:
        yield server
        close_exchangelib()


@pytest.fixture
def exchange(shared_exchange: Exchange) -> Iterator[Exchange]:
    shared_exchange.post("reset", seed="empty", people=3)
    yield shared_exchange
    assert shared_exchange.counters["invalid_replies"] == 0


@pytest.fixture
def anna(exchange: Exchange) -> Account:
    return exchange.account()


@pytest.fixture
def contacts(anna: Account) -> Any:
    return anna.contacts


@pytest.fixture
def calendar(anna: Account) -> Any:
    return anna.calendar
