"""Alerts by e-mail, over SMTP (RFC 5321) with the standard library."""

from __future__ import annotations

import smtplib
import socket
from email.message import EmailMessage
from email.utils import formatdate
from typing import Final

from app.adapters.trust import trusted
from app.domain.alerts import Alert, AlertSettings, Security
from app.errors import Halt, HaltCode, Retry

TIMEOUT_S: Final = 20.0
_REFUSED: Final = (
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPNotSupportedError,
)


class Mail:
    """To all recipients in one message."""

    def send(self, alert: Alert, settings: AlertSettings, subject: str, text: str) -> None:
        """See `app.ports.alerts.Messenger.send`."""
        where = f"The mail server {settings.smtp_host}"
        try:
            with _connected(settings) as server:
                if settings.smtp_username:
                    server.login(settings.smtp_username, settings.smtp_password)
                refused = server.send_message(_message(alert, settings, subject, text), to_addrs=settings.addresses)
        except _REFUSED as error:
            raise Halt(
                HaltCode.CONFIGURATION, f"{where} refuses ({type(error).__name__}): check login, sender and recipients."
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Retry(f"{where} cannot be reached ({type(error).__name__}).") from error
        if refused:
            raise Halt(HaltCode.CONFIGURATION, f"{where} refuses the recipients {', '.join(refused)}.")


def _connected(settings: AlertSettings) -> smtplib.SMTP:
    context, me = trusted(""), socket.gethostname()  # left to itself the library would ask the DNS for its own name
    host, port = settings.smtp_host, settings.smtp_port
    if settings.smtp_security is Security.TLS:
        return smtplib.SMTP_SSL(host, port, me, timeout=TIMEOUT_S, context=context)
    server = smtplib.SMTP(host, port, me, timeout=TIMEOUT_S)
    try:
        if settings.smtp_security is Security.STARTTLS:
            server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server


def _message(alert: Alert, settings: AlertSettings, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    # Names of accounts may hold anything; a line break would begin another header.
    message["Subject"] = " ".join(subject.split())
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.addresses)
    message["Date"] = formatdate(alert.at.timestamp())
    # The same whenever it is sent again: mail programs show it once.
    message["Message-ID"] = f"<{alert.id}@wice-sync>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    message.set_content(text)
    return message
