"""Log lines are JSON objects on standard error; what libraries say comes without its arguments, which may be people's data."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from app.bootstrap.logs import start_logging
start_logging("{level}")
structlog.get_logger().info("run_finished", run="abc")
structlog.get_logger().warning("run_failed", run="abc")
logging.getLogger("library").warning("cannot parse %s", "Anna Schulz")
logging.getLogger("library").info("read %s", "Anna Schulz")
"""


def lines(level):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(level=level)], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return [{**json.loads(line), "timestamp": ""} for line in done.stderr.splitlines()]


def test_lines_are_json_from_the_level_on():
    assert [line["event"] for line in lines("INFO")] == ["run_finished", "run_failed", "library_message"]
    assert [line["event"] for line in lines("WARNING")] == ["run_failed", "library_message"]


def test_a_librarys_arguments_stay_out():
    assert lines("WARNING")[-1] == {
        "event": "library_message",
        "level": "warning",
        "logger": "library",
        "template": "cannot parse %s",
        "timestamp": "",
    }
