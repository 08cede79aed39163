# Every target makes what it needs from a fresh clone with nothing but Python >= 3.11, pip and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
BENCH  := $(VENV)/.ready-bench
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help setup demo test check lint format docs bench soak lock clean

help:  ## Say what each target does.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/'

setup: $(READY)  ## Make the virtual environment and install everything into it.

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(BENCH): $(READY) requirements-bench.lock
	$(PIP) --require-hashes -r requirements-bench.lock
	@touch $@

demo: $(READY)  ## Show what it does, in under a minute.
	@$(BIN)/econonexus demo

test: $(READY)  ## Run the tests.
	$(BIN)/pytest -n 2 --dist worksteal -m "not soak"

check: lint test docs  ## The whole gate: format, lint, types, import contracts, tests, docs.

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(READY)  ## Format the code and mend what the linter can mend.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY)  ## Build the documentation; a broken link fails.
	$(BIN)/python docs/reference.py --check
	$(BIN)/python docs/life_cycle.py --check
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(BENCH)  ## Measure against named peers, in one run.
	$(BIN)/python -m benchmarks

soak: $(READY)  ## The long runs: kills, faults, fuzzing (an hour or two).
	$(BIN)/pytest -m soak -n 2 --dist worksteal

lock:  ## Renew the lock files.
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-emit-find-links --no-emit-index-url \
	  --python-version 3.11 --universal --extra dev --extra docs -o requirements.lock pyproject.toml
	.venv-lock/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-emit-find-links --no-emit-index-url \
	  --python-version 3.11 --universal -c requirements.lock -o requirements-run.lock pyproject.toml
	.venv-lock/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-emit-find-links --no-emit-index-url \
	  --python-version 3.11 --universal --extra bench -c requirements.lock -o requirements-bench.lock pyproject.toml

clean:
	rm -rf $(VENV) .venv-lock site build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
