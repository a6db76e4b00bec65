"""The project's own rules: each import contract bites, versions are locked, nothing of a developer's machine is published."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.lock import requirements

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "workers", "sandbox")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = [contract["id"] for contract in PYPROJECT["tool"]["importlinter"]["contracts"]]

# What a hurried developer might write: the contract that must refuse it, and the lines of the files that break it.
VIOLATIONS = [
    ("layers", {"app/domain/planted.py": "import app.ports"}),
    ("layers", {"app/rules/planted.py": "import app.adapters.wice"}),
    ("layers", {"app/settings.py": "import app.ports"}),
    ("layers", {"app/unplaced.py": "import app.errors"}),
    ("purity", {"app/domain/planted.py": "from time import time"}),
    ("purity", {"app/rules/planted.py": "import logging"}),
    ("purity", {"app/rules/planted.py": "import sqlalchemy.orm"}),
    ("purity", {"app/ports.py": "import os.path"}),
    ("adapters-independent", {"app/adapters/exchange/planted.py": "import app.adapters.wice"}),
    ("adapters-independent", {"app/adapters/added/planted.py": "from app.adapters import exchange"}),
    ("adapters-protected", {"app/services/planted.py": "from app.adapters import wice"}),
    ("adapters-protected", {"workers/planted.py": "import app.adapters.exchange"}),
    ("exchangelib", {"app/adapters/wice/planted.py": "import exchangelib"}),
    ("exchangelib", {"sandbox/planted.py": "from exchangelib.util import xml_to_str"}),
    ("sandbox-app", {"sandbox/planted.py": "import app.domain.contact"}),
    ("sandbox-app", {"app/services/planted.py": "import sandbox.people"}),
    ("sandbox-workers", {"workers/planted.py": "import sandbox.people"}),
    ("acyclic", {"app/rules/one.py": "import app.rules.two", "app/rules/two.py": "import app.rules.one"}),
]


@pytest.mark.parametrize(
    ("contract", "planted"), VIOLATIONS, ids=[f"{contract}: {' '.join(planted)}" for contract, planted in VIOLATIONS]
)
def test_a_planted_violation_breaks_its_contract(clean, contract, planted):
    with ExitStack() as planting:
        for path, line in planted.items():
            planting.enter_context(_planted(clean / path, line))
        found = _lint_imports(clean, "--contract", contract)
    assert "0 kept, 1 broken" in found.stdout, found.stdout + found.stderr


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A copy of the code, in which every contract is kept; what was read of it stays in the linter's cache."""
    tree = _copy(tmp_path_factory.mktemp("code"))
    done = _lint_imports(tree)
    assert done.returncode == 0, done.stdout
    return tree


def test_every_contract_is_proven_to_bite():
    assert {contract for contract, _ in VIOLATIONS} == set(CONTRACTS)


