#!/bin/sh
# Fuzzes both targets for a short time each:
#   crates/plotline-table/fuzz/ci.sh [SECONDS]
# Needs nothing but Rust and a C++ compiler: the flags are those that cargo-fuzz gives (`cargo fuzz run -s none`), which a stable
# compiler takes as well. No sanitizer is used, because the crate has no unsafe code of its own; what is looked for are panics,
# hangs and broken promises.
set -eu
cd "$(dirname "$0")"
seconds=${1:-20}
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
coverage="$coverage -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
host=$(rustc -vV | sed -n 's/^host: //p')
# With a target named, the flags are for the program and its crates only and not for build scripts.
RUSTFLAGS="$coverage --cfg fuzzing -Cdebug-assertions -Coverflow-checks" cargo build --release --locked --quiet --target "$host"
for target in read_text read_file; do
    seeds="seeds/$target"
    mkdir -p "$seeds" "corpus/$target"
    if [ "$target" = read_text ]; then
        cp ../tests/corpus/*.txt "$seeds"
    else
        # The first two bytes choose the file's name and sheet: 'd' is 100, the xlsx name; 'e' xls; 'f' ods; '`' csv.
        for file in ../tests/files/*; do
            case $file in
                *.xlsx) lead='da' ;;
                *.xls) lead='ea' ;;
                *.ods) lead='fa' ;;
                *) lead='`a' ;;
            esac
            { printf '%s' "$lead"; cat "$file"; } > "$seeds/$(basename "$file")"
        done
    fi
    "target/$host/release/$target" "corpus/$target" "$seeds" \
        -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -max_len=20000 -verbosity=0 -print_final_stats=1
done
