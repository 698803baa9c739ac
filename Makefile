# Everything a developer runs. `make` without a target lists it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-slow test-all test-services test-browser test-spark test-floors lint types format bench docs notebooks features api pictures results month-ends constraints clean

# The environments below are isolated from the one that `make` is called from.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_USER PIP_TARGET PIP_PREFIX PIP_CONSTRAINT PIP_REQUIREMENT
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export MPLBACKEND := Agg

PYTHON ?=
export PYTHON

# The tests run in one process per core, so each limits linear algebra to one thread.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

PY := .venv/bin/python
INSTALL := -m pip install -qq --progress-bar off --only-binary=:all:
# The constraints files are complete: pip resolves nothing and cannot add packages that they do not name.
PINNED := --no-deps --require-hashes
# Published as source alone: built without looking for build tools elsewhere.
INSTALL_SPARK := $(INSTALL) --no-binary=pyspark --no-build-isolation
INSTALL_SELF := -m pip install -qq --no-deps --no-build-isolation -e .

# $(call make-venv,FOLDER,OLDEST,NEWEST): create a virtual environment unless a working one exists.
make-venv = $1/bin/python -m pip --version >/dev/null 2>&1 || { \
	python=$$(tools/find-python $2 $3) && \
	echo "Making $1 with $$python" && \
	"$$python" -m venv --clear $1; }

# An environment is reinstalled when its Python is missing or the checkout was moved or copied.
$(shell for venv in .venv .venv-floors .venv-spark; do \
	[ -x $$venv/bin/python ] && [ "$$(cat $$venv/.home 2>/dev/null)" = "$$(pwd)" ] \
	|| rm -f $$venv/.core $$venv/.known $$venv/.docs $$venv/.browser $$venv/.floors \
	$$venv/.spark; done)

help:
	@echo "custseg: make targets"
	@echo
	@echo "  make demo         set up and segment the customers of an invented shop, into demo-out/"
	@echo "  make test         set up and run the tests with pinned versions of the dependencies"
	@echo "  make test-slow    run what make test leaves out: slow tests, and more random examples"
	@echo "  make test-all     run the slow tests too, with more random examples"
	@echo "  make test-services  run the tests of SQL on a PostgreSQL server of their own (Debian's package; root installs it)"
	@echo "  make test-browser  run the tests of the report in Chromium (Debian's package; root installs it)"
	@echo "  make test-spark   run the tests on Spark, in an environment of its own (Java is Debian's package; root installs it)"
	@echo "  make test-floors  run the tests with the oldest versions that pyproject.toml allows (Python 3.11 or 3.12)"
	@echo "  make lint         check style and formatting      (ruff)"
	@echo "  make types        check types                     (mypy)"
	@echo "  make format       fix style and formatting        (ruff)"
	@echo "  make bench        run the benchmarks, small, and write what they print into benchmarks/README.md; FULL=1: all of it"
	@echo "  make docs         run and build the documentation into build/docs/html/"
	@echo "  make notebooks    rewrite the notebooks from their guides, and run them"
	@echo "  make features     rewrite docs/features.md from the texts"
	@echo "  make api          rewrite docs/api.md from the exported names"
	@echo "  make pictures     redraw the gallery as the tests compare it; look at every picture"
	@echo "  make results      rewrite what examples print, where a page shows it below them"
	@echo "  make month-ends   rewrite the month ends of docs/online_retail.md from the log"
	@echo "  make constraints  rewrite the pinned versions and their hashes; UPGRADE=1 takes the newest"
	@echo "  make clean        remove the environments and everything that was built"
	@echo
	@echo "  ARGS='...'        passes options on: make test ARGS='-k rfm -x'"
	@echo "  PYTHON=...        sets the Python of a new environment (3.11 or newer)"

demo: .venv/.core
	@echo "Segmenting the customers of an invented shop into demo-out/"
	@$(PY) -m custseg demo --out demo-out $(ARGS)

test: .venv/.known
	@echo "Running the tests with pinned versions, one process per core"
	@$(ONE_THREAD) $(PY) -m pytest -n auto --dist loadfile $(ARGS)

