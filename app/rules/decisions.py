"""What must happen to one item. The policy is these tables; read them first.

For every pair of states the table is total over direction x conflict policy x target policy: `decide` looks up, it does not think.
SAME/EDITED/GONE are states of a linked item since its last sync, NEW/NONE of an item that is linked to nothing; (NEW, NEW) are twins (R24).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.domain.account import TargetChanges
from app.domain.sync import Change, Side
from app.rules.policy import Policy

SAME, EDITED, GONE, NEW, NONE = Change.SAME, Change.EDITED, Change.GONE, Change.NEW, Change.NONE


class Decision(StrEnum):
    """What to do with an item. "Update the target from the source" and the like are resolved to sides here, once."""

    NOTHING = "nothing"
    UPDATE_WICE = "update_wice"
    UPDATE_EXCHANGE = "update_exchange"
    CREATE_IN_WICE = "create_in_wice"
    CREATE_IN_EXCHANGE = "create_in_exchange"
    REMOVE_FROM_WICE = "remove_from_wice"
    REMOVE_FROM_EXCHANGE = "remove_from_exchange"
    MERGE = "merge"
    FORGET = "forget"
    KEEP = "keep"
    IGNORE = "ignore"


_UPDATE: Final = {Side.WICE: Decision.UPDATE_WICE, Side.EXCHANGE: Decision.UPDATE_EXCHANGE}
_CREATE: Final = {Side.WICE: Decision.CREATE_IN_WICE, Side.EXCHANGE: Decision.CREATE_IN_EXCHANGE}
_REMOVE: Final = {Side.WICE: Decision.REMOVE_FROM_WICE, Side.EXCHANGE: Decision.REMOVE_FROM_EXCHANGE}

# (Wice, Exchange) -> decision, both directions open, where nobody has to win.
PEACEFUL: Final[dict[tuple[Change, Change], Decision]] = {
    (SAME, SAME): Decision.NOTHING,
    (EDITED, SAME): Decision.UPDATE_EXCHANGE,  # R1
    (SAME, EDITED): Decision.UPDATE_WICE,  # R1
    (GONE, SAME): Decision.REMOVE_FROM_EXCHANGE,  # R9, R14
    (SAME, GONE): Decision.REMOVE_FROM_WICE,  # R8, R13
    (GONE, GONE): Decision.FORGET,
    (NEW, NONE): Decision.CREATE_IN_EXCHANGE,  # R4, R5, R11
    (NONE, NEW): Decision.CREATE_IN_WICE,  # R6, R7, R12
    (NEW, NEW): Decision.MERGE,  # R24
}

# (winner, loser) -> decision in terms of the loser; both directions open (R22).
CONFLICTS: Final[dict[tuple[Change, Change], dict[Side, Decision]]] = {
    (EDITED, EDITED): _UPDATE,
    (EDITED, GONE): _CREATE,
    (GONE, EDITED): _REMOVE,
}

# (source, target) -> decision in terms of the target, one direction (R23): what `overwrite` and `keep` do.
ONE_WAY: Final[dict[tuple[Change, Change], dict[TargetChanges, dict[Side, Decision] | Decision]]] = {
    (SAME, SAME): {TargetChanges.OVERWRITE: Decision.NOTHING, TargetChanges.KEEP: Decision.NOTHING},
    (EDITED, SAME): {TargetChanges.OVERWRITE: _UPDATE, TargetChanges.KEEP: _UPDATE},
    (GONE, SAME): {TargetChanges.OVERWRITE: _REMOVE, TargetChanges.KEEP: _REMOVE},
    (SAME, EDITED): {TargetChanges.OVERWRITE: _UPDATE, TargetChanges.KEEP: Decision.KEEP},
    (EDITED, EDITED): {TargetChanges.OVERWRITE: _UPDATE, TargetChanges.KEEP: Decision.KEEP},
    (GONE, EDITED): {TargetChanges.OVERWRITE: _REMOVE, TargetChanges.KEEP: Decision.KEEP},
    (SAME, GONE): {TargetChanges.OVERWRITE: _CREATE, TargetChanges.KEEP: Decision.KEEP},
    (EDITED, GONE): {TargetChanges.OVERWRITE: _CREATE, TargetChanges.KEEP: Decision.KEEP},
    (GONE, GONE): {TargetChanges.OVERWRITE: Decision.FORGET, TargetChanges.KEEP: Decision.FORGET},
    (NEW, NONE): {TargetChanges.OVERWRITE: _CREATE, TargetChanges.KEEP: _CREATE},
    (NONE, NEW): {TargetChanges.OVERWRITE: Decision.IGNORE, TargetChanges.KEEP: Decision.IGNORE},  # target-only
    (NEW, NEW): {TargetChanges.OVERWRITE: Decision.MERGE, TargetChanges.KEEP: Decision.MERGE},  # R24
}


def decide(wice: Change, exchange: Change, policy: Policy) -> Decision:
    """Look up what must happen to an item in these two states. Total over all states that can occur; anything else is a KeyError, a bug."""
    target = policy.direction.target
    if target is None:
        return _both_ways(wice, exchange, policy)
    source_state, target_state = (wice, exchange) if target is Side.EXCHANGE else (exchange, wice)
    cell = ONE_WAY[source_state, target_state][policy.target_changes]
    return cell if isinstance(cell, Decision) else cell[target]


def _both_ways(wice: Change, exchange: Change, policy: Policy) -> Decision:
    if (wice, exchange) in PEACEFUL:
        return PEACEFUL[wice, exchange]
    winner = policy.winner
    states = (wice, exchange) if winner is Side.WICE else (exchange, wice)
    return CONFLICTS[states][winner.other]


def is_conflict(wice: Change, exchange: Change) -> bool:
    """Changed on both sides since the last sync, or changed on one and deleted on the other (R22)."""
    return (wice, exchange) in {(EDITED, EDITED), (EDITED, GONE), (GONE, EDITED)}
