"""What holds for every test: no network but loopback, how hard Hypothesis tries, and the servers that tests may ask for.

`make test` runs the profile `ci`: small, and the same examples every time. `make proof` runs `proof`: long, and random.
"""

import gc
import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.services.network import allow_loopback_only

# In this order: none after one that imports it.
pytest_plugins = [
    "tests.services.browser",
    "tests.services.postgres",
    "tests.services.databases",
    "tests.services.portal",
    "tests.services.sandbox",
]

allow_loopback_only()

# A shell that runs this in the background ignores Ctrl-C for all its children; the tests that press it want it heard.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadlines and no "too slow": whether a test passes must not depend on what else this machine does.
settings.register_profile(
    "ci", max_examples=50, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "proof",
    settings.get_profile("ci"),
    max_examples=int(os.environ.get("PROOF_EXAMPLES", "2000")),
    derandomize=False,
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# A power cut is no part of any test, so memory is disk enough: every commit to a database waits for the disk, and there are some 100,000.
MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 4 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# A fifth of the time went into looking again and again whether anything of what loading has made is garbage: it is not.
gc.disable()


# Begun last, each of them would leave the other processes without work for its minute.
LONGEST = ("tests/tools/test_demo.py", "tests/chaos", "tests/workers", "tests/tools/test_setup.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first."""
    items.sort(
        key=lambda item: next((at for at, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))
    )


def pytest_collection_finish() -> None:
    """Loading has ended."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


@pytest.fixture(scope="session")
def proof_rounds() -> int:
    """How often a proof that takes seconds repeats itself, such as killing a real process at a random moment."""
    return int(os.environ.get("PROOF_ROUNDS", "1"))
