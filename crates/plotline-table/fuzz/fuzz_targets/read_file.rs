//! Any attachment at all, under each name that matters: reading must not panic nor take more memory than the limits.
//!
//! Files of Excel up to 2003 are left out: calamine panics on some that are damaged, the reader catches it, and libFuzzer ends at a
//! panic before anybody can. `tests/it/files.rs` has one of them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plotline_table::{Limits, read_file, to_csv};

fuzz_target!(|data: &[u8]| {
    let limits = Limits { unpacked_bytes: 1 << 20, cells: 100_000, ..Limits::default() };
    // The first byte chooses the name, the second the sheet.
    let [name, sheet, bytes @ ..] = data else {
        return;
    };
    let name = ["a.csv", "a.tsv", "message.txt", "a.json", "a.xlsx", "a.xls", "a.ods", "a"][usize::from(name % 8)];
    let sheet = [None, Some("Sheet1"), Some("")][usize::from(sheet % 3)];
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return;
    }
    if let Ok(reading) = read_file(name, bytes, &limits, sheet) {
        for found in &reading.tables {
            let rows = found.table.row_count();
            assert!(found.table.columns.iter().all(|column| column.cells.len() == rows && column.texts.len() == rows));
            let _ = to_csv(&found.table);
        }
    }
});
