//! Tables found in a question or before it, and the charts drawn from them.

use bytes::Bytes;
use plotline_chart::chart::Kind;
use plotline_chart::spec::ChartSpec;
use plotline_chart::{Confidence, Outcome, Reading, alt_text, caption, mark_supplied, read_request};
use plotline_draw::Renderer;
use plotline_table::{Limits, Table, prose, read_file, read_text};

use super::chart_call;
use super::{DrawnChart, Inner, InputFile, Question, Speaker};
use crate::settings::Look;

/// Everything about a question that a chart can be made from.
#[derive(Clone, Debug, Default)]
pub(super) struct Material {
    /// The tables, the ones that came with the question or else the newest before it.
    pub(super) tables: Vec<Table>,
    /// They came with the question itself.
    pub(super) fresh: bool,
    /// How it is drawn.
    pub(super) look: Look,
    /// The kind that was picked.
    pub(super) kind: Option<Kind>,
    /// What is asked, without the tables.
    pub(super) ask: String,
    /// The chart that a follow-up changes.
    pub(super) previous: Option<ChartSpec>,
    /// Why a file or a paste could not be read: sentences for the member.
    pub(super) problems: Vec<String>,
}

impl Material {
    /// Reads the tables of a question; where it has none, the newest one before it, with the chart that was made of it.
    pub(super) fn gather(question: &Question, limits: &Limits) -> Self {
        let own = read(&question.text, &question.files, limits);
        if !own.tables.is_empty() {
            return Self {
                tables: own.tables,
                fresh: true,
                look: question.manner.look,
                kind: question.kind,
                ask: own.ask,
                previous: None,
                problems: own.problems,
            };
        }
        let mut material = Self {
            look: question.manner.look,
            kind: question.kind,
            ask: own.ask,
            problems: own.problems,
            ..Self::default()
        };
        for turn in &question.history {
            if turn.speaker == Speaker::Bot {
                continue;
            }
            let earlier = read(&turn.text, &turn.files, limits);
            let fresh = !earlier.tables.is_empty();
            if fresh {
                material.tables = earlier.tables;
                material.previous = None;
            }
            // What was asked then leads to the same chart now: reading a request is deterministic.
            if let Some((_, reading)) = choose(&material.tables, &earlier.ask, material.previous.as_ref())
                && (fresh || reading.confidence > Confidence::Low)
            {
                material.previous = Some(reading.spec);
            }
        }
        material
    }

    /// The chart as the picked kind, where the data allow that; else as it is.
    fn as_picked(&self, spec: ChartSpec, table: &Table) -> ChartSpec {
        let Some(kind) = self.kind.filter(|kind| *kind != spec.kind) else { return spec };
        let picked = ChartSpec { kind, ..spec.clone() };
        if self.look.resolve(&picked, table).is_ok() { picked } else { spec }
    }

    /// The table and the chart that the words ask for, or why they cannot be read.
    pub(super) fn read_request(&self) -> Result<(&Table, Reading), String> {
        choose(&self.tables, &self.ask, self.previous.as_ref()).ok_or_else(|| {
            self.tables
                .iter()
                .find_map(|table| match read_request(&self.ask, table, self.previous.as_ref()) {
                    Outcome::Declined(reason) => Some(reason),
                    Outcome::Read(_) => None,
                })
                .unwrap_or_else(|| "There is no table to draw.".to_owned())
        })
    }

    /// The table that the words fit best.
    pub(super) fn table_in_question(&self) -> Option<&Table> {
        choose(&self.tables, &self.ask, self.previous.as_ref()).map(|(table, _)| table).or(self.tables.first())
    }

    /// Whether the words ask for a picture, whatever else they ask for.
    pub(super) fn asks_for_chart(&self) -> bool {
        const STEMS: [&str; 9] = ["chart", "graph", "plot", "diagram", "histogram", "visuali", "draw", "pie", "donut"];
        let ask = self.ask.to_lowercase();
        ask.split(|c: char| !c.is_alphanumeric()).any(|word| STEMS.iter().any(|stem| word.starts_with(stem)))
    }
}

/// Of several tables the one that the words fit best; the first of equals.
fn choose<'a>(tables: &'a [Table], ask: &str, previous: Option<&ChartSpec>) -> Option<(&'a Table, Reading)> {
    let mut best: Option<(&Table, Reading)> = None;
    for table in tables {
        let Outcome::Read(reading) = read_request(ask, table, previous) else { continue };
        if best.as_ref().is_none_or(|(_, known)| reading.confidence > known.confidence) {
            best = Some((table, *reading));
        }
    }
    best
}

struct Found {
    tables: Vec<Table>,
    ask: String,
    problems: Vec<String>,
}

/// The tables of a message and its files. `message.txt` is what Discord makes of a long paste, so it is read as part of the message.
fn read(text: &str, files: &[InputFile], limits: &Limits) -> Found {
    let mut found = Found { tables: Vec::new(), ask: String::new(), problems: Vec::new() };
    let mut text = text.to_owned();
    for file in files.iter().filter(|file| file.name == "message.txt") {
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(&file.bytes));
    }
    match read_text(&text, limits) {
        Ok(reading) => {
            found.ask = prose(&text, &reading);
            found.tables.extend(reading.tables.into_iter().map(|found| found.table));
        }
        Err(error) => found.problems.push(sentence(&error.to_string())),
    }
    for file in files.iter().filter(|file| file.name != "message.txt") {
        match read_file(&file.name, &file.bytes, limits, None) {
            Ok(reading) => found.tables.extend(reading.tables.into_iter().map(|found| found.table)),
            // A text or a program that came along is no failed table.
            Err(error) if looks_like_table(&file.name) => found.problems.push(sentence(&error.to_string())),
            Err(_) => {}
        }
    }
    found
}

