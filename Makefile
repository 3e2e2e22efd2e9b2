# Two commands do everything on a fresh machine with Python >= 3.11: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
TOOLS ?= .tools
DIST ?= dist
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo quick test check contract scan sbom audit e2e fuzz faults bounds bench
.PHONY: lock generated dashboard scale browser pictures dist clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.ready ## install everything into .venv; the other targets do it when needed

# What was not finished is made anew, by whichever Python.
# uv installs in seconds; pip, which knows its own mirrors, does where uv finds no registry.
INSTALL := install --quiet --require-hashes --requirement
$(VENV)/.ready: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { \
		echo "article-ingest needs Python 3.11 or newer; $(PYTHON): $$($(PYTHON) -V 2>&1)." >&2; \
		echo "Name one: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.13" >&2; exit 1; }
	$(PYTHON) -m venv $(if $(wildcard $@),,--clear) $(VENV)
	awk '/^uv==/ { found = 1 } found; found && !/\\$$/ { exit }' requirements-dev.txt > $(VENV)/uv.txt
	$(BIN)/pip $(INSTALL) $(VENV)/uv.txt --disable-pip-version-check
	$(BIN)/uv pip $(INSTALL) requirements-dev.txt --python $(BIN)/python || \
		$(BIN)/pip $(INSTALL) requirements-dev.txt --disable-pip-version-check
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

demo: setup ## ingest examples/articles on this machine, and show receipts, articles and events
	@$(BIN)/articles run --table --feed example examples/articles || test $$? -eq 1 # bad examples are rejected

quick: setup ## the fast tests: unit, golden, docs, template
	$(BIN)/pytest -n auto -k "not cfn_lint" tests/unit tests/golden tests/docs tests/template # cfn-lint runs in `make check`

test: setup ## all tests but those of `make contract`, `make scan` and `make e2e`
	$(BIN)/pytest -m "not e2e" -n auto --dist loadfile

check: setup ## lint, formatting, types, template, feeds
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy functions infra tests examples
	$(BIN)/cfn-lint template.yaml infra/policies/deployer.yaml examples/subscriber/*.yaml
	$(BIN)/articles check-feeds

contract: setup ## what other people's tools make of the event schemas; needs Node.js
	$(BIN)/pytest --verbose tests/contract/consumers.py tests/contract/test_delivered.py::test_the_registry_can_take_a_schema

browser: $(TOOLS)/browser/.ready ## the console in headless Chromium
	@ARTICLES=$(abspath $(BIN)/python) $(TOOLS)/browser/bin/pytest --verbose -o pythonpath= \
		-p no:cacheprovider --confcutdir=tests/console/browser tests/console/browser/journeys.py

pictures: $(TOOLS)/browser/.ready ## docs/console.png and docs/demo.svg
	@$(BIN)/python -m tests.console.picture docs/demo.svg
	@PICTURES=docs $(MAKE) --no-print-directory browser

scan: setup ## what checkov finds in the template, and what is excepted
	$(BIN)/pytest --verbose tests/template/scan.py

e2e: setup ## build and deploy the stack with the real SAM CLI, on MiniStack
	$(BIN)/pytest -m e2e

fuzz: setup ## random files through the service; N inputs, SEED, or ONLY one of them again
	@$(BIN)/python -m tests.fuzz $(if $(N),--inputs $(N)) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

faults: setup ## crashes, interleavings, histories, kills and mutants; one JSON line per figure
	@$(BIN)/python -m tests.faults

bounds: setup ## what the costliest uploads cost; one JSON line per figure; SHORT=1 takes two minutes
	@$(BIN)/python -m tests.bounds $(if $(SHORT),--every 300 --worst 4 --enough 1)

bench: setup $(TOOLS)/bench/.ready $(TOOLS)/dashboard/.ready ## measure everything: a JSON line per figure, and docs/performance.md; GROUPS="cpu cold", QUICK=1
	@TOOLS=$(TOOLS) $(BIN)/python infra/bench/bench.py $(GROUPS) $(if $(QUICK),--quick) $(if $(KEEP),--keep)

COMPILE := uv pip compile --quiet --generate-hashes --universal \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
lock: setup ## resolve the dependencies of pyproject.toml; UPGRADE=--upgrade takes newer ones
	$(BIN)/$(COMPILE) $(UPGRADE) --python-version 3.11 --extra local --group dev pyproject.toml -o requirements-dev.txt
	sed -n 's/^\([a-z0-9._-]*==[^ ]*\).*/\1/p' requirements-dev.txt > $(VENV)/constraints.txt
	$(BIN)/$(COMPILE) $(UPGRADE) --python-version 3.11 -c $(VENV)/constraints.txt \
		--group pyproject.toml:functions -o functions/requirements.txt
	for tool in sam aws ministack runtime; do $(BIN)/$(COMPILE) $(UPGRADE) --python-version 3.13 \
		infra/e2e/requirements-$$tool.in -o infra/e2e/requirements-$$tool.txt; done
	for tools in browser contract scan dashboard supply; do $(BIN)/$(COMPILE) $(UPGRADE) --python-version 3.11 \
		infra/$$tools/requirements.in -o infra/$$tools/requirements.txt; done

generated: setup ## write infra/events, docs/codes.md and the tables of other pages from the code
	$(BIN)/python infra/generate.py

# Tools that few need, each in a virtual environment of its own.
$(TOOLS)/%/.ready: infra/%/requirements.txt | setup
	$(BIN)/python -m venv --clear $(@D)
	$(BIN)/uv pip $(INSTALL) $< --python $(@D)/bin/python || \
		$(@D)/bin/pip $(INSTALL) $< --disable-pip-version-check
	@touch $@

dashboard: $(TOOLS)/dashboard/.ready ## draw docs/dashboard.svg: the dashboard of template.yaml after a simulated day
	@$(BIN)/python -m tests.dashboard | $(TOOLS)/dashboard/bin/python tests/dashboard/draw.py docs/dashboard.svg

scale: $(TOOLS)/dashboard/.ready ## simulate the queues: a table of docs/scale.md, and docs/scale.svg; takes a minute
	@$(BIN)/python -m articles_scale | $(TOOLS)/dashboard/bin/python -m tests.scale.draw docs/scale.svg

dist: setup ## build what `pipx install` takes: a wheel and its sources, in dist/; the same bytes for the same commit
	$(BIN)/uv build --python $(BIN)/python --no-build-isolation --no-create-gitignore --out-dir $(DIST)

sbom: $(TOOLS)/supply/.ready ## write dist/sbom.json, what is deployed (CycloneDX); fails on a license that is not allowed
	@$(TOOLS)/supply/bin/python infra/supply/sbom.py $(BIN)/python dist/sbom.json

audit: $(TOOLS)/supply/.ready ## ask for advisories on what is pinned; exit code 3 where it could not be checked
	@$(TOOLS)/supply/bin/python infra/supply/audit.py

clean: ## remove the virtual environments and all caches
	rm -rf $(VENV) .venv-* .aws-sam .tools dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
