# Two commands for a fresh machine: `make demo` and `make test`. All others are parts of them or keep them working.
# Every target sets up what it needs; PYTHON=... names a Python when the one that is found is not the wanted one.

BIN := .venv/bin

# With it, each of some thousand processes would compile all it loads anew.
unexport PYTHONDONTWRITEBYTECODE

# A test run's length of proofs; see tests/conftest.py.
PROOF_EXAMPLES ?= 2000
PROOF_ROUNDS ?= 100
PROOF_ACCOUNTS ?= 300
SOAK ?= --minutes 10 --accounts 300

# One more than a small machine's cores: many tests wait for processes that they have started.
TEST_PROCESSES ?= 3

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint format lock proof soak bench vendor messages clean setup setup-runtime
export PYTHON

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup-runtime ## start everything with made-up data, show a first sync; ONCE=1: print the results and end
	$(BIN)/python -m tools.demo $(if $(filter-out 0,$(ONCE)),--once)

test: lint ## all checks and all tests, with the real servers they need
	$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist worksteal

lint: setup ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: setup ## bring the code into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## choose the versions in constraints.txt anew
	@tools/setup bare
	$(BIN)/python tools/lock.py

proof: setup ## the same proofs as in `make test`, much longer: PROOF_EXAMPLES=2000 PROOF_ROUNDS=100 PROOF_ACCOUNTS=300
	HYPOTHESIS_PROFILE=proof PROOF_EXAMPLES=$(PROOF_EXAMPLES) PROOF_ROUNDS=$(PROOF_ROUNDS) PROOF_ACCOUNTS=$(PROOF_ACCOUNTS) \
		$(BIN)/python -m pytest -m proof -rP --timeout 0 --numprocesses 2

soak: setup ## ten minutes of random faults under load; the result goes to docs/soak.md
	$(BIN)/python -m tests.chaos.soak $(SOAK)

bench: setup ## how fast it is, beside a floor, a plain script and vdirsyncer; BENCH=--long: all sizes; BENCH=speed: one part
	$(BIN)/python -m bench $(BENCH)

vendor: setup ## fetch the portal's stylesheet, scripts, font and icons anew, at the versions that tools/vendor_frontend.py names
	$(BIN)/python -m tools.vendor_frontend

messages: setup ## bring the portal's German texts in line with the code; prints what has no translation yet
	$(BIN)/python -m tools.messages

clean: ## remove what these commands have made, except var/ (the data of the embedded default)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@tools/setup dev

setup-runtime:
	@tools/setup runtime
