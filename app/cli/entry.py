"""The program's entry: all commands, and what becomes of an error. Errors made on purpose are one sentence on standard error, no traceback."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

import click
import typer

from app.cli import runs, setting_up, upkeep
from app.cli.exits import Exit
from app.errors import BadInput, WiceSyncError

app = typer.Typer(
    name="wice-sync",
    help="Keep contacts and appointments equal in Wice CRM and Microsoft Exchange.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for commands in (setting_up, runs, upkeep):
    commands.register(app)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end the process with its exit code."""
    # A service manager's stop must free the lease like Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = typer.main.get_command(app).main(arguments, prog_name="wice-sync", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _say("Interrupted. What was done is recorded; the next run goes on from there.")
        sys.exit(Exit.FAILED)
    except BadInput as error:
        _say(*error.problems)
        sys.exit(Exit.USAGE)
    except WiceSyncError as error:
        _say(str(error))
        sys.exit(Exit.FAILED)
    except BrokenPipeError:
        # Whoever read the output has seen enough; the interpreter must not try to flush the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.FAILED)
    sys.exit(code or Exit.DONE)


def _say(*lines: str) -> None:
    for line in lines:
        sys.stderr.write(f"wice-sync: {line}\n")
