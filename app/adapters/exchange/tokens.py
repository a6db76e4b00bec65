"""OAuth2 app-only tokens (client credentials, RFC 6749 section 4.4): one per application and process, renewed a little before it ends.

Exchange wants the application permission full_access_as_app and impersonation.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import requests

from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.errors import AnswerLost, Busy, translate
from app.domain.sync import Side
from app.errors import Halt, HaltCode

SCOPE = "https://outlook.office365.com/.default"
FRESH_S = 60.0
"""A token younger than this has not been withdrawn: who refuses it refuses the application."""
MARGIN_S = 120.0
"""A token is renewed this long before it ends, so that it does not end on the way."""


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and the monotonic times at which it was asked for and at which it ends."""

    text: str = field(repr=False)
    begun: float
    ends: float


_Key = tuple[str, str, str]
_tokens: dict[_Key, Token] = {}
_lock = threading.Lock()


def token_url(access: ExchangeAccess) -> str:
    """Where tokens are issued. Raises: Halt(CONFIGURATION)."""
    if access.token_url:
        return access.token_url
    if not access.tenant_id:
        raise Halt(HaltCode.CONFIGURATION, f"{access.where}: OAuth2 needs the tenant id.")
    return f"https://login.microsoftonline.com/{access.tenant_id}/oauth2/v2.0/token"


def token_for(access: ExchangeAccess, session: requests.Session) -> Token:
    """The application's current token; fetched over `session` when there is none or it ends soon. Raises: Halt(LOGIN_REFUSED), Retry."""
    key = (token_url(access), access.application, access.password)
    with _lock:
        token = _tokens.get(key)
        if token is None or token.ends < time.monotonic() + MARGIN_S:
            token = _tokens[key] = _fetch(access, key, session)
        return token


def forget(token: Token) -> None:
    """The server refused this token: the next call fetches a new one."""
    with _lock:
        for key in [key for key, kept in _tokens.items() if kept is token]:
            del _tokens[key]


def _fetch(access: ExchangeAccess, key: _Key, session: requests.Session) -> Token:
    url, application, secret = key
    form = {"grant_type": "client_credentials", "client_id": application, "client_secret": secret, "scope": SCOPE}
    asked = time.monotonic()
    try:
        response = session.post(url, data=form, timeout=access.request_timeout_s, allow_redirects=False)
    except requests.RequestException as error:
        raise translate(error, f"{access.where}: the token server") from error
    if response.status_code in {400, 401, 403}:
        advice = "The token server refuses the application. Check tenant, client id and secret, and that the secret has not expired."
        raise Halt(
            HaltCode.LOGIN_REFUSED, f"{access.where}: {advice} (HTTP {response.status_code})", side=Side.EXCHANGE
        )
    if response.status_code != requests.codes.ok:
        raise Busy(f"{access.where}: the token server could not answer (HTTP {response.status_code})")
    try:
        answer = response.json()
        return Token(str(answer["access_token"]), asked, asked + float(answer.get("expires_in", 0)))
    except (ValueError, KeyError, TypeError) as error:
        raise AnswerLost(f"{access.where}: the token server's answer cannot be read") from error
