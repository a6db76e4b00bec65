"""The portal of the demo: `wice-sync up` as a process of its own, a user with a password, and runs that its worker carries out."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

_LONGEST_START_S = 60
_LONGEST_RUN_S = 120
_POLL_S = 0.2
_TOKEN_FIELD = re.compile(r'name="csrf" value="([^"]+)"')
USER = "demo"


class Portal:
    """`address`, and the login of an administrator: `USER` and `password`."""

    def __init__(self, address: str, environment: Mapping[str, str]) -> None:
        self.address = address
        self.password = "-".join(secrets.token_hex(2) for _ in range(4))
        link, token = self._add_user(environment)
        self._choose_password(link)
        headers = {"Authorization": f"Bearer {token}"}
        self._api = httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=30)

    def analysed(self, profile: str) -> dict[str, Any]:
        """Ask for an analysis over REST and wait until a worker has done it."""
        asked = self._api.post("/runs", json={"profile": profile, "verb": "analyse"}).raise_for_status().json()
        end = time.monotonic() + _LONGEST_RUN_S
        while time.monotonic() < end:
            run: dict[str, Any] = self._api.get(f"/runs/{asked['id']}").raise_for_status().json()
            if run["state"] not in {"queued", "running"}:
                return run
            time.sleep(_POLL_S)
        raise SystemExit(f"the worker did not carry out the analysis of {profile}; see above")

    def close(self) -> None:
        """Free the connection."""
        self._api.close()

    @staticmethod
    def _add_user(environment: Mapping[str, str]) -> tuple[str, str]:
        command = [sys.executable, "-m", "app.cli", "user", "add", USER, "--role", "administrator", "--token"]
        printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 - our own command
        link = next(word for word in printed if "/welcome/" in word)
        return link, printed[-1]

    def _choose_password(self, link: str) -> None:
        """As a person does with the one-time link."""
        with httpx.Client(timeout=30) as browser:
            field = _TOKEN_FIELD.search(browser.get(link).text)
            form = {"csrf": field[1] if field else "", "password": self.password, "repeated": self.password}
            answer = browser.post(link, data=form)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise SystemExit(f"the portal did not take the password: {answer.status_code}")


@contextmanager
def running(environment: Mapping[str, str], address: str) -> Iterator[Portal]:
    """Broker, portal, worker and scheduler, until the end of the block; nothing of it stays behind."""
    command = [sys.executable, "-m", "app.cli", "up"]
    log = Path(environment["WICE_SYNC_HOME"]) / "up.log"
    with (
        log.open("w") as said,
        subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment, stdout=subprocess.PIPE, stderr=said, text=True, start_new_session=True
        ) as process,
    ):
        try:
            if not process.stdout or "The portal is at" not in process.stdout.readline():
                raise SystemExit(f"the portal did not start:\n{log.read_text()}")
            portal = Portal(address, environment)
            try:
                yield portal
            finally:
                portal.close()
        finally:
            process.terminate()
            process.wait(_LONGEST_START_S)