fn looks_like_table(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| matches!(ending.as_str(), "csv" | "tsv" | "tab" | "xlsx" | "xls" | "ods"))
}

/// The reader's messages begin small and have no full stop, to be put behind a name.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first: String = characters.next().map(char::to_uppercase).into_iter().flatten().collect();
    format!("{first}{}.", characters.as_str().trim_end_matches('.'))
}

/// Draws a chart as the spec says, and gives the sentences that belong under it. `captioned`: with one or two true sentences computed
/// from the data, for an answer in which nobody else says anything.
///
/// # Errors
/// One sentence for the member that says which columns there are.
pub(super) fn draw(
    renderer: &Renderer,
    spec: &ChartSpec,
    table: &Table,
    look: Look,
    supplied: bool,
    captioned: bool,
) -> Result<(DrawnChart, Vec<String>), String> {
    let mut resolved = look.resolve(spec, table).map_err(|error| error.to_string())?;
    if supplied {
        mark_supplied(&mut resolved);
    }
    let png = renderer.png(&resolved.chart, &look.canvas()).map_err(|error| error.to_string())?;
    let mut lines = Vec::new();
    if captioned {
        lines.extend(Some(caption(&resolved)).filter(|caption| !caption.is_empty()));
    }
    lines.extend(
        [&resolved.assumptions, &table.notes, &resolved.notes].into_iter().flatten().map(|note| format!("-# {note}")),
    );
    let drawn = DrawnChart {
        png: Bytes::from(png),
        name: file_name(&resolved.chart.title),
        alt: alt_text(&resolved),
        spec: resolved.spec.clone(),
        table: table.clone(),
        look,
        supplied,
        captioned,
    };
    Ok((drawn, lines))
}

impl Inner {
    /// [`Material::gather`] away from the threads that other jobs share: reading a large table takes a while.
    pub(super) async fn gather(&self, question: &Question) -> Material {
        let limits = Limits { ambiguous_dates: question.manner.look.dates.order(), ..self.config.table.clone() };
        let question = question.clone();
        tokio::task::spawn_blocking(move || Material::gather(&question, &limits)).await.unwrap_or_default()
    }

    /// Draws what a model's call asks for.
    ///
    /// # Errors
    /// A sentence for the model.
    pub(super) async fn draw_call(
        &self,
        arguments: &str,
        material: &Material,
        captioned: bool,
    ) -> Result<(DrawnChart, Vec<String>), String> {
        let called = chart_call::read(arguments, material)?;
        let renderer = self.renderer;
        let look = material.look;
        let spec = material.as_picked(called.spec, &called.table);
        let drawing = move || draw(&renderer, &spec, &called.table, look, called.supplied, captioned);
        let drawn = tokio::task::spawn_blocking(drawing)
            .await
            .unwrap_or_else(|_| Err("The chart could not be drawn.".to_owned()))?;
        self.metrics.charts.inc();
        Ok(drawn)
    }

    /// Draws what the words ask for, read by rules. Where they cannot be read there are only lines that say why; `None` where
    /// there is nothing to say.
    pub(super) async fn draw_by_rules(&self, material: &Material, captioned: bool) -> Option<Drawing> {
        let (material, renderer) = (material.clone(), self.renderer);
        let drawn =
            tokio::task::spawn_blocking(move || by_rules(&renderer, &material, captioned)).await.unwrap_or_default();
        if drawn.as_ref().is_some_and(|drawn| drawn.chart.is_some()) {
            self.metrics.charts.inc();
        }
        drawn
    }
}

/// A chart, or why there is none, with the lines that belong to it.
pub(super) struct Drawing {
    pub(super) chart: Option<DrawnChart>,
    pub(super) lines: Vec<String>,
}

fn by_rules(renderer: &Renderer, material: &Material, captioned: bool) -> Option<Drawing> {
    let refused = |reason: String| Some(Drawing { chart: None, lines: vec![reason] });
    if material.tables.is_empty() {
        return None;
    }
    let asked = material.fresh || material.asks_for_chart();
    let (table, reading) = match material.read_request() {
        Ok(read) => read,
        Err(reason) if asked => return refused(reason),
        Err(_) => return None,
    };
    if !asked && reading.confidence == Confidence::Low {
        return None;
    }
    let spec = material.as_picked(reading.spec, table);
    match draw(renderer, &spec, table, material.look, false, captioned) {
        Ok((chart, mut lines)) => {
            let at = usize::from(captioned).min(lines.len());
            let assumed = reading.assumptions.iter().map(|assumption| format!("-# {assumption}"));
            lines.splice(at..at, assumed).for_each(drop);
            lines.extend(material.problems.iter().map(|problem| format!("-# {problem}")));
            Some(Drawing { chart: Some(chart), lines })
        }
        Err(reason) => refused(reason),
    }
}

/// A file name from a title: small letters, digits and hyphens, at most 60 of them.
pub(crate) fn file_name(title: &str) -> String {
    let mut name = String::new();
    for character in title.to_lowercase().chars() {
        if character.is_alphanumeric() {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if name.chars().count() >= 60 {
            break;
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "chart".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_makes_a_file_name_that_every_system_takes() {
        assert_eq!(file_name("Average price (€) by month/region?"), "average-price-by-month-region");
        assert_eq!(file_name("!!!"), "chart");
        assert_eq!(file_name(&"x".repeat(500)).len(), 60);
        assert_eq!(file_name("Umsätze 2026"), "umsätze-2026");
    }
}
