//! `plotline chart`: a chart from a table and words.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use plotline_chart::answer::{answer, declined};
use plotline_chart::{Resolved, batch, caption, choose, named_sheet};
use plotline_draw::{Canvas, Renderer, Theme};
use plotline_table::{Found, Limits, Table};

use super::input::Input;
use super::{FAILED, USAGE, picture, print, refuse};
use crate::answer::file_name;
use crate::config::{Env, table_limits};
use crate::settings::{Choice, Dates, Look, Numbers};

/// What `plotline chart` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A CSV, TSV, text, JSON or spreadsheet file, or - for a message on standard input
    #[arg(required_unless_present = "batch")]
    table: Option<PathBuf>,
    /// What to draw, in words
    #[arg(long, value_name = "TEXT", default_value = "")]
    ask: String,
    /// Where to write the picture: a .png or .svg file; by default a .png named after the title
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The sheet of a spreadsheet; by default the one that the words name, else the first one
    #[arg(long)]
    sheet: Option<String>,
    /// Made for Discord's dark or light background
    #[arg(long, value_enum, default_value_t = ThemeArgument::Dark)]
    theme: ThemeArgument,
    /// How numbers are written
    #[arg(long, value_name = "STYLE", value_parser = of(Numbers::CHOICES, Numbers::from_value), default_value = Numbers::DEFAULT)]
    numbers: Numbers,
    /// How a date such as 3/4/2026 is read where the table does not tell, and how days are written
    #[arg(long, value_name = "ORDER", value_parser = of(Dates::CHOICES, Dates::from_value), default_value = Dates::DEFAULT)]
    dates: Dates,
    /// Width of the picture in CSS pixels; the PNG has twice as many
    #[arg(long, value_parser = clap::value_parser!(u32).range(200..=2000), default_value_t = 640)]
    width: u32,
    /// Print the chart as JSON and draw nothing unless --out is given
    #[arg(long)]
    json: bool,
    /// Read JSON lines {"id", "table", "ask"} from standard input and answer each with a line
    #[arg(long, conflicts_with_all = ["table", "out", "json", "ask"])]
    batch: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ThemeArgument {
    Dark,
    Light,
}

/// Takes the values of a setting with a fixed list of them.
fn of<T: Clone + Send + Sync + 'static>(
    choices: &'static [Choice],
    read: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    let values = choices.iter().map(|choice| PossibleValue::new(choice.value).help(choice.label));
    PossibleValuesParser::new(values).try_map(move |value| read(&value).ok_or("unknown value"))
}

/// Draws. 0: drawn, 1: declined, 2: bad input.
pub(super) fn chart(env: &Env, arguments: &Arguments) -> ExitCode {
    if arguments.batch {
        let (input, output) = (std::io::stdin().lock(), std::io::BufWriter::new(std::io::stdout().lock()));
        return match batch(input, output) {
            Ok(()) => ExitCode::SUCCESS,
            // Whoever closed the pipe has read enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(error) => fail(USAGE, &format!("The batch could not be read or answered: {error}.")),
        };
    }
    let limits = match table_limits(env) {
        Ok(limits) => Limits { ambiguous_dates: arguments.dates.order(), ..limits },
        Err(error) => return refuse(&error),
    };
    let Some(path) = &arguments.table else { return fail(USAGE, "Name a table to draw, or - for standard input.") };
    match decide(path, arguments, &limits) {
        Ok((resolved, table)) => show(arguments, &resolved, &table),
        Err(Refused::Input(sentence)) => fail(USAGE, &sentence),
        Err(Refused::Declined(reason)) if arguments.json => {
            print::line(declined(&reason));
            ExitCode::from(FAILED)
        }
        Err(Refused::Declined(reason)) => fail(FAILED, &reason),
    }
}

enum Refused {
    /// The table cannot be read.
    Input(String),
    /// The words cannot be read, or nothing can be drawn of them.
    Declined(String),
}

/// Reads table and words, and resolves them to points.
fn decide(path: &Path, arguments: &Arguments, limits: &Limits) -> Result<(Resolved, Table), Refused> {
    let input = Input::take(path, limits).map_err(Refused::Input)?;
    let unasked = input.read(limits, arguments.sheet.as_deref()).map_err(Refused::Input)?;
    let mut tables = tables_of(unasked.tables);
    let mut notes = unasked.notes;
    let mut ask = arguments.ask.clone();
    if arguments.sheet.is_none()
        && let Some((sheet, rest)) = named_sheet(&ask, &unasked.sheets, &tables)
        && let Some(sheet) = unasked.sheets.get(sheet)
    {
        let named = input.read(limits, Some(sheet)).map_err(Refused::Input)?;
        (tables, notes, ask) = (tables_of(named.tables), named.notes, rest);
    }
    let choice = choose(&tables, &ask, None).map_err(Refused::Declined)?;
    let look = Look { numbers: arguments.numbers, dates: arguments.dates, ..Look::default() };
    let table = tables.into_iter().nth(choice.index).unwrap_or_default();
    let mut resolved =
        look.resolve(&choice.reading.spec, &table).map_err(|error| Refused::Declined(error.to_string()))?;
    resolved.assumptions.splice(0..0, choice.reading.assumptions).for_each(drop);
    resolved.notes.extend(notes);
    Ok((resolved, table))
}

fn tables_of(found: Vec<Found>) -> Vec<Table> {
    found.into_iter().map(|found| found.table).collect()
}

fn show(arguments: &Arguments, resolved: &Resolved, table: &Table) -> ExitCode {
    if arguments.json {
        print::line(answer(resolved));
        if arguments.out.is_none() {
            return ExitCode::SUCCESS;
        }
    }
    let theme = match arguments.theme {
        ThemeArgument::Dark => Theme::Dark,
        ThemeArgument::Light => Theme::Light,
    };
    let canvas = Canvas { width: arguments.width, ..Canvas::themed(theme) };
    let out = arguments.out.clone().unwrap_or_else(|| format!("{}.png", file_name(&resolved.chart.title)).into());
    let is_svg = out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"));
    if !is_svg && out.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("png")) {
        return fail(USAGE, &format!("{} must end in .png or .svg.", out.display()));
    }
    let renderer = Renderer::new();
    let drawn = if is_svg {
        renderer.svg(&resolved.chart, &canvas).map(String::into_bytes)
    } else {
        renderer.png(&resolved.chart, &canvas)
    };
    let bytes = match drawn {
        Ok(bytes) => bytes,
        Err(error) => return fail(FAILED, &error.to_string()),
    };
    let put = if arguments.json { picture::write(&out, &bytes) } else { picture::put(&out, &bytes) };
    if let Err(sentence) = put {
        return fail(USAGE, &sentence);
    }
    if !arguments.json {
        let told = Some(caption(resolved)).filter(|caption| !caption.is_empty());
        for line in told.iter().chain(&resolved.assumptions).chain(&table.notes).chain(&resolved.notes) {
            print::line(line);
        }
    }
    ExitCode::SUCCESS
}

fn fail(code: u8, sentence: &str) -> ExitCode {
    print::complain(sentence);
    ExitCode::from(code)
}
