# Two commands do everything on a fresh machine with Python 3.11+, pip, venv, make and git:
#   make serve   set up and start the gateway        make test   set up and run every test that this machine can run

PYTHON ?= python3
PORT ?= 8787
HOST ?= 127.0.0.1
DATA ?=
KILLS ?= 500
VENV := .venv
ERAS := june-2025 spring-2026 newest
SERVERS := moto s3rver
CHECKERS := studio
FUZZERS := schemathesis
CASES ?= 260

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt

.PHONY: serve test check bench bench-queue bench-studio chaos fuzz live tongues types sheet studio-pictures clean

serve: $(VENV)/ready
	exec $(VENV)/bin/danqing serve --host $(HOST) --port $(PORT) $(if $(DATA),--data "$(DATA)")

test: check $(ERAS:%=.venvs/%/ready) $(SERVERS:%=.venvs/%/ready) $(FUZZERS:%=.venvs/%/ready) $(CHECKERS:%=.venvs/%/ready)
	$(VENV)/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/ready-dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

bench: $(VENV)/ready-dev
	$(VENV)/bin/python bench/requests_per_cpu.py

bench-queue: $(VENV)/ready-dev
	PYTHONPATH=tests $(VENV)/bin/python bench/jobs_per_second.py $(ARGS)

# What the studio weighs and how fast it is, in Chromium.
bench-studio: $(VENV)/ready-dev
	PYTHONPATH=tests $(VENV)/bin/python bench/studio.py $(ARGS)

# Kills servers and workers again and again: KILLS on SQLite, and KILLS on Postgres with a bucket.
chaos: $(VENV)/ready-dev $(SERVERS:%=.venvs/%/ready)
	PYTHONPATH=tests $(VENV)/bin/python -m chaos --kills $(KILLS)

# Asks the native API for all that its description allows, and for what it does not: CASES times for each of its calls.
fuzz: $(VENV)/ready-dev $(FUZZERS:%=.venvs/%/ready)
	DANQING_FUZZ_CASES=$(CASES) $(VENV)/bin/python -m pytest -s --timeout 0 tests/contract/test_schemathesis.py

# How well languages and what must stay are told, on a table of prompts.
tongues: $(VENV)/ready-dev
	PYTHONPATH=tests $(VENV)/bin/python -m prompts.measure $(ARGS)

# Asks the vendors whose keys are in the environment what only they can tell (docs/live.md). What is free is always asked,
# the rest when it stays within AT_MOST dollars, or with YES=1.
live: $(VENV)/ready-dev
	PYTHONPATH=tests $(VENV)/bin/python -m live $(if $(AT_MOST),--at-most $(AT_MOST)) $(if $(YES),--yes)

# The types of the studio's modules, and of what they ask of the API.
types: $(VENV)/ready-dev $(CHECKERS:%=.venvs/%/ready)
	PYTHONPATH=tests $(VENV)/bin/python -m studio.types

sheet: $(VENV)/ready
	$(VENV)/bin/python docs/sketch_sheet.py

# Every room of the studio, to be looked at in build/studio; some of them are in docs/studio.md.
studio-pictures: $(VENV)/ready-dev
	PYTHONPATH=tests $(VENV)/bin/python docs/studio_pictures.py

clean:
	rm -rf $(VENV) .venvs build dist src/danqing/sketch/pack src/danqing/studio/vendor

$(VENV)/ready: pyproject.toml constraints.txt hatch_build.py build_pack.py package-lock.json
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install -q -e .
	touch $@

$(VENV)/ready-dev: $(VENV)/ready
	$(VENV)/bin/pip install -q -e '.[dev]'
	touch $@

# The clients of three eras, each in an environment of its own, pinned to the last package.
.venvs/%/ready: tests/clients/%.txt
	$(PYTHON) -m venv .venvs/$*
	PIP_CONSTRAINT= .venvs/$*/bin/pip install -q -r $<
	touch $@

.venvs/schemathesis/ready: tests/servers/schemathesis.txt
	$(PYTHON) -m venv .venvs/schemathesis
	PIP_CONSTRAINT= .venvs/schemathesis/bin/pip install -q -r $<
	touch $@

# Two servers of the S3 protocol; without npm there is one, and the tests of the other say so.
.venvs/moto/ready: tests/servers/moto.txt
	$(PYTHON) -m venv .venvs/moto
	PIP_CONSTRAINT= .venvs/moto/bin/pip install -q -r $<
	touch $@

.venvs/s3rver/ready: tests/servers/package.json tests/servers/package-lock.json
	mkdir -p .venvs/s3rver
	cp $^ .venvs/s3rver
	if cd .venvs/s3rver && npm ci --silent --ignore-scripts --no-audit --no-fund; then touch ready; \
	else echo "npm cannot fetch s3rver; the tests that need it say so."; fi

# What checks the studio's pages; without npm the tests that need it say so.
.venvs/studio/ready: tests/studio/package.json tests/studio/package-lock.json
	mkdir -p .venvs/studio
	cp $^ .venvs/studio
	if cd .venvs/studio && npm ci --silent --ignore-scripts --no-audit --no-fund; then touch ready; \
	else echo "npm cannot fetch what checks the studio; the tests that need it say so."; fi
