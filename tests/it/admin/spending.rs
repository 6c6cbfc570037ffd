//! What a question costs counts however it ends, and only what is spent is told as spent.

use discord_sim::{Invocation, RestFault, RestRule};
use model_sim::{Gate, Reply};
use plotline_store::{GuildId, MessageId, ModelCall};
use serde_json::json;

use crate::commands::has_button;
use crate::harness::{PATIENCE, World};

impl World {
    /// The only model call of a question, once it is told of and as wanted.
    async fn call_of(&self, question: discord_sim::MessageId, wanted: impl Fn(&ModelCall) -> bool) -> ModelCall {
        let store = self.store().await;
        let job = store.find_by_message(MessageId(question.get())).await.unwrap().unwrap().id;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let calls = store.model_calls(job).await.unwrap();
            if let [call] = calls.as_slice()
                && wanted(call)
            {
                return call.clone();
            }
            assert!(tokio::time::Instant::now() < deadline, "{calls:?}\n{}", self.logs());
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}

/// Reading an answer to its last word and pressing Stop then is no way around a budget; nor is deleting the question.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_stopped_or_whose_question_is_deleted_is_paid_for() {
    for delete in [false, true] {
        let mut world = World::new().await;
        world.set("LLM_MAX_TOKENS", "4000");
        let gate = Gate::new();
        world.model.script([Reply::chunks(["A median is ", "the middle ", "value."]).hold_after(2, &gate)]);
        let bot = world.bot().await;
        // Far below what one question needs.
        world.change("tokens_per_day", 50).await;
        let question = world.mention("what is a median?");
        let shown = world
            .sim
            .wait_for("the first words", PATIENCE, |sim| {
                let shown = sim.bot_messages(sim.thread_of(question)?.id);
                shown.into_iter().find(|message| message.content.starts_with("A median is the middle"))
            })
            .await
            .unwrap();
        assert!(has_button(&shown, "p1:stop"));
        if delete {
            world.sim.delete(world.alice, question).unwrap();
        } else {
            world.sim.click(world.alice, shown.id, &shown.custom_ids()[0]).unwrap();
        }
        world.model.wait_until_idle().await.unwrap();
        bot.wait_idle().await;
        // What was read and written until then, and not the 4000 tokens that it could have become.
        let call = world.call_of(question, |call| call.tokens_out < 4000).await;
        assert!(call.tokens_in > 50 && (1..20).contains(&call.tokens_out), "{call:?}");
        let day = world.store().await.usage_by_day(Some(GuildId(world.guild.id().get())), None, 0).await.unwrap();
        assert_eq!((day[0].totals.tokens_in, day[0].totals.held.tokens), (call.tokens_in, 0));
        let used = world.told(world.alice, Invocation::slash("usage")).await;
        assert!(used.contains(&format!("1 question, {} tokens", call.tokens_in + call.tokens_out)), "{used}");
        world.mention("and a mode?");
        world.audited("quota", 1).await;
        assert_eq!(world.model.calls(), 1);
        world.finish();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_its_process_did_not_survive_is_paid_for() {
    let world = World::new().await;
    world.model.script([Reply::never()]);
    let bot = world.bot().await;
    let question = world.mention("what is a mean?");
    world.model.wait_for_calls(1).await.unwrap();
    bot.kill().await;
    world.model.script([Reply::text("The sum by the count.").usage(30, 5)]);
    let next = world.bot().await;
    world.answer_to(question).await;
    next.wait_idle().await;
    let day = world.store().await.usage_by_day(Some(GuildId(world.guild.id().get())), None, 0).await.unwrap()[0].totals;
    assert_eq!((day.model_calls, day.held.tokens), (2, 0));
    assert!(day.tokens_in > 30 + 50 && day.tokens_out > 5 + 100, "{day:?}");
    world.finish();
}

/// What questions under way hold back is not spent: nobody is told that it is, and who has to wait waits for seconds.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_back_is_not_told_as_spent() {
    let mut world = World::new().await;
    world.set("LLM_MAX_TOKENS", "4000");
    let gate = Gate::new();
    world.model.answer_with(move |_| Reply::chunks(["Yes", "."]).hold_after(1, &gate).usage(20, 10));
    let _bot = world.bot().await;
    let alerts = world.guild.text_channel("alerts");
    world.change("alert_channel", alerts).await;
    world.change("tokens_per_day", 5_000).await;
    world.mention("is it?");
    world.model.wait_for_calls(1).await.unwrap();
    world.mention("and is it not?");
    let refused = world.audited("quota", 1).await;
    assert_eq!(refused[0].what.detail.as_ref().unwrap().0["quota"]["passing"], json!(true));
    let word = world.bot_message(world.general, "a word", |_| true).await;
    assert_eq!(
        world.masked(&word.content),
        "What is left for today is held for questions that are being answered at the moment. You can ask again <t:N:R>."
    );
    // Alerts are sent in order: one that is raised now comes after one that was raised for the refusal.
    world.model.answer_with(|_| Reply::unauthorized());
    world.change("tokens_per_day", 100_000).await;
    let elsewhere = world.guild.text_channel("elsewhere");
    world.post(elsewhere, &format!("{} is it now?", world.sim.mention()));
    let told = world.bot_message(alerts, "an alert", |_| true).await;
    assert!(told.content.contains("cannot be used"), "{}", told.content);
    assert_eq!(world.sim.bot_messages(alerts).len(), 1);
    world.finish();
}

/// A mark of a budget is told once a day; one that could not be posted has not been told.
#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_could_not_be_told_is_told_later() {
    let mut world = World::new().await;
    world.set("LLM_MAX_TOKENS", "16");
    world.model.script([Reply::text("One.").usage(800, 50), Reply::text("Two.").usage(10, 1)]);
    let bot = world.bot().await;
    let alerts = world.guild.text_channel("alerts");
    world.change("alert_channel", alerts).await;
    world.change("tokens_per_day", 1_000).await;
    // The first is the placeholder.
    world.sim.faults().rest(RestRule::on("POST", "/channels/{channel}/messages", RestFault::FailBefore(403)).nth(2));
    let asked = world.mention("say one");
    world.answer_to(asked).await;
    bot.wait_logged("an alert could not be posted", 1).await;
    // The minute of its kind is over.
    world.minute_passes().await;
    let asked = world.mention("say two");
    world.answer_to(asked).await;
    let told = world.bot_message(alerts, "the mark", |_| true).await;
    assert_eq!(told.content, "⚠️ 80 % of the budget of tokens for today is used (1,000 tokens a day).");
    world.finish();
}
