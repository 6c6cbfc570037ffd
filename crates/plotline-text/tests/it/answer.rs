use insta::assert_snapshot;
use plotline_text::{MESSAGE_UNITS_MAX, Progress, answer, units};

use crate::shown;

const REPORT: &str = r#"## How the numbers were read

Your table has **four rows**; amounts are in euros, so `1.234,50` is 1234.5.

1. **Sales grew** in three of four quarters.
   - See [the report](https://example.org/reports/2026_(final).pdf).
2. ||The margin in Q4 was negative.||

| Quarter | Sales | Margin |
|---|---:|---:|
| Q1 | 120,000 | 33.3 % |
| Q4 | 170,000 | −0.6 % |

```python
def margin(row):
    return (row["sales"] - row["costs"]) / row["sales"]
```

Sign in at [bank.example](https://evil.example/login). 👨‍👩‍👧 売上は増えた。"#;

#[test]
fn a_realistic_answer_reads_well() {
    assert_snapshot!(shown(&answer(REPORT, Progress::Complete)), @r#"
    ## How the numbers were read

    Your table has **four rows**; amounts are in euros, so `1.234,50` is 1234.5.

    1. **Sales grew** in three of four quarters.
       - See [the report](https://example.org/reports/2026_(final).pdf).
    2. ||The margin in Q4 was negative.||

    ```
    Quarter    Sales  Margin
    -------  -------  ------
    Q1       120,000  33.3 %
    Q4       170,000  −0.6 %
    ```

    ```python
    def margin(row):
        return (row["sales"] - row["costs"]) / row["sales"]
    ```

    Sign in at `bank.example` → <https://evil.example/login>. 👨‍👩‍👧 売上は増えた。
    "#);
}

#[test]
fn a_growing_answer_ends_in_the_typing_mark() {
    assert_eq!(answer("Hello **wor", Progress::Growing), ["Hello **wor** ▌"]);
    assert_eq!(answer("```py\nprint(1", Progress::Growing), ["```py\nprint(1\n```\n▌"]);
    assert!(answer(" ", Progress::Growing).is_empty());
    assert!(answer("", Progress::Complete).is_empty());
}

#[test]
fn the_typing_mark_never_makes_a_message_too_long() {
    for len in MESSAGE_UNITS_MAX - 4..=MESSAGE_UNITS_MAX {
        let parts = answer(&"x".repeat(len), Progress::Growing);
        assert_eq!(parts.len(), 1);
        assert!(units(&parts[0]) <= MESSAGE_UNITS_MAX);
    }
}

#[test]
fn every_prefix_of_an_answer_can_be_shown() {
    for (end, _) in REPORT.char_indices() {
        for part in answer(&REPORT[..end], Progress::Growing) {
            assert_eq!(part.matches("```").count() % 2, 0, "{part}");
            assert_eq!(part.matches("**").count() % 2, 0, "{part}");
            assert_eq!(part.matches("||").count() % 2, 0, "{part}");
            assert!(!part.contains("evil.exam") || part.contains("<https://evil.example/login>"), "{part}");
        }
    }
}

#[test]
fn a_long_list_of_a_wide_table_keeps_every_row() {
    let rows: String =
        (1..=60).map(|i| format!("| Item {i} | a description that is too long for a phone | {i} |\n")).collect();
    let parts = answer(&format!("| Name | Description | Count |\n|---|---|---|\n{rows}"), Progress::Complete);
    let all = shown(&parts);
    assert!((1..=60).all(|i| all.contains(&format!("**Item {i}**\n- Description: a description"))));
    assert!(parts.len() > 1 && parts.iter().all(|part| part.starts_with("**Item ")), "{all}");
}

/// A growing table may change from block to list, never back, and shows neither bars nor half rows meanwhile.
#[test]
fn a_growing_table_changes_its_look_once() {
    let table = "| Name | Amount |\n|---|---|\n| Rent | 1,200 |\n| Food | 450 |\n| Fun | a sum too hard to tell in a cell of this width |\n| Rest | 3 |\n";
    let mut looks = Vec::new();
    for end in 1..=table.len() {
        let text = answer(&table[..end], Progress::Growing).concat();
        assert!(!text.contains('|'), "{text}");
        let look = if text.is_empty() {
            "nothing"
        } else if text.starts_with("```") {
            "block"
        } else {
            "list"
        };
        if looks.last() != Some(&look) {
            looks.push(look);
        }
        assert!(!text.contains("too hard") || text.contains("of this width"), "{text}");
    }
    assert_eq!(looks, ["nothing", "block", "list"]);
}

#[test]
fn what_has_been_shown_stays_while_the_answer_grows() {
    let text = "It is **quite simple**: use `map` and *then* `filter`, as [the book](https://example.org/book) tells <@123456>. \
                ~~No~~ Yes, ||really||. 1 < 2 and 3 * 4 = 12; see https://example.org/a_(b) for more.";
    let words =
        |text: &str| text.replace(['*', '`', '~', '|', '[', ']', '▌'], "").replace("(https://example.org/book)", "");
    let mut before = String::new();
    for (end, _) in text.char_indices() {
        let now = words(&answer(&text[..end], Progress::Growing).concat());
        assert!(now.trim_end().starts_with(before.trim_end()), "{before:?}, then {now:?}");
        before = now;
    }
}
