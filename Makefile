# Leadline: `make demo` shows it, `make test` proves it, `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# At once; one for each core by default, WORKERS=0 runs tests one after another (for --pdb and -s).
WORKERS ?= auto
# Of `make test` and `make test-aws`, which wait a third of their time: for disks, processes, and until
# something is due.
AND_HALF = $(shell $(PYTHON) -c 'import os; print(3 * (os.cpu_count() or 1) // 2)')

.DEFAULT_GOAL := help
.PHONY: help setup demo test check check-infra format test-stores test-slow test-power test-fuzz test-aws test-privacy test-crm test-prometheus test-browser screenshots prometheus tryton drill-restore emulator deployers test-payloads bench bench-quality bench-score bench-experiments docs countries names clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(VENV)/.ready ## make .venv with everything that development needs (one to three minutes, once)

$(VENV)/.ready: pyproject.toml constraints.txt
	@echo 'Making $(VENV) with Leadline and its tools for development: about 110 packages, 1 GB. Needed once;'
	@echo 'with a usual connection it takes one to three minutes, most of them silent.'
	@$(PYTHON) -c 'import sys; sys.exit("Leadline needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
	@echo '$(VENV) is ready: $(BIN)/leadline --help'

demo: setup ## run a seeded pipeline and watch alerts, a claim, a reminder and write-back (ARGS=--keep leaves it running)
	$(BIN)/python -m leadline.entrypoints.demo $(ARGS)

# Commands that tests start, and the next run, need not compile again what is the same.
test: export PYTHONDONTWRITEBYTECODE =
test: setup ## every test but the slow ones and those of a suite of their own
	$(BIN)/python -m pytest -n $(patsubst auto,$(AND_HALF),$(WORKERS)) --dist worksteal -m 'not slow and not fuzz and not aws and not crm and not power and not prometheus and not browser and not stores' $(ARGS)

test-stores: setup ## the contracts of stores, on a stand-in of AWS and in encrypted folders
	$(BIN)/python -m pytest -n $(patsubst auto,$(AND_HALF),$(WORKERS)) --dist worksteal -m 'stores and not slow and not fuzz and not aws' tests/contracts $(ARGS)

# One after another: they kill processes and measure how late alerts are.
test-slow: setup ## thirty rounds of SIGKILL and the other slow suites
	$(BIN)/python -m pytest -m slow $(ARGS)

test-power: setup ## some hundred power cuts, and a disk that fails at any call (POWER_CUTS=1000: more)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m power $(ARGS)

test-fuzz: export THOROUGH = 1
test-fuzz: setup ## long property runs on every parser and every writer
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m 'fuzz or thorough' $(ARGS)

# Whole stacks first, in the order in which they are collected: the many short files fill up the end.
test-aws: setup emulator deployers ## the whole of Leadline on an emulator of AWS
	$(BIN)/python -m pytest -n $(patsubst auto,$(AND_HALF),$(WORKERS)) --dist loadfile --no-loadscope-reorder -m aws $(ARGS)

test-privacy: setup ## where people's data stands, how it is kept, erased, masked and accounted for (part of `make test`)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m 'privacy and not slow and not fuzz and not aws' $(ARGS)

test-crm: setup tryton ## leads of a real CRM: found, owned, told, written back
	$(BIN)/python -m pytest -m crm $(ARGS)

drill: setup ## an hour of trouble: Slack and CRM down, workers killed; prints who was told, and how late
	$(BIN)/python -m pytest -m slow tests/acceptance/test_drill.py -s --show-capture=no $(ARGS)

drill-restore: setup emulator ## delete documents, the table, a region: what is lost, and how long until it is back
	$(BIN)/python -m pytest -m aws tests/aws/test_restore.py -s $(ARGS)

test-prometheus: setup prometheus ## every alert rule and every query of the dashboard, in a real Prometheus
	$(BIN)/python -m pytest -m prometheus $(ARGS)

prometheus: .prometheus/.ready ## fetch Prometheus into .prometheus, unless it is installed (Debian)

.prometheus/.ready:
	@mkdir -p .prometheus
	@command -v prometheus promtool >/dev/null && [ "$$(command -v prometheus promtool | wc -l)" = 2 ] || \
	  { cd .prometheus && { apt-get download --quiet prometheus || { apt-get update -qq && apt-get download --quiet prometheus; }; } && dpkg-deb -x prometheus_*.deb . && rm prometheus_*.deb; } || \
	  { echo 'Install Prometheus, so that prometheus and promtool are on the PATH: here is no apt-get to fetch it with.'; exit 1; }
	@touch $@

