# `make demo` and `make test` work on a fresh machine: each makes its own environment first.
PYTHON ?= python3
VENV ?= .venv
PEERS ?= .bench
# Options of `make bench`, such as BENCH=--quick
BENCH ?=
# Where the tests of device cuda are
CUDA_TESTS ?= tests/engine $(addprefix tests/models/test_,devices.py noise_lives.py rules.py \
	targets.py leaky_reference.py)

BIN = $(VENV)/bin
LAYERS = engine plasticity models data analysis studies
SOURCES = setup.cfg pyproject.toml $(filter-out %.pyc,$(wildcard \
	$(foreach layer,$(LAYERS),$(layer)/*.* $(layer)/*/*.*)))
PIP = rm -rf build && $(BIN)/python -m pip install --quiet --disable-pip-version-check

# One thread for each process: its matrices are small, and other processes want the other cores.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1

# The official image sets, where they lie beside the checkout; tests that need them skip otherwise.
ifeq ($(ONTOGENY_DATA),)
ifneq ($(wildcard ../shared/data),)
export ONTOGENY_DATA := $(abspath ../shared/data)
endif
endif

# What builds CUDA programs for the processor, where it lies beside the checkout and there is no GPU.
ifeq ($(ONTOGENY_CUDA_ON_CPU)$(shell command -v nvidia-smi),)
ifneq ($(wildcard ../shared/tools/cuda_on_cpu/make_on_cpu.py),)
export ONTOGENY_CUDA_ON_CPU := $(abspath ../shared/tools/cuda_on_cpu/make_on_cpu.py)
endif
endif

.PHONY: help demo test test-cuda lint bench clean

help:
	@echo "make demo    raise networks on noise, then on digits; results go to runs/first-life"
	@echo "make test    run all tests"
	@echo "make test-cuda    run the tests of device cuda; needs Python 3.12 and nvcc"
	@echo "make lint    check style and types"
	@echo "make bench   measure beside PyTorch, Brian2 and ANNarchy; writes docs/performance.*; half an hour"
	@echo "make clean   remove the environment and everything that was built"
	@echo "Another Python than python3: make test PYTHON=python3.12"

demo: $(VENV)/.installed
	@if [ -e runs/first-life ]; then older=runs/first-life-until-$$(date +%Y-%m-%d-%H%M%S); \
		mv runs/first-life $$older; echo "The run that was there is now in $$older"; fi
	$(BIN)/ontogeny run --device numpy --folder runs --name first-life

# Neighbours among the tests share what they need; a core without work takes some of another's.
test: $(VENV)/.installed-for-tests
	$(BIN)/python -m pytest -n auto --dist worksteal

# With the extra [cuda], whose Brian2 is not the newest: better in an environment of its own.
test-cuda: $(VENV)/.installed-for-cuda
	$(BIN)/python -m pytest -n auto --dist worksteal -m "cuda and not slow" -rs $(CUDA_TESTS)

lint: $(VENV)/.installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(LAYERS:%=-p ontogeny.%)

# A peer that cannot be installed is reported on the page.
bench: $(VENV)/.installed-for-tests
	for peer in torch brian2 annarchy; do \
		PYTHON=$(BIN)/python benchmarks/make_environment.sh $$peer $(PEERS); done
	$(BIN)/ontogeny bench --peers benchmarks --environments $(PEERS) --write docs $(BENCH)

clean:
	rm -rf $(VENV) $(PEERS) build dist ontogeny.egg-info .pytest_cache .mypy_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Ontogeny needs Python 3.11 or later, and '$(PYTHON)' is none;" \
		"name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: $(BIN)/python $(SOURCES)
	$(PIP) .
	@touch $@

$(VENV)/.installed-for-tests: $(BIN)/python $(SOURCES)
	$(PIP) '.[test]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-for-cuda: $(BIN)/python $(SOURCES)
	$(PIP) --pre '.[cpp,cuda]' pytest pytest-xdist hypothesis
	@touch $@
