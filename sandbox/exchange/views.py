"""What a client sees of an item beside the properties it stored: ids, times, sizes, and what Exchange derives (names, duration, meeting state)."""

from datetime import datetime

from sandbox.exchange import bodies, calendar_views
from sandbox.exchange.fragments import attributes, element
from sandbox.exchange.properties import TITLE
from sandbox.exchange.world import Item
from sandbox.exchange.xmlnames import ITEM_CLASSES, LABELS

_RIGHTS = "".join(
    element(name, "true")
    for name in [
        "CreateAssociated",
        "CreateContents",
        "CreateHierarchy",
        "Delete",
        "Modify",
        "Read",
        "ViewPrivateItems",
    ]
)
_COMPLETE_NAME = (
    ("Title", TITLE),
    ("FirstName", "contacts:GivenName"),
    ("MiddleName", "contacts:MiddleName"),
    ("LastName", "contacts:Surname"),
    ("Suffix", "contacts:Generation"),
    ("Initials", "contacts:Initials"),
    ("FullName", "contacts:DisplayName"),
    ("Nickname", "contacts:Nickname"),
)


def instant(moment: datetime) -> str:
    """A point in time as Exchange writes it: UTC, seconds, "Z"."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def view_of(item: Item) -> dict[str, str]:
    """Key -> XML of everything a client may ask for. Stored properties win over derived ones of the same key."""
    view = _common(item)
    match item.kind:
        case "Contact":
            view.update(_contact(item))
        case "DistributionList":
            view["contacts:FileAs"] = element("FileAs", item.text("contacts:DisplayName"))
        case "CalendarItem":
            view.update(calendar_views.view_of(item))
        case "Message":
            view["message:IsRead"] = element("IsRead", "true")
    view.update((key, stored.xml) for key, stored in item.properties.items())
    return view


def item_id(item: Item) -> str:
    return f"<t:ItemId{attributes(Id=item.id, ChangeKey=item.change_key)}/>"


def _common(item: Item) -> dict[str, str]:
    created, modified = instant(item.created), instant(item.modified)
    owner = item.folder.mailbox.owner
    view = {
        "item:ItemId": item_id(item),
        "item:ParentFolderId": f"<t:ParentFolderId{attributes(Id=item.folder.id, ChangeKey=item.folder.change_key)}/>",
        "item:ItemClass": element("ItemClass", ITEM_CLASSES[item.kind]),
        "item:Sensitivity": element("Sensitivity", "Normal"),
        "item:Importance": element("Importance", "Normal"),
        "item:Size": element("Size", str(_size(item))),
        "item:HasAttachments": element("HasAttachments", "true" if item.attachments else "false"),
        "item:DateTimeReceived": element("DateTimeReceived", created),
        "item:DateTimeSent": element("DateTimeSent", created),
        "item:DateTimeCreated": element("DateTimeCreated", created),
        "item:LastModifiedTime": element("LastModifiedTime", modified),
        "item:LastModifiedName": element("LastModifiedName", owner),
        "item:Culture": element("Culture", "de-DE"),
        "item:EffectiveRights": f"<t:EffectiveRights>{_RIGHTS}</t:EffectiveRights>",
        "item:ReminderIsSet": element("ReminderIsSet", "false"),
        "item:ReminderMinutesBeforeStart": element("ReminderMinutesBeforeStart", "0"),
    }
    for name in ("IsSubmitted", "IsDraft", "IsFromMe", "IsResend", "IsUnmodified", "IsAssociated"):
        view[f"item:{name}"] = element(name, "false")
    if item.attachments:
        view["item:Attachments"] = (
            f"<t:Attachments>{''.join(held.summary for held in item.attachments.values())}</t:Attachments>"
        )
    if item.body:
        view["item:TextBody"] = element("TextBody", bodies.as_text(item.body), BodyType="Text")
    return view


def _size(item: Item) -> int:
    return (
        600 + sum(len(stored.xml) for stored in item.properties.values()) + (len(item.body.content) if item.body else 0)
    )


def _contact(item: Item) -> dict[str, str]:
    display = item.text("contacts:DisplayName") or _joined(
        item, " ", "contacts:GivenName", "contacts:MiddleName", "contacts:Surname"
    )
    names = "".join(element(name, item.text(key)) for name, key in _COMPLETE_NAME if item.text(key))
    view = {
        "contacts:HasPicture": element("HasPicture", "true" if _has_picture(item) else "false"),
        "contacts:ContactSource": element("ContactSource", "Store"),
        "contacts:FileAs": element("FileAs", file_as(item)),
        "item:Subject": element("Subject", display),
    }
    if display:
        view["contacts:DisplayName"] = element("DisplayName", display)
    if names:
        view["contacts:CompleteName"] = f"<t:CompleteName>{names}</t:CompleteName>"
    if not item.text("contacts:PostalAddressIndex"):
        view["contacts:PostalAddressIndex"] = element("PostalAddressIndex", _postal_index(item))
    return view


def _has_picture(item: Item) -> bool:
    return any("IsContactPhoto>true" in held.summary for held in item.attachments.values())


def _postal_index(item: Item) -> str:
    held = [
        label
        for label in LABELS["PhysicalAddresses"]
        if any(key.endswith(f"[{label}]") and "Address:" in key for key in item.properties)
    ]
    return held[0] if held else "None"


def _joined(item: Item, between: str, *keys: str) -> str:
    return between.join(text for key in keys if (text := item.text(key)))


def file_as(item: Item) -> str:
    """The name to file under, made by FileAsMapping (default: "Surname, Given name", else the company)."""
    mapping = item.text("contacts:FileAsMapping") or "LastCommaFirst"
    company, display = item.text("contacts:CompanyName"), item.text("contacts:DisplayName")
    comma = _joined(item, ", ", "contacts:Surname", "contacts:GivenName")
    space = _joined(item, " ", "contacts:Surname", "contacts:GivenName")
    person = comma if "Comma" in mapping else space
    match mapping:
        case "FirstSpaceLast":
            made = _joined(item, " ", "contacts:GivenName", "contacts:Surname")
        case "Company":
            made = company
        case "DisplayName":
            made = display
        case "FirstName":
            made = item.text("contacts:GivenName")
        case "LastName":
            made = item.text("contacts:Surname")
        case "None" | "Empty":
            return ""
        case _ if mapping.startswith("Company"):
            made = "\r\n".join(part for part in (company, person) if part)
        case _ if mapping.endswith("Company"):
            made = "\r\n".join(part for part in (person, company) if part)
        case _:
            made = person
    return made or company or display
