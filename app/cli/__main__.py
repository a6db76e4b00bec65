"""`python -m app.cli` is `wice-sync`."""

from app.cli.entry import main

main()
