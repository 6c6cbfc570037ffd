//! Any message at all: reading must not panic, and what it returns must keep the model's promises.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plotline_table::{
    Cell, ColumnKind, Limits, Table, describe, prose, read_text, to_csv, to_json, to_markdown, to_tsv,
};

fn check(table: &Table) {
    let rows = table.row_count();
    assert!(!table.columns.is_empty());
    for column in &table.columns {
        assert_eq!(column.cells.len(), rows);
        assert_eq!(column.texts.len(), rows);
        for cell in &column.cells {
            let fits = match cell {
                Cell::Gap => true,
                Cell::Number(number) => column.kind == ColumnKind::Number && number.is_finite(),
                Cell::Time(_) => column.kind == ColumnKind::Date,
                Cell::Text(_) => column.kind == ColumnKind::Text,
                Cell::Bool(_) => column.kind == ColumnKind::Bool,
            };
            assert!(fits, "{cell:?} in a column of {:?}", column.kind);
        }
    }
    for total in &table.totals {
        assert_eq!(total.len(), table.columns.len());
    }
    let _ = (to_csv(table), to_tsv(table), to_markdown(table), to_json([table]), describe(table));
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(reading) = read_text(text, &Limits::default()) {
        let mut end = 0;
        for found in &reading.tables {
            assert!(text.get(found.span.clone()).is_some(), "the span {:?} is outside the message", found.span);
            assert!(found.span.start >= end, "spans overlap at {}", found.span.start);
            end = found.span.end;
            check(&found.table);
        }
        let _ = prose(text, &reading);
    }
});
