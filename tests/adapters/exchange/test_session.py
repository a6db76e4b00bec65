"""Calls over the wire: who must act on what, nothing sent twice, nothing waited for."""

import os
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from app.adapters.exchange import bodies
from app.adapters.exchange.contacts import Contacts
from app.adapters.exchange.errors import AnswerLost, Busy
from app.adapters.exchange.session import Session
from app.adapters.exchange.store import FolderStore
from app.domain.contact import Contact
from app.domain.ids import ItemId
from app.domain.writes import Refused, Written
from app.errors import Halt, HaltCode, Retry
from tests.adapters.exchange.canned import Reply, bad, canned_mailbox, fault, good, messages, operations, serving, soap
from tests.adapters.exchange.sandbox_server import Server, creation, halted, persons
from tests.fakes.allowance import NotingAllowance


@pytest.mark.parametrize(
    ("reply", "error", "after"),
    [
        (Reply(status=429, headers={"Retry-After": "90"}), Busy, 90),
        (Reply(status=503), Busy, 60),
        (Reply(status=503, headers={"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"}), Busy, 60),
        (Reply(status=500), AnswerLost, 60),
        (Reply(status=502), AnswerLost, 60),
        (Reply(b"<html>login</html>"), AnswerLost, 60),
        (Reply(soap("")), AnswerLost, 60),
        (fault("ErrorServerBusy"), Busy, 60),
        (fault("ErrorServerBusy", '<t:MessageXml><t:Value Name="BackOffMilliseconds">5000</t:Value></t:MessageXml>'), Busy, 5),
        (fault("ErrorInternalServerError"), AnswerLost, 60),
        (fault("ErrorMailboxStoreUnavailable"), Busy, 60),
    ],
)  # fmt: skip
def test_nobody_acts_later(reply: Reply, error: type[Retry], after: int) -> None:
    with serving(reply) as canned:
        mailbox = canned_mailbox(canned)
        with pytest.raises(error) as caught:
            mailbox.probe()
        assert caught.value.after == timedelta(seconds=after)
        assert mailbox.requests == 1, "asked once, and not waited for"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(status=401), HaltCode.LOGIN_REFUSED),
        (Reply(status=403), HaltCode.ACCESS_DENIED),
        (Reply(status=404), HaltCode.CONFIGURATION),
        (Reply(status=302, headers={"Location": "/owa"}), HaltCode.CONFIGURATION),
        (fault("ErrorImpersonateUserDenied"), HaltCode.ACCESS_DENIED),
        (fault("ErrorNonExistentMailbox"), HaltCode.NOT_FOUND),
        (fault("ErrorInvalidServerVersion"), HaltCode.UNSUPPORTED),
        (messages("GetFolder", bad("GetFolder", "ErrorAccessDenied")), HaltCode.ACCESS_DENIED),
    ],
)
def test_an_administrator_acts_and_nothing_is_tried_twice(reply: Reply, code: HaltCode) -> None:
    with serving(reply) as canned:
        mailbox = canned_mailbox(canned)
        assert halted(mailbox) is code
        assert mailbox.requests == 1


def test_a_read_whose_connection_broke_is_repeated_once(server: Server) -> None:
    mailbox = server.mailbox()
    server.fault("cut_before", "GetFolder")
    assert mailbox.probe()
    server.fault("cut_before", "GetFolder", count=2)
    with pytest.raises(AnswerLost):
        mailbox.probe()
    assert server.counters["requests"]["GetFolder"] == 4


def test_a_read_that_took_too_long_is_not_repeated(server: Server) -> None:
    mailbox = server.mailbox(request_timeout_s=0.3)
    server.fault("stall", "GetFolder", seconds=0.5)
    with pytest.raises(AnswerLost, match="did not answer in time"):
        mailbox.probe()
    assert server.counters["requests"]["GetFolder"] == 1


def test_a_server_out_of_reach_did_nothing() -> None:
    with serving(Reply()) as canned:
        mailbox = canned_mailbox(canned)
    with pytest.raises(Busy, match="out of reach"):
        mailbox.probe()


