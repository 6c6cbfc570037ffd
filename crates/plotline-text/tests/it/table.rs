use insta::assert_snapshot;
use plotline_text::{PHONE_WIDTH, tables_to_blocks};

fn blocks(markdown: &str) -> String {
    tables_to_blocks(markdown, PHONE_WIDTH)
}

#[test]
fn numbers_stand_to_the_right() {
    let table = "By month:\n\n| Month | Sales | Change | Note |\n|:--|---|---|---|\n| January | 1,200 | +12.5 % | ok |\n| February | 900 | −5 % | |\n| March | €1.050 | n/a | Q1 |\n\nThat is all.";
    assert_snapshot!(blocks(table), @"
    By month:

    ```
    Month      Sales   Change  Note
    --------  ------  -------  ----
    January    1,200  +12.5 %  ok
    February     900     −5 %
    March     €1.050      n/a  Q1
    ```

    That is all.
    ");
}

#[test]
fn names_with_digits_are_no_numbers() {
    assert_snapshot!(blocks("| Quarter | Released | Took | Cost |\n|---|---|---|---|\n| Q1 | 2026-01-31 | 3 h | USD 5 |\n| Item 2 | 2026-05-02 | 12 h | R$12 |\n"), @"
    ```
    Quarter  Released    Took   Cost
    -------  ----------  ----  -----
    Q1       2026-01-31   3 h  USD 5
    Item 2   2026-05-02  12 h   R$12
    ```
    ");
}

#[test]
fn asked_alignment_is_kept_for_text() {
    assert_snapshot!(blocks("| a | b | c |\n|:-:|--:|:--|\n| x | y | z |\n| wide | wider | widest |\n"), @"
    ```
     a        b  c
    ----  -----  ------
     x        y  z
    wide  wider  widest
    ```
    ");
}

#[test]
fn wide_characters_count_two_columns() {
    assert_snapshot!(blocks("| 都市 | Sales |\n|---|---|\n| 東京 | 12 |\n| Ōsaka 🏯 | 7 |\n"), @"
    ```
    都市      Sales
    --------  -----
    東京         12
    Ōsaka 🏯      7
    ```
    ");
}

#[test]
fn markup_is_taken_out_of_a_block() {
    assert_snapshot!(blocks("| **Name** | Value |\n|---|---|\n| *one* | `a \\| b` |\n| ~~two~~ | <:ok:12> yes |\n| `x|y` | 1<br>2 |\n"), @"
    ```
    Name  Value
    ----  --------
    one   a | b
    two   :ok: yes
    x|y   1 / 2
    ```
    ");
}

#[test]
fn a_tight_table_has_narrow_gaps() {
    assert_snapshot!(tables_to_blocks("|a|b|c|\n|-|-|-|\n|1234|5678|9012|\n", 14), @"
    ```
       a    b    c
    ---- ---- ----
    1234 5678 9012
    ```
    ");
}

#[test]
fn a_table_wider_than_a_phone_is_a_list() {
    let table = "| Feature | What it does | Status |\n|---|---|---|\n| Log in | Members sign in with their e-mail address | **done** |\n| Export | Writes all rows to a file that can be downloaded | |\n";
    assert_snapshot!(blocks(table), @"
    **Log in**
    - What it does: Members sign in with their e-mail address
    - Status: **done**

    **Export**
    - What it does: Writes all rows to a file that can be downloaded
    ");
}

#[test]
fn two_columns_too_wide_are_one_line_a_row() {
    let table = "| Word | Meaning |\n|---|---|\n| median | the value in the middle when all are sorted by size |\n| **mode** | the value that occurs more often than every other one |\n";
    assert_snapshot!(blocks(table), @"
    - **median**: the value in the middle when all are sorted by size
    - **mode**: the value that occurs more often than every other one
    ");
}

#[test]
fn rows_with_numbers_for_names_say_of_what() {
    let table = "| Rank | City | Remark |\n|---|---|---|\n| 1 | Tokyo | by far the largest of all the cities in this list |\n| 2 | Delhi | still growing |\n";
    assert_snapshot!(blocks(table), @"
    **Rank 1**
    - City: Tokyo
    - Remark: by far the largest of all the cities in this list

    **Rank 2**
    - City: Delhi
    - Remark: still growing
    ");
}

#[test]
fn links_and_mentions_make_a_list_because_code_has_none() {
    assert_snapshot!(blocks("| Who | Where |\n|---|---|\n| <@1> | [docs](https://example.org/a_(b)) |\n"), @"- **<@1>**: [docs](https://example.org/a_(b))");
}

#[test]
fn rows_with_too_many_or_too_few_cells_lose_nothing() {
    assert_snapshot!(blocks("| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| 4 |\n"), @"
    ```
    a  b
    -  -----
    1  2 | 3
    4
    ```
    ");
}

#[test]
fn tables_without_outer_bars_are_tables() {
    assert_snapshot!(blocks("a | b\n--- | ---\n1 | 2\n\nnot a | table"), @"
    ```
    a  b
    -  -
    1  2
    ```

    not a | table
    ");
}

#[test]
fn quoted_tables_stay_in_the_quote() {
    assert_snapshot!(blocks("> | a | b |\n> |---|---|\n> | 1 | 2 |\n>\n> after"), @"
    > ```
    > a  b
    > -  -
    > 1  2
    > ```
    >
    > after
    ");
}

#[test]
fn tables_in_code_stay() {
    for text in [
        "```\n| a | b |\n|---|---|\n| 1 | 2 |\n```",
        "~~~md\n| a | b |\n|---|---|\n~~~",
        "````\n```\n| a | b |\n|---|---|\n````",
    ] {
        assert_eq!(blocks(text), text);
    }
}

#[test]
fn what_only_looks_like_a_table_stays() {
    for text in ["a || b", "| just | bars |\nand text", "Title\n---\nText", "- a | b\n- c | d", "|", "|\n|", "a\n|--"] {
        assert_eq!(blocks(text), text);
    }
}

#[test]
fn text_right_behind_a_table_is_not_in_it() {
    assert_snapshot!(blocks("| a | b |\n|---|---|\n| 1 | 2 |\nText.\n| c | d |\n|---|---|\n| 3 | 4 |"), @"
    ```
    a  b
    -  -
    1  2
    ```
    Text.
    ```
    c  d
    -  -
    3  4
    ```
    ");
}

#[test]
fn a_bar_in_broken_code_separates_when_a_cell_is_missing() {
    let shown = blocks("| x | y |\n|---|---|\n| `a | b` |\n");
    assert!(shown.contains("`a  b`"), "{shown}");
}

#[test]
fn three_backticks_on_one_line_open_no_block() {
    let shown = blocks("```x``` is code\n| a | b |\n|---|---|\n| 1 | 2 |\n");
    assert!(shown.ends_with("```\na  b\n-  -\n1  2\n```\n"), "{shown}");
}

#[test]
fn fences_in_cells_do_not_end_the_block() {
    let shown = blocks("| a | b |\n|---|---|\n| `` ``` `` | 1 |\n");
    assert_eq!(shown.matches("```").count(), 2, "{shown}");
}
