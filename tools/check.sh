#!/bin/sh
# Check — 检查: style, types, import contracts and the packs; all four run even if one finds something.
cd "$(dirname "$0")/.." || exit 1
failed=0
step() { printf '\n== %s\n' "$*"; "$@" || failed=1; }
step .venv/bin/ruff check src tests tools
step .venv/bin/mypy
step .venv/bin/lint-imports
step .venv/bin/dangui check
step .venv/bin/dangui glossary --check
exit $failed
