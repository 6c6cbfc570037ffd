//! The built-in answerer: what the bot says without a language model.

use super::chart::{Drawing, Material};
use super::{Answer, Inner, Question};
use crate::say;

impl Inner {
    /// Draws what can be drawn; otherwise says what it can do, and plainly that there is no model.
    pub(super) async fn answer_offline(&self, question: &Question) -> Answer {
        let material = self.gather(question).await;
        match self.draw_by_rules(&material, true).await {
            Some(drawing) => drawn(drawing, &material),
            None => said(material.problems.first().map_or(WITHOUT_TABLE, String::as_str)),
        }
    }
}

impl Inner {
    /// The best chart of what is there, whatever the words around it say.
    pub(super) async fn only_chart(&self, question: &Question) -> Answer {
        let mut material = self.gather(question).await;
        if material.tables.is_empty() {
            let problem = material.problems.first().map_or(say::NO_TABLE_IN_MESSAGE, String::as_str);
            return said(problem);
        }
        let read = self.draw_by_rules(&material, true).await;
        let drawing = match read {
            Some(drawing) if drawing.chart.is_some() => Some(drawing),
            // The words ask for something else, or for nothing.
            _ => {
                material.ask = "chart".to_owned();
                self.draw_by_rules(&material, true).await
            }
        };
        match drawing {
            Some(drawing) => drawn(drawing, &material),
            None => said(say::NO_TABLE_IN_MESSAGE),
        }
    }
}

fn drawn(drawing: Drawing, material: &Material) -> Answer {
    Answer { text: drawing.lines.join("\n"), chart: drawing.chart, chart_authors: material.authors.clone() }
}

fn said(text: &str) -> Answer {
    Answer { text: text.to_owned(), ..Answer::default() }
}

const WITHOUT_TABLE: &str = "I have no language model here, so I cannot answer questions in general. What I can do is draw: paste a \
table (Markdown, CSV, cells of a spreadsheet, or a list such as `Jan 100, Feb 200`) or attach a file, and say what you want to see, for \
example *bar chart of sales by region*.";
