"""What becomes of a linked item in Exchange when its profile goes and is to take along what was synchronised (R37). Pure.

Nobody's work is lost with it: only what still is as the last synchronisation left it goes, into Deleted Items (R9). Wice is not touched.
"""

from __future__ import annotations

from app.domain.plan import Action, Hint, HintReason, Op, PlannedWrite, Reason
from app.domain.sync import Absent, Found, Held, Link, Side
from app.rules.state import end_of


def removal(link: Link, found: Found) -> Action | Hint | None:
    """The removal of `found`, the Exchange item of an active link; or why it stays; None if its owner has removed it already.

    The link ends with it and leaves the item in Wice alone, so that a run of a profile that stays after all does not take it for the owner's doing.
    """
    if isinstance(found, Absent):
        return None
    if isinstance(found, Held):
        return Hint(HintReason(found.because.value), link.label, Side.EXCHANGE, found.id, found.detail)
    if found.fingerprint != link.exchange.fingerprint:
        return Hint(HintReason.EDITED_SINCE_SYNC, found.record.label, Side.EXCHANGE, found.id)
    return Action(
        key=link.id,
        kind=link.kind,
        link=link.id,
        reason=Reason.PROFILE_REMOVED,
        label=link.label,
        writes=(PlannedWrite(side=Side.EXCHANGE, op=Op.DELETE, before=found.record),),
        wice=link.wice,
        exchange=end_of(found),
        parent=link.parent,
        last_day=link.last_day,
        ends_link=True,
        terms=link.terms,
    )
