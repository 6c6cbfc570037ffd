//! Messy pastes as members send them, each with the tables that a careful person would read from it.
//!
//! A file in `tests/corpus` is a line on what it shows, the paste, and what is expected. Run with `UPDATE_CORPUS=1` to
//! write what is read into the files, then review every change: an expectation is only worth what its reader checked.

use std::fmt::Write as _;
use std::path::PathBuf;

use plotline_table::{Limits, prose, read_text, to_json};

/// Ends the paste and begins what is expected.
const DIVIDER: &str = "\n=== expected ===\n";

fn files() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
}

/// What was read, in a form that is easy to review: columns, rows, totals, notes, and the rest of the message.
pub(crate) fn rendered(paste: &str) -> String {
    let reading = match read_text(paste, &Limits::default()) {
        Ok(reading) => reading,
        Err(error) => return format!("error: {error}\n"),
    };
    let mut out = String::new();
    for found in &reading.tables {
        let json = to_json([&found.table]);
        let table = &json["tables"][0];
        if let Some(title) = &found.table.title {
            writeln!(out, "title: {title}").unwrap();
        }
        let columns: Vec<String> = table["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|column| {
                let unit = column["unit"].as_str().map_or(String::new(), |unit| format!(" [{unit}]"));
                format!("{}: {}{unit}", column["name"].as_str().unwrap(), column["type"].as_str().unwrap())
            })
            .collect();
        writeln!(out, "{}", columns.join(" | ")).unwrap();
        for row in table["rows"].as_array().unwrap() {
            writeln!(out, "{row}").unwrap();
        }
        for total in table["totals"].as_array().into_iter().flatten() {
            writeln!(out, "total: {total}").unwrap();
        }
        for note in table["notes"].as_array().unwrap() {
            writeln!(out, "note: {}", note.as_str().unwrap()).unwrap();
        }
    }
    if reading.tables.is_empty() {
        out.push_str("no table\n");
    }
    let rest = prose(paste, &reading);
    if !rest.is_empty() {
        writeln!(out, "prose: {}", rest.replace('\n', " / ")).unwrap();
    }
    out
}

#[test]
fn every_paste_is_read_as_a_careful_person_would() {
    let update = std::env::var_os("UPDATE_CORPUS").is_some();
    let mut wrong = String::new();
    let files = files();
    for path in &files {
        let content = std::fs::read_to_string(path).unwrap();
        let (what, rest) = content.split_once('\n').unwrap();
        assert!(what.starts_with("# "), "{} does not say what it shows", path.display());
        let (paste, expected) = rest.split_once(DIVIDER).unwrap_or((rest, ""));
        // Visible names for what an editor would lose or hide.
        let text =
            paste.replace("<TAB>", "\t").replace("<CR>", "\r").replace("<NBSP>", "\u{a0}").replace("<BOM>", "\u{feff}");
        let read = rendered(&text);
        if update {
            std::fs::write(path, format!("{what}\n{paste}{DIVIDER}{read}")).unwrap();
        } else if read != expected {
            writeln!(wrong, "== {}\n{paste}\n-- expected\n{expected}-- read\n{read}", path.display()).unwrap();
        }
    }
    /// The corpus is a promise of the project.
    const PASTES_MIN: usize = 150;
    assert!(wrong.is_empty(), "{wrong}");
    assert!(files.len() >= PASTES_MIN, "only {} pastes", files.len());
}
