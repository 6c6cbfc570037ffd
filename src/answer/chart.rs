//! Tables found in a question or before it, and the charts drawn from them.

use bytes::Bytes;
use plotline_chart::chart::Kind;
use plotline_chart::spec::ChartSpec;
use plotline_chart::{Choice, Confidence, Reading, alt_text, caption, choose, mark_supplied, named_in, named_sheet};
use plotline_draw::Renderer;
use plotline_table::{Limits, Table, prose, read_file, read_text};

use super::chart_call;
use super::{DrawnChart, Inner, InputFile, Question, Speaker};
use crate::ids::UserId;
use crate::settings::Look;

/// Everything about a question that a chart can be made from.
#[derive(Clone, Debug, Default)]
pub(super) struct Material {
    /// The tables, the ones that came with the question or else the newest before it.
    pub(super) tables: Vec<Table>,
    /// Whose they are; without a table, everybody whose words a model could make one of.
    pub(super) authors: Vec<UserId>,
    /// They came with the question itself.
    pub(super) fresh: bool,
    /// How it is drawn.
    pub(super) look: Look,
    /// The kind that was picked.
    pub(super) kind: Option<Kind>,
    /// What is asked, without the tables.
    pub(super) ask: String,
    /// The chart that a follow-up changes, and the place of its table.
    pub(super) previous: Option<(ChartSpec, usize)>,
    /// Why a file or a paste could not be read: sentences for the member.
    pub(super) problems: Vec<String>,
}

impl Material {
    /// Reads the tables of a question; where it has none, the newest one before it, with the chart that was made of it.
    pub(super) fn gather(question: &Question, limits: &Limits) -> Self {
        let mut own = read(&question.text, &question.files, limits);
        if let Some(tables) = own.other_sheet(limits) {
            own.tables = tables;
        }
        if !own.tables.is_empty() {
            return Self {
                tables: own.tables,
                authors: question.author.into_iter().collect(),
                fresh: true,
                look: question.manner.look,
                kind: question.kind,
                ask: own.ask,
                previous: None,
                problems: own.problems,
            };
        }
        let mut material = Self { look: question.manner.look, kind: question.kind, ..Self::default() };
        // The workbooks that the tables come from, whose other sheets may be asked for.
        let mut books = Vec::new();
        for turn in &question.history {
            if turn.speaker == Speaker::Bot {
                continue;
            }
            let mut earlier = read(&turn.text, &turn.files, limits);
            let fresh = !earlier.tables.is_empty();
            if fresh {
                books = std::mem::take(&mut earlier.books);
                material.authors = turn.author.into_iter().collect();
                material.previous = None;
                material.tables = std::mem::take(&mut earlier.tables);
            }
            material.turn_to_sheet(&mut earlier, &books, limits);
            // What was asked then leads to the same chart now: reading a request is deterministic.
            if let Ok(Choice { index, reading }) = choose(&material.tables, &earlier.ask, material.previous())
                && (fresh || reading.confidence > Confidence::Low)
            {
                material.previous = Some((reading.spec, index));
            }
        }
        material.turn_to_sheet(&mut own, &books, limits);
        (material.ask, material.problems) = (own.ask, own.problems);
        if material.tables.is_empty() {
            let said = question.history.iter().filter_map(|turn| turn.author).chain(question.author);
            material.authors = said.collect();
            material.authors.sort_unstable();
            material.authors.dedup();
        }
        material
    }

    /// The chart as the picked kind, where the data allow that; else as it is.
    fn as_picked(&self, spec: ChartSpec, table: &Table) -> ChartSpec {
        let Some(kind) = self.kind.filter(|kind| *kind != spec.kind) else { return spec };
        let picked = ChartSpec { kind, ..spec.clone() };
        if self.look.resolve(&picked, table).is_ok() { picked } else { spec }
    }

    /// The chart that a follow-up changes, as [`choose`] takes it.
    fn previous(&self) -> Option<(&ChartSpec, usize)> {
        self.previous.as_ref().map(|(spec, of)| (spec, *of))
    }

