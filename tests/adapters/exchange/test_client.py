"""One mailbox over the wire: who may open it, and that it costs nothing before and leaves nothing behind."""

import gc
import weakref

import pytest

from app.domain.account import Access, Auth
from app.domain.sync import Kind
from app.errors import HaltCode
from tests.adapters.exchange.sandbox_server import ANNA, BERND, Server, halted


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