# What `make test` leaves out: the slow tests, and the many random examples of property tests.
test-slow: .venv/.known
	@echo "Running the slow tests, and the property tests with more random examples"
	@$(ONE_THREAD) $(PY) -m pytest -n auto --dist worksteal -m "slow or property" --hypothesis-profile=thorough $(ARGS)

test-all: .venv/.known
	@echo "Running all tests, with more random examples"
	@$(ONE_THREAD) $(PY) -m pytest -n auto -m "" --hypothesis-profile=thorough $(ARGS)

test-services: .venv/.known
	@echo "Running the tests of SQL on PostgreSQL"
	@$(ONE_THREAD) tools/with-postgres $(PY) -m pytest -m services $(ARGS)

test-browser: .venv/.browser
	@echo "Running the tests of the report in a browser"
	@$(ONE_THREAD) tools/with-browser $(PY) -m pytest -m browser tests/browser $(ARGS)

# The folders that hold tests on Spark: to collect all others takes as long as some of the tests. Each process has a
# session and a Java of its own, so there are two, however many cores.
SPARK_TESTS := tests/spark tests/features tests/frames tests/logs
test-spark: .venv-spark/.spark
	@echo "Running the tests on Spark, in two processes"
	@$(ONE_THREAD) tools/with-java .venv-spark/bin/python -m pytest -m spark -n 2 --dist loadfile $(SPARK_TESTS) $(ARGS)

test-floors: .venv-floors/.floors
	@echo "Running the tests with the oldest allowed versions, one process per core"
	@$(ONE_THREAD) .venv-floors/bin/python -m pytest -n auto --dist loadfile $(ARGS)

lint: .venv/.known
	@echo "Checking style and formatting"
	@$(PY) -m ruff check $(ARGS) && $(PY) -m ruff format --check

types: .venv/.known
	@echo "Checking types"
	@$(PY) -m mypy $(ARGS)

format: .venv/.known
	@echo "Fixing style and formatting"
	@$(PY) -m ruff check --fix $(ARGS); $(PY) -m ruff format

bench: .venv/.known
	@echo "Running the benchmarks, $(if $(FULL),which takes hours,small; FULL=1 runs the full size)"
	@$(PY) tools/bench.py $(if $(FULL),--full) $(ARGS)

# Kernels have a backend of their own, which shows the figures of pyplot.
docs: .venv/.docs
	@echo "Running and building the documentation (some minutes; later, what did not change is not run again)"
	@env -u MPLBACKEND $(ONE_THREAD) $(PY) -m sphinx -q -W --keep-going -j 2 -b html $(ARGS) docs build/docs/html
	@echo "Open build/docs/html/index.html"

notebooks: .venv/.known
	@echo "Writing the notebooks from their guides and running them"
	@$(PY) tools/notebook.py

features: .venv/.known
	@echo "Writing docs/features.md"
	@$(PY) tools/features_page.py

api: .venv/.known
	@echo "Writing docs/api.md"
	@$(PY) tools/api_page.py

pictures: .venv/.known
	@echo "Drawing the gallery"
	@$(PY) tools/gallery_pictures.py

results: .venv/.known
	@echo "Writing what the examples print"
	@$(PY) tools/printed_results.py

month-ends: .venv/.known
	@echo "Writing the month ends of docs/online_retail.md"
	@$(PY) tools/month_ends.py $(ARGS)

