"""The channel's reading: envelopes come in whatever pieces the network makes of them; what is no envelope, or says no, is told by its family."""

from __future__ import annotations

import pytest

from app.adapters.exchange.streaming import StreamingChannel, _end_of
from app.domain.ids import ProfileId
from app.domain.watching import Watched
from app.errors import Halt, HostBusy, Retry
from tests.adapters.exchange.canned import Reply, bad, canned_mailbox, fault, good, messages, serving

ANNA = Watched(ProfileId(7), "mail", "", "anna@example.com", ("AAMkFolder",))
SUBSCRIBED = messages("Subscribe", good("Subscribe", "<m:SubscriptionId>one</m:SubscriptionId>"))
EVENT = (
    "<m:Notifications><m:Notification><t:SubscriptionId>{0}</t:SubscriptionId><t:CreatedEvent><t:ItemId Id='AAMk'/></t:CreatedEvent>"
    "</m:Notification></m:Notifications>"
)
ALIVE = "<m:Notifications><m:Notification><t:SubscriptionId>one</t:SubscriptionId><t:StatusEvent/></m:Notification></m:Notifications>"


def told(*envelopes: Reply) -> list[set[ProfileId]]:
    """What a channel tells of one mailbox when the server answers so."""
    whole = Reply(b"".join(reply.body for reply in envelopes))
    with serving(SUBSCRIBED, whole) as canned:
        channel = StreamingChannel(canned_mailbox(canned)._session.access)
        channel.watch(ANNA)
        return [set(profiles) for profiles in channel.changes()]


def streamed(inner: str) -> Reply:
    return messages("GetStreamingEvents", good("GetStreamingEvents", inner))


def test_changes_are_told_by_profile_and_signs_of_life_as_nobody() -> None:
    assert told(
        streamed("<m:ConnectionStatus>OK</m:ConnectionStatus>"),
        streamed(EVENT.format("one")),
        streamed(ALIVE),
        streamed(EVENT.format("of somebody else")),
    ) == [set(), {7}, set(), set()]


def test_a_subscription_that_the_server_has_forgotten_is_tried_again() -> None:
    with pytest.raises(Retry):
        told(messages("GetStreamingEvents", bad("GetStreamingEvents", "ErrorSubscriptionNotFound")))


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=401), Halt),
        (Reply(status=503), HostBusy),
        (Reply(b"<html>login</html>"), Retry),
        (fault("ErrorServerBusy"), HostBusy),
        (messages("Subscribe", bad("Subscribe", "ErrorAccessDenied")), Halt),
        (messages("Subscribe", bad("Subscribe", "ErrorExceededSubscriptionCount")), HostBusy),
    ],
)
def test_a_mailbox_that_is_refused_says_who_must_act(reply: Reply, error: type[Exception]) -> None:
    with serving(reply) as canned:
        channel = StreamingChannel(canned_mailbox(canned)._session.access)
        with pytest.raises(error):
            channel.watch(ANNA)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (b"<s:Envelope><s:Body/></s:Envelope><s:Env", 34),
        (b"<Envelope></Envelope>", 21),
        (b"<s:Envelope></s:Body></s:Envel", 0),
        (b"", 0),
    ],
)
def test_an_envelope_ends_with_its_closing_tag_whatever_its_prefix(text: bytes, end: int) -> None:
    assert _end_of(text) == end
