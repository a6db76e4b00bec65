"""`python -m workers`: a worker with a few processes. SIGTERM and Ctrl-C end it within seconds: runs that go on are taken over by others."""

from __future__ import annotations

import argparse
import os

DEFAULT_PROCESSES = 2
"""Enough for the embedded database, which has one writer at a time."""


def main() -> None:
    """Work until told to stop."""
    parser = argparse.ArgumentParser(prog="wice-sync worker")
    parser.add_argument("--processes", type=int, default=DEFAULT_PROCESSES)
    processes = parser.parse_args().processes
    # By itself Celery would wait at SIGTERM for as long as the longest run goes on; read when it is loaded.
    os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")
    from app.bootstrap import start_logging
    from app.settings import Settings

    # First of all: what Celery has to say while it starts comes as lines of the log, too.
    start_logging(Settings.load().log_level)
    from workers.celery_app import app

    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING")
    app.worker_main(
        [
            "--quiet",
            "worker",
            "--pool=prefork",
            f"--concurrency={processes}",
            f"--hostname=wice-sync-{os.getpid()}@%h",
            *quiet,
        ]
    )


if __name__ == "__main__":
    main()