def test_an_answer_with_parts_missing_is_no_answer() -> None:
    with serving(messages("GetItem", bad("GetItem", "ErrorItemNotFound"))) as canned:
        session = canned_mailbox(canned)._session
        with pytest.raises(AnswerLost, match="1 of 2"):
            session.read(bodies.get_versions([ItemId("a"), ItemId("b")]), 2)


def test_one_item_that_spoils_the_request_is_refused_alone() -> None:
    """ErrorSchemaValidation comes for the whole request, before anything is done."""

    def answer(body: bytes) -> Reply:
        if b">Gift<" in body:
            return fault("ErrorSchemaValidation")
        made = '<m:Items><t:Contact><t:ItemId Id="i" ChangeKey="1"/></t:Contact></m:Items>'
        return messages("CreateItem", *[good("CreateItem", made)] * body.count(b"<t:Contact>"))

    with serving(answer) as canned:
        store = FolderStore(canned_mailbox(canned)._session, "f", Contacts(frozenset()))
        records = [*persons(5), Contact(last_name="Gift"), *persons(3)]
        outcomes = list(store.write([creation(one) for one in records]))
    assert [type(one) for one in outcomes] == [Written] * 5 + [Refused] + [Written] * 3
    sent = b"".join(body for body in operations(canned) if b">Gift<" not in body)
    assert sent.count(b"<t:Contact>") == 8, "each good one is carried out once"


def test_a_forked_process_opens_its_own_connection(server: Server) -> None:
    mailbox = server.mailbox()
    mailbox.probe()
    connection = mailbox._session._connection
    assert connection
    connection.process = os.getpid() + 1
    mailbox.probe()
    assert mailbox._session._connection is not connection


def test_a_failed_call_never_keeps_the_next_one_waiting(server: Server) -> None:
    mailbox = server.mailbox()
    for kind in ("cut_before", "error", "garbage", "busy", "unauthorized"):
        server.fault(kind, "GetFolder", count=2)
        with pytest.raises((Retry, Halt)):
            mailbox.probe()
        server.post("reset", seed="empty", people=3)
        waiting = threading.Thread(target=mailbox.probe, daemon=True)
        waiting.start()
        waiting.join(20)
        assert not waiting.is_alive()


def test_a_poisoned_id_does_not_stop_a_session() -> None:
    reply = messages("GetItem", bad("GetItem", "ErrorInvalidIdMalformed"))
    with serving(reply) as canned:
        session = Session(canned_mailbox(canned)._session.access)
        [message] = session.read(bodies.get_versions([ItemId("x\x00y")]), 1)
    assert message.code == "ErrorInvalidIdMalformed"


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(status=503), "busy"),
        (fault("ErrorServerBusy"), "busy"),
        (fault("ErrorMailboxMoveInProgress"), "busy, this mailbox"),
        (fault("ErrorImpersonateUserDenied"), "answered"),
        (messages("GetFolder", good("GetFolder")), "answered"),
    ],
)
def test_the_hosts_budget_hears_what_the_server_said(reply: Reply, told: str) -> None:
    allowance = NotingAllowance()
    with serving(reply) as canned:
        session = Session(replace(canned_mailbox(canned)._session.access, allowance=allowance))
        with suppress(Retry, Halt):
            session.read(bodies.get_folders([bodies.distinguished("msgfolderroot", "anna@example.com")]))
    assert allowance.told == ["spent", told]


def test_a_budget_that_is_used_up_sends_nothing() -> None:
    with serving(Reply(status=500)) as canned:
        session = Session(replace(canned_mailbox(canned)._session.access, allowance=NotingAllowance(refuses=True)))
        with pytest.raises(Busy) as refused:
            session.call(bodies.get_folders([bodies.distinguished("msgfolderroot", "anna@example.com")]))
        assert refused.value.after == timedelta(seconds=7)
        assert session.requests == 0
