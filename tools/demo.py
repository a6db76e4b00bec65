"""`make demo`: both servers with made-up data, the portal with its worker and scheduler, three accounts, a first analysis and synchronisation, then
people change things on both sides.

`--once` (make demo ONCE=1) shows it and ends. Without it everything stays up until Ctrl-C: sign in to the portal, change something on the servers'
pages, and synchronise. All is done by the command `wice-sync` itself, in processes of its own; people's changes go over the servers' protocols.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tools import demo_portal
from tools.demo_hands import Outlook, Wice
from tools.demo_portal import Portal

ROOT = Path(__file__).resolve().parent.parent
PAUSE_S = 3.0
PORTS = (8091, 8092)
PORTAL_PORT = 8080
MANY = 60
"""More deletions than a run carries out without asking."""
ARROW = "->"


def main() -> int:
    """Exit code: 0; that of the first command that failed is raised."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="show everything once and end")
    once = parser.parse_args().once
    try:
        with showing(once=once) as demo:
            if not once:
                demo.stay()
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


@contextmanager
def showing(*, once: bool) -> Iterator[Demo]:
    """All that the demo shows has been shown; servers and portal stay up until the end of the block."""
    with _home(once=once) as home, _sandbox(once=once) as servers:
        demo = Demo(home, servers, f"http://127.0.0.1:{_portal_port(once=once)}")
        with demo.running():
            yield demo


@contextmanager
def _home(*, once: bool) -> Iterator[Path]:
    """The data directory: the made-up servers forget everything at their end, so each demo begins afresh."""
    if once:
        with tempfile.TemporaryDirectory(prefix="wice-sync-demo-") as folder:
            yield Path(folder)
        return
    home = ROOT / "var" / "demo"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    yield home


@contextmanager
def _sandbox(*, once: bool) -> Iterator[dict[str, Any]]:
    """Both servers; they end with this process, however it ends."""
    wice, ews = (0, 0) if once else map(_if_free, PORTS)
    options = ["sandbox", "--wice-port", str(wice), "--ews-port", str(ews), "--seed", "demo", "--with-parent"]
    command = _command(*options)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment()) as process:  # noqa: S603 - our own command
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise SystemExit("the made-up servers did not start; see above")
            servers: dict[str, Any] = json.loads(line)
            yield servers
        finally:
            process.terminate()


