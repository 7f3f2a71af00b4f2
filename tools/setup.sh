#!/bin/sh
# Setup — 安装: a virtual environment in .venv with exactly the locked packages, then Dangui itself; nothing outside of the folder.
#   tools/setup.sh runtime.lock | requirements.lock
set -eu
cd "$(dirname "$0")/.."
lock=$1

fail() { printf '\n错误 / error: %s\n' "$1" >&2; exit 1; }

find_python() {
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"; return
        fi
    done
    fail "需要 Python 3.11 或更高版本 / Python 3.11 or later is needed (set PYTHON=/path/to/python)"
}

# uv installs in seconds where pip takes a minute; it may only be used if both would ask the same index.
has_uv() {
    [ -z "${DANGUI_NO_UV:-}" ] && command -v uv >/dev/null && uv --version >/dev/null 2>&1 &&
        { [ -n "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}${UV_FIND_LINKS:-}" ] || [ -z "$("$1" -m pip config list 2>/dev/null | grep -E 'index|find-links')" ]; }
}

make_environment() {
    if has_uv "$1"; then
        UV_PYTHON_DOWNLOADS=never uv venv --quiet --allow-existing --python "$1" .venv
    else
        "$1" -m venv .venv || fail "无法建立虚拟环境;Debian/Ubuntu 请先安装 python3-venv / no virtual environment: install python3-venv"
    fi
}

install() {
    if has_uv .venv/bin/python; then
        UV_PYTHON_DOWNLOADS=never uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock" &&
            UV_PYTHON_DOWNLOADS=never uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e . && return
    fi
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null 2>&1 || fail "虚拟环境中没有 pip / there is no pip in .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
}

echo "安装 $lock / installing $lock …"
[ -x .venv/bin/python ] || make_environment "$(find_python)"
install || fail "软件包安装失败,请检查网络或软件源 / the packages could not be installed: check the network or the index"
