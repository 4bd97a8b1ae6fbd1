# `make app` and `make test` do everything on a fresh machine that has Python 3.11 or newer.

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501

.PHONY: app test lint environment

app: environment cache/collections/demo/.ready ## open the app on the demo collection
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

# Two processes on one thread each: much of a test's time is waiting, and threads of two processes
# would crowd each other out. The tests of a file stay together, for they share what they set up; in
# the order of the files, since the fewest tests (those in a browser) take longest and mustn't come last.
# Threads that wait for each other sleep (OMP_WAIT_POLICY): by default they take the processor meanwhile.
test: environment ## all tests; those in a browser are skipped without Chromium
	OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

lint: environment ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

environment: .venv/.ready

.venv/.ready: requirements.txt requirements-dev.txt requirements-no-deps.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install -r requirements.txt -r requirements-dev.txt
	$(BIN)/python -m pip install --no-deps -r requirements-no-deps.txt
	$(BIN)/python -m pip install --no-deps --editable .
	touch $@

cache/collections/demo/.ready: | environment
	$(BIN)/artextract collect demo
	$(BIN)/artextract embed demo
	$(BIN)/artextract map demo
	touch $@
