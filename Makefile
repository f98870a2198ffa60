# Everything a contributor does. `make run` and `make test` need Python >= 3.11 and the package index, nothing else.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench accuracy chaos lock

help:   ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/dev.stamp   ## the virtual environment with everything that development needs

run: .venv/run.stamp   ## the whole pipeline on this machine: demo page, live page, metrics
	@$(BIN)/blockmetry up $(ARGS)

test: setup   ## every test, two at a time; ARGS="-k journal" narrows it, ARGS="-n 0 --pdb" debugs
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: setup   ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup   ## the figures, beside this machine's own baselines
	@$(BIN)/python -m bench $(ARGS)

accuracy: setup   ## how true and how private every field is, on corpora that nobody here wrote
	@$(BIN)/python -m tests.accuracy $(ARGS)

REPORTS := build/reliability.jsonl
chaos: setup   ## the long form, for hours: 1,000 kills of each, outages of ten minutes, every toxic for one, crowds, fuzzing; writes docs/reliability.md
	@mkdir -p build && rm -f $(REPORTS)
	@$(BIN)/python -m pytest tests/chaos tests/fuzz tests/property tests/contract --prove --reports $(REPORTS) --cycles 1000 --hits 100000 --outage 120 --queue-outage 600 --toxic-seconds 60 --soak 1800 --renewals 100 --crowd 10000 --overload 30 --fuzz-seconds 180 --hypothesis-profile long $(ARGS)
	@$(BIN)/python -m tests.chaos $(REPORTS)

LOCK := .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

lock: setup   ## resolve the dependencies again
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) --upgrade --extra build --extra dev pyproject.toml --output-file requirements-dev.txt
	$(LOCK) --extra build --constraints requirements-dev.txt pyproject.toml --output-file requirements.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Blockmetry needs Python 3.11 or newer; try: make PYTHON=python3.12 run")'
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing what Blockmetry needs into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	@echo "Installing what development needs into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@
