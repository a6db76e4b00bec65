"""Finding what the engine says in its code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.sentences import sentences

MODULE = '''"""A docstring is for programmers."""


def check(name, error, likely):
    """So is this one."""
    log.info("the check %s began", name)
    assert name, "a name is always there"
    if error:
        raise Halt(CODE, f"The server {name} is busy ({error.status}).")
    if likely:
        raise BadInput(f'no setting "{name}"' + (f"; did you mean {likely}?" if likely else ""))
    raise BadInput(
        f"{name} was "
        f"{'taken away' if likely else error}",
        fields={"name": "is missing"},
    )


TABLE = {"small": "must be at least {ge}", "one": "word", "two": "{a}: {b}"}
PATTERN = re.compile(r"the (one|other) of them")
'''


@pytest.fixture
def found(tmp_path: Path) -> list[str]:
    folder = tmp_path / "app/services"
    folder.mkdir(parents=True)
    (folder / "some.py").write_text(MODULE)
    (folder / "wording.py").write_text('TABLE = {"a": "a table of words"}\n')
    (tmp_path / "app/web").mkdir()
    (tmp_path / "app/web/page.py").write_text('TEXT = "the portal marks its own"\n')
    return [text for text, _file in sentences(tmp_path)]


def test_what_people_read_is_found_in_order_and_nothing_else(found: list[str]) -> None:
    assert found == [
        "The server %(a1)s is busy (%(a2)s).",
        'no setting "%(a1)s"%(a2)s',
        "; did you mean %(a1)s?",
        "taken away",
        "is missing",
        "must be at least {ge}",
    ]
