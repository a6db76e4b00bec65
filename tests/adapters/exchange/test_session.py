"""Calls over the wire: who must act on what, nothing sent twice, nothing waited for, nothing about people in the logs."""

import gc
import logging
import os
import ssl
import subprocess
import sys
import threading
import weakref
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
import trustme

from app.adapters.exchange import bodies, tokens
from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.client import ExchangeMailbox
from app.adapters.exchange.contacts import Contacts
from app.adapters.exchange.errors import AnswerLost, Busy
from app.adapters.exchange.session import Session
from app.adapters.exchange.store import FolderStore
from app.domain.account import Access, Auth
from app.domain.contact import Contact
from app.domain.ids import ItemId
from app.domain.sync import Kind
from app.domain.writes import Refused, Written
from app.errors import Halt, HaltCode, Retry
from tests.adapters.exchange.canned import Canned, Reply, bad, fault, good, messages, operations, serving, soap
from tests.adapters.exchange.sandbox_server import ANNA, BERND, Server, creation, persons


def halted(mailbox: ExchangeMailbox) -> HaltCode:
    with pytest.raises(Halt) as caught:
        mailbox.probe()
    assert mailbox._session.access.mailbox in str(caught.value)
    return caught.value.code


OAUTH = {"auth": Auth.OAUTH2, "tenant_id": "example"}


def oauth(server: Server, **changed: object) -> dict[str, object]:
    return OAUTH | {"token_url": f"{server.url}/example/oauth2/v2.0/token"} | changed


@pytest.fixture(autouse=True)
def _no_tokens() -> None:
    tokens._tokens.clear()


@pytest.mark.parametrize("auth", [Auth.BASIC, Auth.NTLM])
@pytest.mark.parametrize("who", ["impersonation", "delegate"])
def test_basic_and_ntlm_open_a_mailbox_by_either_access(server: Server, auth: Auth, who: str) -> None:
    own = {"username": ANNA.mailbox, "password": ANNA.mailbox_password} if who == "delegate" else {}
    mailbox = server.mailbox(auth=auth, access=Access(who), **own)
    assert "15.1.2507.39" in mailbox.probe()
    assert mailbox.find_folder("default", Kind.CONTACTS)
    assert mailbox.requests == (2 if auth is Auth.BASIC else 4)


@pytest.mark.parametrize("auth", [Auth.BASIC, Auth.NTLM])
def test_a_refused_login_is_a_halt_after_exactly_one_failed_login(server: Server, auth: Auth) -> None:
    mailbox = server.mailbox(auth=auth, username=ANNA.mailbox, password="falsch", access=Access.DELEGATE)
    assert halted(mailbox) is HaltCode.LOGIN_REFUSED
    assert server.counters["failed_logins"] == {ANNA.mailbox: 1}


def test_delegate_access_to_another_s_mailbox_needs_rights(server: Server) -> None:
    mailbox = server.mailbox(
        mailbox=BERND.mailbox, access=Access.DELEGATE, username=ANNA.mailbox, password=ANNA.mailbox_password
    )
    assert halted(mailbox) is HaltCode.ACCESS_DENIED
    server.post("delegates", mailbox=BERND.mailbox, to=ANNA.mailbox)
    assert mailbox.probe()


def test_impersonation_by_somebody_without_the_right_is_a_halt(server: Server) -> None:
    mailbox = server.mailbox(mailbox=BERND.mailbox, username=ANNA.mailbox, password=ANNA.mailbox_password)
    assert halted(mailbox) is HaltCode.ACCESS_DENIED


def test_a_mailbox_that_does_not_exist_is_a_halt(server: Server) -> None:
    assert halted(server.mailbox(mailbox="niemand@example.com")) is HaltCode.NOT_FOUND


def test_oauth2_one_token_serves_all_mailboxes_and_sessions(server: Server) -> None:
    for person in (ANNA, BERND, ANNA):
        mailbox = server.mailbox(mailbox=person.mailbox, **oauth(server))
        assert mailbox.probe()
        mailbox.close()
    assert sum(one.requests for one in server.opened) == 3 + 1


def test_oauth2_a_wrong_secret_is_a_halt(server: Server) -> None:
    assert halted(server.mailbox(**oauth(server, password="falsch"))) is HaltCode.LOGIN_REFUSED
    assert server.counters["requests"]["total"] == 0


def test_oauth2_needs_a_tenant_and_impersonation(server: Server) -> None:
    assert halted(server.mailbox(auth=Auth.OAUTH2)) is HaltCode.CONFIGURATION
    assert halted(server.mailbox(**oauth(server, access=Access.DELEGATE))) is HaltCode.CONFIGURATION


def test_oauth2_a_token_server_that_fails_is_not_waited_for_and_the_next_call_works(server: Server) -> None:
    """exchangelib loses its only session then, and waits for it for ever (its issue 1373)."""
    token = Reply(b'{"access_token": "x", "expires_in": 3600}')
    with serving(Reply(status=500), Reply(b"{}"), token) as issuer, serving(_root()) as exchange:
        mailbox = server.mailbox(**oauth(server, token_url=f"{issuer.url}/t", endpoint=f"{exchange.url}/EWS"))
        for _ in range(2):
            with pytest.raises(Retry):
                mailbox.probe()
        assert mailbox.probe()


