# Everything needs Python 3.11+ with venv, and make; a C compiler makes the core fast but is optional.

.DEFAULT_GOAL := help
.PHONY: help run test install check soak bench acceptance clean lock

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed
CORE := $(wildcard runner/core/*.py runner/core/*.pxd)

FIND_PYTHON = for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##/\1 -/p' Makefile

run: $(INSTALLED)  ## trade the example strategy on the embedded exchange
	@$(BIN)/runner run rules/rsi-reversion.yaml --replay synthetic:7 --speed max

test: $(INSTALLED)  ## the tests (long ones: soak, acceptance)
	@$(BIN)/python -m pytest -q -n 2

install: $(INSTALLED)  ## .venv with the locked dependencies and this package

check: $(INSTALLED)  ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: $(INSTALLED)  ## hours of trading under faults
	@$(BIN)/python -m pytest -m soak --timeout 0

acceptance: $(INSTALLED)  ## the long figures
	@$(BIN)/python -m pytest -m acceptance --timeout 0

bench: $(INSTALLED)  ## how fast backtests, expressions, starts, validation and audit logs are
	@$(BIN)/python bench/backtest.py
	@$(BIN)/python bench/expressions.py
	@$(BIN)/python bench/startup.py
	@$(BIN)/python bench/startup_live.py
	@$(BIN)/python bench/validate.py --rounds 1
	@$(BIN)/python bench/audit.py

clean:  ## remove what was built and installed
	rm -rf $(VENV) build dist rule_runner.egg-info runner/core/*.so

$(LOCKED): requirements.lock
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "error: needs Python 3.11 or newer with venv (Debian: apt install python3-venv)" >&2; \
		exit 1; \
	fi; \
	rm -rf $(VENV) && $$python -m venv $(VENV)
	@echo "installing the locked dependencies into $(VENV) (about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
		--require-hashes -r requirements.lock
	@touch $@

# An editable install: the extensions of the core lie beside their Python files.
$(INSTALLED): $(LOCKED) pyproject.toml setup.py $(CORE)
	@rm -f $(VENV)/build.log
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --log $(VENV)/build.log \
		--no-build-isolation --no-deps --editable .
	@$(BIN)/runner --version
	@touch $@

lock:  ## requirements.lock anew, from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --quiet --universal --fork-strategy fewest --python-version 3.11 \
		--only-binary :all: --generate-hashes --extra build --extra dev \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--output-file requirements.lock
