"""The command `wice-sync`: parse, call one service, render. Exit codes: 0 done or nothing to do, 1 failed, 2 usage, 3 needs confirmation,
4 done with failed items (contract.md).
"""

from app.cli.entry import main

__all__ = ["main"]
