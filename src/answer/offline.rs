//! The built-in answerer: what the bot says without a language model.

use plotline_chart::Confidence;

use super::chart::{Material, draw};
use super::{Answer, Inner, Question};

impl Inner {
    /// Draws what can be drawn; otherwise says what it can do, and plainly that there is no model.
    pub(super) async fn answer_offline(&self, question: &Question) -> Answer {
        let (question, limits, renderer) = (question.clone(), self.config.table.clone(), self.renderer);
        // Reading a large table and drawing take a while, and other jobs share these threads.
        let answered = tokio::task::spawn_blocking(move || {
            let material = Material::gather(&question, &limits);
            chart(&renderer, &material).unwrap_or_else(|| Answer { text: without_table(&material), chart: None })
        });
        let answer = answered.await.unwrap_or_else(|_| Answer { text: crate::say::INTERNAL.to_owned(), chart: None });
        if answer.chart.is_some() {
            self.metrics.charts.inc();
        }
        answer
    }
}

/// The chart that is asked for, with a caption that is computed from the data; `None` where no chart is asked for.
fn chart(renderer: &plotline_draw::Renderer, material: &Material) -> Option<Answer> {
    if material.tables.is_empty() {
        return None;
    }
    let (table, reading) = match material.read_request() {
        Ok(read) => read,
        Err(reason) if material.fresh || material.asks_for_chart() => {
            return Some(Answer { text: reason, chart: None });
        }
        Err(_) => return None,
    };
    if !material.fresh && reading.confidence == Confidence::Low && !material.asks_for_chart() {
        return None;
    }
    let (drawn, resolved) = match draw(renderer, &reading.spec, table) {
        Ok(drawn) => drawn,
        Err(reason) => return Some(Answer { text: reason, chart: None }),
    };
    let mut lines = vec![resolved.chart.title.clone()];
    lines.extend(
        [&reading.assumptions, &resolved.assumptions, &table.notes, &resolved.notes]
            .into_iter()
            .flatten()
            .map(|note| format!("-# {note}")),
    );
    lines.extend(material.problems.iter().map(|problem| format!("-# {problem}")));
    Some(Answer { text: lines.join("\n"), chart: Some(drawn) })
}

fn without_table(material: &Material) -> String {
    if let Some(problem) = material.problems.first() {
        return problem.clone();
    }
    "I have no language model here, so I cannot answer questions in general. What I can do is draw: paste a table \
     (Markdown, CSV, cells of a spreadsheet, or a list such as `Jan 100, Feb 200`) or attach a file, and say what you want to see, \
     for example *bar chart of sales by region*."
        .to_owned()
}
