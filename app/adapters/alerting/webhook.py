"""Alerts by HTTP POST of a JSON object, signed so that the receiver can tell them from anybody else's."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Final

import httpx

from app.adapters.trust import trusted
from app.domain.alerts import Alert, AlertSettings
from app.errors import Halt, HaltCode, Retry

TIMEOUT_S: Final = 20.0
SIGNATURE: Final = "X-Wice-Sync-Signature"


class Webhook:
    """`text` is what chat programs show; the other members are for programs."""

    def send(self, alert: Alert, settings: AlertSettings, subject: str, text: str) -> None:
        """See `app.ports.alerts.Messenger.send`. Redirects are not followed: the address is the administrator's, not the server's."""
        body = json.dumps(
            {
                "id": alert.id,
                "event": alert.word,
                "topic": alert.topic,
                "account": alert.subject,
                "value": alert.value,
                "since": alert.since.isoformat() if alert.since else None,
                "at": alert.at.isoformat(),
                "title": subject,
                "text": f"{subject}\n{text}",
            }
        ).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": alert.id}
        if settings.webhook_secret:
            headers[SIGNATURE] = (
                f"sha256={hmac.new(settings.webhook_secret.encode(), body, hashlib.sha256).hexdigest()}"
            )
        try:
            answer = httpx.post(
                settings.webhook_url, content=body, headers=headers, timeout=TIMEOUT_S, verify=trusted("")
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Retry(f"The webhook cannot be reached ({type(error).__name__}).") from error
        if not answer.is_success:
            family = Retry if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS else None
            text = f"The webhook answered {answer.status_code} instead of 2xx."
            raise family(text) if family else Halt(HaltCode.CONFIGURATION, text)
