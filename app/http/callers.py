"""Who may call a page or an operation: `def page(here: Here, by: Reader)`; anybody else is refused before it begins.

Which role may do what stands in `app.domain.people.Role`.
"""

from __future__ import annotations

from typing import Annotated

from app.domain.people import Actor, Permission
from app.http.security import needs

Reader = Annotated[Actor, needs(Permission.READ)]
Messenger = Annotated[Actor, needs(Permission.HINT)]
Runner = Annotated[Actor, needs(Permission.RUN)]
Configurer = Annotated[Actor, needs(Permission.CONFIGURE)]
Manager = Annotated[Actor, needs(Permission.MANAGE)]
