"""States as badges: tone, icon and word for every code that the portal shows, so that colour alone never tells anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.services.wording import human
from app.web.i18n import N_, _

TONES = ("good", "info", "wait", "warn", "bad", "quiet")


@dataclass(frozen=True, slots=True)
class Badge:
    """`tone` is one of TONES; `label` is in the reader's language."""

    tone: str
    icon: str
    label: str


BADGES: Mapping[str, tuple[str, str, str]] = {
    # accounts and profiles
    "healthy": ("good", "circle-check", N_("healthy")),
    "waiting": ("wait", "clock", N_("waiting")),
    "attention": ("warn", "alert-triangle", N_("needs attention")),
    "failing": ("bad", "circle-x", N_("failing")),
    "needs_confirmation": ("warn", "hand-stop", N_("needs confirmation")),
    "active": ("good", "circle-check", N_("active")),
    "inactive": ("quiet", "circle-off", N_("inactive")),
    "never_run": ("quiet", "circle-dashed", N_("never run")),
    "new": ("info", "star", N_("new")),
    # runs
    "queued": ("wait", "hourglass", N_("queued")),
    "running": ("info", "loader", N_("running")),
    "done": ("good", "check", N_("done")),
    "ended": ("good", "check", N_("ended")),
    "nothing_to_do": ("quiet", "checks", N_("nothing to do")),
    "partial": ("warn", "alert-triangle", N_("done with failed items")),
    "failed": ("bad", "circle-x", N_("failed")),
    "halted": ("bad", "ban", N_("halted")),
    "cancelled": ("quiet", "player-stop", N_("cancelled")),
    "discarded": ("quiet", "trash", N_("discarded")),
    "undone": ("quiet", "arrow-back-up", N_("undone")),
    "planned": ("info", "list-check", N_("planned")),
    "left_out": ("quiet", "circle-minus", N_("left out")),
    # items
    "in_step": ("good", "link", N_("in step")),
    "held": ("warn", "hand-stop", N_("held")),
    "quarantined": ("warn", "hourglass", N_("resting after refusals")),
    "frozen": ("warn", "lock", N_("frozen")),
    "conflict": ("warn", "git-compare", N_("conflict")),
    # steps of a check
    "trying": ("info", "loader", N_("being tried")),
    "ok": ("good", "check", N_("works")),
    "limited": ("warn", "alert-triangle", N_("limited")),
    "broken": ("bad", "x", N_("does not work")),
    "skipped": ("quiet", "player-skip-forward", N_("skipped")),
    # licences, tokens, sessions
    "trial": ("info", "hourglass", N_("trial")),
    "valid": ("good", "certificate", N_("valid")),
    "expired": ("bad", "clock-pause", N_("expired")),
    "missing": ("bad", "circle-off", N_("missing")),
    "revoked": ("quiet", "ban", N_("revoked")),
}


def badge(code: str) -> Badge:
    """Of a state's code (an enumeration's value). An unknown one is shown quietly by its own name."""
    tone, icon, label = BADGES.get(str(code), ("quiet", "point", human(str(code))))
    return Badge(tone, icon, _(label))
