"""Alerts by e-mail, over SMTP (RFC 5321) with the standard library."""

from __future__ import annotations

import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from typing import Final

from app.adapters.trust import trusted
from app.domain.alerts import Alert, AlertSettings, Security
from app.errors import Halt, HaltCode, Retry

TIMEOUT_S: Final = 20.0


class Mail:
    """To all recipients in one message."""

    def send(self, alert: Alert, settings: AlertSettings, subject: str, text: str) -> None:
        """See `app.ports.alerts.Messenger.send`."""
        try:
            with _connected(settings) as server:
                if settings.smtp_username:
                    server.login(settings.smtp_username, settings.smtp_password)
                refused = server.send_message(_message(alert, settings, subject, text), to_addrs=settings.addresses)
        except (smtplib.SMTPException, OSError) as error:
            raise _translated(error, settings) from error
        if refused:
            where = f"The mail server {settings.smtp_host}"
            raise Halt(HaltCode.CONFIGURATION, f"{where} refuses the recipients {', '.join(refused)}.")


def _connected(settings: AlertSettings) -> smtplib.SMTP:
    context, me = (
        trusted(settings.smtp_ca_file),
        socket.gethostname(),
    )  # left to itself the library would ask the DNS for its own name
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


def _translated(error: Exception, settings: AlertSettings) -> Halt | Retry:
    """Who must act, in words; of the server's own words only the number."""
    host, code = settings.smtp_host, HaltCode.CONFIGURATION
    match error:
        case ssl.SSLCertVerificationError():
            code = HaltCode.CERTIFICATE
            text = (
                f"The certificate of the mail server {host} is not trusted ({error.verify_message}). Renew it there, or name the file with your "
                "certificate authority as its CA file; it must be made out to this name."
            )
        case ssl.SSLError():
            text = f"The mail server {host} speaks no TLS that fits at this port. Choose another encryption, or another port."
        case smtplib.SMTPAuthenticationError():
            text = f"The mail server {host} refuses the login ({error.smtp_code}). Correct user name and password."
        case smtplib.SMTPNotSupportedError():
            text = (
                f"The mail server {host} offers no such encryption, or takes no login with it. Choose STARTTLS or TLS, or leave the user "
                "name empty."
            )
        case smtplib.SMTPSenderRefused(smtp_code=530):
            text = f"The mail server {host} wants encryption or a login first. Choose STARTTLS or TLS, and enter a user name."
        case smtplib.SMTPRecipientsRefused() | smtplib.SMTPSenderRefused():
            text = f"The mail server {host} refuses ({type(error).__name__}). Correct sender and recipients."
        case _:
            return Retry(f"The mail server {host} cannot be reached ({type(error).__name__}).")
    return Halt(code, text)


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
