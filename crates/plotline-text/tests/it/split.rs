use insta::assert_snapshot;
use plotline_text::{split, truncate, units};

use crate::shown;

#[test]
fn short_text_is_one_part() {
    assert_eq!(split("Hello **you**.", 2000), ["Hello **you**."]);
}

#[test]
fn a_blank_text_has_no_parts() {
    assert!(split(" \n\u{200b} ", 2000).is_empty());
    assert!(split("", 2000).is_empty());
}

#[test]
fn paragraphs_come_before_lines_and_lines_before_sentences() {
    let text = "One is first. Two is second.\nThree is third.\n\nFour is fourth. Five is fifth.\nSix is sixth. Seven is seventh.";
    assert_snapshot!(shown(&split(text, 60)), @"
    One is first. Two is second.
    Three is third.
    =====
    Four is fourth. Five is fifth.
    =====
    Six is sixth. Seven is seventh.
    ");
    assert_snapshot!(shown(&split(text, 50)), @"
    One is first. Two is second.
    Three is third.
    =====
    Four is fourth. Five is fifth.
    =====
    Six is sixth. Seven is seventh.
    ");
    assert_snapshot!(shown(&split(text, 24)), @"
    One is first.
    =====
    Two is second.
    =====
    Three is third.
    =====
    Four is fourth.
    =====
    Five is fifth.
    =====
    Six is sixth.
    =====
    Seven is seventh.
    ");
}

#[test]
fn a_list_number_is_no_end_of_a_sentence() {
    let text = "See points\n1. apples and all other fruit, e. g. pears";
    assert_snapshot!(shown(&split(text, 30)), @"
    See points
    1. apples and all
    =====
    other fruit, e. g. pears
    ");
}

#[test]
fn a_heading_stays_with_what_it_heads() {
    let text = "An introduction of some length.\n\n## Results\n\nThe results are good, all in all, and there are many.";
    assert_snapshot!(shown(&split(text, 62)), @"
    An introduction of some length.
    =====
    ## Results

    The results are good, all in all, and there are
    =====
    many.
    ");
}

#[test]
fn a_code_block_is_closed_and_opened_again() {
    let text = "Here it is:\n\n```rust\nfn main() {\n    let first = 1;\n    let second = 2;\n\n    let third = 3;\n    println!(\"{}\", first + second + third);\n}\n```\nThat is all.";
    assert_snapshot!(shown(&split(text, 100)), @r#"
    Here it is:

    ```rust
    fn main() {
        let first = 1;
        let second = 2;

        let third = 3;
    ```
    =====
    ```rust
        println!("{}", first + second + third);
    }
    ```
    That is all.
    "#);
}

#[test]
fn a_code_block_that_fits_is_not_torn() {
    let text = "Some words before the code, enough for a part.\n\n```py\nprint(1)\nprint(2)\n```\nAnd some after it.";
    assert_snapshot!(shown(&split(text, 70)), @"
    Some words before the code, enough for a part.
    =====
    ```py
    print(1)
    print(2)
    ```
    And some after it.
    ");
}

#[test]
fn a_short_message_is_better_than_torn_code() {
    let text = "Short lead text, see it.\n\n```py\nprint('first line')\nprint('second line')\n```";
    assert_eq!(split(text, 70), ["Short lead text, see it.", &text[26..]]);
}

#[test]
fn blank_lines_at_the_end_of_code_make_no_part() {
    let text = format!("```\n{}\n\n\n\n\n```", "x".repeat(24));
    let part = format!("```\n{}\n```", "x".repeat(12));
    assert_eq!(split(&text, 20), [part.clone(), part]);
}

#[test]
fn abbreviations_are_no_end_of_a_sentence() {
    assert_eq!(
        split("We sell fruit, e. g. apples and pears too", 27),
        ["We sell fruit, e. g. apples", "and pears too"]
    );
}

#[test]
fn code_in_a_link_is_part_of_the_link() {
    let text = "[see `the code` here](https://example.org) and more words";
    assert_eq!(split(text, 44), ["[see `the code` here](https://example.org)", "and more words"]);
}

#[test]
fn quoted_code_is_opened_again_in_the_quote() {
    let text = "> ```sql\n> SELECT month, sum(sales)\n> FROM sales\n> GROUP BY month\n> ORDER BY month\n> ```\nDone.";
    assert_snapshot!(shown(&split(text, 64)), @"
    > ```sql
    > SELECT month, sum(sales)
    > FROM sales
    > ```
    =====
    > ```sql
    > GROUP BY month
    > ORDER BY month
    > ```
    Done.
    ");
}

#[test]
fn a_code_line_longer_than_a_part_is_cut_between_words() {
    let text = "```\nalpha beta gamma delta epsilon zeta eta theta iota kappa\n```";
    assert_snapshot!(shown(&split(text, 40)), @"
    ```
    alpha beta gamma delta epsilon
    ```
    =====
    ```
    zeta eta theta iota kappa
    ```
    ");
}

#[test]
fn links_stay_whole() {
    let text = "Read [the fine manual (2nd ed.)](https://example.org/a_(b)/c?d=e) and https://en.wikipedia.org/wiki/Rust_(language) too.";
    assert_snapshot!(shown(&split(text, 68)), @"
    Read [the fine manual (2nd ed.)](https://example.org/a_(b)/c?d=e)
    =====
    and https://en.wikipedia.org/wiki/Rust_(language) too.
    ");
}

#[test]
fn inline_code_and_tokens_stay_whole() {
    let text = "Ask <@123456789012345678> about `a long piece of code` or use </chart bar:123456789012345678> at <t:1700000000:F> <:plot_line:123456789012345678>";
    assert_snapshot!(shown(&split(text, 44)), @"
    Ask <@123456789012345678> about
    =====
    `a long piece of code` or use
    =====
    </chart bar:123456789012345678> at
    =====
    <t:1700000000:F>
    =====
    <:plot_line:123456789012345678>
    ");
}

#[test]
fn emphasis_stays_whole_where_another_cut_is_in_reach() {
    let text = "Some words before **a bold stretch of words** and after it";
    assert_snapshot!(shown(&split(text, 40)), @"
    Some words before
    =====
    **a bold stretch of words** and after it
    ");
}

#[test]
fn a_spoiler_longer_than_a_part_stays_hidden() {
    let text = "||the butler did it in the library with a candlestick and was seen||";
    assert_snapshot!(shown(&split(text, 40)), @"
    ||the butler did it in the library||
    =====
    ||with a candlestick and was seen||
    ");
}

#[test]
fn a_word_longer_than_a_part_is_cut() {
    assert_snapshot!(shown(&split("0123456789abcdefghij", 8)), @"
    01234567
    =====
    89abcdef
    =====
    ghij
    ");
}

#[test]
fn chinese_and_japanese_are_cut_without_spaces_but_not_before_a_full_stop() {
    let text = "東京の売上は増えた。大阪の売上は減った。名古屋は変わらない。";
    assert_snapshot!(shown(&split(text, 15)), @"
    東京の売上は増えた。
    =====
    大阪の売上は減った。
    =====
    名古屋は変わらない。
    ");
    assert_snapshot!(shown(&split("売上高推移一覧表、詳細版", 8)), @"
    売上高推移一覧
    =====
    表、詳細版
    ");
}

#[test]
fn emoji_count_twice_and_stay_whole() {
    let family = "👨\u{200d}👩\u{200d}👧";
    assert_eq!(units(family), 8);
    assert_eq!(split(&family.repeat(3), 20), [family.repeat(2), family.to_owned()]);
    assert_eq!(split("🇩🇪🇫🇷🇯🇵", 6), ["🇩🇪", "🇫🇷", "🇯🇵"]);
}

#[test]
fn a_space_that_carries_an_accent_is_no_place_to_cut() {
    assert_eq!(split("abcd \u{301}efgh", 6), ["abcd \u{301}", "efgh"]);
}

#[test]
fn windows_line_ends_are_line_ends() {
    assert_eq!(split("One is first.\r\n\r\nTwo is second.\r\n", 20), ["One is first.", "Two is second."]);
}

#[test]
fn right_to_left_text_is_cut_between_words() {
    assert_snapshot!(shown(&split("مرحبا بكم في التقرير السنوي. المبيعات زادت هذا العام.", 30)), @"
    مرحبا بكم في التقرير السنوي.
    =====
    المبيعات زادت هذا العام.
    ");
}

#[test]
fn limits_too_small_for_anything_still_end() {
    for limit in 0..12 {
        let parts = split("```rust\nlet 👨\u{200d}👩\u{200d}👧 = `x`;\n```\n**bold** <@1>", limit);
        assert!(parts.iter().all(|part| units(part) <= limit.max(2)), "{parts:?}");
    }
}

#[test]
fn a_code_block_that_is_never_closed_is_closed() {
    let text = "```js\nlet a = 1;\nlet b = 2;\nlet c = 3;\nlet d = 4;";
    assert_snapshot!(shown(&split(text, 44)), @"
    ```js
    let a = 1;
    let b = 2;
    let c = 3;
    ```
    =====
    ```js
    let d = 4;
    ```
    ");
}

#[test]
fn truncation_keeps_clusters_and_counts_the_ellipsis() {
    assert_eq!(truncate("short", 5), "short");
    assert_eq!(truncate("too long", 5), "too…");
    assert_eq!(truncate("👨\u{200d}👩\u{200d}👧👨\u{200d}👩\u{200d}👧", 10), "👨\u{200d}👩\u{200d}👧…");
    assert_eq!(truncate("👨\u{200d}👩\u{200d}👧", 7), "…");
    assert_eq!(truncate("e\u{301}e\u{301}e\u{301}", 4), "e\u{301}…");
    assert_eq!(truncate("anything", 0), "");
}
