//! The built-in answerer: what the bot says without a language model.

use super::{Answer, Inner, Question};

impl Inner {
    /// Draws what can be drawn; otherwise says what it can do, and plainly that there is no model.
    pub(super) async fn answer_offline(&self, question: &Question) -> Answer {
        let material = self.gather(question).await;
        match self.draw_by_rules(&material, true).await {
            Some(drawing) => Answer { text: drawing.lines.join("\n"), chart: drawing.chart },
            None => Answer {
                text: material.problems.first().cloned().unwrap_or_else(|| WITHOUT_TABLE.to_owned()),
                chart: None,
            },
        }
    }
}

const WITHOUT_TABLE: &str = "I have no language model here, so I cannot answer questions in general. What I can do is draw: paste a \
table (Markdown, CSV, cells of a spreadsheet, or a list such as `Jan 100, Feb 200`) or attach a file, and say what you want to see, for \
example *bar chart of sales by region*.";
