# Every verb of the project. `make run` and `make test` work in a fresh clone;
# each target builds .venv once and again only when the requirements change.
#
#   PORT=8501         where `make run` serves the app
#   MAP=folder        a map of your own files (`python -m explorer index`) it opens with
#   PYTHON=...        the Python 3.11+ to build .venv with (found by itself)
#   TORCH_INDEX=...   the package index for PyTorch, or `none` (README, "Install")
#   TESTS=...         what `make test` gives to pytest, e.g. TESTS='tests/test_midi.py -x'
#   CORPUS=... NAME=... PRESET=... RECIPE=... MINUTES=...   what `make train` does
#   CORPUS=... PLAN=two-cores JOBS=1                        what `make train-all` does

PORT ?= 8501
TESTS ?= tests
NAME ?= mel_2bar
PRESET ?= cat-mel_2bar_small
RECIPE ?= two-cores
MINUTES ?= 120
PLAN ?= two-cores
JOBS ?= 1
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
OMP_NUM_THREADS ?= 1
TEST_JOBS ?= 2
export OMP_NUM_THREADS TORCH_INDEX

# The first of these that is Python 3.11 or newer and runs.
ifndef PYTHON
PYTHON := $(shell for p in python3.11 python3 python3.12 python3.13 python3.14 python; do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && echo "$$p" && break; done)
endif

.PHONY: default run test test-js test-browser test-others lint format smoke bench train train-all install clean
.DELETE_ON_ERROR:

default: lint test

run: install
	@$(PY) scripts/system_packages.py run
	@test -z "$(MAP)" || test -f "$(MAP)/map.json" || { \
	  echo "There is no map in $(MAP). Make one: python -m explorer index --help"; exit 2; }
	@echo "Open http://localhost:$(PORT) in a browser; Ctrl-C stops the app."
	@EXPLORER_MAP="$(or $(MAP),$(EXPLORER_MAP))" $(PY) -m streamlit run streamlit_app.py --server.port $(PORT)

test: $(VENV)/dev-installed
	@$(PY) scripts/system_packages.py run test
	@$(MAKE) --no-print-directory test-js
	@$(MAKE) --no-print-directory test-others
	@$(MAKE) --no-print-directory test-browser

# One after the other: a browser beside two busy cores has gaps in its sound that are not
# the player's. Status 5: no test of the kind.
test-browser:
	$(PY) -m pytest --browser -m browser $(TESTS) || [ $$? = 5 ]

test-others:
	$(PY) -m pytest -n $(TEST_JOBS) --dist loadfile -m "not browser" $(TESTS) || [ $$? = 5 ]

test-js:
	@if command -v node >/dev/null; then \
	  node --test tests/js/*.test.mjs; \
	else \
	  echo "Skipped the player's JavaScript tests: Node.js is not installed."; \
	fi

lint: $(VENV)/dev-installed
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m codespell_lib
	$(PY) -m mypy --strict explorer

format: $(VENV)/dev-installed
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

# What the app itself needs must be in requirements.txt: meaningful in a fresh clone,
# before the development tools are installed.
smoke: install
	$(PY) -m explorer --help >/dev/null
	$(PY) bench/start.py --runs 1

bench: $(VENV)/dev-installed
	@for part in decode encode train start frames blend map; do $(PY) -m bench.$$part || exit 1; done

# Prepare, train and promote in one command: make train CORPUS=path/to/music
train: install
	@test -n "$(CORPUS)" || { echo "Name a folder of music: make train CORPUS=..."; exit 2; }
	$(PY) -m explorer prepare "$(CORPUS)" -o data/$(NAME)
	env -u OMP_NUM_THREADS $(PY) -m explorer train $(PRESET) data/$(NAME) \
	  --name $(NAME) --recipe $(RECIPE) --minutes $(MINUTES)
	$(PY) -m explorer promote runs/$(NAME) data/$(NAME)

# Every checkpoint of a plan, from nothing: make train-all CORPUS=path/to/music
train-all: install
	@test -n "$(CORPUS)" || { echo "Name a folder of music: make train-all CORPUS=..."; exit 2; }
	env -u OMP_NUM_THREADS $(PY) -m scripts.train_all "$(CORPUS)" \
	  --plan scripts/plans/$(PLAN).toml --jobs $(JOBS)

install: $(VENV)/installed

$(PY):
	@if [ -z "$(PYTHON)" ]; then \
	  echo "Python 3.11 or newer is needed and none was found (python3 is" \
	    "`{ python3 --version || echo missing; } 2>/dev/null`)." \
	    "Install one, or name it: make PYTHON=/path/to/python3.11"; \
	  exit 2; \
	fi
	@echo "Making $(VENV) with $(PYTHON) ..."
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) cannot make a virtual environment." \
	    "Debian and Ubuntu: sudo apt-get install python3-venv"; exit 2; }

$(VENV)/installed: requirements.txt | $(PY)
	@echo "Installing PyTorch, then the rest: a few minutes, once ..."
	@$(PIP) install --prefer-binary `$(PY) scripts/torch_index.py` `grep '^torch==' $<`
	@$(PIP) install --quiet --prefer-binary -r $<
	@touch $@

$(VENV)/dev-installed: requirements-dev.txt $(VENV)/installed
	@echo "Installing the test tools ..."
	@$(PIP) install --quiet --prefer-binary -r $<
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
