"""Wice CRM over its JSON calls. `open_crm(access)` is the only entry.

Question -> file: which name on the wire -> default.toml · which column for which field -> fields_contact, fields_appointment · how a value is
spelled -> wire · what an error means -> errors · session and transport -> client · what a server can -> capabilities · what is in scope and
how it is written -> contacts, appointments (what they share: store).
"""

from app.adapters.wice.client import WiceAccess
from app.adapters.wice.crm import WiceCrm, open_crm

__all__ = ["WiceAccess", "WiceCrm", "open_crm"]
