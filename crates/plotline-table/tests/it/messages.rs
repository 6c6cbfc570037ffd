//! What a message is besides its tables, and how a reading is shown.

use plotline_table::{Limits, describe, prose, read_text, to_csv, to_json, to_markdown};

#[test]
fn the_request_is_what_remains_without_tables_and_fences() {
    let text = "hi <@1>\n```csv\nMonth,Sales\nJan,5\nFeb,7\n```\nas a pie please";
    let reading = read_text(text, &Limits::default()).unwrap();
    assert_eq!(prose(text, &reading), "hi <@1>\n\nas a pie please");
}

#[test]
fn a_message_without_a_table_is_its_own_request() {
    let text = "what is ```x = 1``` good for?";
    let reading = read_text(text, &Limits::default()).unwrap();
    assert_eq!(prose(text, &reading), text);
}

#[test]
fn spans_cover_exactly_what_the_tables_took() {
    let text = "sum of\na,b\n1,2\n3,4\nand then\n\n| c |\n|---|\n| 5 |\nend";
    let reading = read_text(text, &Limits::default()).unwrap();
    let taken: Vec<&str> = reading.tables.iter().map(|found| &text[found.span.clone()]).collect();
    assert_eq!(taken, ["a,b\n1,2\n3,4", "| c |\n|---|\n| 5 |"]);
}

#[test]
fn json_has_the_fixed_form() {
    let reading =
        read_text("Date,Price (€),Paid\n2026-01-31,12.5,yes\n2026-02-01,,no\nTotal,12.5,\n", &Limits::default())
            .unwrap();
    let json = to_json(reading.tables.iter().map(|found| &found.table));
    insta::assert_snapshot!(json, @r#"{"tables":[{"columns":[{"name":"Date","type":"date","unit":null},{"name":"Price","type":"number","unit":"EUR"},{"name":"Paid","type":"bool","unit":null}],"rows":[["2026-01-31",12.5,true],["2026-02-01",null,false]],"totals":[["Total",12.5,null]],"notes":["The row “Total” is a total and was kept out of the data."]}]}"#);
    let none = read_text("hello", &Limits::default()).unwrap();
    assert_eq!(to_json(none.tables.iter().map(|found| &found.table)).to_string(), r#"{"tables":[]}"#);
}

#[test]
fn a_description_shows_types_units_gaps_totals_and_assumptions() {
    let text = "## Costs\n| Month | Cost | Open |\n|---|---|---|\n| Jan | $1,200 | yes |\n| Feb | sold out | no |\n| Mar | $900 | yes |\n| Total | $2,100 | |";
    let reading = read_text(text, &Limits::default()).unwrap();
    insta::assert_snapshot!(describe(&reading.tables[0].table), @r"
    Costs
    3 rows, 3 columns
    Month  date           Jan … Mar
    Cost   number in USD  900 to 1200  1 gap
    Open   yes/no         2 different

    Totals, kept out of the data: Total · 2100

    - The row “Total” is a total and was kept out of the data.
    - In “Cost”, “sold out” (row 2) is not a number; left as a gap.
    - The comma in “Cost” was read as a thousands separator (“$1,200”).

    Month  Cost  Open
    Jan    1200  yes
    Feb       ·  no
    Mar     900  yes
    ");
}

#[test]
fn a_table_is_printed_so_that_any_program_reads_it() {
    let reading =
        read_text("Name;Preis (€);Am\n\"Müller; Co\";1.234,5;31.01.2026\nA|B;0,25;01.02.2026\n", &Limits::default())
            .unwrap();
    insta::assert_snapshot!(to_csv(&reading.tables[0].table), @r"
    Name,Preis (EUR),Am
    Müller; Co,1234.5,2026-01-31
    A|B,0.25,2026-02-01
    ");
    insta::assert_snapshot!(to_markdown(&reading.tables[0].table), @r"
    | Name | Preis (EUR) | Am |
    | --- | ---: | --- |
    | Müller; Co | 1234.5 | 2026-01-31 |
    | A\|B | 0.25 | 2026-02-01 |
    ");
}

#[test]
fn an_ambiguous_comma_is_decided_by_the_other_columns_and_said() {
    let reading = read_text("A;B\n1,234;0,5\n2,345;1,25\n", &Limits::default()).unwrap();
    let table = &reading.tables[0].table;
    assert_eq!(table.columns[0].cells[0], plotline_table::Cell::Number(1.234));
}
