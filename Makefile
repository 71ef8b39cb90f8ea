# `make help` lists the targets. Each makes its own environment in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BIND ?= 127.0.0.1:8000
# Some tests wait, so there is one more than cores.
PROCESSES ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
FRONTEND := server/frontend
BUNDLE := server/computeatlas/web/static/bundle

.DEFAULT_GOAL := help
.PHONY: help serve build bundle bundle-if-node check test test-fast test-busy lint format benchmark benchmark-endpoint benchmark-pages screenshots faults wheel clean

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

$(FRONTEND)/node_modules/.stamp: $(FRONTEND)/package.json $(FRONTEND)/package-lock.json
	cd $(FRONTEND) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(BUNDLE)/manifest.json: $(FRONTEND)/node_modules/.stamp $(wildcard $(FRONTEND)/*.mjs $(FRONTEND)/src/*)
	cd $(FRONTEND) && node build.mjs

bundle: $(BUNDLE)/manifest.json ## bundle the query editor and the outlines for maps (needs Node 18 or later, and npm)
	@:

bundle-if-node:
	@if ! command -v node >/dev/null || ! command -v npm >/dev/null; then \
		echo "Node.js or npm is not here: the pages go without the query editor and the outlines of maps."; \
	elif ! $(MAKE) --no-print-directory bundle; then \
		echo "The bundle was not made: the pages go without what is new in it."; fi

serve: $(VENV)/.serve bundle-if-node ## build the graph and serve it on http://127.0.0.1:8000 (BIND=HOST:PORT for another)
	$(BIN)/computeatlas serve --bind $(BIND)

build: $(VENV)/.serve ## build a release in releases/
	$(BIN)/computeatlas build

check: $(VENV)/.serve ## check ontology and data
	$(BIN)/computeatlas check

test: $(VENV)/.test bundle-if-node ## run every test
	$(BIN)/python -m pytest -n $(PROCESSES)

test-fast: $(VENV)/.test bundle-if-node ## run the tests of short modules that take less than a second and need no server
	$(BIN)/python -m pytest -n $(PROCESSES) -m "not slow"

test-busy: $(VENV)/.test bundle-if-node ## run every test three times while all cores are kept busy by something else
	$(BIN)/python tests/busy.py $(BIN)/python -m pytest -n $(PROCESSES)

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

benchmark-pages: $(VENV)/.test bundle ## weigh and time the pages in a cold Chromium
	$(BIN)/python -m benchmarks.pages

screenshots: $(VENV)/.test bundle ## make pictures of the main pages in screenshots/
	$(BIN)/python docs/screenshots.py

faults: $(VENV)/.test ## attack the server at full length; a report after some minutes
	$(BIN)/python -m benchmarks.faults

wheel: $(VENV)/.test bundle ## build a wheel that holds program, ontology, data and queries, in dist/
	$(BIN)/python -m build --wheel

clean: ## remove what the other targets made
	rm -rf $(VENV) dist releases screenshots $(BUNDLE) $(FRONTEND)/node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache
