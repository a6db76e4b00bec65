"""The program's entry: all commands."""

from __future__ import annotations

import signal

import typer

from app.cli import backups, explaining, licensing, people, runs, serving, setting_up, undoing, upkeep

app = typer.Typer(
    name="wice-sync",
    help="Keep contacts and appointments equal in Wice CRM and Microsoft Exchange.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for commands in (setting_up, runs, undoing, explaining, serving, licensing, people, backups, upkeep):
    commands.register(app)


def main() -> None:
    """Run one command and end the process with its exit code."""
    # A service manager's stop must free the lease like Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app(prog_name="wice-sync")
