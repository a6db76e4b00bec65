"""Streaming notifications: Subscribe, GetStreamingEvents, Unsubscribe. One connection tells of many mailboxes until its time is up.

`Notification` is written in the namespace of the messages, as Exchange does and its documentation shows; Microsoft's schema says types.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

from sandbox.exchange.auth import acting_as
from sandbox.exchange.calls import Call, Caller
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import child, child_text, children, local
from sandbox.exchange.soap import Envelope, envelope, failure, reply, success
from sandbox.exchange.world import Change, Subscription, World

HEARTBEAT_S = 20.0
"""So often a connection on which nothing happens gives a sign of life."""

_NAME = "GetStreamingEvents"
_EVENTS = {"CreatedEvent", "DeletedEvent", "ModifiedEvent"}


def subscribe(call: Call) -> list[str]:
    """Subscribe, of streaming subscriptions only."""
    return call.each(children(call.request)[:1], lambda wanted: _subscribed(call, wanted))


def _subscribed(call: Call, wanted: object) -> str:
    del wanted
    asked = children(call.request)[0]
    if local(asked) != "StreamingSubscriptionRequest":
        raise EwsError("ErrorInvalidRequest", "The sandbox knows streaming subscriptions only.")
    folders = [call.folder(node) for node in children(child(asked, "FolderIds"))]
    mailbox = folders[0].mailbox if folders else call.mailbox(None)
    types = {str(node.text) for node in children(child(asked, "EventTypes"))}
    made = Subscription(mailbox, frozenset(folder.id for folder in folders), frozenset(types & _EVENTS))
    call.world.subscriptions[made.id] = made
    return f"<m:SubscriptionId>{made.id}</m:SubscriptionId>"


def unsubscribe(call: Call) -> list[str]:
    """Unsubscribe."""

    def end(node: object) -> str:
        del node
        if call.world.subscriptions.pop(child_text(call.request, "SubscriptionId"), None) is None:
            raise EwsError("ErrorSubscriptionNotFound", "The specified subscription was not found.")
        return ""

    return call.each(children(call.request)[:1], end)


async def stream(
    world: World, caller: Caller, asked: Envelope, cut: Callable[[], Awaitable[None]]
) -> AsyncIterator[bytes]:
    """The bodies of one connection. `cut` breaks it, when the sandbox was told to. Raises: EwsError before the first one."""
    acting_as(world, caller, asked.impersonated)
    ids = [str(node.text) for node in children(child(asked.request, "SubscriptionIds"))]
    ends = asyncio.get_running_loop().time() + 60 * int(child_text(asked.request, "ConnectionTimeout"))
    strange = [one for one in ids if not _may_hear(world, caller, one)]
    if strange:
        yield _unknown(strange)
        return
    bell = asyncio.Event()
    world.bells.add(bell)
    cuts = world.cuts
    try:
        yield _body("<m:ConnectionStatus>OK</m:ConnectionStatus>")
        while world.cuts == cuts:
            bell.clear()
            if told := _told(world, ids):
                yield _body(f"<m:Notifications>{told}</m:Notifications>")
            left = ends - asyncio.get_running_loop().time()
            if left <= 0:
                yield _body("<m:ConnectionStatus>Closed</m:ConnectionStatus>")
                return
            try:
                await asyncio.wait_for(bell.wait(), min(HEARTBEAT_S, left))
            except TimeoutError:
                yield _body(f"<m:Notifications>{_notification(ids[0], '<t:StatusEvent/>')}</m:Notifications>")
        await cut()
    finally:
        world.bells.discard(bell)


def _may_hear(world: World, caller: Caller, subscription: str) -> bool:
    # By its login, not by whom it acts for: the service account hears of many mailboxes on one connection.
    found = world.subscriptions.get(subscription)
    return found is not None and caller.may_open(found.mailbox)


def _told(world: World, ids: list[str]) -> str:
    found = [(one, world.subscriptions[one].take()) for one in ids if one in world.subscriptions]
    return "".join(_notification(one, "".join(map(_event, changes))) for one, changes in found if changes)


def _event(change: Change) -> str:
    name = change.event
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<t:{name}><t:TimeStamp>{moment}</t:TimeStamp><t:ItemId Id="{change.item}" ChangeKey="{change.version}"/>'
        f'<t:ParentFolderId Id="{change.folder}" ChangeKey="AQAAAA=="/></t:{name}>'
    )


def _notification(subscription: str, events: str) -> str:
    return f"<m:Notification><t:SubscriptionId>{subscription}</t:SubscriptionId>{events}</m:Notification>"


def _body(inner: str) -> bytes:
    return envelope(reply(_NAME, [success(_NAME, inner)]))


def _unknown(ids: list[str]) -> bytes:
    named = "".join(f"<t:SubscriptionId>{one}</t:SubscriptionId>" for one in ids)
    error = EwsError("ErrorSubscriptionNotFound", "The specified subscription was not found.")
    return envelope(reply(_NAME, [failure(_NAME, error, f"<m:ErrorSubscriptionIds>{named}</m:ErrorSubscriptionIds>")]))
