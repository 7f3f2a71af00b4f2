# Every target does all that it needs; nothing has to be installed before but Python ≥ 3.11, git and make.
#   make demo    a case travels the whole way, then the desk is served   演示
#   make test    everything that is checked                              检验
#   make check   the packs and the code, without the tests               检查
#   make serve   a real node in ./var                                    启动
#   make bench · screens · packs · lock · statutes DATA=…; ARGS="--listen 127.0.0.1:9000" goes to demo and serve

DANGUI := .venv/bin/dangui
BIN := .venv/bin
DATA ?= ../shared/data

.PHONY: help setup setup-dev demo serve test check packs bench screens statutes glossary lock clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^#   //p' Makefile

# The stamps hold the lock they were made from; a touched but unchanged lock installs nothing again.
setup: .venv/runtime.stamp
.venv/runtime.stamp: runtime.lock pyproject.toml
	@cat runtime.lock pyproject.toml | cmp -s - $@ && touch $@ || { tools/setup.sh runtime.lock && cat runtime.lock pyproject.toml > $@; }

setup-dev: setup .venv/dev.stamp
.venv/dev.stamp: requirements.lock pyproject.toml .venv/runtime.stamp
	@cat requirements.lock pyproject.toml | cmp -s - $@ && touch $@ || { tools/setup.sh requirements.lock && cat requirements.lock pyproject.toml > $@; }

demo: setup
	@$(DANGUI) demo $(ARGS)

serve: setup
	@$(DANGUI) serve $(ARGS)

test: setup-dev
	@tools/test.sh

check: setup-dev
	@tools/check.sh

packs: setup
	@$(DANGUI) check

bench: setup-dev
	@$(BIN)/python -m bench

screens: setup-dev
	@$(BIN)/python tools/screens.py

statutes: setup
	@$(DANGUI) statutes $(DATA)

glossary: setup
	@$(DANGUI) glossary

# Both locks name no package index: they hold versions and hashes only.
lock: setup-dev
	$(BIN)/uv pip compile -q --universal --generate-hashes --all-extras --python-version 3.11 pyproject.toml -o requirements.lock --no-header --no-annotate
	$(BIN)/uv pip compile -q --universal --generate-hashes --extra setup --python-version 3.11 -c requirements.lock pyproject.toml -o runtime.lock --no-header --no-annotate

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
