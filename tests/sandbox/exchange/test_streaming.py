"""Streaming notifications, written by hand, each body against Microsoft's schema where it is at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
from lxml import etree

from app.adapters.trust import trusted
from sandbox.exchange import schema
from sandbox.people import SERVICE
from tests.sandbox.exchange.conftest import Exchange, impersonating

ANNA = impersonating("anna@example.com")
KINDS = "".join(f"<t:EventType>{kind}Event</t:EventType>" for kind in ("Created", "Modified", "Deleted"))
CONTACT = "<Contact><GivenName>Anna</GivenName></Contact>"
END = "</s:Envelope>"


def subscribed(exchange: Exchange, folder: str = "contacts") -> str:
    ask = (
        f'<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds><t:DistinguishedFolderId Id="{folder}"/></t:FolderIds>'
        f"<t:EventTypes>{KINDS}</t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>"
    )
    [subscription] = re.findall("<m:SubscriptionId>(.*?)</m:SubscriptionId>", exchange.soap(ask, ANNA).text)
    return str(subscription)


@contextmanager
def heard(exchange: Exchange, *subscriptions: str) -> Iterator[Iterator[str]]:
    """The envelopes of one connection, each checked."""
    ids = "".join(f"<t:SubscriptionId>{one}</t:SubscriptionId>" for one in subscriptions)
    ask = f"<m:GetStreamingEvents><m:SubscriptionIds>{ids}</m:SubscriptionIds><m:ConnectionTimeout>1</m:ConnectionTimeout></m:GetStreamingEvents>"
    envelope = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
        f' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><s:Header>{ANNA}</s:Header><s:Body>{ask}</s:Body></s:Envelope>'
    )
    login = (SERVICE.username, SERVICE.password)
    with (
        httpx.Client(verify=trusted(""), timeout=30) as http,
        http.stream("POST", exchange.ews, content=envelope, auth=login) as reply,
    ):
        yield envelopes(reply)


def envelopes(reply: httpx.Response) -> Iterator[str]:
    rest = ""
    for part in reply.iter_text():
        rest += part
        while END in rest:
            one, _, rest = rest.partition(END)
            body = etree.fromstring((one + END).replace("m:Notification>", "t:Notification>").encode())[1][0]
            assert schema.fault_in(body) is None
            yield one


def kinds(envelope: str) -> list[str]:
    return re.findall("<t:([A-Za-z]+)Event>", envelope)


def test_what_happened_before_and_while_the_connection_stands_is_told(exchange: Exchange) -> None:
    subscription = subscribed(exchange)
    exchange.put("contacts", CONTACT)
    with heard(exchange, subscription) as told:
        assert "<m:ConnectionStatus>OK" in next(told)
        assert kinds(next(told)) == ["Created"]
        exchange.put("calendar", "<CalendarItem><Subject>Jour fixe</Subject></CalendarItem>")
        exchange.put("contacts", CONTACT)
        assert kinds(next(told)) == ["Created"], "of the folder that was asked for"


def test_one_connection_tells_of_many_mailboxes(exchange: Exchange) -> None:
    first, second = subscribed(exchange), subscribed(exchange, "calendar")
    with heard(exchange, first, second) as told:
        next(told)
        exchange.put("calendar", "<CalendarItem><Subject>Jour fixe</Subject></CalendarItem>")
        assert second in next(told)


def test_a_subscription_of_before_a_restart_is_unknown_and_its_connection_breaks(exchange: Exchange) -> None:
    subscription = subscribed(exchange)
    with heard(exchange, subscription) as told:
        next(told)
        assert exchange.http.delete(f"{exchange.url}/_sandbox/streams").json() == {"connections": 1}
        with suppress(httpx.RemoteProtocolError):
            assert list(told) == []
    with heard(exchange, subscription) as told:
        answer = next(told)
        assert "ErrorSubscriptionNotFound" in answer
        assert f"<m:ErrorSubscriptionIds><t:SubscriptionId>{subscription}" in answer


def test_who_unsubscribes_hears_no_more(exchange: Exchange) -> None:
    subscription = subscribed(exchange)
    ask = f"<m:Unsubscribe><m:SubscriptionId>{subscription}</m:SubscriptionId></m:Unsubscribe>"
    assert "NoError" in exchange.soap(ask, ANNA).text
    assert "ErrorSubscriptionNotFound" in exchange.soap(ask, ANNA).text
