"""The ways on which alerts leave: e-mail and webhook, behind one port (`app.ports.alerts.Messenger`)."""

from app.adapters.alerting.mail import Mail
from app.adapters.alerting.webhook import Webhook

__all__ = ["Mail", "Webhook"]
