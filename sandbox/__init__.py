"""Stand-ins of both servers for the demo, the contract suite and the bench.

They speak the real wire protocols on loopback, in processes of their own.

Never imported by `app/` and importing nothing from it. Who does what:

- `serving`  runs one server in one process; `python -m sandbox` (`__main__`) starts both
- `control`  what a test may do to a server: latency, faults, counters, reset, under `/_sandbox/`
- `people`   who exists; `demo` the neutral world both servers are seeded with; `importer` a person's own exports
- `pages`    the small built-in pages
- `wice/`, `exchange/`  the two servers; each has `server.create_app(options) -> Starlette`
"""
