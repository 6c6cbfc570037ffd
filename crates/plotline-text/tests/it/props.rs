//! What holds for every text.

use std::fmt::Write as _;

use plotline_text::{
    MESSAGE_UNITS_MAX, PHONE_WIDTH, Progress, THREAD_NAME_UNITS_MAX, answer, dialect, is_blank, neutralise, partial,
    render_mentions, split, strip_mention, tables_to_blocks, thread_name, truncate, units,
};
use proptest::prelude::*;

/// Pieces that Markdown and Discord give a meaning to, whole and broken.
const PIECES: &[&str] = &[
    "word",
    "longerword",
    " ",
    " ",
    " ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    ". ",
    ", ",
    ": ",
    "**",
    "*",
    "_",
    "__",
    "~~",
    "||",
    "`",
    "``",
    "```",
    "```rust\n",
    "\n```\n",
    "~~~\n",
    "````md\n",
    "# ",
    "#### ",
    "- ",
    "1. ",
    "> ",
    "+ [ ] ",
    "[",
    "](",
    ")",
    "]",
    "(",
    "![",
    "https://example.org/a_(b)?c=d",
    "<https://example.org>",
    "<@123456789012345678>",
    "<@&1>",
    "<#2>",
    "<:a:1>",
    "<t:0:R>",
    "<t:",
    "<@",
    "<",
    ">",
    "\\",
    "日本語。",
    "語",
    "é",
    "e\u{301}",
    "👨‍👩‍👧",
    "🇩🇪",
    "\u{200d}",
    "مرحبا",
    "\u{202e}",
    "| a | b |\n|---|---|\n",
    "| 1 | 2 |\n",
    "|",
    "---",
    "\\|",
    "<br>",
    "\u{200b}",
    "\u{0}",
    "[x](https://a.b)",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

/// Words, links and emphasis without code: what may be added at a cut are markers only.
fn prose() -> impl Strategy<Value = String> {
    let pieces = &[
        "word",
        "longerword",
        " ",
        " ",
        "\n",
        "\n\n",
        ". ",
        "日本語。",
        "<@123>",
        "[a b](https://c.d/e_(f))",
        "👨‍👩‍👧",
        "e\u{301}",
    ];
    prop::collection::vec(prop::sample::select(&pieces[..]), 0..200).prop_map(|pieces| pieces.concat())
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !is_blank(&c.to_string())).collect()
}

