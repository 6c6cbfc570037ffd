//! Input beyond the limits is refused with one sentence; input at the limits is read.

use std::fmt::Write as _;

use plotline_table::{Limits, read_file, read_text};

fn rows(count: usize) -> String {
    let mut text = "day,value\n".to_owned();
    for row in 0..count {
        writeln!(text, "{row},{}", row * 3).unwrap();
    }
    text
}

#[test]
fn as_many_rows_as_allowed_are_read_and_one_more_is_refused() {
    let limits = Limits { rows: 50, ..Limits::default() };
    let reading = read_file("a.csv", rows(50).as_bytes(), &limits, None).unwrap();
    assert_eq!(reading.tables[0].table.row_count(), 50);
    assert_eq!(read_text(&rows(50), &limits).unwrap().tables[0].table.row_count(), 50);
    insta::assert_snapshot!(read_file("a.csv", rows(51).as_bytes(), &limits, None).unwrap_err(), @"the table has more than 50 rows, which is the most I read; please send fewer rows or a summary of them");
    insta::assert_snapshot!(read_text(&rows(51), &limits).unwrap_err(), @"the table has more than 50 rows, which is the most I read; please send fewer rows or a summary of them");
}

#[test]
fn too_many_columns_are_refused() {
    let limits = Limits { columns: 3, ..Limits::default() };
    insta::assert_snapshot!(read_file("a.csv", b"a,b,c,d\n1,2,3,4\n", &limits, None).unwrap_err(), @"the table has 4 columns and I read at most 3; please keep only the columns you need");
    assert!(read_file("a.csv", b"a,b,c,\n1,2,3,\n", &limits, None).is_ok(), "a blank column is no column");
}

#[test]
fn too_many_cells_are_refused() {
    let limits = Limits { cells: 100, ..Limits::default() };
    insta::assert_snapshot!(read_text(&rows(60), &limits).unwrap_err(), @"the table has more than 100 cells, which is the most I read; please send fewer rows or columns");
}

#[test]
fn too_many_bytes_are_refused_before_anything_is_read() {
    let limits = Limits::default();
    let long = "x".repeat(limits.bytes + 1);
    insta::assert_snapshot!(read_text(&long, &limits).unwrap_err(), @"this is 10 MB long and I read at most 10 MB; please send a smaller part of it");
    insta::assert_snapshot!(read_file("a.csv", long.as_bytes(), &limits, None).unwrap_err(), @"this is 10 MB long and I read at most 10 MB; please send a smaller part of it");
}

#[test]
fn more_tables_than_allowed_are_left_out_with_a_note() {
    let limits = Limits { tables: 2, ..Limits::default() };
    let text = "a,b\n1,2\n3,4\n\n\nc,d\n1,2\n3,4\n\n\ne,f\n1,2\n3,4\n";
    let reading = read_text(text, &limits).unwrap();
    assert_eq!(reading.tables.len(), 2);
    assert_eq!(reading.notes, ["Only the first 2 tables were read."]);
}

/// Texts that a careless reader needs the square of their length for, or a deep stack.
#[test]
fn hostile_texts_are_read_in_linear_time() {
    /// Bytes of each text: enough that a reader which needs the square of it does not come back soon.
    const BYTES: usize = 64 * 1024;
    let limits = Limits { rows: 10_000_000, cells: 100_000_000, ..Limits::default() };
    for pattern in [
        "[",
        "{\"a\":",
        "[[1,2],",
        "\"a\n",
        "a,b\n\n",
        "a, b. c d\n",
        "|",
        "| a\n",
        "-- ",
        "`",
        "```",
        "**",
        "a: ",
        "a: 1\n\n",
        "1,234 ",
        "x 1, ",
        "(",
        "5 m ",
        "a  b\n",
        "a\tb c\n",
        "<",
        "> ",
        "Jan 5 ",
        "\\|",
        "=== \n",
        "&nbsp;",
        "a;\"",
        "é ",
        "1\n",
        "k = [1, 2]\n",
    ] {
        let text = pattern.repeat(BYTES / pattern.len());
        // Being refused is as good as being read: what counts is that an answer comes.
        let _ = read_text(&text, &limits);
        let _ = read_file("a.csv", text.as_bytes(), &limits, None);
    }
}