def test_oauth2_a_new_token_that_is_refused_is_a_halt_an_old_one_is_fetched_again(server: Server) -> None:
    issuer = Reply(b'{"access_token": "x", "expires_in": 3600}')
    with serving(issuer) as token, serving(Reply(status=401), Reply(status=401), _root()) as exchange:
        mailbox = server.mailbox(**oauth(server, token_url=f"{token.url}/t", endpoint=f"{exchange.url}/EWS"))
        assert halted(mailbox) is HaltCode.LOGIN_REFUSED
        mailbox._session._current_token()
        [(key, kept)] = tokens._tokens.items()
        tokens._tokens[key] = tokens.Token(kept.text, kept.begun - 1000, kept.ends)
        with pytest.raises(Retry):
            mailbox.probe()
        assert mailbox.probe()
        assert len(token.requests) == 3


def _root() -> Reply:
    inner = '<m:Folders><t:Folder><t:FolderId Id="root"/></t:Folder></m:Folders>'
    return messages("GetFolder", good("GetFolder", inner))


def canned_mailbox(canned: Canned, **changed: Any) -> ExchangeMailbox:
    given: dict[str, Any] = {
        "mailbox": ANNA.mailbox,
        "endpoint": f"{canned.url}/EWS",
        "username": "u",
        "password": "p",
    } | changed
    return ExchangeMailbox(ExchangeAccess(**given))


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


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def verified_server(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def test_tls_is_verified_and_a_further_authority_can_be_named(
    verified_server: ssl.SSLContext, authority: trustme.CA, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with serving(_root(), context=verified_server) as canned:
        stranger = canned_mailbox(canned)
        assert halted(stranger) is HaltCode.CERTIFICATE
        friend = canned_mailbox(canned, ca_file=str(ca_file))
        assert friend.probe()
        friend.close()
        assert halted(canned_mailbox(canned)) is HaltCode.CERTIFICATE, "one mailbox's CA is not everybody's"
    assert len(canned.requests) == 1


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_cannot_be_read_is_a_halt(tmp_path: Path, content: str | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    with serving(_root()) as canned, pytest.raises(Halt) as caught:
        canned_mailbox(canned, ca_file=str(ca_file)).probe()
    assert caught.value.code is HaltCode.CERTIFICATE


def test_nothing_is_sent_before_the_first_call(server: Server) -> None:
    mailbox = server.mailbox()
    assert mailbox._session._connection is None
    assert server.counters["requests"]["total"] == 0


def test_closing_frees_the_connection_and_a_later_call_opens_a_new_one(server: Server) -> None:
    mailbox = server.mailbox()
    mailbox.probe()
    connection = weakref.ref(mailbox._session._connection)
    mailbox.close()
    gc.collect()
    assert connection() is None, "nothing process-wide holds a connection"
    assert mailbox.probe()


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


def test_errors_log_nothing_of_the_request(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    store = server.store()
    server.fault("garbage", "CreateItem")
    with pytest.raises(Retry):
        list(store.write([creation(Contact(last_name="Geheimname"))]))
    assert "Geheimname" not in caplog.text
    assert not [one for one in caplog.records if one.name.startswith("exchangelib")]


def test_two_mailboxes_share_nothing_but_the_process(server: Server) -> None:
    script = (
        "import sys; from app.adapters.exchange import ExchangeAccess, open_mailbox\n"
        "from exchangelib.protocol import BaseProtocol, CachingProtocol\n"
        "before = dict(vars(BaseProtocol))\n"
        "for name in ('anna', 'bernd'):\n"
        "    a = ExchangeAccess(mailbox=f'{name}@example.com', endpoint=sys.argv[1], username=sys.argv[2], password=sys.argv[3])\n"
        "    m = open_mailbox(a); m.probe(); m.close()\n"
        "assert not CachingProtocol._protocol_cache\n"
        "assert dict(vars(BaseProtocol)) == before\n"
    )
    access = server.access()
    command = [sys.executable, "-c", script, access.endpoint, access.username, access.password]
    subprocess.run(command, check=True, timeout=60, cwd=Path(__file__).parents[3])


def test_reading_is_not_byte_by_byte() -> None:
    """2 MB take exchangelib's default 2 million calls; the iterator over bytes must not be used at all."""
    import requests

    from app.adapters.exchange.services import OPERATIONS

    class Whole(requests.Response):
        def iter_content(self, *args: object, **kwargs: object) -> NoReturn:
            raise AssertionError("read byte by byte")

    response = Whole()
    response._content = soap("<m:GetItemResponse/>")
    header, body = OPERATIONS["GetItem"]._get_soap_parts(response)
    assert header is None
    assert len(body) == 1


def test_a_poisoned_id_does_not_stop_a_session() -> None:
    reply = messages("GetItem", bad("GetItem", "ErrorInvalidIdMalformed"))
    with serving(reply) as canned:
        session = Session(canned_mailbox(canned)._session.access)
        [message] = session.read(bodies.get_versions([ItemId("x\x00y")]), 1)
    assert message.code == "ErrorInvalidIdMalformed"
