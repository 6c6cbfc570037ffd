use plotline_text::partial;

#[test]
fn open_markers_are_closed_and_empty_ones_wait() {
    for (streamed, shown) in [
        ("", ""),
        ("Hello wor", "Hello wor"),
        ("a **bo", "a **bo**"),
        ("a **bold*", "a **bold**"),
        ("a **", "a"),
        ("a *", "a"),
        ("***all", "***all***"),
        ("**a *b", "**a *b***"),
        ("**a *b*", "**a *b***"),
        ("~~gone", "~~gone~~"),
        ("||secret", "||secret||"),
        ("||secret\n\nstill", "||secret\n\nstill||"),
        ("use `co", "use `co`"),
        ("use `", "use"),
        ("use ``a`b", "use ``a`b``"),
        ("**use `co", "**use `co`**"),
        ("5 * 3 and snake_case", "5 * 3 and snake_case"),
        ("done **bold** and `code`", "done **bold** and `code`"),
        ("back\\", "back"),
        ("👨\u{200d}", "👨"),
    ] {
        assert_eq!(partial(streamed), shown, "{streamed:?}");
    }
}

#[test]
fn half_links_mentions_and_addresses_wait() {
    for (streamed, shown) in [
        ("see [the do", "see the do"),
        ("see [the docs](", "see the docs"),
        ("see [the docs](https://exam", "see the docs"),
        ("see [the docs](https://example.org/a_(b", "see the docs"),
        ("see [the docs](https://example.org/a_(b))", "see [the docs](https://example.org/a_(b))"),
        ("an ![im", "an im"),
        ("at https://exam", "at"),
        ("at http", "at"),
        ("at https://example.org now", "at https://example.org now"),
        ("ask <@12", "ask"),
        ("ask <@123> ok", "ask <@123> ok"),
        ("smile <:smi", "smile"),
        ("on <t:17000:", "on"),
        ("on <https://ex", "on"),
        ("1 < 2", "1 < 2"),
        ("`<@12", "`<@12`"),
    ] {
        assert_eq!(partial(streamed), shown, "{streamed:?}");
    }
}

#[test]
fn open_code_is_closed_and_a_bare_fence_waits() {
    for (streamed, shown) in [
        ("Look:\n```", "Look:"),
        ("Look:\n```py", "Look:"),
        ("Look:\n```py\n", "Look:"),
        ("Look:\n``", "Look:"),
        ("Look:\n```py\nprint(**", "Look:\n```py\nprint(**\n```"),
        ("```py\na\n``", "```py\na\n```"),
        ("```py\na\n```", "```py\na\n```"),
        ("````md\n```\na\n```", "````md\n```\na\n````"),
        ("~~~\na", "~~~\na\n~~~"),
        ("> ```\n> a", "> ```\n> a\n> ```"),
    ] {
        assert_eq!(partial(streamed), shown, "{streamed:?}");
    }
}

#[test]
fn tables_grow_by_whole_rows() {
    let whole = "T:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n";
    let rows = ["T:", "T:\n\n| a | b |\n|---|---|", "T:\n\n| a | b |\n|---|---|\n| 1 | 2 |", whole.trim_end()];
    for end in 2..=whole.len() {
        let shown = partial(&whole[..end]);
        assert!(rows.contains(&shown.as_str()), "{end}: {shown:?}");
    }
    assert_eq!(partial("a | b\n--- | -"), "");
}

#[test]
fn lone_markers_wait_for_their_text() {
    for streamed in ["Text\n#", "Text\n##", "Text\n- ", "Text\n1.", "Text\n> ", "Text\n---", "Text\n  *", "Text\n```"] {
        assert_eq!(partial(streamed), "Text", "{streamed:?}");
    }
}
