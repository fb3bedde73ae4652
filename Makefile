# Everything goes through the virtual environment in .venv; `make course` and `make test` start from nothing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BOOK := _build/html/index.html
CLASS := _build/class
RELEASED := exercises/release/.released
SAMPLED := $(sort $(notdir $(wildcard exercises/examples/*/*)))
CODE := $(shell find convbook -name '*.py')
GRADER := $(shell find autograder -type f -not -name '*.pyc')
BOOK_SOURCES := _config.yml _toc.yml references.bib claims.toml $(wildcard *.md records/*.json chapters/*.md guides/*.md images/* images/*/* static/* static/*/* tools/*.py)

# TensorFlow imports in 5 s with bytecode and in 15 s without.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONWARNINGS := ignore::DeprecationWarning
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: course test test-backends book release grade verify soak bench lint lock clean

course: book release grade
	@python tools/closing_summary.py

# Two at a time: the library beside the grader, see tests/conftest.py.
PYTEST := pytest --numprocesses 2 --dist loadscope --no-loadscope-reorder

test: book
	$(PYTEST)

book: $(BOOK)

$(BOOK): $(INSTALLED) $(BOOK_SOURCES) $(CODE) $(RELEASED)
	python -m tools.build_book

release: $(RELEASED)

$(RELEASED): $(wildcard exercises/source/*/*) exercises/nbgrader_config.py $(INSTALLED)
	autograder release --course exercises
	@touch $@

grade: $(SAMPLED:%=$(CLASS)/%.graded)

# The sample class is code of our own, so it is graded even where nothing can be isolated.
$(CLASS)/%.graded: exercises/source/%/* exercises/grading/%.toml exercises/examples/*/%/* $(CODE) $(GRADER) $(INSTALLED)
	autograder grade $* --course exercises --submissions exercises/examples --output $(CLASS) --sandbox best --json $(CLASS)/$*.json
	autograder feedback $* --course exercises --output $(CLASS)
	@touch $@

verify: book
	$(PYTEST) -m "full or not full"
	autograder verify --profile full --resume --course exercises

# Grades a class while workers and the grader are killed; SOAK="--count 60 --seed 2" for another one.
soak: $(INSTALLED)
	python -m tests.autograder.soak $(SOAK)

test-backends: $(INSTALLED)
	python tools/test_backends.py

bench: $(INSTALLED)
	@for name in memory grading scaling book mnist_bands transfer_bands text_bands; do echo "== $$name"; python -m benchmarks.$$name || exit 1; done

lint: $(INSTALLED)
	ruff check .
	ruff format --check .

# Pins every package for every supported Python and system, with hashes and without an index's address.
lock: $(INSTALLED)
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-strip-extras --no-annotate --no-header --quiet -o requirements.lock

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "convbook needs Python 3.11 to 3.13; choose one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Installing the locked packages into $(VENV): some minutes, most of them TensorFlow's"
	@$(PYTHON) -m venv $(VENV)
	@python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements.lock
	@python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@echo "Compiling them to bytecode"
	@python -m compileall -qq -j 0 $(VENV)/lib || true  # some packages carry templates that are not Python
	@touch $@

clean:
	rm -rf _build exercises/release exercises/gradebook.db*
