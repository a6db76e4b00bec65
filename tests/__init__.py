"""Proof, at the mirrored path of what it proves. A package, so that no installed `tests` can take its name."""
