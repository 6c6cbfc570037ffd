//! Tells lines of prose from lines of a table.

/// Words that ask for a chart or address somebody: no table's row has them.
const REQUEST_WORDS: &[&str] = &[
    "chart",
    "graph",
    "plot",
    "diagram",
    "please",
    "pls",
    "plz",
    "thanks",
    "thank",
    "draw",
    "visualize",
    "visualise",
    "make",
    "create",
    "show",
    "can",
    "could",
    "here",
    "heres",
    "hey",
    "hi",
    "hello",
    "this",
    "these",
    "want",
    "need",
    "bitte",
    "danke",
    "diagramm",
];

/// Whether a line asks for something.
pub(crate) fn is_request(line: &str) -> bool {
    let mut words = 0_usize;
    let mut asking = 0_usize;
    for word in line.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()) {
        words += 1;
        let lower = word.to_lowercase().replace('\'', "");
        asking += usize::from(REQUEST_WORDS.contains(&lower.as_str()));
    }
    asking > 1 || asking == 1 && words > 2
}

/// How much a line looks like a sentence: 0 not at all, 2 and more surely.
pub(crate) fn sentence_score(line: &str) -> usize {
    let line = crate::typing::text::trim(line);
    let words = line.split_whitespace().count();
    let ends = line.ends_with(['.', '!', '?', ':']) && words > 2;
    usize::from(ends) + usize::from(is_request(line)) * 2 + usize::from(words > 8) + usize::from(line.starts_with("<@"))
}
