#!/bin/sh
# Fuzzes both targets for a short time each:
#   crates/plotline-table/fuzz/ci.sh [SECONDS]
# or runs one input again, which a failure named:
#   crates/plotline-table/fuzz/ci.sh --again TARGET FILE
#
# Needs nothing but Rust and a C++ compiler: the flags are those that cargo-fuzz gives (`cargo fuzz run -s none`), which a stable
# compiler takes as well. No sanitizer is used, because the crate has no unsafe code of its own; what is looked for are panics,
# hangs and broken promises. The first build takes about 90 s of CPU, which is why it is optimized little; it is kept in
# target/fuzz. The inputs that were found worth keeping are in corpus, from where the next run goes on.
set -eu
called_from=$PWD
cd "$(dirname "$0")"
here=$PWD
built=$here/../../../target/fuzz

fail() {
    echo "FAILED: fuzzing of plotline-table: $1" >&2
    exit 1
}

build() {
    for compiler in "${CXX:-c++}" g++ clang++; do
        if command -v "$compiler" > /dev/null; then
            found=$compiler
            break
        fi
    done
    [ -n "${found:-}" ] || fail "there is no C++ compiler for libFuzzer. Install one (Debian: apt-get install g++)."
    coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
    coverage="$coverage -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
    host=$(rustc -vV | sed -n 's/^host: //p')
    # With a target named, the flags are for the program and its crates only and not for build scripts.
    CXX=$found RUSTFLAGS="$coverage --cfg fuzzing -Cdebug-assertions -Coverflow-checks" \
        cargo build --profile short --locked --quiet --target "$host" --target-dir "$built" \
        || fail "it does not build. Where the lock file is out of date: (cd crates/plotline-table/fuzz && cargo metadata > /dev/null), and commit it."
    programs=$built/$host/short
}

# The texts of the corpus of pastes: without the line on what each shows and without what is expected of it.
pastes() {
    for file in ../tests/corpus/$1*.txt; do
        { printf '%s' "$2"; sed '1d; /^=== expected ===$/,$d' "$file"; } > "$3/$(basename "$file")"
    done
}

seed() {
    mkdir -p seeds/read_text seeds/read_file
    pastes "" "" seeds/read_text
    # The first two bytes choose the file's name and sheet: '`' is 96, the CSV name; 'a' TSV; 'c' JSON; 'd' xlsx; 'f' ods.
    pastes csv '`a' seeds/read_file
    pastes tsv 'aa' seeds/read_file
    pastes json 'ca' seeds/read_file
    for file in ../tests/files/*.xlsx ../tests/files/*.ods; do
        case $file in
            *.xlsx) lead='da' ;;
            *) lead='fa' ;;
        esac
        { printf '%s' "$lead"; cat "$file"; } > "seeds/read_file/$(basename "$file")"
    done
}

# A hang is told after 10 s: the slowest input known takes a small part of a second.
limits="-timeout=10 -rss_limit_mb=2048 -max_len=20000"

if [ "${1:-}" = --again ]; then
    [ $# = 3 ] || fail "name a target (read_text or read_file) and a file."
    input=$(cd "$called_from" && realpath "$3")
    build
    # shellcheck disable=SC2086 # Several flags.
    exec "$programs/$2" $limits "$input"
fi

seconds=${1:-20}
build
seed
for target in read_text read_file; do
    mkdir -p "corpus/$target" "artifacts/$target"
    log=artifacts/$target.log
    # shellcheck disable=SC2086 # Several flags.
    if "$programs/$target" "corpus/$target" "seeds/$target" $limits -max_total_time="$seconds" -artifact_prefix="$here/artifacts/$target/" \
        -print_final_stats=1 > "$log" 2>&1; then
        echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s, no finding"
        continue
    fi
    tail -n 40 "$log" >&2
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    [ -n "$input" ] || fail "$target ended without naming an input; all it said is in $here/$log."
    fail "$target stumbled over $input
Run it again: crates/plotline-table/fuzz/ci.sh --again $target $input"
done
