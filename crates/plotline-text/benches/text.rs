//! What shaping an answer costs: `cargo bench -p plotline-text`. It runs for every edit of a streamed answer, so that
//! its price is paid some dozens of times an answer.

use divan::{Bencher, black_box, counter::BytesCount};
use plotline_text::{MESSAGE_UNITS_MAX, PHONE_WIDTH, Progress, answer, split, tables_to_blocks, thread_name};

fn main() {
    divan::main();
}

/// The length of a long answer, in bytes.
const ANSWER_BYTES: usize = 16 * 1024;

const SECTION: &str = "\
## What stands out

The **numbers** of this quarter are better than those of the last one, see [the report](https://example.org/report_(final)) \
and `margin.csv`; <@123456789012345678> has the rest. 日本語の文章は空白なしで書かれる。

1. *Sales* grew in nine of twelve months.
   - The largest step was in April.
2. ||Costs were flat until June.||

```python
for month in months:
    print(month, sum(sales[month]))
```

| Month | Sales | Change | Note |
|---|---:|---:|---|
| January | 1,200 | +12.5 % | ok |
| February | 900 | −5 % | `low` |

";

fn repeated(piece: &str) -> String {
    piece.repeat(ANSWER_BYTES / piece.len())
}

#[divan::bench(args = ["answer", "emphasis never closed", "brackets", "backticks", "no spaces"])]
fn split_16_kb(bencher: Bencher<'_, '_>, kind: &str) {
    let text = match kind {
        "emphasis never closed" => repeated("**a *b "),
        "brackets" => repeated("[]("),
        "backticks" => repeated("``` ` "),
        "no spaces" => repeated("日本"),
        _ => repeated(SECTION),
    };
    bencher.counter(BytesCount::of_str(&text)).bench(|| split(black_box(&text), MESSAGE_UNITS_MAX));
}

#[divan::bench(args = ["answer", "one table", "many tables"])]
fn tables_to_blocks_16_kb(bencher: Bencher<'_, '_>, kind: &str) {
    let text = match kind {
        "one table" => format!("| a | b |\n|---|---|\n{}", repeated("| 1,200 | some **text** |\n")),
        "many tables" => repeated("a | b\n--- | ---\n1 | 2\n\n"),
        _ => repeated(SECTION),
    };
    bencher.counter(BytesCount::of_str(&text)).bench(|| tables_to_blocks(black_box(&text), PHONE_WIDTH));
}

#[divan::bench]
fn answer_16_kb_growing(bencher: Bencher<'_, '_>) {
    let text = repeated(SECTION);
    bencher.counter(BytesCount::of_str(&text)).bench(|| answer(black_box(&text), Progress::Growing));
}

#[divan::bench]
fn thread_name_of_a_pasted_table(bencher: Bencher<'_, '_>) {
    let text = format!("<@123> create a graph\n{}", repeated("January\t1200\t12.5 %\n"));
    bencher.counter(BytesCount::of_str(&text)).bench(|| thread_name(black_box(&text)));
}
