"""What the services need of the outside, as Protocols: `engine` (servers, books), `history`, `registry` (configuration).

What only the portal needs has files of its own.
"""

from app.ports.engine import (
    NO_OTHERS,
    Books,
    Capabilities,
    Company,
    Crm,
    Employee,
    Folder,
    FolderEntry,
    Known,
    Ledger,
    Mailbox,
    Store,
)
from app.ports.history import History
from app.ports.registry import Registry
from app.ports.standing import Cursor, Standing

__all__ = [
    "NO_OTHERS",
    "Books",
    "Capabilities",
    "Company",
    "Crm",
    "Cursor",
    "Employee",
    "Folder",
    "FolderEntry",
    "History",
    "Known",
    "Ledger",
    "Mailbox",
    "Registry",
    "Standing",
    "Store",
]
