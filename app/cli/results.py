"""A run's result as people read it: the handbook's table, then hints, failures and items, at most `SHOWN` of each unless asked for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice

from rich import box
from rich.table import Table

from app.cli.console import OUT
from app.domain.plan import Hint, Op
from app.domain.sync import Kind, Side
from app.services.changes import Change
from app.services.report import KindReport, RunReport, Status
from app.services.wording import HINTS, KINDS, OPS, REASONS, STATUSES, human

SHOWN = 20
_LONGEST_VALUE = 60


def show(report: RunReport, title: str, changes: Sequence[Change], *, verbose: bool) -> None:
    """Print everything about one run."""
    if report.kinds:
        OUT.print(_table(report, f"{title} - {report.profile}"))
    for kind in report.kinds.values():
        _show_kind(kind, verbose=verbose)
    _show_changes(changes, verbose=verbose)
    OUT.print(_summary(report))
    if report.status is Status.NEEDS_CONFIRMATION:
        OUT.print(f"To carry it out: wice-sync confirm {report.run}", soft_wrap=True)
        OUT.print(f"To drop it:      wice-sync confirm {report.run} --discard", soft_wrap=True)


def _table(report: RunReport, title: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("")
    kinds = [kind for kind in Kind if kind in report.kinds]
    for kind in kinds:
        table.add_column(KINDS[kind], justify="right")
    for name, cells in _rows([report.kinds[kind] for kind in kinds]):
        table.add_row(name, *cells)
    return table


def _rows(kinds: Sequence[KindReport]) -> Iterable[tuple[str, list[str]]]:
    yield "In Exchange", [str(kind.in_exchange) for kind in kinds]
    yield "In Wice", [str(kind.in_wice) for kind in kinds]
    yield "Linked", [str(kind.linked) for kind in kinds]
    yield "Exchange: add / change / delete", [_triple(kind, Side.EXCHANGE) for kind in kinds]
    yield "Wice: add / change / delete", [_triple(kind, Side.WICE) for kind in kinds]
    yield "Conflicts", [str(kind.conflicts) for kind in kinds]


def _triple(kind: KindReport, side: Side) -> str:
    return " / ".join(str(kind.counts[side][op]) for op in (Op.ADD, Op.CHANGE, Op.DELETE))


def _show_kind(kind: KindReport, *, verbose: bool) -> None:
    name = KINDS[kind.kind]
    for alarm in kind.alarms:
        OUT.print(f"{name}: {alarm}")
    groups: defaultdict[str, list[Hint]] = defaultdict(list)
    for hint in kind.hints:
        groups[HINTS[hint.reason]].append(hint)
    for sentence, hints in groups.items():
        OUT.print(f"{name}, hint: {sentence}")
        _list([_with_detail(hint.label, hint.detail) for hint in hints], verbose=verbose)
    if kind.failed:
        OUT.print(f"{name}: refused by the server, tried again in the next run:")
        _list([f"{label}: {error}" for label, error in kind.failed], verbose=verbose)
    if kind.error:
        OUT.print(f"{name} stopped: {kind.error}")


def _with_detail(label: str, detail: str) -> str:
    return f"{label} ({detail})" if label and detail else label or detail


def _show_changes(changes: Sequence[Change], *, verbose: bool) -> None:
    lines: list[str] = []
    for change in changes:
        lines.append(_heading(change))
        if verbose:
            lines += [f"    write {change.attempt}"] if change.attempt else []
            lines += [f"    {human(name)}: {_short(old)} -> {_short(new)}" for name, old, new in change.fields]
    _list(lines, verbose=verbose)


def _heading(change: Change) -> str:
    what = OPS[change.side, change.op] if change.side and change.op else "link"
    names = ", ".join(human(name) for name, _, _ in change.fields)
    return f"{KINDS[change.kind]}, {what}: {change.label} - {REASONS[change.reason]}" + (f" [{names}]" if names else "")


def _short(value: str) -> str:
    line = " ".join(value.split())
    return (line if len(line) <= _LONGEST_VALUE else f"{line[: _LONGEST_VALUE - 1]}…") or "(empty)"


def _list(lines: Sequence[str], *, verbose: bool) -> None:
    shown = [line for line in lines if line]
    for line in shown if verbose else islice(shown, SHOWN):
        OUT.print(f"  {line}", soft_wrap=True)
    if not verbose and len(shown) > SHOWN:
        OUT.print(f"  ... and {len(shown) - SHOWN} more (--verbose shows all)")


def _summary(report: RunReport) -> str:
    requests = f"{report.requests[Side.EXCHANGE]} requests to Exchange, {report.requests[Side.WICE]} to Wice"
    name = f"{report.profile}, run {report.run}" if report.run else report.profile
    message = f" {report.message}" if report.message else ""
    when = f" Try again in {report.retry_after_s:.0f} seconds." if report.retry_after_s is not None else ""
    return f"{name}: {STATUSES[report.status]}; {requests}, {report.seconds:.1f} s.{message}{when}"
