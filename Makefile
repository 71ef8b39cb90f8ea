# `make help` lists the targets. Each makes its own environment in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BIND ?= 127.0.0.1:8000

.DEFAULT_GOAL := help
.PHONY: help serve build check test test-fast lint format benchmark benchmark-endpoint faults wheel clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Compute Atlas needs Python 3.11 or later; name one with make PYTHON=python3.x"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.serve: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/.serve

serve: $(VENV)/.serve ## build the graph and serve it on http://127.0.0.1:8000 (BIND=HOST:PORT for another)
	$(BIN)/computeatlas serve --bind $(BIND)

build: $(VENV)/.serve ## build a release in releases/
	$(BIN)/computeatlas build

check: $(VENV)/.serve ## check ontology and data
	$(BIN)/computeatlas check

test: $(VENV)/.test ## run every test
	$(BIN)/python -m pytest

test-fast: $(VENV)/.test ## run the tests that take no more than a few seconds each
	$(BIN)/python -m pytest -m "not slow"

lint: $(VENV)/.test ## check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/computeatlas fmt --check

format: $(VENV)/.test ## put the code in order
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/computeatlas fmt

benchmark: $(VENV)/.test ## time the check on graphs of up to 10 000 claims
	$(BIN)/python benchmarks/check.py

benchmark-endpoint: $(VENV)/.test ## measure the endpoint beside its rivals (needs wrk); half an hour
	$(BIN)/python benchmarks/endpoint.py

faults: $(VENV)/.test ## attack the server at full length; a report after some minutes
	$(BIN)/python -m benchmarks.faults

wheel: $(VENV)/.test ## build a wheel that holds program, ontology, data and queries, in dist/
	$(BIN)/python -m build --wheel

clean: ## remove what the other targets made
	rm -rf $(VENV) dist releases .hypothesis .mypy_cache .pytest_cache .ruff_cache
