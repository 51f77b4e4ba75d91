# Everything runs in .venv. Needs Python 3.11, 3.12 or 3.13 with its venv module, make, and a package index.
#
#   make demo    installs piiscan, builds an example firm in ./demo, scans it, prints the 12-month category report
#   make test    installs what development needs too, runs every test (those without a server at hand are skipped)
#   make lint    style, types, import order
#   make bench   speed and memory on a PostgreSQL server; with DATA=DIR also accuracy on labelled texts and databases
#   make clean   removes what the above made

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo "$$name" && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
DEMO := demo
ARGS :=
.DEFAULT_GOAL := demo
.PHONY: demo test lint bench clean

demo: .venv/installed
	@$(BIN)/piiscan demo --dir $(DEMO) $(ARGS)
	@echo "from here that is: $(BIN)/piiscan -c $(DEMO)/piiscan.toml inventory list" >&2

# Neighbouring tests share what is dear to make, so each worker begins with a stretch of them and takes from the others' when
# it is done; there is one more than cores, for many wait for a server or a process. Compiled code is kept, whatever the
# environment says: tests start hundreds of interpreters.
test: .venv/installed-dev
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n $$($(BIN)/python -c "import os; print(os.cpu_count() + 1)") \
		--dist worksteal $(ARGS)

# Types and imports are checked on an installed copy: there piiscan.connectors, .reports and .rules lie below piiscan.
lint: .venv/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@rm -rf build .venv/merged && $(PIP) install --no-deps --target .venv/merged .
	@cd .venv/merged && ../bin/mypy --config-file ../../pyproject.toml -p piiscan
	@cd .venv/merged && ../bin/lint-imports --config ../../pyproject.toml

bench: .venv/installed-dev
	@$(BIN)/python bench/scan.py $(ARGS)
	@test -z "$(DATA)" || $(BIN)/python bench/accuracy.py --data "$(DATA)"

clean:
	rm -rf .venv $(DEMO) build dist piiscan_inventory.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11, 3.12 or 3.13 found" >&2; \
		echo "hint: install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 2; }
	@echo "setting up .venv with $$($(PYTHON) --version) (once)" >&2
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; echo "error: could not make .venv" >&2; \
		echo "hint: on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }

# The package is installed from this folder as it is (editable): a change of code needs no second installation.
.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "installing piiscan and its dependencies" >&2
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

# Read from pyproject.toml by hand: older pips do not know dependency groups. A test builds the package without isolation.
.venv/installed-dev: .venv/installed
	@echo "installing what tests need" >&2
	@$(BIN)/python -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb")); \
		print(*project["build-system"]["requires"], *project["dependency-groups"]["dev"], sep="\n")' > .venv/dev.txt
	@$(PIP) install --constraint constraints.txt --requirement .venv/dev.txt
	@touch $@
