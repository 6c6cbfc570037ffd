use plotline_text::{split, units};

#[test]
fn short_text_is_one_part() {
    assert_eq!(split("Hello **you**.", 2000), ["Hello **you**."]);
    assert!(split(" \n\u{200b} ", 2000).is_empty());
}

#[test]
fn a_code_block_is_closed_and_opened_again() {
    let code: String = (0..20).map(|i| format!("let x{i} = {i};\n")).collect();
    let text = format!("Here it is:\n\n```rust\n{code}```\nThat is all.");
    for part in split(&text, 120) {
        assert!(units(&part) <= 120);
        assert_eq!(part.matches("```").count() % 2, 0, "{part}");
        println!("<<{part}>>");
    }
}
