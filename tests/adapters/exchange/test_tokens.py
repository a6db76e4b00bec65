"""OAuth2 app-only: one token for all mailboxes, and a token server in trouble makes nobody wait."""

import pytest

from app.adapters.exchange import tokens
from app.domain.account import Access, Auth
from app.errors import HaltCode, Retry
from tests.adapters.exchange.canned import Reply, root, serving
from tests.adapters.exchange.sandbox_server import ANNA, BERND, Server, halted

OAUTH = {"auth": Auth.OAUTH2, "tenant_id": "example"}


def oauth(server: Server, **changed: object) -> dict[str, object]:
    return OAUTH | {"token_url": f"{server.url}/example/oauth2/v2.0/token"} | changed


@pytest.fixture(autouse=True)
def _no_tokens() -> None:
    tokens._tokens.clear()


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
    with serving(Reply(status=500), Reply(b"{}"), token) as issuer, serving(root()) as exchange:
        mailbox = server.mailbox(**oauth(server, token_url=f"{issuer.url}/t", endpoint=f"{exchange.url}/EWS"))
        for _ in range(2):
            with pytest.raises(Retry):
                mailbox.probe()
        assert mailbox.probe()


def test_oauth2_a_new_token_that_is_refused_is_a_halt_an_old_one_is_fetched_again(server: Server) -> None:
    issuer = Reply(b'{"access_token": "x", "expires_in": 3600}')
    with serving(issuer) as token, serving(Reply(status=401), Reply(status=401), root()) as exchange:
        mailbox = server.mailbox(**oauth(server, token_url=f"{token.url}/t", endpoint=f"{exchange.url}/EWS"))
        assert halted(mailbox) is HaltCode.LOGIN_REFUSED
        mailbox._session._current_token()
        [(key, kept)] = tokens._tokens.items()
        tokens._tokens[key] = tokens.Token(kept.text, kept.begun - 1000, kept.ends)
        with pytest.raises(Retry):
            mailbox.probe()
        assert mailbox.probe()
        assert len(token.requests) == 3
