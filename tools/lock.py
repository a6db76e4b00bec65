"""Write constraints.txt: the exact version of everything that pyproject.toml needs, chosen by pip and nothing else.

Run it with the oldest supported Python (`make lock`): older Pythons need more packages, never fewer.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEADER = """\
# Exact versions for every installation; written by `make lock` from pyproject.toml, not by hand.
# Names no index: pip asks the one it is configured for.
"""


def requirements() -> list[str]:
    """What pyproject.toml asks for: to build, to run, and to test."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    optional = project["project"]["optional-dependencies"].values()
    return [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(requirement for extra in optional for requirement in extra),
    ]


def resolve(wanted: list[str]) -> dict[str, str]:
    """Name and version of each package that pip would install on an empty machine."""
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    answer = subprocess.run([*pip, *wanted], check=True, capture_output=True, text=True)  # noqa: S603  our own pyproject
    report = json.loads(answer.stdout)
    metadata = [package["metadata"] for package in report["install"]]
    return {package["name"].lower().replace("_", "-"): package["version"] for package in metadata}


def main() -> None:
    """Resolve and write."""
    versions = resolve(requirements())
    lines = [f"{name}=={version}\n" for name, version in sorted(versions.items())]
    (ROOT / "constraints.txt").write_text(HEADER + "".join(lines), encoding="utf-8")
    print(f"constraints.txt: {len(lines)} packages")


if __name__ == "__main__":
    main()
