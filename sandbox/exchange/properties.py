"""From the element of an item, as a client sends it, to its properties, each with the key of paths.py."""

from datetime import UTC, datetime

from lxml.etree import _Element as Element

from sandbox.exchange import bodies, timezones
from sandbox.exchange.bodies import Body
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import child, child_text, children, element, fragment, local, text_of
from sandbox.exchange.paths import entry_key, extended_key
from sandbox.exchange.world import Properties, Property
from sandbox.exchange.xmlnames import ADDRESS_PARTS, DATE_TIMES, ENTRY_URI, FIELDS, READ_ONLY

_FLAGS = ("ReminderIsSet", "AllowNewTimeProposal")
_ZONES = ("StartTimeZone", "EndTimeZone")
_ATTENDEES = ("RequiredAttendees", "OptionalAttendees", "Resources")

TITLE = "extended:tag:0x3a45:String"  # PR_DISPLAY_NAME_PREFIX: EWS has no field of its own for it


def properties_of(item: Element, *, trusted: bool = False) -> tuple[Properties, Body | None]:
    """All properties of an item element, and its body; `trusted` input may set what the server derives, as a meeting's organizer.

    Raises: EwsError ErrorInvalidPropertySet when one of them is the server's to decide.
    """
    fields = FIELDS[local(item)]
    found: Properties = {}
    body = None
    for node in children(item):
        name = local(node)
        if name == "Body":
            body = body_of(node)
        elif name == "ExtendedProperty":
            found.update([extended_property(node)])
        elif name in ENTRY_URI and local(item) == "Contact":
            found.update(entries_of(node))
        elif name in _ZONES:
            found[fields[name]] = zone_property(name, str(node.get("Id")))
        elif name in _ATTENDEES:
            found[fields[name]] = attendees(node)
        else:
            key = fields.get(name, f"unknown:{name}")
            if not trusted:
                refuse_read_only(key)
            found[key] = _as_returned(name, key, node)
    return found, body


def _as_returned(name: str, key: str, node: Element) -> Property:
    """Clients write booleans as 1 and times with any offset; Exchange answers "true" and UTC."""
    text = text_of(node)
    if name.startswith("Is") or name in _FLAGS:
        text = boolean(text)
    elif key in DATE_TIMES and (moment := _moment(text)):
        text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    else:
        return Property(fragment(node), text)
    return Property(element(name, text), text)


def boolean(text: str) -> str:
    """An xs:boolean in the spelling Exchange uses."""
    return {"1": "true", "0": "false"}.get(text.strip(), text.strip())


def _moment(text: str) -> datetime | None:
    """Only a time that says its offset can be put into UTC here; a naive one waits for its item's zone."""
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return parsed if parsed.tzinfo else None


def refuse_read_only(key: str) -> None:
    """Raises: EwsError ErrorInvalidPropertySet, as Exchange answers a client that sets what the server derives."""
    if key in READ_ONLY:
        raise EwsError("ErrorInvalidPropertySet", f"Set action is invalid for property {key}.")


def body_of(node: Element) -> Body | None:
    """An item's Body element; an empty one means none."""
    content = text_of(node)
    return bodies.stored(node.get("BodyType"), content) if content else None


def extended_property(node: Element) -> tuple[str, Property]:
    """Key and value of an ExtendedProperty element; its value is kept apart from the path, which is echoed as asked."""
    path, value = children(node)
    if path.get("PropertyType") == "Boolean":
        text = boolean(text_of(value))
        return extended_key(path), Property(element("Value", text), text)
    return extended_key(path), Property(fragment(value), text_of(value))


def entries_of(node: Element) -> Properties:
    """Entries of EmailAddresses, PhoneNumbers, ImAddresses or PhysicalAddresses; empty ones are none."""
    uri = ENTRY_URI[local(node)]
    found: Properties = {}
    for entry in children(node):
        label = str(entry.get("Key"))
        if uri == "contacts:PhysicalAddress":
            found.update(_address_parts(entry, label))
        elif text := text_of(entry):
            found[entry_key(uri, label)] = entry_property(uri, label, text, entry)
    return found


def _address_parts(entry: Element, label: str) -> Properties:
    parts = {name: text_of(child(entry, name)) for name in ADDRESS_PARTS}
    return {
        entry_key(f"contacts:PhysicalAddress:{name}", label): Property(element(name, text), text)
        for name, text in parts.items()
        if text
    }


def entry_property(uri: str, label: str, text: str, given: Element | None = None) -> Property:
    """An e-mail address comes back with a name and a routing type, as Exchange adds them."""
    if uri != "contacts:EmailAddress":
        return Property(element("Entry", text, Key=label), text)
    name = given.get("Name") if given is not None else None
    routing = given.get("RoutingType") if given is not None else None
    return Property(
        element(
            "Entry", text, Key=label, Name=str(name or text), RoutingType=str(routing or "SMTP"), MailboxType="Contact"
        ),
        text,
    )


def zone_property(name: str, windows_id: str) -> Property:
    """StartTimeZone or EndTimeZone: only its id counts, the definition is the server's. Raises: EwsError ErrorTimeZone."""
    timezones.zone(windows_id)
    return Property(timezones.definition(name, windows_id), windows_id)


def attendees(node: Element) -> Property:
    """Attendees as Exchange shows them: with name, routing type and a response. The text is their addresses, one a line."""
    xml, addresses = "", []
    for attendee in children(node):
        mailbox = child(attendee, "Mailbox")
        address = child_text(mailbox, "EmailAddress") if mailbox is not None else ""
        name = (child_text(mailbox, "Name") if mailbox is not None else "") or address
        addresses.append(address)
        inner = (
            element("Name", name)
            + (element("EmailAddress", address) if address else "")
            + element("RoutingType", "SMTP")
        )
        response = child_text(attendee, "ResponseType") or "Unknown"
        xml += f"<t:Attendee><t:Mailbox>{inner}</t:Mailbox>{element('ResponseType', response)}</t:Attendee>"
    return Property(f"<t:{local(node)}>{xml}</t:{local(node)}>", "\n".join(addresses))
