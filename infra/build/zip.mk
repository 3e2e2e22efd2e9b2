# What `sam build` puts into the zip of a function; see docs/decisions/0021-judged-at-the-build.md.
# SAM runs it for each function in a copy of functions/, and deploys what is in ARTIFACTS_DIR then.
ROOT := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))/../..)
VENV ?= $(ROOT)/.venv

# The code that is deployed judges all feeds files: which of them is deployed, SAM does not tell.
JUDGE := PYTHONPATH=$(ROOT)/functions:$(ROOT)/infra/cli $(VENV)/bin/python -m articles_cli check-feeds
INSTALL := install --quiet --target "$(ARTIFACTS_DIR)" --requirement requirements.txt --require-hashes \
	--only-binary :all: --python-version 3.13

# Lambda's folder of the code is read-only: what is not compiled here, each cold start compiles anew.
# Any Python 3.13 will do, and uv finds more of them than PATH has. What no function loads is left.
PYTHON = $(firstword $(shell $(VENV)/bin/uv python find --no-project 3.13 2>/dev/null) python3.13)
COMPILE := compileall -q --invalidation-mode checked-hash \
	-x 'powertools/(event_handler|utilities/(?!__init__|jmespath))|pydantic/v1|zstd/(tar|zip)file'

NEVER_READ := *.c *.css *.js *.py[ix] # by a function
TRACES := INSTALLER RECORD REQUESTED # which tell pip from uv

build-%: $(VENV)/.ready
	@$(JUDGE) --table >&2
	@$(VENV)/bin/uv pip $(INSTALL) --python $(VENV)/bin/python --python-platform $(PROCESSOR)-unknown-linux-gnu || \
		$(VENV)/bin/pip $(INSTALL) --disable-pip-version-check \
		--platform manylinux_2_28_$(PROCESSOR) --platform manylinux2014_$(PROCESSOR)
	@cp -R articles *.py *.toml "$(ARTIFACTS_DIR)"
	@cd "$(ARTIFACTS_DIR)" && rm -rf bin .lock && find . -name __pycache__ -prune -exec rm -r {} +
	@cd "$(ARTIFACTS_DIR)" && rm -f $(TRACES:%=*.dist-info/%) # so that a commit is always the same zip
	@cd "$(ARTIFACTS_DIR)" && find . -type f \( -false $(NEVER_READ:%=-o -name '%') \) -delete
	@cd "$(ARTIFACTS_DIR)" && if $(PYTHON) --version >/dev/null 2>&1; then $(PYTHON) -m $(COMPILE) .; else \
		echo "No Python 3.13 (uv python install 3.13): each cold start will compile the functions anew." >&2; fi

$(ROOT)/.venv/.ready:
	$(MAKE) -C $(ROOT) setup
