# Each target sets itself up in .venv, which takes a moment the first time and nothing the second.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench docs clean test-e2e

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(READY) ## load 1,000 sample people into all five vendors of the embedded emulator
	$(BIN)/target-people demo

test: lint $(READY) ## lint, and every test but those that need PostgreSQL and Meltano
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

lint: $(READY) ## ruff, mypy, import contracts, generated files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tests.generate --check

.PHONY: browser
browser: $(READY) ## a Chromium for the tests of the emulator's page, which are skipped where there is none
	command -v chromium || command -v chromium-browser || command -v google-chrome \
	|| timeout 300 $(BIN)/python -m playwright install --with-deps chromium \
	|| { timeout 120 apt-get update -qq && timeout 300 apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } \
	|| echo 'no Chromium can be installed here: the tests in a browser will be skipped'

.PHONY: bench-quick bench-delivery
bench: $(READY) .bench/target-csv .bench/target-jsonl ## how many records a second, beside a plain SDK target
	$(BIN)/python -m tests.bench

bench-quick: $(READY) ## the same with fewer records, in under two minutes
	$(BIN)/python -m tests.bench --quick

bench-delivery: $(READY) ## STATE lag, use of an allowed rate and cost of isolation, in some five minutes
	$(BIN)/python -m tests.bench.delivery

# Targets of other people's, each in a venv of its own; the benchmark leaves out what does not install.
.bench/target-csv: WANTED := meltanolabs-target-csv==0.5.0
.bench/target-jsonl: WANTED := target-jsonl==0.1.4
.bench/target-csv .bench/target-jsonl:
	$(PYTHON) -m venv $@
	echo '*' > .bench/.gitignore
	-$@/bin/python -m pip install --quiet --disable-pip-version-check $(WANTED)

docs: $(READY) ## write the generated parts of README.md and meltano.yml
	$(BIN)/python -m tests.generate

clean: ## remove what the targets made
	rm -rf $(VENV) .bench .e2e .meltano .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage build dist

test-e2e: $(READY) .e2e/plugins ## a real PostgreSQL, tap-postgres and Meltano, against the emulator
	TARGET_PEOPLE_E2E=1 $(BIN)/python -m pytest -m e2e tests/e2e

# Meltano has a venv of its own, and puts each plugin into one below .meltano, target-people in place.
MELTANO := .e2e/meltano-4.4.1
$(MELTANO):
	$(PYTHON) -m venv --clear .e2e
	.e2e/bin/python -m pip install --quiet --disable-pip-version-check meltano==$(@:.e2e/meltano-%=%)
	touch $@

.e2e/plugins: $(MELTANO) meltano.yml pyproject.toml
	.e2e/bin/meltano install
	touch $@

$(READY): pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@
