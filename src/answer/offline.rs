//! The built-in answerer: what the bot says without a language model.

use super::{Answer, Question};

/// Helpful about tables and charts, plain about having no model.
pub(super) fn answer(_question: &Question) -> Answer {
    Answer {
        text: "I have no language model here, so I cannot answer questions in general. What I can do is draw: paste a table \
               (Markdown, CSV, cells of a spreadsheet, or a list such as `Jan 100, Feb 200`) or attach a file, and say what you want to see, \
               for example *bar chart of sales by region*."
            .to_owned(),
    }
}
