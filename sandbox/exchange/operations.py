"""The table of operations, and one request from its envelope to the bytes of its answer."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from sandbox.control import Fault
from sandbox.exchange import attachments, directory, find, folders, items, schema, soap, streaming, sync, updates
from sandbox.exchange.auth import acting_as
from sandbox.exchange.calls import Call, Caller
from sandbox.exchange.controls import ExchangeControl
from sandbox.exchange.errors import EwsError, SoapFault
from sandbox.exchange.fragments import children
from sandbox.exchange.soap import Envelope
from sandbox.exchange.world import World

log = logging.getLogger(__name__)

OPERATIONS: Mapping[str, Callable[[Call], list[str]]] = {
    "GetFolder": folders.get,
    "FindFolder": folders.find,
    "CreateFolder": folders.create,
    "UpdateFolder": folders.update,
    "MoveFolder": folders.move,
    "DeleteFolder": folders.delete,
    "SyncFolderItems": sync.sync_items,
    "SyncFolderHierarchy": sync.sync_hierarchy,
    "GetItem": items.get,
    "CreateItem": items.create,
    "UpdateItem": updates.update,
    "DeleteItem": items.delete,
    "MoveItem": items.move,
    "CopyItem": items.copy,
    "FindItem": find.find,
    "CreateAttachment": attachments.create,
    "GetAttachment": attachments.get,
    "DeleteAttachment": attachments.delete,
    "Subscribe": streaming.subscribe,
    "Unsubscribe": streaming.unsubscribe,
    "ConvertId": directory.convert_id,
    "ResolveNames": directory.resolve_names,
    "GetServerTimeZones": directory.time_zones,
}


@dataclass(frozen=True)
class Answer:
    """HTTP status and body."""

    status: int
    body: bytes


def carry_out(
    world: World, control: ExchangeControl, caller: Caller, envelope: Envelope, fault: Fault | None
) -> Answer:
    """Do what the request asks. A SOAP fault comes with HTTP 500, as Exchange sends it; so does a reply that breaks the schema."""
    try:
        body = _body(world, control, caller, envelope, fault)
    except SoapFault as error:
        return Answer(500, soap.fault(error))
    except EwsError as error:
        return Answer(500, soap.fault(SoapFault(error.code, error.text)))
    answer = soap.envelope(body)
    wrong = schema.fault_in(children(etree.fromstring(answer))[1][0]) if schema.is_loaded() else None
    if wrong is None:
        return Answer(200, answer)
    control.invalid_replies += 1
    log.error("invalid reply to %s: %s", envelope.operation, wrong)
    return Answer(
        500,
        soap.fault(SoapFault("ErrorResponseSchemaValidation", f"The sandbox's own reply breaks the schema: {wrong}")),
    )


def _body(world: World, control: ExchangeControl, caller: Caller, envelope: Envelope, fault: Fault | None) -> str:
    if fault is not None and fault.kind == "busy":
        wait = str(int(fault.number("retry_after_s") * 1000))
        raise SoapFault(
            "ErrorServerBusy",
            "The server cannot service this request right now. Try again later.",
            {"BackOffMilliseconds": wait},
        )
    work = OPERATIONS.get(envelope.operation)
    if work is None:
        raise SoapFault("ErrorInvalidOperation", f"The sandbox does not know the operation {envelope.operation}.")
    wrong = schema.fault_in(envelope.request)
    if wrong is not None:
        control.counters.rejected_by_schema += 1
        raise SoapFault("ErrorSchemaValidation", f"The request failed schema validation: {wrong}")
    acting = acting_as(world, caller, envelope.impersonated)
    messages = work(Call(world, acting, envelope, control.counters, fault))
    return soap.reply(envelope.operation, messages)
