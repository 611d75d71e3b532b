# Gates and Gradients. `make` lists what there is.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PIP    := -m pip install --disable-pip-version-check -q
# two processes; a notebook's cells stay in one
PYTEST := -m pytest -q -n 2 --dist worksteal
NBVAL  := -m pytest -q -n 2 --dist loadfile
# the other environments: environment.yml by pip alone, a machine like Colab, the newest packages
TORCHTEXT := .venv-torchtext
# What old versions of torch, NumPy, Matplotlib and ipywidgets may change.
ON_OLDEST := $(addprefix tests/unit/,cells models probes arrays plots data course/explorers tools/test_conda_pip.py)
COLAB     := .venv-colab
NEWEST    := .venv-newest

LAB_ARGS ?=
LESSONS  ?=
BENCHES  ?= $(filter-out __init__ report,$(basename $(notdir $(wildcard benchmarks/*.py))))

.DEFAULT_GOAL := help
.PHONY: help env lab test test-torchtext test-colab test-newest build stamp lint bench seeds data handout slides record site site-serve test-site tables lock clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

env: $(READY)  ## make or bring up to date the environment in .venv

# The mark is set last, so an interrupted installation is taken up again by the next call. It holds the course's folder:
# after a copy or a new name the scripts of .venv are written anew, which needs no network.
ifneq ($(shell cat $(READY) 2>/dev/null),$(shell pwd -P))
.PHONY: $(READY)
endif
$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "The course needs Python 3.11 or newer, and '$(PYTHON)' is not; name one with: make PYTHON=python3.12"; exit 1; }
	@rm -f $@
	$(PYTHON) -m venv $(VENV)
	@$(BIN)/python tools/small_torch.py
	$(BIN)/python $(PIP) -r requirements.lock
	@$(BIN)/python tools/link.py
	@pwd -P > $@

lab: $(READY)  ## open the course in JupyterLab, in your own copies of the lessons (options: LAB_ARGS="--no-browser --port 8899")
	@$(BIN)/python tools/lab.py $(LAB_ARGS)

test: $(READY)  ## every check: style, unit tests, notebooks, pages in a browser
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python $(PYTEST) tests/unit tests/faults tests/notebooks
	$(BIN)/python $(NBVAL) --nbval notebooks
	$(BIN)/python $(PYTEST) tests/browser

# In these three COURSE_STACK names the environment: what is made for it may not be skipped there.
test-torchtext: $(TORCHTEXT)/.ready  ## unit tests and lessons on the oldest packages, with torchtext, as environment.yml says
	COURSE_STACK=torchtext $(TORCHTEXT)/bin/python $(PYTEST) $(ON_OLDEST)
	COURSE_STACK=torchtext $(TORCHTEXT)/bin/python $(NBVAL) --nbval-lax notebooks

$(TORCHTEXT)/.ready: environment.yml pyproject.toml | $(READY)
	@rm -f $@
	@python=python$$($(BIN)/python tools/conda_pip.py --python); command -v $$python >/dev/null || \
	  { echo "environment.yml asks for $$python, and there is none here."; exit 1; }; $$python -m venv $(TORCHTEXT)
	$(BIN)/python tools/conda_pip.py > $(TORCHTEXT)/requirements.txt
	@$(TORCHTEXT)/bin/python tools/small_torch.py $$(grep '^torch==' $(TORCHTEXT)/requirements.txt)
	$(TORCHTEXT)/bin/python $(PIP) -r $(TORCHTEXT)/requirements.txt
	@touch $@

test-colab: $(COLAB)/.ready  ## each lesson opened alone on a machine like Colab, without a network (Linux; writes /content)
	COURSE_STACK=colab $(BIN)/python -m pytest -q tests/colab

# What the course needs and this machine must not have, so that the setup cell has something to install.
$(COLAB)/.ready: tests/colab/requirements.txt requirements.lock | $(READY)
	@rm -rf $(COLAB)
	$(PYTHON) -m venv $(COLAB)
	@$(COLAB)/bin/python tools/small_torch.py
	$(COLAB)/bin/python $(PIP) -r tests/colab/requirements.txt $$(grep '^torch==' requirements.lock)
	$(COLAB)/bin/python -m pip download --disable-pip-version-check -q --no-deps -d $(COLAB)/wheels pooch safetensors
	@touch $@

test-newest: $(READY)  ## unit tests and lessons with the newest packages; then write their versions into docs/tested.md
	@test -d $(NEWEST) || $(PYTHON) -m venv $(NEWEST)
	@$(NEWEST)/bin/python tools/small_torch.py
	$(NEWEST)/bin/python $(PIP) --upgrade --upgrade-strategy eager $$(grep '^torch==' requirements.lock) -e .[dev]
	COURSE_STACK=newest $(NEWEST)/bin/python $(PYTEST) tests/unit tests/faults
	COURSE_STACK=newest $(NEWEST)/bin/python $(NBVAL) --nbval-lax notebooks
	$(NEWEST)/bin/python -m tools.verified

build: stamp  ## run the lessons and write their notebooks (some only: LESSONS="lessons_src/01_name.py")
	$(BIN)/python tools/build.py $(LESSONS)

stamp: $(READY)  ## carry the address in pyproject.toml to the badges and setup cells
	$(BIN)/python tools/stamp.py

lint: $(READY)  ## check the style, and which part imports which
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache

bench: $(READY)  ## measure the figures of docs/results.md (some only: BENCHES="cells")
	@for name in $(BENCHES); do echo "benchmarks.$$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done

seeds: $(READY)  ## run every lesson with five other seeds and list the claims that fail (some minutes)
	@$(BIN)/python -m tools.seeds

data: $(READY)  ## download the real data sets, with checksums
	$(BIN)/python -m utils.data

handout: $(READY)  ## make a zip of the course without its solutions, for a class
	@$(BIN)/python tools/handout.py

slides: $(READY)  ## make presentations of the lessons in build/slides (some only: LESSONS="02 03")
	@$(BIN)/python -m tools.slides $(LESSONS)

site: $(VENV)/.site  ## build the web site, on which every explorer moves without a kernel, in build/site
	$(BIN)/python -m tools.site

site-serve: $(VENV)/.site  ## build the web site and show it at http://127.0.0.1:8000
	$(BIN)/python -m tools.site --serve

test-site: $(VENV)/.site  ## the web site in a browser that reaches no other host (some minutes)
	$(BIN)/python $(PYTEST) tests/site

$(VENV)/.site: docs/requirements.txt | $(READY)
	$(BIN)/python $(PIP) -r docs/requirements.txt
	@touch $@

record: $(READY)  ## make a file of what you have done, to hand in: make record NAME="Ada Lovelace"
	@$(BIN)/python -m tools.record "$(NAME)"

tables: $(READY)  ## write the tables of README.md, TEACHING.md and docs
	@$(BIN)/python -m tools.tables

lock: $(READY)  ## choose the exact versions again and write requirements.lock (needs a network)
	$(BIN)/python tools/lock.py

clean:  ## remove caches, not the environment and nothing of yours
	rm -rf .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
