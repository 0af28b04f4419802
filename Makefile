# Everything a developer needs. Each target sets up what it uses; only Python 3.11+ and make must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH_VENV := .venv-bench
BENCH_READY := $(BENCH_VENV)/.ready
DEMO ?=
ARGS ?=
TESTS ?=
PROCESSES ?= 2
BENCH ?=

.PHONY: help demo test lint format bench kafka lock docs clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(READY): requirements-dev.lock requirements-uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Fenghuo needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@echo "setting up $(VENV) (once) …" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(BENCH_READY): $(READY) bench/requirements-quix.lock
	@$(BIN)/python -m venv --without-pip $(BENCH_VENV)
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BENCH_VENV)/bin/python --require-hashes -r bench/requirements-quix.lock
	@touch $@

demo: $(READY) ## Run the whole mission on this machine (DEMO="--json --seconds 40" for options)
	@$(BIN)/fenghuo demo $(DEMO) $(ARGS)

test: $(READY) ## Run every test; those that need Java, Maven or PostgreSQL say so when they are skipped
	$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder $(TESTS)

lint: $(READY) ## Style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## Put the code in its standard form
	$(BIN)/ruff check --fix --exit-zero --quiet .
	$(BIN)/ruff format .

bench: $(READY) $(BENCH_READY) ## Measure this engine against its neighbours; writes bench/RESULTS.md
	$(BIN)/python -m bench $(BENCH)

kafka: $(READY) ## Run an Apache Kafka on this machine until Ctrl-C (Java 17 and Maven)
	$(BIN)/python -m streams.brokers.kafka

docs: $(READY) ## Write the generated pages again
	$(BIN)/python docs/contracts/generate.py
	$(BIN)/python docs/generate.py

lock: $(READY) ## Pin versions anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements-dev.lock
	$(BIN)/uv pip compile bench/requirements-quix.in --universal --python-version 3.11 --generate-hashes --no-header -q -o bench/requirements-quix.lock

clean: ## Remove what was built
	rm -rf $(VENV) $(BENCH_VENV) var dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
