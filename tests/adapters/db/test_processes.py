"""Signs of life: one row per process, gone when it ends, dead when it is killed or silent."""

from __future__ import annotations

import os
import subprocess
import sys

from sqlalchemy import update

from app.adapters.db.tables_operations import processes
from app.domain.process import ProcessKind
from tests.adapters.db.world import LONG_AGO, counted_statements


def test_who_gives_signs_of_life_is_alive_until_it_leaves(database):
    database.processes.beat(ProcessKind.PORTAL, "1.2.3")
    database.processes.beat(ProcessKind.PORTAL, "1.2.3")
    [alive] = database.processes.alive()
    assert (alive.kind, alive.pid, alive.version) == (ProcessKind.PORTAL, os.getpid(), "1.2.3")
    assert alive.started == alive.seen
    database.processes.leave()
    assert database.processes.alive() == []


def test_a_sign_right_after_another_writes_nothing(database):
    database.processes.beat(ProcessKind.WORKER, "1")
    with counted_statements() as sent:
        database.processes.beat(ProcessKind.WORKER, "1")
    assert [statement.split()[0] for statement in sent] == ["SELECT"]


def test_whoever_is_killed_is_dead_at_once_on_this_machine(database):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        database.processes.beat(ProcessKind.WORKER, "1", child.pid)
        assert [one.pid for one in database.processes.alive()] == [child.pid]
        child.kill()
    assert database.processes.alive() == []


def test_whoever_is_silent_counts_as_dead_and_is_forgotten(database, engine):
    database.processes.beat(ProcessKind.SCHEDULER, "1")
    with engine.begin() as connection:
        connection.execute(update(processes).values(id="elsewhere:1:1", seen=LONG_AGO))
    assert database.processes.alive() == []
    database.processes.forget_the_dead()
    with engine.begin() as connection:
        assert connection.execute(update(processes).values(pid=0)).rowcount == 0
