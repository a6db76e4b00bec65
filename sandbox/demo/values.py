"""Companies, contacts and appointments of no server's format: what `demo` makes, `importer` reads and each side stores.

`wice.seed` and `exchange.seed` each turn them into their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sandbox.people import TIME_ZONE


@dataclass(frozen=True)
class DemoCompany:
    """A company in Wice; `flagged_for` are the usernames whose Outlook sync flag it carries."""

    key: str
    name: str
    email: str = ""
    phone: str = ""
    fax: str = ""
    url: str = ""
    street: str = ""
    street_number: str = ""
    zip_code: str = ""
    town: str = ""
    state: str = ""
    country: str = "Deutschland"
    country_symbol: str = "DE"
    p_o_box: str = ""
    remarks: str = ""
    flagged_for: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DemoContact:
    """A human, in Wice or in a mailbox; without `firstname` and `name` it is a company's own contact.

    In Wice `company_key` names the company and the `company_*` texts stay empty; in a mailbox it is the other way round.
    """

    key: str
    firstname: str = ""
    name: str = ""
    title: str = ""
    salutation: str = ""
    department: str = ""
    position: str = ""
    email: str = ""
    email2: str = ""
    phone: str = ""
    phone2: str = ""
    fax: str = ""
    mobile_phone: str = ""
    url: str = ""
    birthday: date | None = None
    private_email: str = ""
    private_phone: str = ""
    private_mobile_phone: str = ""
    private_street: str = ""
    private_street_number: str = ""
    private_zip_code: str = ""
    private_town: str = ""
    private_country: str = ""
    notes: str = ""
    company_key: str = ""
    company_name: str = ""
    company_street: str = ""
    company_street_number: str = ""
    company_zip_code: str = ""
    company_town: str = ""
    company_country: str = ""
    categories: tuple[str, ...] = ()
    flagged_for: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DemoAppointment:
    """`start` and `end` are wall times in `time_zone`; of a full-time one they are dates, and `end` is the *last* day.

    `participants` are usernames; `attendees` e-mail addresses as a mailbox shows them; `additional_participants` free text as Wice keeps it.
    """

    key: str
    uid: str
    title: str
    start: datetime | date
    end: datetime | date
    time_zone: str = TIME_ZONE
    fulltime: bool = False
    private: bool = False
    external: bool = False
    description: str = ""
    location: str = ""
    participants: tuple[str, ...] = ()
    attendees: tuple[str, ...] = ()
    additional_participants: tuple[str, ...] = ()
    rrule: str = ""
    exdates: tuple[date, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mailbox:
    """What lies in the folder "Wice" below Contacts and below Calendar of one mailbox before the product ever ran."""

    contacts: tuple[DemoContact, ...] = ()
    appointments: tuple[DemoAppointment, ...] = ()


@dataclass(frozen=True)
class World:
    """`companies`, `contacts` and `appointments` are Wice's; `mailboxes` is Exchange's, by username."""

    companies: tuple[DemoCompany, ...] = ()
    contacts: tuple[DemoContact, ...] = ()
    appointments: tuple[DemoAppointment, ...] = ()
    mailboxes: Mapping[str, Mailbox] = field(default_factory=dict)
