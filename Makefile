# `make app` and `make test` do everything on a fresh machine that has Python 3.11 or newer.

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501

.PHONY: app test coverage faults lint docs lock environment

app: environment cache/collections/demo/.ready ## open the app on the demo collection
	$(BIN)/artextract app --port $(PORT)

# Two processes on one thread each: much of a test's time is waiting, and threads of two processes
# would crowd each other out. The tests of a file stay together because they share what they set up.
# They run in the order of `tests/conftest.py`: the longest files come first.
# Waiting threads sleep (OMP_WAIT_POLICY): by default they keep the processor busy.
PYTEST = OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

LOCK = $(BIN)/uv pip compile --universal --python-version 3.12 --generate-hashes --no-annotate --no-header --quiet

test: environment ## all tests; those in a browser are skipped without Chromium
	$(PYTEST)

coverage: environment ## all tests, and the lines that none of them runs
	$(PYTEST) --cov=artextract --cov=train --cov-report=term-missing:skip-covered

faults: environment ## kill every job, fill its disk, damage its files (hours; as root)
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.faults

lint: environment ## style, types, and which package may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/oxlint --allow no-unused-vars artextract tests/js

docs: environment ## the pages that are generated from the program
	$(BIN)/python -m tests.support.command_reference > docs/commands.md

lock: environment ## everything that the image installs, with hashes (needs the network)
	$(BIN)/python -m pip install --quiet uv==0.13.9
	echo "# Written by make lock from requirements.txt and requirements-no-deps.txt" > deploy/requirements.lock
	$(LOCK) requirements.txt >> deploy/requirements.lock
	$(LOCK) --no-deps requirements-no-deps.txt >> deploy/requirements.lock

environment: .venv/.ready

.venv/.ready: requirements.txt requirements-no-deps.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install -r requirements.txt --group dev
	$(BIN)/python -m pip install --no-deps -r requirements-no-deps.txt
	$(BIN)/python -m pip install --no-deps --editable .
	touch $@

cache/collections/demo/.ready: | environment
	$(BIN)/artextract collect demo
	$(BIN)/artextract embed demo
	$(BIN)/artextract map demo
	touch $@