fn without_space_and_markers(text: &str) -> String {
    text.chars().filter(|c| !is_blank(&c.to_string()) && !matches!(c, '`' | '*' | '_' | '~' | '|' | '>')).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_keep_to_the_limit_and_are_not_blank(text in text(), limit in 2_usize..400) {
        for part in split(&text, limit) {
            prop_assert!(units(&part) <= limit, "{} > {limit}: {part:?}", units(&part));
            prop_assert!(part.chars().count() <= limit);
            prop_assert!(!is_blank(&part));
        }
    }

    #[test]
    fn parts_of_prose_give_the_text_back(text in prose(), limit in 30_usize..200) {
        prop_assert_eq!(without_space(&split(&text, limit).concat()), without_space(&text));
    }

    #[test]
    fn parts_of_anything_give_the_text_back_but_for_fences_and_markers(text in text(), limit in 60_usize..400) {
        // The language of a fence that is opened again is the only word that a repair adds: there is none here.
        let text = text.replace("```", "```\n");
        let parts = split(&text, limit);
        prop_assert_eq!(without_space_and_markers(&parts.concat()), without_space_and_markers(&text));
    }

    #[test]
    fn links_and_mentions_are_whole(text in prose(), limit in 40_usize..200) {
        let count = |text: &str| (text.matches("[a b](https://c.d/e_(f))").count(), text.matches("<@123>").count(), text.matches("longerword").count(), text.matches("👨‍👩‍👧").count(), text.matches("e\u{301}").count());
        let text = text.replace("word", "word ").replace("👧", "👧 ").replace(')', ") ").replace("<@", " <@");
        let sum = split(&text, limit).iter().map(|part| count(part)).fold((0, 0, 0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3, a.4 + b.4));
        prop_assert_eq!(sum, count(&text));
    }

    #[test]
    fn every_part_closes_its_code(lines in prop::collection::vec("[a-z =;]{0,60}", 1..60), limit in 60_usize..300) {
        let code = lines.join("\n");
        for part in split(&format!("Look:\n```rust\n{code}\n```\nDone."), limit) {
            prop_assert_eq!(part.matches("```").count() % 2, 0, "{}", part);
        }
    }

    #[test]
    fn nothing_panics_and_names_fit(text in text()) {
        let _ = (dialect(&text), neutralise(&text), partial(&text), strip_mention(&text, 123_456_789_012_345_678));
        let _ = (render_mentions(&text, |_| Some("A\nB".to_owned())), tables_to_blocks(&text, 0), truncate(&text, 7));
        let name = thread_name(&text);
        prop_assert!(!is_blank(&name) && units(&name) <= THREAD_NAME_UNITS_MAX && !name.contains('\n'), "{name:?}");
    }

    #[test]
    fn growing_answers_fit_whatever_they_are(text in text()) {
        for part in answer(&text, Progress::Growing) {
            prop_assert!(units(&part) <= MESSAGE_UNITS_MAX && !is_blank(&part));
        }
    }

    #[test]
    fn growing_answers_leave_nothing_open(pieces in prop::collection::vec(prop::sample::select(GROWING), 1..60), at in 0.0_f64..1.0) {
        let text = pieces.concat();
        let end = text.floor_char_boundary((text.len() as f64 * at) as usize);
        for part in answer(&text[..end], Progress::Growing) {
            prop_assert_eq!(part.matches("```").count() % 2, 0, "{}", part);
            prop_assert_eq!(part.matches("**").count() % 2, 0, "{}", part);
            prop_assert_eq!(part.matches('`').count() % 2, 0, "{}", part);
            prop_assert_eq!(part.matches("](").count(), part.matches("(final))").count(), "{}", part);
            prop_assert!(!part.contains("|-") && !part.contains("| "), "{}", part);
        }
    }

    #[test]
    fn what_is_neutral_stays(text in text()) {
        let neutral = neutralise(&text);
        prop_assert_eq!(neutralise(&neutral), neutral);
    }

    #[test]
    fn truncation_keeps_to_the_limit(text in text(), max in 0_usize..50) {
        let cut = truncate(&text, max);
        prop_assert!(units(&cut) <= max);
        prop_assert!(units(&text) > max || cut == text);
    }

    #[test]
    fn tables_keep_every_cell_and_fit(rows in prop::collection::vec(prop::collection::vec("[a-z0-9日本é]{0,14}", 1..6), 1..8), width in 0_usize..80) {
        let columns = rows[0].len();
        let mut table = String::new();
        for (i, row) in rows.iter().enumerate() {
            let cells: Vec<&str> = (0..columns).map(|i| row.get(i).map_or("", String::as_str)).collect();
            let _ = writeln!(table, "| {} |", cells.join(" | "));
            if i == 0 {
                let _ = writeln!(table, "|{}", "---|".repeat(columns));
            }
        }
        let shown = tables_to_blocks(&table, width);
        for cell in rows.iter().skip(1).flat_map(|row| row.iter().take(columns)) {
            prop_assert!(shown.contains(cell.as_str()), "{cell} is missing in\n{shown}");
        }
        if shown.contains("```") {
            let wide = shown.lines().filter(|line| !line.starts_with("```")).map(unicode_width::UnicodeWidthStr::width).max();
            prop_assert!(wide <= Some(width), "{shown}");
        }
        prop_assert!(!shown.contains("|--"));
    }

    #[test]
    fn wide_tables_are_no_wider_than_a_phone(cell in "[a-z]{30,60}") {
        let shown = tables_to_blocks(&format!("|a|b|\n|-|-|\n|{cell}|{cell}|"), PHONE_WIDTH);
        prop_assert!(shown.starts_with("- **"));
    }
}

proptest! {
    // Long answers take their time in an unoptimised build.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(ProptestConfig::default().cases / 8) })]

    /// The promise behind streaming: a message that is full is not edited again.
    #[test]
    fn full_parts_keep_still_while_the_answer_grows(pieces in prop::collection::vec(prop::sample::select(GROWING), 100..260), at in 0.0_f64..1.0) {
        let text = pieces.concat();
        let whole = answer(&text, Progress::Complete);
        let end = text.floor_char_boundary((text.len() as f64 * at) as usize);
        let early = answer(&text[..end], Progress::Growing);
        let still = early.len().saturating_sub(2);
        prop_assert_eq!(&early[..still], &whole[..still.min(whole.len())]);
    }
}

/// What models write, in pieces that may follow each other in any order.
const GROWING: &[&str] = &[
    "The numbers of this quarter are better than those of the last one. ",
    "See [the report](https://example.org/report_(final)) for **all the details** of it.\n",
    "\n\n## A heading\n\n",
    "- an item with `code` in it\n- another item, longer than the first one\n",
    "\n\n```python\nfor month in months:\n    print(month, sum(sales[month]))\n\nprint('done')\n```\n\n",
    "\n\n| Month | Sales |\n|---|---:|\n| January | 120 |\n| February | 98 |\n\n",
    "Nothing else stands out, as far as can be seen from here; ",
    "日本語の文章は空白なしで書かれる。",
];
