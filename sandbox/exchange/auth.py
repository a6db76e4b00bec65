"""Who is knocking: HTTP Basic, OAuth2 client credentials (bearer), and whom they may act for (impersonation)."""

import base64
import binascii
import secrets
from collections import Counter
from urllib.parse import parse_qs

from sandbox.exchange.calls import Caller
from sandbox.exchange.errors import EwsError, NotAuthorised, SoapFault
from sandbox.exchange.ntlm import Handshakes
from sandbox.exchange.world import World
from sandbox.people import SERVICE, Person

TOKEN_LIFE_S = 3599


class Doorkeeper:
    """Logins of one world: each person's mailbox login, and the service account's."""

    def __init__(self, world: World, people: tuple[Person, ...], failed_logins: Counter[str]) -> None:
        self._world = world
        self._passwords = {person.mailbox.casefold(): person.mailbox_password for person in people} | {
            SERVICE.username: SERVICE.password
        }
        self._failed = failed_logins
        self._tokens: set[str] = set()
        self._handshakes = Handshakes(self._passwords)

    def admit(self, authorization: str | None, connection: object) -> Caller:
        """The caller of a request with that Authorization header on that TCP connection. Raises: NotAuthorised."""
        scheme, _, given = (authorization or "").partition(" ")
        match scheme.casefold():
            case "basic":
                return self._basic(given)
            case "bearer":
                return self._bearer(given)
            case "ntlm":
                return self._ntlm(given, connection)
            case "" if known := self._handshakes.login_of(connection):
                return self._caller(known)
        raise NotAuthorised

    def _caller(self, login: str) -> Caller:
        return Caller(login, self._world.mailboxes.get(login))

    def _basic(self, given: str) -> Caller:
        try:
            user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise NotAuthorised from error
        return self._checked(user, password)

    def _checked(self, user: str, password: str) -> Caller:
        login = self.login_of(user)
        if self._passwords.get(login) != password:
            self._failed[login] += 1
            raise NotAuthorised
        return self._caller(login)

    def login_of(self, user: str) -> str:
        """The login behind a user name, which may come with a Windows domain or without the mail domain: "anna" is anna@example.com."""
        name = user.rpartition("\\")[2].casefold()
        return (
            name if "@" in name else next((login for login in self._passwords if login.partition("@")[0] == name), name)
        )

    def _bearer(self, token: str) -> Caller:
        if token not in self._tokens:
            raise NotAuthorised
        return self._caller(SERVICE.username)

    def _ntlm(self, token: str, connection: object) -> Caller:
        user, challenge = self._handshakes.step(token, connection)
        if challenge is not None:
            raise NotAuthorised(challenge)
        login = self.login_of(user)
        if not self._handshakes.login_of(connection):
            self._failed[login] += 1
            raise NotAuthorised
        return self._caller(login)

    def grant_token(self, form: bytes, authorization: str | None) -> str | None:
        """A new access token for the service account's client credentials, in the form or as HTTP Basic; None when they are wrong."""
        fields = {name: values[0] for name, values in parse_qs(form.decode()).items()}
        client, secret = fields.get("client_id", ""), fields.get("client_secret", "")
        if authorization and authorization.startswith("Basic "):
            client, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
        if (client, secret) != (SERVICE.username, SERVICE.password) or fields.get("grant_type") != "client_credentials":
            self._failed[client] += 1
            return None
        token = secrets.token_urlsafe(40)
        self._tokens.add(token)
        return token


def acting_as(world: World, caller: Caller, address: str | None) -> Caller:
    """Whom the request acts as. Raises: SoapFault ErrorNonExistentMailbox, ErrorImpersonateUserDenied."""
    if address is None:
        return caller
    try:
        mailbox = world.mailbox(address)
    except EwsError as error:
        raise SoapFault(error.code, error.text) from error
    if caller.mailbox is not None and caller.mailbox is not mailbox:
        raise SoapFault(
            "ErrorImpersonateUserDenied", "The account does not have permission to impersonate the requested user."
        )
    return Caller(mailbox.address, mailbox)
