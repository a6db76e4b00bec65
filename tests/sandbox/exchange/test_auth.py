"""Basic, NTLM and OAuth2 logins; impersonation and delegate access; what a wrong password leaves behind."""

import os

import pytest
from exchangelib import DELEGATE, Account, Contact, OAuth2Credentials
from exchangelib.errors import ErrorAccessDenied, ErrorImpersonateUserDenied, ErrorNonExistentMailbox, UnauthorizedError
from exchangelib.folders import Contacts

from sandbox.people import SERVICE
from tests.sandbox.exchange.conftest import ANNA, BERND, Exchange


def login(exchange: Exchange, user: str, password: str, **more: object) -> Account:
    """Anna's account opened with that login, without impersonation."""
    return exchange.account(ANNA.mailbox, DELEGATE, login=user, password=password, **more)


@pytest.mark.parametrize("user", ["anna@example.com", "anna", "EXAMPLE\\anna", "Anna@Example.com"])
@pytest.mark.parametrize("auth_type", ["basic", "NTLM"])
def test_a_persons_login_opens_their_mailbox(exchange: Exchange, user: str, auth_type: str) -> None:
    account = login(exchange, user, ANNA.mailbox_password, auth_type=auth_type)
    assert Contact(folder=account.contacts, display_name="Eva").save().id
    assert exchange.counters["failed_logins"] == {}


@pytest.mark.parametrize("auth_type", ["basic", "NTLM"])
def test_a_wrong_password_is_refused_and_counted_under_its_user(exchange: Exchange, auth_type: str) -> None:
    with pytest.raises(UnauthorizedError):
        _ = login(exchange, ANNA.mailbox, "falsch", auth_type=auth_type).contacts
    assert set(exchange.counters["failed_logins"]) == {"anna@example.com"}
    assert exchange.counters["requests"]["total"] == 0


def test_ntlm_stays_logged_in_on_its_connection_only(exchange: Exchange) -> None:
    account = login(exchange, ANNA.mailbox, ANNA.mailbox_password, auth_type="NTLM")
    assert account.contacts.name == "Kontakte"
    assert exchange.http.post(exchange.ews, content=b"").status_code == 401


def test_without_a_login_the_answer_offers_all_three(exchange: Exchange) -> None:
    answer = exchange.http.post(exchange.ews, content=b"")
    assert answer.status_code == 401
    assert answer.headers.get_list("WWW-Authenticate") == ['Basic realm="sandbox"', "NTLM", "Bearer"]
    assert exchange.counters["failed_logins"] == {}


class LoopbackCredentials(OAuth2Credentials):
    """Client credentials whose token endpoint is the sandbox."""

    endpoint = ""

    @property
    def token_url(self) -> str:
        return self.endpoint


def oauth(exchange: Exchange, secret: str) -> LoopbackCredentials:
    credentials = LoopbackCredentials(client_id=SERVICE.username, client_secret=secret, tenant_id="tenant")
    credentials.endpoint = f"{exchange.url}/tenant/oauth2/v2.0/token"
    return credentials


def test_client_credentials_get_a_token_that_may_impersonate(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "OAUTHLIB_INSECURE_TRANSPORT", "1")
    account = exchange.account(credentials=oauth(exchange, SERVICE.password), auth_type="OAuth 2.0")
    assert account.contacts.name == "Kontakte"


def test_wrong_client_credentials_get_none(exchange: Exchange) -> None:
    form = {"grant_type": "client_credentials", "client_id": SERVICE.username, "client_secret": "falsch"}
    answer = exchange.http.post(f"{exchange.url}/tenant/oauth2/v2.0/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    refused = exchange.http.post(exchange.ews, content=b"<x/>", headers={"Authorization": "Bearer made-up"})
    assert refused.status_code == 401


def test_the_service_account_impersonates_and_has_no_mailbox_itself(exchange: Exchange) -> None:
    assert exchange.account(BERND.mailbox).contacts.name == "Kontakte"
    with pytest.raises(ErrorNonExistentMailbox):
        _ = exchange.account("nobody@example.com").contacts
    answer = exchange.soap(
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>"
        '<t:DistinguishedFolderId Id="contacts"/></m:FolderIds></m:GetFolder>'
    )
    assert "ErrorNonExistentMailbox" in answer.text


def test_a_person_may_not_impersonate_somebody_else(exchange: Exchange) -> None:
    account = exchange.account(BERND.mailbox, login=ANNA.mailbox, password=ANNA.mailbox_password)
    with pytest.raises(ErrorImpersonateUserDenied):
        _ = account.contacts


def test_delegates_open_what_they_were_given_and_the_service_account_everything(exchange: Exchange) -> None:
    folder = Contacts(parent=exchange.account(BERND.mailbox).contacts, name="Wice").save()
    request = (
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>"
        '<t:DistinguishedFolderId Id="contacts"><t:Mailbox><t:EmailAddress>bernd@example.com</t:EmailAddress></t:Mailbox>'
        f'</t:DistinguishedFolderId><t:FolderId Id="{folder.id}"/></m:FolderIds></m:GetFolder>'
    )
    own = (ANNA.mailbox, ANNA.mailbox_password)
    assert exchange.soap(request, login=own).text.count("ErrorAccessDenied") == 2
    exchange.post("delegates", mailbox=BERND.mailbox, to=ANNA.mailbox)
    assert exchange.soap(request, login=own).text.count("NoError") == 2
    assert exchange.soap(request).text.count("NoError") == 2


def test_a_reset_voids_tokens(exchange: Exchange) -> None:
    form = {"grant_type": "client_credentials", "client_id": SERVICE.username, "client_secret": SERVICE.password}
    token = exchange.http.post(f"{exchange.url}/t/oauth2/v2.0/token", data=form).json()["access_token"]
    exchange.post("reset", seed="empty", people=3)
    assert (
        exchange.http.post(exchange.ews, content=b"<x/>", headers={"Authorization": f"Bearer {token}"}).status_code
        == 401
    )


def test_another_mailboxs_items_are_out_of_reach(exchange: Exchange) -> None:
    item = Contact(folder=exchange.account(BERND.mailbox).contacts, display_name="Geheim").save()
    anna = login(exchange, ANNA.mailbox, ANNA.mailbox_password)
    with pytest.raises(ErrorAccessDenied):
        list(anna.fetch([(item.id, item.changekey)]))


def test_exchangelib_finds_out_version_and_login_method_by_itself(exchange: Exchange) -> None:
    account = exchange.account(version=None, auth_type=None)
    assert account.contacts.name == "Kontakte"
    assert account.version.build.major_version == 15


def test_the_service_account_opens_every_mailbox_as_a_delegate_too(exchange: Exchange) -> None:
    folder = exchange.account(BERND.mailbox, DELEGATE).contacts
    Contact(folder=folder, display_name="Eva").save()
    assert len(exchange.items("contacts", BERND.mailbox)) == 1