def _if_free(port: int) -> int:
    """`port`, or 0 (any) when somebody else has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


def _portal_port(*, once: bool) -> int:
    port = 0 if once else _if_free(PORTAL_PORT)
    if port:
        return port
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", *arguments]


def _environment(**more: str) -> dict[str, str]:
    # The demo is the same on every machine, whatever its environment says of a real installation.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WICE_SYNC_")}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


class Demo:
    """One showing. `servers` is the first line that the sandbox prints; `portal` is the address where the portal will be."""

    def __init__(self, home: Path, servers: dict[str, Any], portal: str) -> None:
        self.home = home
        self.portal = portal
        self._wice, self._ews = str(servers["wice"]), str(servers["ews"])
        parts = urlsplit(self._ews)
        self._exchange = f"{parts.scheme}://{parts.netloc}"
        self._environment = _environment(WICE_SYNC_HOME=str(home), WICE_SYNC_PORTAL_URL=portal)
        self._who: dict[str, Any] = httpx.get(f"{self._wice}/_sandbox/people").json()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Raises: SystemExit with the exit code of the first command that fails."""
        file = self.home / "demo.toml"
        file.write_text(self._setup(), "utf-8")
        self._say("Two servers of a made-up company are running, with 60 companies, 400 persons and 300 appointments.")
        self._say("Start broker, portal, worker and scheduler:  wice-sync up")
        with demo_portal.running(self._environment, self.portal) as portal:
            print(f"  The portal is at {portal.address}", flush=True)
            self._set_up(file)
            self._travel()
            self._show_the_worker(portal)
            self._say(f"{self._mails()} mails sent.")
            self._leave_something_to_decide()
            self._tell_where(portal)
            yield

    def _set_up(self, file: Path) -> None:
        self._say("Three accounts need a licence:  wice-sync licence activate $(wice-sync licence demo)")
        key = self._command("licence", "demo", captured=True).stdout.strip()
        for title, arguments in (
            ("", ("licence", "activate", key)),
            ("Set up three accounts", ("apply", str(file))),
            ("Analyse: what would be done, nothing is written", ("analyse", "--all", "--quiet")),
            ("Synchronise", ("sync", "--all")),
        ):
            if title:
                self._say(f"{title}:  wice-sync {' '.join(arguments)}")
            done = self._command(*arguments)
            if done.returncode:
                raise SystemExit(done.returncode)

    def _travel(self) -> None:
        self._say("And a second round, for what the three accounts have in common:")
        self._sync_and_tell()
        self._say("Now people work, on both sides:")
        self._people_work()
        self._say("Synchronise again; this is what travelled:")
        self._sync_and_tell()
        self._say("And once more:")
        self._sync_and_tell()

    def _show_the_worker(self, portal: Portal) -> None:
        self._say("Analyse, asked for over the REST API and carried out by the worker:")
        for person in self._who["people"]:
            run = portal.analysed(f"{person['username']}/{person['username']}")
            print(f"  {person['username']}: {run['status']}", flush=True)

    def _leave_something_to_decide(self) -> None:
        """So that the portal has something to show: a plan that deletes much waits for an administrator (R29), and changes wait for an analysis."""
        anna, _bernd, clara, *_ = self._who["people"]
        self._say("Something for the portal: Clara deletes many contacts in Outlook, Anna changes a few.")
        with closing(Outlook(self._ews, clara["mailbox"], clara["mailbox_password"])) as outlook:
            print(f"  Outlook, Clara: deletes {outlook.delete_contacts(MANY)} contacts")
        self._sync_and_tell(clara["username"])
        with closing(Outlook(self._ews, anna["mailbox"], anna["mailbox_password"])) as outlook:
            outlook.change_a_phone_number("+49 40 555 0123")
            outlook.add_a_contact("Piet", "Petersen", "piet.petersen@example.org")
            print("  Outlook, Anna:  a new number and a new contact; analyse her profile in the portal to see them")

    def _tell_where(self, portal: Portal) -> None:
        self._say("Look around:")
        print(f"  Portal:    {portal.address}")
        print(f"  Login:     {demo_portal.USER}   {portal.password}")
        print(f"  Wice CRM:  {self._wice}\n  Outlook:   {self._exchange}", flush=True)

    def stay(self) -> None:
        """Until Ctrl-C."""
        self._say("Change something on the servers' pages and synchronise in the portal; Ctrl-C ends everything.")
        while True:
            time.sleep(PAUSE_S)

    def _setup(self) -> str:
        service = self._who["service"]
        tables = [
            f"""
[[wice_server]]
name = "main"
url = "{self._wice}"
mandant = "{self._who["mandant"]}"
time_zone = "{self._who["time_zone"]}"

[[exchange_server]]
name = "mail"
url = "{self._ews}"
auth = "basic"
access = "impersonation"
username = "{service["username"]}"
password = "{service["password"]}"
"""
        ]
        tables += [
            f"""
[[account]]
name = "{person["username"]}"
email = "{person["email"]}"
wice_server = "main"
wice_username = "{person["username"]}"
wice_password = "{person["password"]}"
exchange_server = "mail"
mailbox = "{person["mailbox"]}"

  [[account.profile]]
  name = "{person["username"]}"
"""
            for person in self._who["people"]
        ]
        return "".join(tables)

    def _people_work(self) -> None:
        anna, bernd, *_ = self._who["people"]
        today = date.today()  # noqa: DTZ011 - the day on this machine's wall calendar, as the made-up data have it
        with closing(Outlook(self._ews, anna["mailbox"], anna["mailbox_password"])) as outlook:
            print(f"  Outlook, Anna:  new phone number for {outlook.change_a_phone_number('+49 40 555 0199')}")
            outlook.add_a_contact("Jette", "Ahrens", "jette.ahrens@example.org")
            print("  Outlook, Anna:  a new contact, Jette Ahrens")
            print(f"  Outlook, Anna:  deletes the appointment “{outlook.delete_an_appointment(today)}”")
        with closing(Wice(self._wice, self._who["mandant"], bernd["username"], bernd["password"])) as wice:
            print(f"  Wice, Bernd:    {wice.change_a_name('Zeller-Wendt')} is now called Zeller-Wendt")
            print(f"  Wice, Bernd:    takes the flag “Outlook sync” from {wice.unflag_a_person()}")
            wice.add_an_appointment("Mittagessen mit dem Betriebsrat", today + timedelta(days=7))
            print("  Wice, Bernd:    a new appointment, “Mittagessen mit dem Betriebsrat”")

    def _sync_and_tell(self, profile: str = "--all") -> None:
        """Synchronise all accounts, or one, and print each item that was written."""
        done = self._command("sync", profile, "--json", "--verbose", captured=True)
        for report in map(json.loads, done.stdout.splitlines()):
            actions = [action for kind in report["kinds"].values() for action in kind.get("actions", ())]
            for action in actions:
                _tell(report["profile"], action)
            if report["status"] in ("failed", "partial", "needs_confirmation"):
                print(f"  {report['profile']}: {report['status']}. {report.get('message', '')}")
            elif not actions:
                print(f"  {report['profile']}: nothing to do, nothing written")
        if not done.stdout:
            print(done.stderr)
        sys.stdout.flush()

    def _command(self, *arguments: str, captured: bool = False) -> subprocess.CompletedProcess[str]:
        # In a session of its own: Ctrl-C must not cut a run short.
        return subprocess.run(  # noqa: S603 - our own command
            _command(*arguments),
            env=self._environment,
            capture_output=captured,
            text=True,
            check=False,
            start_new_session=True,
        )

    def _mails(self) -> int:
        counters = (httpx.get(f"{server}/_sandbox/counters").json() for server in (self._wice, self._exchange))
        return sum(int(counted["mails"]) for counted in counters)

    @staticmethod
    def _say(text: str) -> None:
        print(f"\n== {text}", flush=True)


def _tell(profile: str, action: dict[str, Any]) -> None:
    target = {"exchange": f"{ARROW} Outlook", "wice": f"{ARROW} Wice"}[action["side"]]
    print(f"  {profile:<6} {target:<10}  {action['op']:<6}  {action['item']}")
    for name, values in action["fields"].items():
        print(f"{'':31}{name.replace('_', ' ')}: {values['old'] or '(empty)'} {ARROW} {values['new'] or '(empty)'}")


if __name__ == "__main__":
    sys.exit(main())
