#!/bin/sh
# Draws the same bar, line and pie at 1280 × 800 with Plotline, matplotlib and Chart.js on a napi canvas, one after another on one
# core, and prints milliseconds of CPU (median of warm runs) and kilobytes. Run by hand; needs Python 3 and Node.js, and
# fetches matplotlib, chart.js and @napi-rs/canvas into a temporary folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" --quiet install matplotlib
cp "$here/chartjs.mjs" "$work/"
(cd "$work" && npm init --yes >/dev/null && npm install --silent chart.js @napi-rs/canvas)
cargo build --quiet --release -p plotline-draw --example compare

cargo run --quiet --release -p plotline-draw --example compare
OMP_NUM_THREADS=1 "$work/venv/bin/python" "$here/with_matplotlib.py"
(cd "$work" && node chartjs.mjs)