def _copy(to: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, to / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", to)
    return to


@contextmanager
def _planted(file: Path, line: str) -> Iterator[None]:
    folder_is_new, before = not file.parent.exists(), file.read_bytes() if file.exists() else None
    file.parent.mkdir(exist_ok=True)
    (file.parent / "__init__.py").touch()
    with file.open("a", encoding="utf-8") as planted:
        planted.write(f"{line}\n")
    yield
    if folder_is_new:
        shutil.rmtree(file.parent)
    elif before is None:
        file.unlink()
    else:
        file.write_bytes(before)


def _lint_imports(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([str(linter), "--no-logo", *options], cwd=tree, capture_output=True, text=True, check=False)


def test_versions_are_locked_exactly_and_no_index_is_named():
    locked = [line for line in _lines("constraints.txt") if not line.startswith("#")]
    assert locked
    assert [line for line in locked if not re.fullmatch(r"[a-z0-9-]+==[0-9][a-z0-9.]*", line)] == []


def test_every_dependency_is_locked_at_a_version_that_it_allows():
    locked = dict(line.split("==") for line in _lines("constraints.txt") if not line.startswith("#"))
    wanted = {canonicalize_name(wanted.name): wanted for wanted in map(Requirement, requirements())}
    unmet = [str(w) for name, w in wanted.items() if not w.specifier.contains(locked.get(name, "0"))]
    assert unmet == [], "run `make lock`"


def test_everything_imported_is_declared():
    """What comes along with another package goes away with it: whoever imports it must ask for it."""
    ours = {*PACKAGES, "tests", "tools", "migrations", "bench"}
    distributions = packages_distributions()
    known = {canonicalize_name(Requirement(requirement).name) for requirement in requirements()}
    undeclared = {
        f"{path}: {module}"
        for path, tree in _python_files()
        for module in _imported(tree)
        if module not in sys.stdlib_module_names | ours
        if not known & {canonicalize_name(name) for name in distributions.get(module, [])}
    }
    assert undeclared == set()


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


TAKEN_IF_THERE = {"attr", "greenlet", "yaml"}
"""What Rich, SQLAlchemy and uvicorn load when it happens to be there, and do without."""

LOADED = """
import importlib, json, pkgutil, sys
for package in ("app", "workers"):
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
import kombu.transport.redis
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_whatever_is_loaded_comes_with_the_product_and_not_with_the_tests_alone():
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout.splitlines()[-1])
    brought = _with_their_own("wice-sync", {})
    owners = packages_distributions()
    strangers = {
        name: owners[name]
        for name in loaded
        if name in owners.keys() - TAKEN_IF_THERE
        and not name.startswith("_")
        and not {canonicalize_name(one) for one in owners[name]} & brought.keys()
    }
    assert strangers == {}


def _with_their_own(distribution: str, found: dict[str, None], extras: Iterable[str] = ("",)) -> dict[str, None]:
    """The distribution and all that it requires, with the extras that were asked for."""
    found[canonicalize_name(distribution)] = None
    for required in map(Requirement, requires(distribution) or ()):
        wanted = required.marker is None or any(required.marker.evaluate({"extra": extra}) for extra in extras)
        if wanted and (canonicalize_name(required.name) not in found or required.extras):
            _with_their_own(required.name, found, ("", *required.extras))
    return found


def test_domain_and_rules_never_ask_for_the_time():
    """R27, R28: a plan is a function of what it is given. import-linter sees modules; this sees `datetime.now(UTC)`."""
    clocks = {"now", "utcnow", "today"}
    calls = [
        f"{path}:{node.lineno}"
        for path, tree in _python_files()
        if path.startswith(("app/domain/", "app/rules/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in clocks
    ]
    assert calls == []


def test_files_and_functions_stay_readable():
    long_files = [path for path, _ in _python_files() if len(_lines(path)) > LONGEST_FILE]
    long_functions = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in _python_files()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long_files + long_functions == []


# Spelled so that this file does not find itself.
PRIVATE = {
    "a path of a developer's machine": re.compile(r"(?<![\w.])/(w[o]rk|f[a]rm|r[o]ot|h[o]me|o[p]t/pypi[\w-]*)/"),
    "a registry's host": re.compile(
        r"\b(p[y]pi\.(org|python\.org)|pyth[o]nhosted\.org|npm[j]s\.(org|com)|deb[i]an\.org)\b"
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIV[A]TE KEY-----"),
}


@pytest.mark.parametrize("what", PRIVATE)
def test_nothing_of_a_developers_machine_is_published(what):
    found = [
        f"{path}:{number}"
        for path in _tracked()
        for number, line in enumerate(_lines(path), start=1)
        if PRIVATE[what].search(line)
    ]
    assert found == []


@pytest.mark.parametrize("target", ["help", "demo", "test", "lint", "format", "lock", "proof", "clean"])
def test_every_documented_target_is_one_that_make_can_plan(target):
    planned = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert planned.returncode == 0, planned.stderr
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f"make {target} " in listed


def _python_files() -> Iterator[tuple[str, ast.Module]]:
    for path in _tracked():
        if path.endswith(".py"):
            yield path, ast.parse((ROOT / path).read_text(encoding="utf-8"), path)


def _tracked() -> list[str]:
    """Paths of all files that git knows and that still exist; binary ones left out."""
    # safe.directory: root may run the tests in somebody else's clone.
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [path for path in listed.split("\0") if path and (ROOT / path).is_file()]
    return [path for path in paths if b"\0" not in (ROOT / path).read_bytes()[:8192]]


def _lines(path: str) -> list[str]:
    return (ROOT / path).read_text(encoding="utf-8").splitlines()
