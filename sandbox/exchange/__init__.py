"""The Exchange sandbox: EWS over HTTP with in-memory mailboxes."""
