"""What the services need of the outside, as Protocols: `engine` (servers, books, configuration); what only the portal needs has files of its own."""

from app.ports.engine import (
    Books,
    Capabilities,
    Company,
    Crm,
    Cursor,
    Employee,
    Folder,
    FolderEntry,
    History,
    Known,
    Ledger,
    Mailbox,
    Registry,
    Store,
)

__all__ = [
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
    "Store",
]