# Resolved on the oldest Python, so that the versions exist for every Python. No other target calls this.
COMPILE = .venv-constraints/bin/python -m piptools compile --quiet --generate-hashes --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(if $(UPGRADE),--upgrade)
constraints: export CUSTOM_COMPILE_COMMAND = make constraints
constraints:
	@$(call make-venv,.venv-constraints,3.11,3.11)
	@echo "Resolving versions and collecting their hashes (about five minutes)"
	@.venv-constraints/bin/python $(INSTALL) pip-tools
	@.venv-constraints/bin/python tools/requirements.py known | $(COMPILE) -o constraints/known.txt -
	@for part in core docs browser; do \
		.venv-constraints/bin/python tools/requirements.py $$part | \
			$(COMPILE) -c constraints/known.txt -o constraints/$$part.txt - || exit 1; done
	@.venv-constraints/bin/python tools/requirements.py spark | \
		$(COMPILE) --allow-unsafe -c constraints/known.txt -o constraints/spark.txt -
	@for version in 3.11.0 3.12.0 3.13.0; do for part in known docs browser; do \
		echo "Checking that constraints/$$part.txt installs on Python $$version"; \
		.venv-constraints/bin/python $(INSTALL) --dry-run --ignore-installed --no-deps --target .venv-constraints/none \
			--python-version $$version --require-hashes -r constraints/$$part.txt || exit 1; done; done
	@if grep -nE '://|^-' constraints/*.txt; then echo "A constraints file must not contain an address."; exit 1; fi

clean:
	@echo "Removing the environments and everything that was built"
	@rm -rf .venv .venv-floors .venv-spark .venv-constraints demo-out docs/reference build dist htmlcov .coverage .coverage.*
	@rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# Each environment ends in a stamp file, so that later runs start at once.
# The project itself has no hash: it is installed last, in place, when nothing is left to download.

.venv/.core: constraints/core.txt pyproject.toml
	@$(call make-venv,.venv,3.11,3.14)
	@echo "Installing the dependencies into .venv (about a minute the first time)"
	@$(PY) $(INSTALL) $(PINNED) -r constraints/core.txt
	@$(PY) $(INSTALL_SELF)
	@$(PY) -m pip check
	@pwd > .venv/.home
	@touch $@

.venv/.known: constraints/known.txt .venv/.core
	@echo "Installing what the tests and lint need into .venv (about a minute the first time)"
	@$(PY) $(INSTALL) $(PINNED) -r constraints/known.txt
	@$(PY) -m pip check
	@touch $@

.venv/.browser: constraints/browser.txt .venv/.known
	@echo "Installing what the tests in a browser need into .venv"
	@$(PY) $(INSTALL) $(PINNED) -r constraints/browser.txt
	@$(PY) -m pip check
	@touch $@

.venv/.docs: constraints/docs.txt .venv/.known
	@echo "Installing what the documentation needs into .venv"
	@$(PY) $(INSTALL) $(PINNED) -r constraints/docs.txt
	@$(PY) -m pip check
	@touch $@

# The environment of Spark is apart: its packages are several times as large as all others together.
.venv-spark/.spark: constraints/spark.txt constraints/known.txt constraints/core.txt pyproject.toml
	@$(call make-venv,.venv-spark,3.11,3.13)
	@echo "Installing the dependencies and Spark into .venv-spark (some minutes the first time)"
	@.venv-spark/bin/python $(INSTALL) $(PINNED) -r constraints/core.txt
	@.venv-spark/bin/python $(INSTALL) $(PINNED) -r constraints/known.txt
	@sed -n '/^setuptools==/,$$p' constraints/spark.txt > .venv-spark/build.txt
	@.venv-spark/bin/python $(INSTALL) $(PINNED) -r .venv-spark/build.txt
	@.venv-spark/bin/python $(INSTALL_SPARK) $(PINNED) -r constraints/spark.txt
	@.venv-spark/bin/python $(INSTALL_SELF)
	@.venv-spark/bin/python -m pip check
	@pwd > .venv-spark/.home
	@touch $@

.venv-floors/.floors: constraints/known.txt pyproject.toml tools/requirements.py
	@$(call make-venv,.venv-floors,3.11,3.12)
	@echo "Installing the oldest allowed versions into .venv-floors (about a minute the first time)"
	@.venv-floors/bin/python tools/requirements.py floors > .venv-floors/floors.txt
	@.venv-floors/bin/python tools/requirements.py floors-rest > .venv-floors/rest.txt
	@.venv-floors/bin/python $(INSTALL) -r .venv-floors/floors.txt -c .venv-floors/rest.txt
	@.venv-floors/bin/python $(INSTALL_SELF)
	@pwd > .venv-floors/.home
	@touch $@
