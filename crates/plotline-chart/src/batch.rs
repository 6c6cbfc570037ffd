//! Many requests in one process: JSON lines in, JSON lines out.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};

use plotline_table::{Limits, Table};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{answer, declined};
use crate::ask::{Outcome, Reading, read_request};
use crate::chart::NumberStyle;
use crate::resolve::resolve;
use crate::several::choose;

/// A line longer than this is refused; a path and a request are far shorter.
const LINE_BYTES_MAX: usize = 1 << 20;
/// Tables kept in memory; beyond it all are forgotten, since batches come sorted by table.
const TABLES_MAX: usize = 64;

/// One line of a batch.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    /// The path of a file.
    table: String,
    ask: String,
}

/// Answers `{"id", "table", "ask"}` lines, each with one line that carries the same id. A line that cannot be read or
/// answered is answered with `{"declined": "reason"}`; it never stops the rest.
///
/// # Errors
/// Where the input cannot be read or the output cannot be written.
pub fn batch(mut reader: impl BufRead, mut writer: impl Write) -> io::Result<()> {
    let mut tables: HashMap<String, Result<Vec<Table>, String>> = HashMap::new();
    let mut line = Vec::new();
    while read_line(&mut reader, &mut line)? {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let (id, mut object) = one(&line, &mut tables);
        if let Value::Object(fields) = &mut object {
            fields.shift_insert(0, "id".to_owned(), id);
        }
        serde_json::to_writer(&mut writer, &object)?;
        writer.write_all(b"\n")?;
    }
    writer.flush()
}

/// Reads one line, of which at most [`LINE_BYTES_MAX`] bytes and one more are kept; `false` at the end of the input.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    loop {
        let available = reader.fill_buf()?;
        if available.is_empty() {
            return Ok(!line.is_empty());
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        let room = (LINE_BYTES_MAX + 1).saturating_sub(line.len());
        line.extend_from_slice(&part[..part.len().min(room)]);
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

fn one(line: &[u8], tables: &mut HashMap<String, Result<Vec<Table>, String>>) -> (Value, Value) {
    if line.len() > LINE_BYTES_MAX {
        return (Value::Null, declined(&format!("The line is longer than {LINE_BYTES_MAX} bytes.")));
    }
    let line: Line = match serde_json::from_slice(line) {
        Ok(line) => line,
        Err(error) => return (id_of(line), declined(&format!("The line is not a request: {error}."))),
    };
    if tables.len() >= TABLES_MAX && !tables.contains_key(&line.table) {
        tables.clear();
    }
    let found = tables.entry(line.table.clone()).or_insert_with(|| load(&line.table));
    let object = match found {
        Ok(tables) => respond_among(&line.ask, tables),
        Err(reason) => declined(reason),
    };
    (line.id, object)
}

/// The id of a line that is JSON but not a request.
fn id_of(line: &[u8]) -> Value {
    serde_json::from_slice::<Value>(line).ok().and_then(|line| line.get("id").cloned()).unwrap_or(Value::Null)
}

/// Reads a request about a table and answers it with one JSON object.
pub fn respond(ask: &str, table: &Table) -> Value {
    match read_request(ask, table, None) {
        Outcome::Declined(reason) => declined(&reason),
        Outcome::Read(reading) => drawn(&reading, table),
    }
}

/// The same where a file has several tables: the one that the request names or fits best is drawn.
fn respond_among(ask: &str, tables: &[Table]) -> Value {
    match choose(tables, ask, None) {
        Ok(choice) => match tables.get(choice.index) {
            Some(table) => drawn(&choice.reading, table),
            None => declined(NO_TABLE),
        },
        Err(reason) => declined(&reason),
    }
}

fn drawn(reading: &Reading, table: &Table) -> Value {
    match resolve(&reading.spec, table, NumberStyle::default()) {
        Err(error) => declined(&error.to_string()),
        Ok(resolved) => {
            let mut object = answer(&resolved);
            if let Value::Object(fields) = &mut object {
                let all: Vec<&String> = reading.assumptions.iter().chain(&resolved.assumptions).collect();
                fields.insert("assumptions".to_owned(), json!(all));
            }
            object
        }
    }
}

const NO_TABLE: &str = "The file has no table.";

fn load(path: &str) -> Result<Vec<Table>, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("The table cannot be read: {error}."))?;
    let reading =
        plotline_table::read_file(path, &bytes, &Limits::default(), None).map_err(|error| error.to_string())?;
    if reading.tables.is_empty() {
        return Err(NO_TABLE.to_owned());
    }
    Ok(reading.tables.into_iter().map(|found| found.table).collect())
}
