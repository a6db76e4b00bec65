"""How one mailbox is reached: what an administrator configures, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.adapters.keeping import Keeper
from app.domain.account import Access, Auth
from app.ports.budget import Allowance, Unlimited
from app.ports.metering import NO_METER, Meter


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeAccess:
    """One mailbox on its server.

    `endpoint` is the EWS URL, "" for autodiscover. `ca_file` is a PEM file with further certificate authorities. With OAuth2 the app-only flow is
    used: `client_id` (or else `username`) and `password` are the application's id and secret, `token_url` replaces Microsoft's token endpoint
    (sovereign clouds). `time_zone` is an IANA name, the zone in which new and all-day items are written (R17).
    `email` is the person's address in Wice, where it is not the mailbox's: meetings may name either (R15).
    `unmapped_fields` are canonical contact fields that are neither read nor written, because the other side cannot hold them.
    `allowance` is asked before each call; `keeper` keeps the connection for the next session of `account`, where there is one.
    """

    mailbox: str
    endpoint: str = ""
    auth: Auth = Auth.BASIC
    access: Access = Access.IMPERSONATION
    username: str
    password: str = field(repr=False)
    tenant_id: str = ""
    client_id: str = ""
    token_url: str = ""
    ca_file: str = ""
    time_zone: str = "Europe/Berlin"
    request_timeout_s: float = 60.0
    unmapped_fields: frozenset[str] = frozenset()
    email: str = ""
    meter: Meter = NO_METER
    allowance: Allowance = field(default_factory=Unlimited, repr=False, compare=False)
    keeper: Keeper | None = field(default=None, repr=False, compare=False)
    account: str = ""

    @property
    def owner(self) -> frozenset[str]:
        """The addresses of the mailbox's owner, in lower case."""
        return frozenset({self.mailbox.casefold(), self.email.casefold()} - {""})

    @property
    def application(self) -> str:
        """The application's id for OAuth2."""
        return self.client_id or self.username

    @property
    def where(self) -> str:
        """The server and the mailbox, as messages name them."""
        return f"Exchange server {urlsplit(self.endpoint).netloc or '(autodiscover)'}, mailbox {self.mailbox}"
