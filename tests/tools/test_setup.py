"""`make test` and `make demo` on a machine without Python: installed where we may, else a message that names the package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[2] / "tools" / "setup"
FOUND_EVERYWHERE = ("bash", "cat", "dirname", "env", "true")


@pytest.fixture
def machine(tmp_path):
    """An empty checkout and, in bin/, the only programs of a machine that has no Python."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "tools").mkdir()
    shutil.copy(SETUP, tmp_path / "tools")
    for program in FOUND_EVERYWHERE:
        (tmp_path / "bin" / program).symlink_to(str(shutil.which(program)))
    return tmp_path


def test_without_python_and_without_apt_the_message_names_the_package(machine):
    done = _setup(machine)
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert "apt-get install python3-venv" in done.stderr


def test_without_rights_nothing_is_installed_and_the_message_names_the_package(machine):
    _program(machine, "id", "echo 1000")
    _program(machine, "sudo", "exit 1")
    _program(machine, "apt-get", f"echo touched >{machine}/apt")
    done = _setup(machine)
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert not (machine / "apt").exists()


def test_an_old_python_is_not_taken(machine):
    _program(machine, "python3", "exit 1")
    assert _setup(machine).returncode == 1


@pytest.mark.parametrize(("user", "sudo"), [("0", "exit 1"), ("1000", 'shift; exec "$@"')], ids=["root", "sudo"])
def test_with_rights_python_is_installed_and_the_environment_made(machine, user, sudo):
    python = machine / "bin" / "python3"
    chmod = shutil.which("chmod")
    _program(machine, "id", f"echo {user}")
    _program(machine, "sudo", sudo)
    _program(machine, "apt-get", f"echo 'exec {sys.executable} \"$@\"' >{python}; {chmod} +x {python}")
    done = _setup(machine)
    assert done.returncode == 0, done.stderr
    assert (machine / ".venv" / "bin" / "pip").exists()


def test_the_python_that_is_named_is_the_one_that_is_used(machine):
    done = _setup(machine, PYTHON=sys.executable)
    assert done.returncode == 0, done.stderr
    assert "Creating .venv" in done.stdout
    again = _setup(machine)
    assert (again.returncode, again.stdout) == (0, "")


def _program(machine: Path, name: str, script: str) -> None:
    path = machine / "bin" / name
    path.write_text(f"#!{shutil.which('bash')}\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def _setup(machine: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Make the virtual environment only: what is installed into it comes from a network, which tests have not."""
    variables = {"PATH": str(machine / "bin"), "HOME": str(machine), "LANG": os.environ.get("LANG", "C"), **environment}
    command = [str(machine / "tools" / "setup"), "bare"]
    bash = str(shutil.which("bash"))
    return subprocess.run([bash, *command], env=variables, capture_output=True, text=True, check=False)
