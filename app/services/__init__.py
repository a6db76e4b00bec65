"""Use cases, one verb each. `run_sync` reads like the six words gather, recover, plan, guard, apply, report."""
