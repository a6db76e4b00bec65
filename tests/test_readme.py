"""The README tells the truth: its settings table, its set-up file, its commands, its links and its numbers are those of the code."""

import re
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from app.cli.entry import app
from app.services.setup_file import read_setup_file
from app.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LINKS = sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README)))
# In running text between backticks, in blocks at a line's beginning and with a remark.
COMMANDS = sorted(
    {a or b for a, b in re.findall(r"(?:`|bin/)wice-sync ([a-z]+)|^wice-sync ([a-z]+) .*#", README, re.MULTILINE)}
)


def between(name: str) -> str:
    return README.split(f"<!-- {name}: begin -->\n")[1].split(f"<!-- {name}: end -->")[0]


def test_the_settings_table_is_that_of_the_code():
    rows = (f"| `{name}` | {f'`{default}`' if default else ''} | {text} |" for name, default, text in Settings.table())
    table = "\n".join(("| variable | default | meaning |", "|---|---|---|", *rows)) + "\n"
    assert between("settings") == table, f"put this between the marks in README.md:\n{table}"


def test_the_set_up_file_is_accepted(tmp_path):
    file = tmp_path / "setup.toml"
    file.write_text(between("example").removeprefix("```toml\n").removesuffix("```\n"), "utf-8")
    assert read_setup_file(file).problems == ()


@pytest.mark.parametrize("link", LINKS)
def test_linked_files_exist(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_exist(command):
    program = typer.main.get_command(app)
    assert isinstance(program, TyperGroup)
    assert command in program.commands


def test_the_numbers_of_the_proofs_are_those_that_run():
    histories = _number(
        "tests/engine/test_histories.py", r'max_examples=int\(os.environ.get\("PROOF_EXAMPLES", "(\d+)"'
    )
    kills = _number("tests/crash/test_kill.py", r"KILLS: Final = (\d+)")
    rounds = _number("tests/conftest.py", r'"PROOF_ROUNDS", "(\d+)"')
    long_rounds = _number("Makefile", r"PROOF_ROUNDS \?= (\d+)")
    assert f"CI runs {histories} histories" in README
    assert f"CI kills {kills * rounds} runs on each database" in README
    assert f"{kills * long_rounds} kills on each database" in README


def _number(path: str, pattern: str) -> int:
    return int(re.findall(pattern, (ROOT / path).read_text("utf-8"))[0])
