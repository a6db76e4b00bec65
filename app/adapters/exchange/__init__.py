"""Microsoft Exchange by Exchange Web Services (EWS): contacts, calendar and folders of one mailbox.

exchangelib 5.6.0 gives the sessions, their authentication and the SOAP envelope; requests are built and answers are read here, as plain values.
Start with `client.open_mailbox`. This folder is the only one that imports exchangelib.
"""

from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.client import discover, open_mailbox
from app.adapters.exchange.streaming import StreamingChannel

__all__ = ["ExchangeAccess", "StreamingChannel", "discover", "open_mailbox"]
