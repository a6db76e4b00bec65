"""Everything that is measured, one after the other; each part writes its results to bench/results/.

    python -m bench [--long] [PART ...]

Short sizes take minutes, the long ones of docs/performance.md more than an hour.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Final

PARTS: Final[dict[str, tuple[str, str]]] = {
    "speed": ("--contacts 300 --script 50 --rounds 1", "--contacts 1000 --script 100 --rounds 3"),
    "carddav": ("--contacts 300 --rounds 1", "--contacts 1000 --rounds 3"),
    "size": ("--sizes 300 3000", "--sizes 500 5000 10000 20000 50000"),
    "scale": ("--accounts 40 --workers 1 2", "--accounts 1000 --workers 1 2 4"),
    "large": ("--accounts 1000 --actions 1000", "--accounts 10000 --actions 10000"),
}
"""Name -> arguments of the short and of the long run."""


def main() -> None:
    """Run the parts; exit with 1 if one of them says that something is too slow, or fails."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    given = parser.parse_args()
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    failed = []
    for part in given.parts or PARTS:
        print(f"\n{part}", flush=True)
        options = PARTS[part][given.long].split()
        if subprocess.run([sys.executable, "-m", f"bench.{part}", *options], check=False).returncode:
            failed.append(part)
    if failed:
        sys.exit(f"see above: {', '.join(failed)}")


if __name__ == "__main__":
    main()
