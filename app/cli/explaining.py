"""explain: why an item is synchronised, or not (R41)."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Final

import typer

from app.cli.console import OUT, application
from app.cli.exits import Exit
from app.cli.handling import handled
from app.domain.finding import Gap, Happened
from app.domain.sync import Side
from app.services.changes import fields_of
from app.services.explain import explain as explain_items
from app.services.explaining_words import GAPS, STATES, fact_text
from app.services.explanations import Answer, Explanation
from app.services.wording import HINTS, KINDS, OPS, REASONS, human

SHOWN: Final = 10
"""Writes of a timeline that are printed: the latest."""
_SERVER: Final = {Gap.WICE_SILENT: Side.WICE, Gap.EXCHANGE_SILENT: Side.EXCHANGE}
_REASON_TEXTS: Final = {reason.value: text for reason, text in REASONS.items()}


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(handled(explain))


def explain(
    profile: Annotated[str, typer.Argument(help="The profile's name, or account/profile.", show_default=False)],
    text: Annotated[str, typer.Argument(help="A name, an e-mail address or a title.", show_default=False)],
    *,
    books_only: Annotated[bool, typer.Option("--books", help="Do not ask the servers.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> Exit:
    """Say why a contact or an appointment is, or is not, synchronised: the rule, the values that decide, and all that was written of it."""
    from app.bootstrap import inquiry  # late: `--help` must not load both servers' libraries

    with application() as product, inquiry(product, profile, live=not books_only) as asked:
        answer = explain_items(asked, text)
    if as_json:
        sys.stdout.write(json.dumps(answer.json()) + "\n")
    else:
        _show(answer)
    return Exit.DONE if answer.items else Exit.FAILED


def _show(answer: Answer) -> None:
    for item in answer.items:
        _show_item(item)
    if not answer.items:
        OUT.print(f"Nothing is known of “{answer.text}” in the profile {answer.profile}.", soft_wrap=True)
        where = "in the books, at Wice and in the mailbox" if answer.live else "in the books"
        OUT.print(f"Looked {where}.", soft_wrap=True)
    messages = {trouble.side: trouble.message for trouble in answer.trouble}
    for gap in answer.gaps:
        said = messages.get(_SERVER[gap], "") if gap in _SERVER else ""
        OUT.print(f"{GAPS[gap]}: {said}" if said else GAPS[gap], soft_wrap=True)


def _show_item(item: Explanation) -> None:
    name = item.label or "(name not shown)"
    OUT.print(f"{KINDS[item.kind]}: {name} - {STATES[item.verdict.state]} ({item.rule})", soft_wrap=True)
    OUT.print(f"  {item.why}", soft_wrap=True)
    for fact in item.verdict.facts:
        OUT.print(f"  - {fact_text(fact)}", soft_wrap=True)
    for note in item.notes:
        OUT.print(
            f"  - {HINTS[note.reason]} ({note.detail})" if note.detail else f"  - {HINTS[note.reason]}", soft_wrap=True
        )
    if item.advice:
        OUT.print(f"  What to do: {item.advice}", soft_wrap=True)
    if len(item.timeline) > SHOWN:
        OUT.print(f"  ... {len(item.timeline) - SHOWN} older writes (--json shows all)")
    for happened in item.timeline[-SHOWN:]:
        OUT.print(f"  {_event(happened)}", soft_wrap=True)
    OUT.print()


def _event(happened: Happened) -> str:
    entry, intent = happened.entry, happened.entry.intent
    what, because = OPS[intent.side, intent.op], _REASON_TEXTS.get(intent.reason, human(intent.reason))
    fields = ", ".join(human(name) for name, _, _ in fields_of(intent.before, intent.after)) if intent.before else ""
    changed = f" [{fields}]" if fields else ""
    error = f": {entry.error}" if entry.error else ""
    return f"{entry.at:%Y-%m-%d %H:%M} UTC  {what}, {because}{changed} - {entry.state.value}{error} (run {entry.run})"
