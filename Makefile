# make demo | demo-kafka | up | test | lint | fmt | bench | lock | clean; needs Python 3.11 or newer with venv, `up` Docker
.DEFAULT_GOAL := help
.PHONY: help demo demo-kafka up test lint fmt bench lock clean

PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
BIN := .venv/bin
ROOMS := $(wildcard domain projections consumers api tests bench)
WORKERS ?= 2
ARGS ?=

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '%-10s %s\n' "$$name" "$$text"; done

demo: .venv/.runtime ## a simulated exercise on loopback; ARGS="--help" lists what it takes
	$(BIN)/docket demo $(ARGS)

demo-kafka: .venv/.dev ## the same on a real Kafka and PostgreSQL, then restored from Kafka alone; ARGS=--once
	$(BIN)/python -m tests.demo_kafka $(ARGS)

up: .venv/.runtime ## Kafka, PostgreSQL and every process, in containers; ARGS="--detach" goes to docker compose
	$(BIN)/docket secrets
	DOCKET_UID=$$(id -u) DOCKET_GID=$$(id -g) docker compose up --build $(ARGS)

test: .venv/.dev ## every test; ARGS="-k relay" picks some
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lint: .venv/.dev ## the gate before the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(ROOMS)
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/compose-lint docker-compose.yml

fmt: .venv/.dev ## format, and mend what can be mended safely
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.dev ## the figures, on this machine
	$(BIN)/python -m bench $(ARGS)

# an index is nobody's business: the locks name packages, versions and hashes, and no address
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--custom-compile-command 'make lock' --no-config --quiet
lock: .venv/.dev ## write both locks from pyproject.toml; ARGS=--upgrade takes new versions
	$(LOCK) --group build --output-file requirements.lock $(ARGS)
	$(LOCK) --group build --group dev --constraints requirements.lock --output-file requirements-dev.lock $(ARGS)

clean: ## away with everything that make made
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.venv/.made:
	@test -n '$(PYTHON)' || { echo 'Docket needs Python 3.11 or newer' >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	@touch $@

# the project itself is installed in place, without isolation: its build backend came with the lock
.venv/.runtime: .venv/.made requirements.lock pyproject.toml
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-build-isolation --no-deps --no-index --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
