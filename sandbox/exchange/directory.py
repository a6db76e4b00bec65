"""What clients ask about the server itself: ResolveNames, ConvertId, GetServerTimeZones."""

from sandbox.exchange import timezones
from sandbox.exchange.calls import Call
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import attributes, child, child_text, children, element, local, text_of
from sandbox.exchange.soap import failure, success


def resolve_names(call: Call) -> list[str]:
    """ResolveNames: people whose name or address contains the text."""
    wanted = child_text(call.request, "UnresolvedEntry").casefold().removeprefix("smtp:")
    found = [
        box
        for box in call.world.mailboxes.values()
        if wanted in box.address.casefold() or wanted in box.owner.casefold()
    ]
    if not found:
        return [failure("ResolveNames", EwsError("ErrorNameResolutionNoResults", "No results were found."))]
    resolutions = "".join(
        "<t:Resolution><t:Mailbox>"
        f"{element('Name', box.owner)}{element('EmailAddress', box.address)}{element('RoutingType', 'SMTP')}{element('MailboxType', 'Mailbox')}"
        "</t:Mailbox></t:Resolution>"
        for box in found[:100]
    )
    inner = f'<m:ResolutionSet TotalItemsInView="{len(found)}" IncludesLastItemInRange="true">{resolutions}</m:ResolutionSet>'
    if len(found) == 1:
        return [success("ResolveNames", inner)]
    several = failure(
        "ResolveNames", EwsError("ErrorNameResolutionMultipleResults", "Multiple results were found."), inner
    )
    return [several.replace('ResponseClass="Error"', 'ResponseClass="Warning"')]


def convert_id(call: Call) -> list[str]:
    """ConvertId: every format is spelled as the EWS id here; what matters is that known ids convert and others do not."""
    wanted = str(call.request.get("DestinationFormat"))
    messages = []
    for node in call.section("SourceIds"):
        given = str(node.get("Id") or "")
        if local(node) != "AlternateId" or not given.startswith("AAMk"):
            messages.append(failure("ConvertId", EwsError("ErrorInvalidIdMalformed", "Id is malformed.")))
            continue
        alternate = (
            f'<m:AlternateId xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="t:AlternateIdType"'
            f"{attributes(Format=wanted, Id=given, Mailbox=str(node.get('Mailbox')))}/>"
        )
        messages.append(success("ConvertId", alternate))
    return messages


def time_zones(call: Call) -> list[str]:
    """GetServerTimeZones: all, or those asked for; with their rules unless ReturnFullTimeZoneData is false."""
    ids = [text_of(node) for node in children(child(call.request, "Ids"))]
    known = [name for name in timezones.names() if not ids or name in ids]
    if call.request.get("ReturnFullTimeZoneData") == "false":
        definitions = "".join(f"<t:TimeZoneDefinition{attributes(Id=name, Name=name)}/>" for name in known)
    else:
        definitions = "".join(timezones.definition("TimeZoneDefinition", name) for name in known)
    return [success("GetServerTimeZones", f"<m:TimeZoneDefinitions>{definitions}</m:TimeZoneDefinitions>")]
