"""The command `wice-sync` in a process of its own, with a data directory of its own, and set-up files for the sandbox's people."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from app.cli import main
from tests.services.forked import fork
from tests.services.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
LONGEST_S = 60


class Command:
    """`wice-sync` as an operator types it. `environment` adds to the test's own, without its WICE_SYNC_ variables."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WICE_SYNC_")}
        self.environment = {**kept, "PYTHONPATH": str(ROOT), "WICE_SYNC_HOME": str(home), **environment}

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Begin; the caller waits, or kills it."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
        command = [sys.executable, "-m", "app.cli", *arguments]
        return subprocess.Popen(command, cwd=self.home.parent, env=self.environment, text=True, **pipes)

    def __call__(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run to the end; it must end with the exit code `code`."""
        with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
            returned = self._run(arguments, out, err)
            stdout, stderr = _whole(out), _whole(err)
        assert returned == code, f"{arguments}: {returned}\n{stdout}\n{stderr}"
        assert "Traceback" not in stderr
        return subprocess.CompletedProcess(arguments, returned, stdout, stderr)

    def json(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Run with --json; exactly one object on standard output."""
        [line] = self(*arguments, "--json", code=code).stdout.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found

    def _run(self, arguments: Sequence[str], out: IO[str], err: IO[str]) -> int:
        process = fork(main, ["wice-sync", *arguments], self.environment, self.home.parent, out, err)
        process.join(LONGEST_S)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"{arguments}: still running after {LONGEST_S} s\n{_whole(out)}\n{_whole(err)}")
        return process.exitcode


def _whole(stream: IO[str]) -> str:
    stream.seek(0)
    return stream.read()


def toml(table: str, values: Mapping[str, object]) -> str:
    """One `[[table]]`; JSON's text, numbers and truth values are TOML's."""
    lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items())
    return "\n".join([f"[[{table}]]", *lines, ""])


def servers(sandbox: Sandbox, **exchange: object) -> str:
    """Both of the sandbox's servers, named main and mail."""
    wice = {"name": "main", "url": sandbox.wice, "mandant": sandbox.mandant}
    return toml("wice_server", wice) + toml(
        "exchange_server", {"name": "mail", "url": sandbox.ews, **sandbox.service, **exchange}
    )


def account(person: Mapping[str, str], profiles: Sequence[Mapping[str, object]] = ({},), **given: object) -> str:
    """One of the sandbox's people with profiles named like the login."""
    values = {
        "name": person["username"],
        "email": person["email"],
        "wice_server": "main",
        "wice_username": person["username"],
        "wice_password": person["password"],
        "exchange_server": "mail",
        "mailbox": person["mailbox"],
        **given,
    }
    nested = (toml("account.profile", {"name": person["username"], **profile}) for profile in profiles)
    return toml("account", values) + "".join(nested)