    /// Goes to the sheet of a workbook that words name, and keeps the chart before where the sheet has its columns too.
    fn turn_to_sheet(&mut self, said: &mut Found, books: &[Book], limits: &Limits) {
        let Some(tables) = said.sheet_of(books, &self.tables, limits) else { return };
        let fits = |spec: &ChartSpec| tables.first().is_some_and(|table| self.look.resolve(spec, table).is_ok());
        self.previous = self.previous.take().filter(|(spec, _)| fits(spec)).map(|(spec, _)| (spec, 0));
        self.tables = tables;
    }

    /// The table and the chart that the words ask for, or why they cannot be read.
    pub(super) fn read_request(&self) -> Result<(&Table, Reading), String> {
        let Choice { index, reading } = choose(&self.tables, &self.ask, self.previous())?;
        let table = self.tables.get(index).ok_or_else(|| "There is no table to draw.".to_owned())?;
        Ok((table, reading))
    }

    /// The table that the words name or fit best.
    pub(super) fn table_in_question(&self) -> Option<&Table> {
        let chosen = choose(&self.tables, &self.ask, self.previous()).ok().map(|choice| choice.index);
        chosen.or_else(|| named_in(&self.tables, &self.ask)).map_or(self.tables.first(), |index| self.tables.get(index))
    }

    /// Whether the words ask for a picture, whatever else they ask for.
    pub(super) fn asks_for_chart(&self) -> bool {
        const STEMS: [&str; 9] = ["chart", "graph", "plot", "diagram", "histogram", "visuali", "draw", "pie", "donut"];
        let ask = self.ask.to_lowercase();
        ask.split(|c: char| !c.is_alphanumeric()).any(|word| STEMS.iter().any(|stem| word.starts_with(stem)))
    }
}

/// What a message and its files hold.
struct Found {
    tables: Vec<Table>,
    ask: String,
    problems: Vec<String>,
    books: Vec<Book>,
}

/// A workbook of several sheets, one of which was read.
struct Book {
    file: InputFile,
    sheets: Vec<String>,
}

impl Found {
    /// The tables of the sheet of its own workbooks that it names.
    fn other_sheet(&mut self, limits: &Limits) -> Option<Vec<Table>> {
        let (books, tables) = (std::mem::take(&mut self.books), std::mem::take(&mut self.tables));
        let named = self.sheet_of(&books, &tables, limits);
        (self.books, self.tables) = (books, tables);
        named
    }

    /// The tables of the sheet that its words name, if one of the workbooks has it; `read` are those read before. The words lose the
    /// sheet's name.
    fn sheet_of(&mut self, books: &[Book], read: &[Table], limits: &Limits) -> Option<Vec<Table>> {
        let (book, sheet, rest) = books.iter().find_map(|book| {
            let (index, rest) = named_sheet(&self.ask, &book.sheets, read)?;
            Some((book, book.sheets.get(index)?, rest))
        })?;
        match read_file(&book.file.name, &book.file.bytes, limits, Some(sheet)) {
            Ok(reading) if reading.tables.is_empty() => {
                self.problems.push(format!("The sheet “{sheet}” of {} has no table.", book.file.name));
                None
            }
            Ok(reading) => {
                self.ask = rest;
                Some(reading.tables.into_iter().map(|found| found.table).collect())
            }
            Err(error) => {
                self.problems.push(sentence(&error.to_string()));
                None
            }
        }
    }
}

/// The tables of a message and its files. `message.txt` is what Discord makes of a long paste, so it is read as part of the message.
fn read(text: &str, files: &[InputFile], limits: &Limits) -> Found {
    let mut found = Found { tables: Vec::new(), ask: String::new(), problems: Vec::new(), books: Vec::new() };
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
            Ok(reading) => {
                let notes = reading.notes;
                found.tables.extend(reading.tables.into_iter().map(|found| {
                    let mut table = found.table;
                    table.notes.extend(notes.iter().cloned());
                    table
                }));
                if reading.sheets.len() > 1 {
                    found.books.push(Book { file: file.clone(), sheets: reading.sheets });
                }
            }
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
