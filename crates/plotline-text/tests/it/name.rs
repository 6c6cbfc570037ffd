use plotline_text::{Mention, thread_name, thread_name_with, units};

#[test]
fn the_words_of_the_question_are_the_name() {
    for (question, name) in [
        ("<@123> create a graph", "create a graph"),
        ("<@123>, plot **this** please!", "plot this please!"),
        ("create a graph\n\nMonth\tSales\nJan\t1\nFeb\t2", "create a graph"),
        ("<@123> pie chart of\nRent 1200\nFood 450\nFun 150", "pie chart"),
        ("line chart of sales:\nJan: 10\nFeb: 20", "line chart of sales"),
        ("Name, Age\nBob, 5\nAlice, 7\nmake a pie chart", "make a pie chart"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\nWhich is larger?", "Which is larger?"),
        ("bars of\n```csv\na,b\n1,2\n```\nin blue", "bars of in blue"),
        ("bar chart: Apples 10, Pears 20, Kiwis 5", "bar chart: Apples 10, Pears 20, Kiwis 5"),
        ("# Big heading\n> quoted line\n- item", "Big heading quoted line item"),
        ("what is 2 * 3 and snake_case_name?", "what is 2 * 3 and snake_case_name?"),
        ("see [the docs](https://x.org/a_(b)) or https://y.org/z now", "see the docs or now"),
        ("@everyone look at `code` ||secret|| <:smile:1> <t:0:R>", "look at code secret"),
        ("Dear bot, hello\nplease, draw it", "Dear bot, hello please, draw it"),
        ("مرحبا كيف حالك", "مرحبا كيف حالك"),
        ("\u{202e}abc", "abc"),
        ("(see https://x.org/a_(b)) now", "(see ) now"),
        ("[see `code` here](https://x.org)", "see code here"),
        ("what is it for", "what is it for"),
    ] {
        assert_eq!(thread_name(question), name, "{question}");
    }
}

#[test]
fn nothing_left_is_a_question() {
    for question in
        ["", "<@123>", "<@!123> \u{200b}", "a\tb\n1\t2", "https://example.org", "```\ncode\n```", "**", "...", "<:a:1>"]
    {
        assert_eq!(thread_name(question), "Question", "{question}");
    }
}

#[test]
fn long_questions_end_behind_a_word() {
    let question = "Compare revenue, cost and profit for 2024, 2025 and 2026, and tell me which of the three grew most over the whole period";
    assert_eq!(
        thread_name(question),
        "Compare revenue, cost and profit for 2024, 2025 and 2026, and tell me which of the three grew most…"
    );
    let name = thread_name(&"👨\u{200d}👩\u{200d}👧".repeat(20));
    assert!(units(&name) <= 100 && name.ends_with("👧…"), "{name}");
    assert_eq!(thread_name(&"long".repeat(40)), format!("{}…", "long".repeat(25).trim_end_matches('g')));
}

#[test]
fn known_names_are_kept() {
    let name = thread_name_with("plot <@1> against <@2> in <#3>", |mention| match mention {
        Mention::User(1) => Some("Alice".to_owned()),
        Mention::Channel(_) => Some("general".to_owned()),
        _ => None,
    });
    assert_eq!(name, "plot @Alice against in #general");
}
