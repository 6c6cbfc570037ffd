//! Attached files: spreadsheets, encodings, what stands around a table in them.

use std::io::Write as _;
use std::path::PathBuf;

use plotline_table::{Cell, ColumnKind, Limits, Reading, Table, TableError, describe, read_file};

fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)).unwrap()
}

fn read(name: &str, bytes: &[u8]) -> Reading {
    read_file(name, bytes, &Limits::default(), None).unwrap()
}

fn only(reading: &Reading) -> &Table {
    assert_eq!(reading.tables.len(), 1, "{reading:#?}");
    &reading.tables[0].table
}

#[test]
fn xlsx_takes_dates_percent_and_currency_from_the_cell_styles() {
    let reading = read("report.xlsx", &bytes_of("report.xlsx"));
    insta::assert_snapshot!(describe(only(&reading)), @r"
    Quarterly sales report
    3 rows, 4 columns
    Date     date           2026-01-01 … 2026-01-03
    Region   text           3 different
    Revenue  number in EUR  900 to 1234.5            1 gap
    Share    number in %    25 to 40

    Totals, kept out of the data: Total · 2134.5 · 100

    - The row “Total” is a total and was kept out of the data.

    Date        Region  Revenue  Share
    2026-01-01  North    1234.5     25
    2026-01-02  South       900     35
    2026-01-03  East          ·     40
    ");
    insta::assert_snapshot!(reading.notes.join("\n"), @"Only the sheet “Sales” was read; the file also has “Staff”.");
}

#[test]
fn a_sheet_is_found_by_its_name_in_any_case() {
    let reading = read_file("report.xlsx", &bytes_of("report.xlsx"), &Limits::default(), Some("staff")).unwrap();
    insta::assert_snapshot!(describe(only(&reading)), @r"
    Staff
    2 rows, 3 columns
    Name   text         2 different
    Start  date         08:30 … 09:00
    Hours  number in h  7.25 to 26.5

    Name  Start  Hours
    Ann   08:30   26.5
    Bob   09:00   7.25
    ");
}

#[test]
fn a_missing_sheet_is_answered_with_the_sheets_there_are() {
    let error = read_file("report.xlsx", &bytes_of("report.xlsx"), &Limits::default(), Some("Costs")).unwrap_err();
    insta::assert_snapshot!(error, @r#"there is no sheet "Costs" in the file; it has "Sales", "Staff""#);
}

#[test]
fn xls_and_ods_are_read_with_their_dates() {
    insta::assert_snapshot!(describe(only(&read("visitors.xls", &bytes_of("visitors.xls")))), @r"
    Data
    3 rows, 3 columns
    Day       date    2026-03-01 … 2026-03-03
    Visitors  number  98.5 to 120              1 gap
    Open      yes/no  2 different

    Day         Visitors  Open
    2026-03-01       120  true
    2026-03-02      98.5  false
    2026-03-03         ·  true
    ");
    insta::assert_snapshot!(describe(only(&read("temperaturen.ods", &bytes_of("temperaturen.ods")))), @r"
    temperaturen
    2 rows, 3 columns
    Datum       date          2026-05-01 … 2026-05-02
    Stadt       text          2 different
    Temperatur  number in °C  14.25 to 18.5

    Datum       Stadt  Temperatur
    2026-05-01  Köln         18.5
    2026-05-02  Kiel        14.25
    ");
}

#[test]
fn the_content_decides_and_not_the_extension() {
    let reading = read("report.csv", &bytes_of("report.xlsx"));
    assert_eq!(only(&reading).columns.len(), 4);
}

#[test]
fn cells_at_opposite_corners_cost_no_memory() {
    for name in ["corners.xlsx", "corners.xls", "repeats.ods"] {
        let error = read_file(name, &bytes_of(name), &Limits::default(), None).unwrap_err();
        assert!(
            matches!(error, TableError::TooManyCells { .. } | TableError::TooManyColumns { .. }),
            "{name}: {error}"
        );
    }
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_unpacked() {
    /// One part of 80 MB of spaces, more than the limit allows and under 100 kB when packed.
    const UNPACKED_BYTES: usize = 80 * 1024 * 1024;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let block = vec![b' '; 1024 * 1024];
    for _ in 0..UNPACKED_BYTES / block.len() {
        archive.write_all(&block).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    let error = read_file("bomb.xlsx", &bytes, &Limits::default(), None).unwrap_err();
    insta::assert_snapshot!(error, @"the file unpacks to more than 64 MB, which is the most I read; please send a smaller one");
}

#[test]
fn damaged_and_foreign_files_are_refused_with_one_sentence() {
    let limits = Limits::default();
    let mut cut = bytes_of("report.xlsx");
    cut.truncate(cut.len() / 2);
    insta::assert_snapshot!(read_file("report.xlsx", &cut, &limits, None).unwrap_err(), @"report.xlsx could not be read as an XLSX spreadsheet; please save it again or send it as CSV");
    insta::assert_snapshot!(read_file("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0", &limits, None).unwrap_err(), @"photo.png is not a kind of file I can read; please send CSV, TSV, JSON, text, XLSX, XLS or ODS");
    insta::assert_snapshot!(read_file("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1garbage", &limits, None).unwrap_err(), @"old.xls could not be read as an XLS spreadsheet; please save it again or send it as CSV");
}

#[test]
fn every_encoding_gives_the_same_table() {
    let text = "Stadt;Höhe (m)\nKöln;53,5\nZürich;408\n";
    let utf16 = |big: bool, mark: bool| {
        let mut bytes = Vec::new();
        if mark {
            bytes.extend(if big { [0xfe, 0xff] } else { [0xff, 0xfe] });
        }
        for unit in text.encode_utf16() {
            bytes.extend(if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        }
        bytes
    };
    let windows: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    let expected = only(&read("a.csv", text.as_bytes())).clone();
    assert_eq!(expected.columns[1].unit.as_deref(), Some("m"));
    assert_eq!(expected.columns[0].texts[1].as_ref(), "Zürich");
    for bytes in [marked, utf16(false, true), utf16(true, true), utf16(false, false), utf16(true, false), windows] {
        assert_eq!(*only(&read("a.csv", &bytes)), expected);
    }
}

#[test]
fn titles_and_remarks_around_a_table_are_told_from_it() {
    let reading = read(
        "export.csv",
        b"Report of May\n\nDay,Visitors,Sales\n2026-05-01,10,5\n2026-05-02,12,6\n\nSource: the till\n",
    );
    insta::assert_snapshot!(describe(only(&reading)), @r"
    Report of May
    2 rows, 3 columns
    Day       date    2026-05-01 … 2026-05-02
    Visitors  number  10 to 12
    Sales     number  5 to 6

    - A remark below the table was left out: “Source: the till”.

    Day         Visitors  Sales
    2026-05-01        10      5
    2026-05-02        12      6
    ");
}

#[test]
fn several_tables_in_one_file_are_kept_apart() {
    let reading = read("two.csv", b"a,b\n1,2\n3,4\n\nname,score\nAnn,5\nBob,7\n");
    assert_eq!(reading.tables.len(), 2);
    assert_eq!(reading.tables[1].table.columns[0].name, "name");
}

#[test]
fn excel_may_name_its_separator_on_the_first_line() {
    let reading = read("a.csv", b"sep=;\r\nname;v\r\nAnn;1,5\r\nBob;2,5\r\n");
    assert_eq!(only(&reading).columns[1].cells, [Cell::Number(1.5), Cell::Number(2.5)]);
}

#[test]
fn a_long_paste_counts_as_a_message() {
    let reading = read("message.txt", b"please chart this:\nMonth | Sales\n--- | ---\nJan | 5\nFeb | 7\nthanks");
    assert_eq!(only(&reading).columns[1].name, "Sales");
    assert_eq!(only(&reading).title, None);
}

#[test]
fn cells_keep_the_text_they_were_written_in() {
    let reading = read("a.csv", b"Student_ID,Name,Time\n7,\"Lee, Ann\",4:57.03\n8,Bob,5:02.10\n");
    let table = only(&reading);
    assert_eq!(
        table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
        ["Student_ID", "Name", "Time"]
    );
    assert_eq!(table.columns[1].texts[0].as_ref(), "Lee, Ann");
    assert_eq!(table.columns[2].texts[0].as_ref(), "4:57.03");
    assert_eq!(table.columns[2].kind, ColumnKind::Number);
}

#[test]
fn a_file_of_one_column_is_a_table() {
    let reading = read("weights.csv", b"weight\n71.5\n70.2\n");
    assert_eq!(only(&reading).columns[0].cells, [Cell::Number(71.5), Cell::Number(70.2)]);
    assert_eq!(only(&reading).title.as_deref(), Some("weights"));
}

#[test]
fn json_and_tsv_files_are_read_by_their_form() {
    assert_eq!(only(&read("a.json", br#"{"rows":[{"x":1},{"x":2}]}"#)).row_count(), 2);
    assert_eq!(only(&read("a.tsv", b"x\ty\n1\t2\n")).row_count(), 1);
    assert!(read("empty.csv", b"").tables.is_empty());
    assert!(read("notes.txt", b"nothing here\n").tables.is_empty());
}

/// Found by fuzzing: a record claims to end before it begins, and the library subtracts the two.
#[test]
fn a_damaged_xls_on_which_the_library_panics_is_refused_in_one_sentence() {
    let bytes =
        std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/columns-reversed.xls")).unwrap();
    let refused = read_file("old.xls", &bytes, &Limits::default(), None).unwrap_err();
    insta::assert_snapshot!(refused, @"old.xls could not be read as an XLS spreadsheet; please save it again or send it as CSV");
}

/// A workbook with one sheet, its cells as numbers without a format or as inline text.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let cell = |place: String, text: &str| match text.parse::<f64>() {
        Ok(number) => format!(r#"<c r="{place}"><v>{number}</v></c>"#),
        Err(_) => format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#),
    };
    let row = |(row, cells): (usize, &&[&str])| {
        let cells = cells.iter().zip('A'..='Z').map(|(text, column)| cell(format!("{column}{row}"), text));
        format!(r#"<row r="{row}">{}</row>"#, cells.collect::<String>())
    };
    let rows: String = (1..).zip(rows).map(row).collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let packaged = "http://schemas.openxmlformats.org/package/2006/relationships";
    let parts = [
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{packaged}"><Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="Log" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{packaged}"><Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#)),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn dates_that_lost_their_cell_style_are_read_from_their_day_numbers() {
    let bytes = workbook(&[&["Day", "Visitors"], &["46082", "120"], &["46083", "98"], &["46084", "131"]]);
    insta::assert_snapshot!(describe(only(&read("log.xlsx", &bytes))), @r"
    Log
    3 rows, 2 columns
    Day       date    2026-03-01 … 2026-03-03
    Visitors  number  98 to 131

    - The numbers in “Day” were read as the day numbers of a spreadsheet (46082 is 2026-03-01).

    Day         Visitors
    2026-03-01       120
    2026-03-02        98
    2026-03-03       131
    ");
}
