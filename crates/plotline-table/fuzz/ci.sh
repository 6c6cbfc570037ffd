#!/bin/sh
# Fuzzes both targets for a short time each; below a minute in all once they are built.
#   crates/plotline-table/fuzz/ci.sh [SECONDS]
# Needs cargo-fuzz. A stable compiler does with RUSTC_BOOTSTRAP=1, since no sanitizer is used: the crate has no unsafe
# code of its own, and what is looked for are panics, hangs and broken promises.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-20}
export RUSTC_BOOTSTRAP=1
for target in read_text read_file; do
    seeds="fuzz/seeds/$target"
    mkdir -p "$seeds" "fuzz/corpus/$target"
    if [ "$target" = read_text ]; then
        cp tests/corpus/*.txt "$seeds"
    else
        # The first two bytes choose the file's name and sheet: 'd' is 100, the xlsx name; 'e' xls; 'f' ods; '`' csv.
        for file in tests/files/*; do
            case $file in
                *.xlsx) lead='da' ;;
                *.xls) lead='ea' ;;
                *.ods) lead='fa' ;;
                *) lead='`a' ;;
            esac
            { printf '%s' "$lead"; cat "$file"; } > "$seeds/$(basename "$file")"
        done
    fi
    cargo fuzz run --fuzz-dir fuzz -s none "$target" "fuzz/corpus/$target" "$seeds" -- \
        -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -max_len=20000 -print_final_stats=1
done
