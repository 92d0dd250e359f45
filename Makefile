# Gradtape: `make run`, `make test`, `make check`. Each does its own set-up.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench fuzz browser clean

run: $(VENV)/.stamp-run
	$(BIN)/gradtape serve --host $(HOST) --port $(PORT)

test: $(VENV)/.stamp-test browser
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

check: $(VENV)/.stamp-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict app

# Ratios to NumPy by hand, to the peers that PEERS (an interpreter) has, and to the limit.
bench: $(VENV)/.stamp-test
	$(BIN)/python tests/bench

# Programs from a coverage-guided fuzzer; what it finds is written to crash-*, and fails.
# SECONDS of processor time.
SECONDS ?= 1200
fuzz: $(VENV)/.stamp-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	SECONDS=$(SECONDS) $(BIN)/python tests/fuzz -rss_limit_mb=2048 -max_len=400 -len_control=0
	@! ls crash-* timeout-* 2>/dev/null

# The system's Chromium and a Korean font: installed where we may, asked for where we may not.
browser:
	@sh .ci/browser

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The package counts as installed until pyproject.toml changes.
$(VENV)/.stamp-run: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.stamp-test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@ $(VENV)/.stamp-run

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis crash-* timeout-*
