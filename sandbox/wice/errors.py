"""The one way a call fails."""


class RefusedError(Exception):
    """A call that Wice answers with {"error": text}."""
