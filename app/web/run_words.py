"""What the pages about runs say: titles, why a plan waits, what executing it does, what a step means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.plan import Alarm, AlarmReason, HintReason, Op
from app.domain.run import Verb
from app.domain.sync import Side
from app.domain.views import SideCounts
from app.services.desk import Step
from app.services.report import KindReport
from app.services.runs import Looked
from app.web.formats import number
from app.web.i18n import N_, _, ngettext
from app.web.sentences import said
from app.web.words import word

TITLES: Final[Mapping[Verb, str]] = {
    Verb.ANALYSE: N_("Analysis"),
    Verb.SYNC: N_("Synchronisation"),
    Verb.CONFIRM: N_("Execution of a plan"),
    Verb.DISCARD: N_("Discarding of a plan"),
    Verb.UNDO: N_("Undo"),
    Verb.RETRY: N_("New attempt"),
    Verb.REMOVE: N_("Removal from Exchange"),
}


def title(verb: Verb) -> str:
    """What a run is called."""
    return _(TITLES[verb])


def message(text: str) -> str:
    """Why a run failed or waits."""
    return said(text)


def step(code: str) -> str:
    """What a run is busy with."""
    return str(word(Step(code))) if code in set(Step) else _("getting ready")


def alarm(one: Alarm) -> str:
    """Why a plan waits for a confirmation (R29)."""
    values = {"server": _server(one.side), "count": number(one.count), "total": number(one.total)}
    if one.reason is AlarmReason.EMPTIED:
        return _(
            "%(server)s answered with %(count)s items although %(total)s are linked. Execute this only if that is really so.",
            **values,
        )
    return _(
        "%(count)s of %(total)s linked items would be deleted in %(server)s. Execute this only if that is intended.",
        **values,
    )


def effect(run: Looked) -> str:
    """What executing the plan of a run does, in one sentence."""
    parts = [part for side in (Side.EXCHANGE, Side.WICE) if (part := _on(side, run.chosen[side]))]
    if run.links:
        parts.append(ngettext("%(num)s item is only linked", "%(num)s items are only linked", run.links))
    return "; ".join(parts) or _("Nothing is left to be written.")


def button(run: Looked) -> str:
    """What the big button says: exactly what it writes."""
    exchange, wice = (run.chosen[side].all for side in (Side.EXCHANGE, Side.WICE))
    values = {"exchange": number(exchange), "wice": number(wice)}
    if exchange and wice:
        return _("%(exchange)s changes in Exchange, %(wice)s in Wice", **values)
    if exchange:
        return ngettext("%(num)s change in Exchange", "%(num)s changes in Exchange", exchange)
    if wice:
        return ngettext("%(num)s change in Wice", "%(num)s changes in Wice", wice)
    return ngettext("link %(num)s item", "link %(num)s items", run.links) if run.links else ""


def hints(kind: KindReport) -> list[tuple[HintReason, list[tuple[str, str]]]]:
    """Hints by reason, the most frequent first, each with (name, detail) of its items."""
    found: dict[HintReason, list[tuple[str, str]]] = {}
    for hint in kind.hints:
        found.setdefault(hint.reason, []).append((hint.label, hint.detail))
    return sorted(found.items(), key=lambda one: -len(one[1]))


def _on(side: Side, counts: SideCounts) -> str:
    amounts = {Op.ADD: counts.add, Op.CHANGE: counts.change, Op.DELETE: counts.delete}
    parts = [f"{number(count)} {_op(side, op)}" for op, count in amounts.items() if count]
    return f"{_server(side)}: {', '.join(parts)}" if parts else ""


def _op(side: Side, op: Op) -> str:
    if op is Op.DELETE and side is Side.WICE:
        # Nothing is ever deleted in Wice (R8, R13).
        return _("taken out of the synchronisation")
    return {Op.ADD: _("added"), Op.CHANGE: _("changed"), Op.DELETE: _("deleted")}[op]


def _server(side: Side) -> str:
    return "Exchange" if side is Side.EXCHANGE else "Wice"
