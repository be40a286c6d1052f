# Taizhang: `make` alone lists what there is to do.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
SUPERSET := .venv-superset
PEERS := .venv-bench
AUDITOR := .venv-audit
INSTALLED := $(VENV)/.installed
# A file's tests share what they make once; files run in the order of testpaths, so that the long ones come first.
TWO_WORKERS := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help setup demo drill up down test testall compose-check faults lint audit docs bench bench-nation bi bi-check clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## Create .venv with everything that requirements.lock names

demo: $(INSTALLED) ## Load the demonstration data through Airflow, print what came of it, leave the web UI up
	@$(BIN)/python -m demo

drill: $(INSTALLED) ## Back up and restore a small warehouse in an empty place, and prove that it is the same
	@$(BIN)/python -m demo.drill

up: $(INSTALLED) ## Start PostgreSQL and Airflow
	@$(BIN)/taizhang up

down: ## Stop PostgreSQL and Airflow
	@if [ -f $(INSTALLED) ]; then $(BIN)/taizhang down; else echo "Nothing is set up here, so nothing runs."; fi

test: $(INSTALLED) ## Run the tests
	@$(BIN)/python -m pytest -q $(TWO_WORKERS)

testall: $(INSTALLED) ## Run the tests, every test of SQL on PostgreSQL 15 too
	@$(BIN)/python -m pytest -q $(TWO_WORKERS) --all-servers

compose-check: $(INSTALLED) ## Build the containers, run them, publish a month in them (minutes; skipped without podman)
	@$(BIN)/python -m pytest -v -rs tests/containers

faults: $(INSTALLED) ## Kill nights at every commit and try all other faults (half an hour), into docs/reliability.md
	@mkdir -p var && rm -f var/faults.jsonl
	@TAIZHANG_FAULTS_JOURNAL=$(CURDIR)/var/faults.jsonl $(BIN)/python -m pytest -q tests/faults --all-faults
	@$(BIN)/python -m tests.faults.reliability var/faults.jsonl

lint: $(INSTALLED) ## Check style, types and SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python tools/lint_sql.py

audit: $(INSTALLED) $(AUDITOR)/.made-from ## Look for pins without hashes, and for known weaknesses of what is pinned (asks PyPI)
	@$(BIN)/python tools/check_lock.py
	@$(AUDITOR)/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.lock

docs: $(INSTALLED) ## Write the documentation of all tables and columns to var/docs/dbt.html, one page for reading offline
	@$(BIN)/python tools/dbt_docs.py

bench: $(INSTALLED) $(PEERS)/.made-from ## Measure a province's month against other tools (minutes), into benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks province

bench-nation: $(INSTALLED) $(PEERS)/.made-from ## The same for a month of the whole nation (an hour at most)
	@$(BIN)/python -m benchmarks nation

bi: $(INSTALLED) $(SUPERSET)/.made-from ## Show the marts in Apache Superset, a client of its own, until Ctrl-C
	@$(BIN)/python -m bi.superset

bi-check: $(INSTALLED) $(SUPERSET)/.made-from ## Open Superset's dashboard in Chromium and keep a picture
	@$(BIN)/python -m bi.superset --check

clean: down ## Remove .venv and caches; the data in var/ stay
	@rm -rf $(VENV) $(SUPERSET) $(PEERS) $(AUDITOR) .pytest_cache .mypy_cache .ruff_cache .hypothesis dbt_project/target dbt_project/logs plugins/*.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.lock pyproject.toml tools/install
	@./tools/install $(VENV)
	@touch $@

$(SUPERSET)/.made-from: bi/superset/requirements.lock tools/install
	@./tools/install $(SUPERSET) $<
	@touch $@

$(AUDITOR)/.made-from: tools/audit/requirements.lock tools/install
	@./tools/install $(AUDITOR) $<
	@touch $@

$(PEERS)/.made-from: benchmarks/requirements.lock tools/install
	@./tools/install $(PEERS) $<
	@touch $@
