//! The audit log and the alerts.

use discord_sim::{Delivery, Invocation};
use model_sim::Reply;

use crate::commands::labels;
use crate::harness::{PATIENCE, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_says_what_was_dropped_refused_changed_and_failed() {
    let world = World::new().await;
    world.model.script([Reply::text("A mean."), Reply::unauthorized()]);
    let bot = world.bot().await;
    world.sim.faults().deliver(Delivery::of("MESSAGE_CREATE").copies(2..=2));
    let asked = world.mention("what is a mean?");
    world.answer_to(asked).await;
    let failed = world.mention("and a mode?");
    world.answer_to(failed).await;
    world.change("cooldown_seconds", 600).await;
    world.mention("and a median?");
    let dropped = world.audited("duplicate_gate_1", 3).await;
    assert!(dropped.iter().any(|entry| entry.what.message_id.is_some_and(|id| id.0 == asked.get())));
    let too_early = world.too_early().await;
    world.audited("failed", 1).await;
    bot.wait_idle().await;
    let mut shown = Vec::new();
    for kind in ["config", "cooldown", "failed", "quota"] {
        let said = world.told(world.admin(), Invocation::slash("audit").option("kind", kind)).await;
        shown.push(world.masked(&said).replace(&too_early, "LEFT s too early"));
    }
    insta::assert_snapshot!(shown.join("\n"), @r#"
<t:N:f> **Setting changed** <@ADMIN>: `cooldown_seconds` the default → 600 seconds
<t:N:f> **Cooldown** <@ALICE> in <#GENERAL>: LEFT s too early
<t:N:f> **Failed** <@ALICE> in <#GENERAL>: `unauthorized`
The audit log has no such entries.
"#);
    let none = Invocation::slash("audit").option("member", world.admin()).option("kind", "cooldown");
    assert_eq!(world.told(world.admin(), none).await, "The audit log has no such entries.");
    let recent = Invocation::slash("audit").option("member", world.alice).option("since", "1").option("kind", "failed");
    assert!(world.told(world.admin(), recent).await.contains("**Failed**"));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_turns_its_pages() {
    let world = World::new().await;
    let _bot = world.bot().await;
    for seconds in 1..=23 {
        world.change("cooldown_seconds", seconds).await;
    }
    let used = world.invoke(world.admin(), world.general, Invocation::slash("audit"));
    let mut page = world.answer(used).await;
    let mut seen = vec![page.content.clone()];
    for (button, then) in [("Older", "Newest | Older"), ("Older", "Newest")] {
        let number = labels(&page).split(" | ").position(|label| label == button).unwrap();
        let turned = world.sim.click(world.admin(), page.id, &page.custom_ids()[number]).unwrap();
        page = world.shown(turned, "another page", |page| !seen.contains(&page.content)).await;
        assert_eq!(labels(&page), then);
        seen.push(page.content.clone());
    }
    let all = seen.join("\n");
    assert_eq!(all.lines().count(), 23);
    let first = all.lines().next().unwrap();
    let last = all.lines().last().unwrap();
    insta::assert_snapshot!(world.masked(&format!("{first}\n{last}")), @r#"
<t:N:f> **Setting changed** <@ADMIN>: `cooldown_seconds` 22 seconds → 23 seconds
<t:N:f> **Setting changed** <@ADMIN>: `cooldown_seconds` the default → 1 second
"#);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_that_was_mended_is_in_the_log() {
    let world = World::new().await;
    let bot = world.bot().await;
    let hold = world.sim.faults().hold_write(2, discord_sim::WritePoint::BeforeAnswering);
    let asked = world.mention("what is a mean?");
    hold.reached().await;
    bot.kill().await;
    hold.release();
    let _next = world.bot().await;
    world.answer_to(asked).await;
    let recovered = world.audited("recovered", 1).await;
    assert_eq!(recovered[0].what.message_id.map(|id| id.0), Some(asked.get()));
    world.finish();
}

/// A process that is told to end gives its jobs back, and the next one goes on with them: nothing had to be mended.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_given_back_is_no_recovery() {
    let mut world = World::new().await;
    world.set("DRAIN_SECONDS", "1");
    world.model.script([Reply::never(), Reply::text("The sum by the count.")]);
    let bot = world.bot().await;
    let asked = world.mention("what is a mean?");
    world.model.wait_for_calls(1).await.unwrap();
    assert_eq!(bot.terminate().await, Some(0));
    let next = world.bot().await;
    assert_eq!(world.answer_to(asked).await[0].content, "The sum by the count.");
    assert_eq!(next.counter("takeovers").await, 1);
    // Entries are written in their order: this one comes after.
    world.told(world.alice, Invocation::slash("privacy export")).await;
    world.audited("privacy", 1).await;
    assert_eq!(world.audited("recovered", 0).await, []);
    world.finish();
}

/// However many fail at once: one alert, and one that sums up what followed it.
#[tokio::test(flavor = "multi_thread")]
async fn alerts_of_a_kind_are_grouped() {
    let world = World::with(discord_sim::SimOptions {
        rate_limits: discord_sim::RateLimits::relaxed(),
        ..discord_sim::SimOptions::default()
    })
    .await;
    world.model.answer_with(|_| Reply::unauthorized());
    let bot = world.bot().await;
    let alerts = world.guild.text_channel("alerts");
    world.change("alert_channel", alerts).await;
    for number in 0..6 {
        world.mention(&format!("question {number}?"));
    }
    world.audited("failed", 6).await;
    bot.wait_idle().await;
    let told = |sim: &discord_sim::Sim| Some(sim.bot_messages(alerts)).filter(|told| !told.is_empty());
    let told = world.sim.wait_for("an alert", PATIENCE, told).await.unwrap();
    assert_eq!(told.len(), 1);
    insta::assert_snapshot!(told[0].content, @"⚠️ The language model cannot be used at the moment: `unauthorized`. Questions fail until it is back.");
    world.held_back("alert:model", 5).await;
    world.minute_passes().await;
    let told = world
        .sim
        .wait_for("the sum", PATIENCE, |sim| Some(sim.bot_messages(alerts)).filter(|told| told.len() > 1))
        .await
        .unwrap();
    insta::assert_snapshot!(told[1].content, @"⚠️ 5 more questions failed because of the language model since the last alert. `/audit` lists them.");
    // Told once: another minute later there is nothing to add.
    world.minute_passes().await;
    assert_eq!(world.store().await.due_alerts("alert:", std::time::Duration::ZERO).await.unwrap(), []);
    assert_eq!(world.sim.bot_messages(alerts).len(), 2);
    world.finish();
}
