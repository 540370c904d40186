# Everything a newcomer runs. `make help` prints this list.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PY ?= python3
BIN := .venv/bin

help: ## Show what one can run here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: .venv/.installed ## Build .venv with everything, from the hashed locks

.venv/.installed: requirements/test.txt requirements/build.txt pyproject.toml
	$(PY) -m venv .venv
	# The locks are complete. Resolving them anew would let a release of this morning break this.
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . \
		--config-settings editable_mode=compat
	$(BIN)/pip check --disable-pip-version-check
	touch $@

demo: setup ## Run the real bot against a simulated Slack, Entra and AWS, and open the page
	$(BIN)/aws-access demo

test: setup ## Run every test, as many at once as there are processors
	$(BIN)/pytest -n auto

check: setup ## Lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## Measure, as ratios against a floor of the same run
	$(BIN)/python -m bench

SECONDS ?= 300
fuzz: setup ## Fuzz what reads strangers' bytes for SECONDS in all (Python 3.11 to 3.13 on Linux)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/fuzz.txt
	$(BIN)/python -m tests.fuzz $(SECONDS)

PEOPLE ?= 40
STORM ?= 60
soak: setup ## Try every crash point, and kill replicas for STORM seconds while PEOPLE ask for five things each
	$(BIN)/pytest -q --soak tests/faults
	$(BIN)/python -m tests.faults.soak $(PEOPLE) $(STORM)

lock: ## Resolve the locks anew (needs uv)
	requirements/lock.sh

.PHONY: help setup demo test check bench fuzz soak lock