emulator: .emulator/.ready ## install the emulator of AWS into .emulator

.emulator/.ready: constraints-emulator.txt
	$(PYTHON) -m venv .emulator
	.emulator/bin/python -m pip install --quiet --disable-pip-version-check -r constraints-emulator.txt
	@touch $@

deployers: .deployers/.ready ## install the Serverless Framework, the CDK and what else test-aws deploys with (npm) into .deployers

.deployers/.ready: constraints-deployers.json constraints-deployers.txt
	@command -v npm >/dev/null || { echo 'Install Node.js 20 or newer with npm: the Serverless Framework and the CDK are programs of npm.'; exit 1; }
	@mkdir -p .deployers
	cp constraints-deployers.json .deployers/package.json
	npm install --prefix .deployers --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error
	$(PYTHON) -m venv .deployers/python
	.deployers/python/bin/python -m pip install --quiet --disable-pip-version-check -r constraints-deployers.txt
	@touch $@

tryton: .tryton/.ready ## install Tryton, the CRM of test-crm, into .tryton

.tryton/.ready: constraints-tryton.txt
	$(PYTHON) -m venv .tryton
	.tryton/bin/python -m pip install --quiet --disable-pip-version-check -r constraints-tryton.txt
	@touch $@

test-browser: setup ## every page of the dashboard in a real browser (Chromium, of Debian's packages)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m browser $(ARGS)

screenshots: setup ## write docs/images/dashboard-*.png anew, from the demo's data
	$(BIN)/python tools/screenshots.py

test-payloads: setup ## recorded vendor bodies through preview (needs ../shared/payloads or PAYLOADS=dir)
	$(BIN)/python tools/preview_payloads.py $(or $(PAYLOADS),../shared/payloads)

check: setup ## lint, format, types, import contracts, names defined twice, lengths
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_names.py
	$(BIN)/python tools/check_lengths.py

check-infra: setup .checkov/.ready .asl/.ready ## policy check of the AWS template, validators of its state machines
	$(BIN)/python -m tools.check_state_machines
	.checkov/bin/checkov --config-file tools/checkov.yaml

.asl/.ready: tools/asl/package.json tools/asl/package-lock.json
	@command -v npm >/dev/null || { echo 'Install Node.js with npm: the validator of state machines needs it.'; exit 1; }
	@mkdir -p .asl && cp tools/asl/package.json tools/asl/package-lock.json .asl
	npm ci --silent --no-fund --no-audit --prefix .asl
	@touch $@

.checkov/.ready: constraints-checkov.txt
	$(PYTHON) -m venv .checkov
	.checkov/bin/python -m pip install --quiet --disable-pip-version-check -r constraints-checkov.txt
	@touch $@

format: setup ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## every performance claim, each against a baseline of the same run
	$(BIN)/python -m bench $(ARGS)

bench-experiments: setup ## how often experiments err that are looked at a hundred times (ARGS=100: fewer runs)
	$(BIN)/python -m bench.experiments $(ARGS)

bench-quality: setup ## how right refinement is, by public data sets (needs ../shared/datasets or DATASETS=dir; ARGS=-v: mistakes)
	$(BIN)/python -m bench.refine_quality $(DATASETS) $(ARGS)
	$(BIN)/python -m bench.duplicates_quality $(DATASETS)

bench-score: setup ## how good trained scores are, by public data sets (needs ../shared/datasets or DATASETS=dir), and what one costs
	$(BIN)/python -m bench score

docs: setup ## write the generated reference pages anew
	$(BIN)/python tools/write_reference.py

countries: .countries/.ready ## write the table of countries' names anew, from CLDR
	.countries/bin/python tools/country_names.py

.countries/.ready: constraints-countries.txt
	$(PYTHON) -m venv .countries
	.countries/bin/python -m pip install --quiet --disable-pip-version-check -r constraints-countries.txt
	@touch $@

names: .names/.ready ## write the tables of given names and their short forms anew
	.names/bin/python tools/nickname_table.py
	.names/bin/python tools/given_names.py
	.names/bin/python tools/name_frequencies.py

.names/.ready: constraints-names.txt
	$(PYTHON) -m venv .names
	.names/bin/python -m pip install --quiet --disable-pip-version-check -r constraints-names.txt
	@touch $@

clean: ## remove what the targets made
	rm -rf $(VENV) .emulator .deployers .prometheus .tryton .checkov .asl .countries .names .pytest_cache .mypy_cache .ruff_cache .hypothesis demo-data demo-data-*
