//! A mention with a table becomes one picture with alt text.

use discord_sim::{AttachmentView, MessageView, Post, RateLimits, SimOptions, WritePoint};
use model_sim::Reply;
use serde_json::json;

use crate::harness::World;

const ASK: &str = "bar chart of sales by region";

/// The same table in each form that members paste.
fn pastes() -> Vec<(&'static str, String)> {
    let rows = [("North", "120"), ("South", "95"), ("East", "143"), ("West", "60")];
    let joined = |separator: &str| rows.map(|(region, sales)| format!("{region}{separator}{sales}")).join("\n");
    vec![
        ("markdown", format!("| Region | Sales |\n|---|---:|\n{}", rows.map(|(region, sales)| format!("| {region} | {sales} |")).join("\n"))),
        ("markdown without outer pipes", format!("Region | Sales\n--- | ---\n{}", joined(" | "))),
        ("tsv", format!("Region\tSales\n{}", joined("\t"))),
        ("csv", format!("Region,Sales\n{}", joined(","))),
        ("semicolons", format!("Region;Sales\n{}", joined(";"))),
        ("aligned with spaces", "Region   Sales\nNorth      120\nSouth       95\nEast       143\nWest        60".to_owned()),
        ("in a fence", format!("```\nRegion,Sales\n{}\n```", joined(","))),
        ("psql", " region | sales \n--------+-------\n North  |   120\n South  |    95\n East   |   143\n West   |    60\n(4 rows)".to_owned()),
        ("box drawing", "┌────────┬───────┐\n│ Region │ Sales │\n├────────┼───────┤\n│ North  │   120 │\n│ South  │    95 │\n│ East   │   143 │\n│ West   │    60 │\n└────────┴───────┘".to_owned()),
        ("json", r#"[{"Region":"North","Sales":120},{"Region":"South","Sales":95},{"Region":"East","Sales":143},{"Region":"West","Sales":60}]"#.to_owned()),
    ]
}

fn is_png(picture: &AttachmentView) -> bool {
    picture.bytes.starts_with(b"\x89PNG\r\n\x1a\n") && picture.bytes.len() > 5_000
}

/// One message with one picture, whose alt text tells the extremes of the table.
fn assert_one_chart(answer: &[MessageView], what: &str) {
    assert_eq!(answer.len(), 1, "{what}");
    let files = &answer[0].attachments;
    assert_eq!(files.len(), 1, "{what}: {}", answer[0].content);
    assert!(is_png(&files[0]), "{what}");
    assert!(files[0].filename.ends_with(".png"), "{what}: {}", files[0].filename);
    let alt = files[0].description.as_deref().unwrap_or_default();
    for word in ["143", "East", "60", "West"] {
        assert!(alt.contains(word), "{what}: {alt}");
    }
    assert!(alt.chars().count() <= 1024, "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_paste_becomes_one_chart_without_a_model() {
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    for (form, paste) in pastes() {
        let question = world.mention(&format!("{ASK}\n{paste}"));
        let answer = world.answer_to(question).await;
        assert_one_chart(&answer, form);
        assert_eq!(world.sim.thread_of(question).unwrap().name, ASK, "{form}");
    }
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_paste_becomes_one_chart_with_a_models_tool_call() {
    let world = World::new().await;
    world.model.answer_with(|request| {
        let column = |name: &str| {
            let schema = request.body["tools"][0]["function"]["parameters"].to_string();
            [name.to_owned(), name.to_lowercase()].into_iter().find(|name| schema.contains(&format!("\"{name}\""))).unwrap_or_default()
        };
        let spec = json!({"kind": "bar", "x": {"column": column("Region")}, "y": [{"column": column("Sales")}], "title": "Sales by region"});
        Reply::text("Here are the sales.").tool_call("draw_chart", &spec)
    });
    let _bot = world.bot().await;
    let pastes = pastes();
    for (form, paste) in &pastes {
        let question = world.mention(&format!("{ASK}\n{paste}"));
        let answer = world.answer_to(question).await;
        assert_one_chart(&answer, form);
        assert!(answer[0].content.starts_with("Here are the sales."), "{form}: {}", answer[0].content);
        assert_eq!(answer[0].attachments[0].filename, "sales-by-region.png");
    }
    assert_eq!(world.model.calls(), pastes.len());
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_member_reads_below_a_chart() {
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    let question = world.mention(&format!("create a graph\n{}", pastes()[0].1));
    let answer = world.answer_to(question).await;
    insta::assert_snapshot!(answer[0].content, @r#"
East is the largest of 4 parts with 34.21% of the total. Highest: East (143); lowest: West (60).
-# Chosen from the data: Sales by “Region”.
"#);
    insta::assert_snapshot!(answer[0].attachments[0].description.clone().unwrap(), @"Pie chart: Sales by Region. 4 values from 60 to 143. East is the largest of 4 parts with 34.21% of the total. Highest: East (143); lowest: West (60).");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_changes_the_chart_before_it() {
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    let question = world.mention(&format!("{ASK}\n{}", pastes()[3].1));
    world.answer_to(question).await;
    let thread = world.sim.thread_of(question).unwrap().id;
    let follow_up = world.post(thread, "make it a pie");
    let answer = world.reply_to(thread, follow_up).await;
    assert_one_chart(&answer, "follow-up");
    assert!(answer[0].attachments[0].description.as_ref().unwrap().to_lowercase().contains("pie"));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_in_files_and_long_pastes_are_drawn() {
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    let csv = "Region,Sales\nNorth,120\nSouth,95\nEast,143\nWest,60\n";
    let post = Post::text(format!("{} {ASK}", world.sim.mention())).attach("sales.csv", csv);
    let question = world.sim.post(world.alice, world.general, post).unwrap();
    assert_one_chart(&world.answer_to(question).await, "csv file");
    // Discord turns more than 2000 characters into message.txt. The mention goes with it, so a direct message shows it.
    let long: String = (0..400).map(|day| format!("\n2026-01-01,{day}")).collect();
    let dm = world.sim.dm(world.alice);
    let question = world.post(dm, &format!("line chart\nDay,Visitors{}", long.replace("2026-01-01", "Day")));
    let answer = world.reply_to(dm, question).await;
    assert_eq!(answer[0].attachments.len(), 1, "{}", answer[0].content);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_call_is_mended_once() {
    let world = World::new().await;
    let wrong = json!({"kind": "bar", "x": {"column": "Area"}, "y": [{"column": "Sales"}]});
    let right = json!({"kind": "bar", "x": {"column": "Region"}, "y": [{"column": "Sales"}]});
    world
        .model
        .script([Reply::text("Here.").tool_call("draw_chart", &wrong), Reply::empty().tool_call("draw_chart", &right)]);
    let _bot = world.bot().await;
    let question = world.mention(&format!("{ASK}\n{}", pastes()[0].1));
    assert_one_chart(&world.answer_to(question).await, "mended");
    let told = world.model.requests()[1].tool_results();
    assert!(told[0].1.contains("There is no column “Area”"), "{told:?}");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_stays_wrong_leaves_the_words_to_the_rules() {
    let world = World::new().await;
    let wrong = json!({"kind": "bar", "x": {"column": "Area"}, "y": [{"column": "Sales"}]});
    world.model.script([
        Reply::empty().tool_call("draw_chart", &wrong),
        Reply::empty().tool_call_raw("draw_chart", "{not json"),
    ]);
    let _bot = world.bot().await;
    let question = world.mention(&format!("{ASK}\n{}", pastes()[0].1));
    assert_one_chart(&world.answer_to(question).await, "by rules");
    assert_eq!(world.model.calls(), 2);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_the_model_supplies_are_marked() {
    let world = World::new().await;
    let call = json!({
        "table": {"columns": ["Planet", "Moons"], "rows": [["Earth", 1], ["Mars", 2], ["Neptune", 16]]},
        "chart": {"kind": "bar", "x": {"column": "Planet"}, "y": [{"column": "Moons"}], "title": "Moons"},
    });
    world.model.script([Reply::text("Three planets.").tool_call("draw_chart", &call)]);
    let _bot = world.bot().await;
    let answer = world.answer_to(world.mention("draw a chart of the moons of some planets")).await;
    assert_eq!(answer[0].attachments.len(), 1);
    assert!(answer[0].content.contains("The values come from a language model"), "{}", answer[0].content);
    assert!(answer[0].attachments[0].description.as_ref().unwrap().contains("The values come from a language model"));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_around_the_upload_the_answer_has_one_picture() {
    for point in [WritePoint::BeforeExecuting, WritePoint::BeforeAnswering, WritePoint::AfterAnswering] {
        let world =
            World::with(SimOptions { rate_limits: RateLimits::relaxed(), ..SimOptions::default() }).await.offline();
        let bot = world.bot().await;
        // Typing, thread, placeholder, and the edit that brings the picture.
        let hold = world.sim.faults().hold_write(4, point);
        let question = world.mention(&format!("{ASK}\n{}", pastes()[0].1));
        hold.reached().await;
        bot.kill().await;
        hold.release();
        let _bot = world.bot().await;
        assert_one_chart(&world.answer_to(question).await, &format!("{point:?}"));
        world.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_that_the_words_name_is_drawn_also_in_a_follow_up() {
    let workbook = include_bytes!("../../crates/plotline-table/tests/files/report.xlsx");
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    let post = Post::text(format!("{} bar chart of hours by name from the Staff sheet", world.sim.mention()));
    let question = world.sim.post(world.alice, world.general, post.attach("report.xlsx", workbook.as_slice())).unwrap();
    let answer = world.answer_to(question).await;
    let alt = |answer: &[MessageView]| answer[0].attachments[0].description.clone().unwrap();
    assert!(alt(&answer).contains("Ann"), "{}", alt(&answer));
    let post = Post::text(format!("{} bar chart of revenue by region", world.sim.mention()));
    let question = world.sim.post(world.alice, world.general, post.attach("report.xlsx", workbook.as_slice())).unwrap();
    let answer = world.answer_to(question).await;
    assert!(
        answer[0].content.contains("Only the sheet “Sales” was read; the file also has “Staff”."),
        "{}",
        answer[0].content
    );
    let thread = world.sim.thread_of(question).unwrap().id;
    let next = world.post(thread, "now a chart of the sheet Staff");
    let answer = world.reply_to(thread, next).await;
    assert!(alt(&answer).contains("Bob"), "{}", alt(&answer));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_tables_the_named_one_is_drawn() {
    let world = World::new().await.offline();
    let _bot = world.bot().await;
    let tables = "Income:\nSource,Amount\nSalary,3000\nBonus,500\n\nCosts:\nItem,Amount\nRent,1200\nFood,400\n";
    for (ask, expected) in
        [("pie of the second table", "Rent"), ("pie of the costs", "Rent"), ("pie of table 1", "Salary")]
    {
        let answer = world.answer_to(world.mention(&format!("{ask}\n\n{tables}"))).await;
        let alt = answer[0].attachments[0].description.clone().unwrap();
        assert!(alt.contains(expected), "{ask}: {alt}");
    }
    world.finish();
}
