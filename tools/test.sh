#!/bin/sh
# Test — 检验: the checks, then every test. A browser is installed where that is allowed; what is lacking is said loudly.
cd "$(dirname "$0")/.." || exit 1

has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome || ls "$HOME"/.cache/ms-playwright/chromium-* 2>/dev/null; }

if ! has_browser >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "安装浏览器 / installing Chromium …"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk; } >/dev/null 2>&1
fi
lacks=""
has_browser >/dev/null || lacks="$lacks\n  没有浏览器,网页测试将跳过 / no Chromium: browser tests are skipped"
[ -n "$DANGUI_DATA" ] && [ -d "$DANGUI_DATA" ] || lacks="$lacks\n  没有真实数据(DANGUI_DATA),相关评测将跳过 / no DANGUI_DATA: tests on real data are skipped"

failed=0
tools/check.sh || failed=1
printf '\n== pytest\n'
.venv/bin/python -m pytest -n 2 "$@" || failed=1
if [ -n "$lacks" ]; then
    printf '\n!! 缺少 / LACKING:%b\n' "$lacks"
fi
exit $failed
