//! `plotline table`: how the data were read.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use plotline_table::{describe, to_json};

use super::input::Input;
use super::{FAILED, USAGE, print, refuse};
use crate::config::{Env, table_limits};

/// What `plotline table` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A CSV, TSV, text, JSON or spreadsheet file, or - for a message on standard input
    file: PathBuf,
    /// The sheet of a spreadsheet; the first one by default
    #[arg(long)]
    sheet: Option<String>,
    /// Print the tables as JSON
    #[arg(long)]
    json: bool,
}

/// Prints the tables of a file with types, units, gaps, totals and what was assumed.
pub(super) fn table(env: &Env, arguments: &Arguments) -> ExitCode {
    let limits = match table_limits(env) {
        Ok(limits) => limits,
        Err(error) => return refuse(&error),
    };
    let reading =
        match Input::take(&arguments.file, &limits).and_then(|input| input.read(&limits, arguments.sheet.as_deref())) {
            Ok(reading) => reading,
            Err(sentence) => {
                print::complain(sentence);
                return ExitCode::from(USAGE);
            }
        };
    if arguments.json {
        print::line(to_json(reading.tables.iter().map(|found| &found.table)));
        return ExitCode::SUCCESS;
    }
    for (number, found) in reading.tables.iter().enumerate() {
        if number > 0 {
            print::line("");
        }
        print::line(describe(&found.table).trim_end());
    }
    for note in &reading.notes {
        print::line(note);
    }
    if reading.tables.is_empty() {
        print::line("There is no table in it.");
        return ExitCode::from(FAILED);
    }
    ExitCode::SUCCESS
}
