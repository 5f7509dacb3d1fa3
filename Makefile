# Slotport: everything is run, tested, measured and deployed from here. `make` alone lists what there is.

PYTHON ?= python3
PORT ?= 8000
DATA ?= .local
RUNTIME ?= 3.11
ARCHITECTURE ?= x86_64
VENV := .venv
IN := $(VENV)/bin/python
.DEFAULT_GOAL := help
.PHONY: help run logs test demo lint web bench package deploy reset

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

$(VENV)/.installed: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Slotport needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	@test -x $(IN) || $(PYTHON) -m venv $(VENV)
	@$(IN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/.installed ## run the service on this machine, on PORT (8000)
	@exec $(IN) -m deployment.local --port $(PORT) --data $(DATA)

logs: $(VENV)/.installed ## show what the functions of `make run` log
	@exec $(IN) -m deployment.logs --port $(PORT)

test: $(VENV)/.installed ## run all tests
	@$(IN) -m pytest -n auto --dist loadgroup $(PYTEST)

demo: $(VENV)/.installed ## walk through the service that `make run` runs, showing each request
	@$(IN) -m deployment.demo http://127.0.0.1:$(PORT)

lint: $(VENV)/.installed ## check style, types, the template and the state machines
	@$(IN) -m ruff check .
	@$(IN) -m ruff format --check .
	@$(IN) -m mypy
	@$(IN) -m deployment.lint_template

web: ## build the site from web/ into chalicelib/web/site; only for changing it, needs Node.js
	@cd web && npm ci --no-audit --no-fund --silent && npm run --silent check && npm run --silent build

bench: $(VENV)/.installed ## measure, beside what others reach; BENCHMARKS="name ..." for some of them, BENCHMARKS=--million for large ones
	@$(IN) -m deployment.bench $(BENCHMARKS)

package: $(VENV)/.installed ## make the deployable package of STAGE
	@test -n "$(STAGE)" || { echo "Which stage? make package STAGE=prod"; exit 2; }
	@$(IN) -m deployment.package $(STAGE) --runtime $(RUNTIME) --architecture $(ARCHITECTURE)

deploy: $(VENV)/.installed ## deploy STAGE to AWS; PARAMETERS="Name=value ..." sets template parameters
	@test -n "$(STAGE)" || { echo "Which stage? make deploy STAGE=prod"; exit 2; }
	@$(IN) -m deployment.deploy $(STAGE) --runtime $(RUNTIME) --architecture $(ARCHITECTURE) $(addprefix --parameter ,$(PARAMETERS))

reset: ## remove the data of `make run`
	@rm -rf $(DATA)
