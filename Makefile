# Set-up happens by itself and once; it is repeated only after pyproject.toml changes. Another Python
# than the first suitable one:  make clean && make run PYTHON=python3.12

VENV := .venv
PY := $(VENV)/bin/python
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python)
# Else the first start would have to, and where Python may write no bytecode, every one.
COMPILE = $(PY) -m compileall -q playground

.DEFAULT_GOAL := help
.PHONY: help run test test-all check bench screenshots preset-pictures clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.window ## install what is needed and open the window; ARGS="train FILE --out DIR" for the rest
	@$(PY) main.py $(ARGS)

test: check $(VENV)/.offscreen ## install what is needed, check style and types, run the tests
	QT_QPA_PLATFORM=offscreen OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -n auto --dist loadfile $(ARGS)

test-all: check $(VENV)/.offscreen ## the same with the slow tests
	QT_QPA_PLATFORM=offscreen OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -m "" $(ARGS)

check: $(VENV)/.dev ## check style and types only
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

bench: $(VENV)/.offscreen $(VENV)/.peers ## measure speeds: engine against floor and peers, and the window
	QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} OPENBLAS_NUM_THREADS=1 $(PY) -m tests.bench $(ARGS)

screenshots: $(VENV)/.window $(VENV)/.dev ## take the README's pictures; needs a display
	$(PY) -m tests.screenshots $(ARGS)

preset-pictures: $(VENV)/.offscreen ## train the presets and draw their pictures
	OPENBLAS_NUM_THREADS=1 $(PY) -m tests.preset_pictures $(ARGS)

clean: ## remove all that set-up, checks and builds have made
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. Each stamp below is remade when what it depends on is newer.
$(VENV)/pyvenv.cfg:
	@for python in $(PYTHONS); do \
	    $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue; \
	    echo "Making $(VENV) with $$($$python --version) ($$(command -v $$python))"; \
	    $$python playground/system.py --venv || exit 1; \
	    $$python -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }; \
	    exit 0; \
	done; \
	echo "Python 3.11, 3.12 or 3.13 is needed; looked for: $(PYTHONS)." >&2; \
	echo "Install one (Debian 12 or later, Ubuntu 24.04 or later: apt-get install python3-venv)" >&2; \
	echo "or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; \
	exit 1

$(VENV)/.installed: $(VENV)/pyvenv.cfg pyproject.toml
	$(PY) -m pip install --disable-pip-version-check --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/.dev: $(VENV)/pyvenv.cfg pyproject.toml
	$(PY) -m pip install --disable-pip-version-check --editable '.[dev]'
	@$(COMPILE)
	@touch $(VENV)/.installed $@

# A peer that cannot be had here is no reason not to measure the rest.
$(VENV)/.peers: $(VENV)/.dev
	-$(PY) -m pip install --disable-pip-version-check --editable '.[dev,bench]'
	@touch $@

# System libraries that Qt needs, for a window in this session and for tests without a screen.
$(VENV)/.window: $(VENV)/.installed
	@$(PY) playground/system.py --install
	@touch $@

$(VENV)/.offscreen: $(VENV)/.dev
	@$(PY) playground/system.py --install offscreen
	@touch $@
