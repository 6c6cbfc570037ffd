//! The commands in a terminal: what they print, and their exit codes.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::harness::World;

const SALES: &str = "Region,Sales\nNorth,120\nSouth,95\nEast,143\nWest,60\n";

fn plotline(folder: &Path, arguments: &[&str], input: &str) -> Output {
    plotline_on_bytes(folder, arguments, input.as_bytes())
}

fn plotline_on_bytes(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plotline"))
        .args(arguments)
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

#[test]
fn a_chart_is_written_where_it_is_wanted_and_0_is_the_code() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sales.csv"), SALES).unwrap();
    let drawn =
        plotline(folder.path(), &["chart", "sales.csv", "--ask", "bar chart of sales by region", "--out", "a.png"], "");
    assert_eq!(drawn.status.code(), Some(0), "{}", text(&drawn.stderr));
    insta::assert_snapshot!(text(&drawn.stdout), @r#"
a.png
Highest: East (143); lowest: West (60).
"#);
    assert!(std::fs::read(folder.path().join("a.png")).unwrap().starts_with(b"\x89PNG"));
    let drawn = plotline(folder.path(), &["chart", "-", "--ask", "pie", "--out", "b.svg", "--theme", "light"], SALES);
    assert_eq!(drawn.status.code(), Some(0), "{}", text(&drawn.stderr));
    assert!(std::fs::read_to_string(folder.path().join("b.svg")).unwrap().starts_with("<svg"));
}

#[test]
fn json_has_the_points_in_drawing_order() {
    let folder = tempfile::tempdir().unwrap();
    let drawn = plotline(
        folder.path(),
        &["chart", "-", "--ask", "bar chart of sales by region, highest first", "--json"],
        SALES,
    );
    let chart: serde_json::Value = serde_json::from_slice(&drawn.stdout).unwrap();
    assert_eq!(chart["kind"], "bar");
    let points: Vec<_> = chart["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| (point["x"].as_str().unwrap(), point["y"].as_f64().unwrap()))
        .collect();
    assert_eq!(points, [("East", 143.0), ("North", 120.0), ("South", 95.0), ("West", 60.0)]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written");
}

#[test]
fn a_declined_request_is_1_and_bad_input_is_2() {
    let folder = tempfile::tempdir().unwrap();
    let declined = plotline(folder.path(), &["chart", "-", "--ask", "pie"], "no table here at all");
    assert_eq!(declined.status.code(), Some(1));
    insta::assert_snapshot!(text(&declined.stderr), @"There is no table in it.");
    let missing = plotline(folder.path(), &["chart", "nowhere.csv", "--ask", "pie"], "");
    assert_eq!(missing.status.code(), Some(2));
    insta::assert_snapshot!(text(&missing.stderr), @"nowhere.csv cannot be opened: No such file or directory (os error 2).");
    let ending = plotline(folder.path(), &["chart", "-", "--ask", "pie", "--out", "x.gif"], SALES);
    assert_eq!(ending.status.code(), Some(2));
    insta::assert_snapshot!(text(&ending.stderr), @"x.gif must end in .png or .svg.");
    assert_eq!(plotline(folder.path(), &["chart"], "").status.code(), Some(2));
}

#[test]
fn a_batch_answers_each_line_with_its_id() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sales.csv"), SALES).unwrap();
    let lines = "{\"id\": \"a\", \"table\": \"sales.csv\", \"ask\": \"pie of sales by region\"}\nnot json\n{\"id\": 7, \"table\": \"nowhere.csv\", \"ask\": \"pie\"}\n";
    let answered = plotline(folder.path(), &["chart", "--batch"], lines);
    assert_eq!(answered.status.code(), Some(0));
    let answers: Vec<serde_json::Value> =
        text(&answered.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 3);
    assert_eq!((&answers[0]["id"], &answers[0]["kind"]), (&"a".into(), &"pie".into()));
    assert!(answers[1]["declined"].is_string());
    assert_eq!(answers[2]["id"], 7);
    assert!(answers[2]["declined"].is_string());
}

#[test]
fn a_table_is_shown_as_it_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let shown =
        plotline(folder.path(), &["table", "-"], "Month\tRevenue (€)\nJan\t1.200,50\nFeb\tn/a\nTotal\t1.200,50\n");
    assert_eq!(shown.status.code(), Some(0));
    insta::assert_snapshot!(text(&shown.stdout), @r#"
2 rows, 2 columns
Month    date           Jan … Feb
Revenue  number in EUR  1200.5     1 gap

Totals, kept out of the data: Total · 1200.5

- The row “Total” is a total and was kept out of the data.

Month  Revenue
Jan     1200.5
Feb          ·
"#);
    let json = plotline(
        folder.path(),
        &["table", "-", "--json"],
        "Month\tRevenue (€)\nJan\t1.200,50\nFeb\tn/a\nTotal\t1.200,50\n",
    );
    insta::assert_snapshot!(text(&json.stdout), @r#"{"tables":[{"columns":[{"name":"Month","type":"date","unit":null},{"name":"Revenue","type":"number","unit":"EUR"}],"rows":[["Jan",1200.5],["Feb",null]],"totals":[["Total",1200.5]],"notes":["The row “Total” is a total and was kept out of the data."]}]}"#);
    let none = plotline(folder.path(), &["table", "-", "--json"], "just words");
    insta::assert_snapshot!(text(&none.stdout), @r#"{"tables":[]}"#);
}

#[test]
fn a_question_is_answered_in_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let answered = plotline(folder.path(), &["ask", &format!("pie of sales by region\n{SALES}")], "");
    assert_eq!(answered.status.code(), Some(0));
    insta::assert_snapshot!(text(&answered.stdout), @r#"
East is the largest of 4 parts with 34.21% of the total. Highest: East (143); lowest: West (60).
sales-by-region.png
"#);
    let named = plotline(folder.path(), &["ask", "pie\nNorth: 5\nSouth: 7", "--out", "parts.png"], "");
    assert!(text(&named.stdout).ends_with("parts.png\n"), "{}", text(&named.stdout));
    for picture in ["sales-by-region.png", "parts.png"] {
        assert!(std::fs::read(folder.path().join(picture)).unwrap().starts_with(b"\x89PNG"), "{picture}");
    }
    let nowhere = plotline(folder.path(), &["ask", "pie\nNorth: 5\nSouth: 7", "--out", "missing/parts.png"], "");
    assert_eq!(nowhere.status.code(), Some(2));
    insta::assert_snapshot!(text(&nowhere.stderr), @"missing/parts.png cannot be written: No such file or directory (os error 2).");
}

#[test]
fn a_run_without_a_token_is_one_sentence_and_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let refused = plotline(folder.path(), &["run"], "");
    assert_eq!(refused.status.code(), Some(2));
    insta::assert_snapshot!(text(&refused.stderr), @"DISCORD_TOKEN is not set; copy the bot's token from the Discord Developer Portal (your application, Bot, Reset Token) into .env, or try `plotline playground`, which needs none.");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_reports_each_part_on_a_line_with_what_to_do() {
    let mut world = World::new().await;
    let mut check = world.command("check", &world.folder.path().join("check.log"));
    let checked = check.stdout(Stdio::piped()).output().await.unwrap();
    let shown = text(&checked.stdout).replace(&world.sim.bot().to_string(), "BOT");
    let shown: Vec<&str> = shown.lines().map(|line| line.split(" answers after").next().unwrap()).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
ok    configuration
ok    token: this is Plotline (BOT)
ok    Message Content intent: granted
ok    gateway: 1000 of 1000 connections left today
ok    invite: https://discord.com/oauth2/authorize?client_id=BOT&scope=bot+applications.commands&permissions=309237763136
ok    database: SQLite, 0 unfinished jobs
ok    model: sim-model
"#);
    assert_eq!(checked.status.code(), Some(0));

    world.set("DISCORD_TOKEN", "wrong");
    world.set("LLM_BASE_URL", "http://127.0.0.1:9/v1");
    world.set("DATABASE_URL", "sqlite:///proc/plotline.db");
    let mut check = world.command("check", &world.folder.path().join("check-2.log"));
    let checked = check.stdout(Stdio::piped()).output().await.unwrap();
    insta::assert_snapshot!(text(&checked.stdout), @r#"
ok    configuration
wrong token: Discord does not accept DISCORD_TOKEN. Copy it again from the Developer Portal (Bot, Reset Token).
wrong database: DATABASE_URL: /proc/plotline.db cannot be created or opened for writing (No such file or directory (os error 2)). Check the owner and mode of the folder, or name another file
wrong model: The server at LLM_BASE_URL cannot be reached: Connection refused (os error 111); check the URL, the network and any HTTPS_PROXY.
"#);
    assert_eq!(checked.status.code(), Some(1));
}

/// Runs a command whose reader leaves after the first bytes.
fn left_early(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plotline"))
        .args(arguments)
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    (output.status.code(), text(&output.stderr))
}

#[test]
fn a_reader_who_leaves_ends_a_command_quietly() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sales.csv"), SALES).unwrap();
    for arguments in [
        ["table", "sales.csv"].as_slice(),
        &["table", "sales.csv", "--json"],
        &["chart", "sales.csv", "--ask", "pie", "--out", "a.png"],
        &["chart", "sales.csv", "--ask", "pie", "--json"],
        &["ask", "pie\nNorth: 5\nSouth: 7"],
        &["--help"],
    ] {
        assert_eq!(left_early(folder.path(), arguments), (Some(0), String::new()), "{arguments:?}");
    }
    assert!(folder.path().join("a.png").exists(), "what was asked for is done");
}

#[test]
fn standard_input_is_decoded_as_a_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let message = "Stadt;Höhe\nKöln;53\nZürich;408\n";
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(message.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let windows: Vec<u8> = message.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let expected = text(&plotline_on_bytes(folder.path(), &["table", "-", "--json"], message.as_bytes()).stdout);
    assert!(expected.contains("Zürich"), "{expected}");
    for bytes in [utf16, windows] {
        assert_eq!(text(&plotline_on_bytes(folder.path(), &["table", "-", "--json"], &bytes).stdout), expected);
    }
    let picture = plotline_on_bytes(folder.path(), &["table", "-"], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0");
    assert_eq!(picture.status.code(), Some(2));
    insta::assert_snapshot!(text(&picture.stderr), @"Standard input: it is not a kind of file I can read; please send CSV, TSV, JSON, text, XLSX, XLS or ODS.");
}

#[test]
fn words_without_numbers_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("words.csv"), "Team,Shift\nRed,late\nBlue,early\nRed,late\n").unwrap();
    let drawn = plotline(folder.path(), &["chart", "words.csv", "--out", "a.svg"], "");
    assert_eq!(drawn.status.code(), Some(0), "{}", text(&drawn.stderr));
    insta::assert_snapshot!(text(&drawn.stdout), @r#"
a.svg
Red is the largest of 2 parts with 66.67% of the total. Highest: Red (2); lowest: Blue (1).
Chosen from the data: Count by “Team”.
"#);
}

#[test]
fn a_table_or_a_sheet_is_named_in_words() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("two.csv"),
        "Income\nSource,Amount\nSalary,3000\nBonus,500\n\nCosts\nItem,Amount\nRent,1200\nFood,400\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("report.xlsx"),
        include_bytes!("../../crates/plotline-table/tests/files/report.xlsx"),
    )
    .unwrap();
    let shown = |file: &str, ask: &str| {
        let drawn = plotline(folder.path(), &["chart", file, "--ask", ask, "--out", "a.svg"], "");
        text(&drawn.stdout) + &text(&drawn.stderr)
    };
    insta::assert_snapshot!(shown("two.csv", "pie of the second table"), @r#"
a.svg
Rent is the largest of 2 parts with 75% of the total. Highest: Rent (1,200); lowest: Food (400).
Chosen from the data: Amount by “Item”.
"#);
    insta::assert_snapshot!(shown("two.csv", "pie of the costs"), @r#"
a.svg
Rent is the largest of 2 parts with 75% of the total. Highest: Rent (1,200); lowest: Food (400).
Chosen from the data: Amount by “Item”.
"#);
    insta::assert_snapshot!(shown("two.csv", "pie"), @r#"
a.svg
Salary is the largest of 2 parts with 85.71% of the total. Highest: Salary (3,000); lowest: Bonus (500).
Chosen from the data: Amount by “Source”.
There are 2 tables; this is the first, “Income”.
"#);
    insta::assert_snapshot!(shown("two.csv", "chart table 3"), @"There is no table 3; there are 2: “Income”, “Costs”.");
    insta::assert_snapshot!(shown("report.xlsx", "bar chart of hours by name in the staff sheet"), @r#"
a.svg
Highest: Ann (26.5 h); lowest: Bob (7.25 h).
"#);
    insta::assert_snapshot!(shown("report.xlsx", "bar chart of revenue by region"), @r#"
a.svg
Highest: North (€1,234.50); lowest: South (€900.00).
The row “Total” is a total and was kept out of the data.
Only the sheet “Sales” was read; the file also has “Staff”.
"#);
}

#[test]
fn numbers_and_dates_are_written_as_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let table = "Day,Sales\n3/4/2026,12345\n5/4/2026,23456\n1/4/2026,3456.5\n";
    let drawn = plotline(
        folder.path(),
        &[
            "chart",
            "-",
            "--ask",
            "line of sales by day",
            "--out",
            "a.svg",
            "--numbers",
            "point_comma",
            "--dates",
            "day_first",
        ],
        table,
    );
    insta::assert_snapshot!(text(&drawn.stdout) + &text(&drawn.stderr), @r#"
a.svg
From 1/4/2026 to 5/4/2026: up from 3.456,5 to 23.456. Highest: 5/4/2026 (23.456); lowest: 1/4/2026 (3.456,5).
The dates in “Day” could be day/month or month/day; read as day/month (the first is 3 April 2026).
"#);
    let refused = plotline(folder.path(), &["chart", "-", "--numbers", "roman"], table);
    assert_eq!(refused.status.code(), Some(2));
    insta::assert_snapshot!(text(&refused.stderr), @r#"
error: invalid value 'roman' for '--numbers <STYLE>'
  [possible values: comma_point, point_comma, space_comma, apostrophe_point]

For more information, try '--help'.
"#);
}
