//! What is delivered twice, to two processes, or cut short by a kill: done once, wholly or not at all.

use std::time::Duration;

use discord_sim::{
    Delivery, InteractionId, Invocation, MessageView, RateLimits, RestFault, RestRule, SimOptions, UserId, WritePoint,
};
use model_sim::Reply;
use plotline_store::GuildId;
use serde_json::json;

use crate::harness::{Bot, PATIENCE, World};

const CALLBACK: &str = "/interactions/{interaction}/{token}/callback";
const ORIGINAL: &str = "/webhooks/{application}/{token}/messages/@original";
const FOLLOW_UP: &str = "/webhooks/{application}/{token}";
const COMMANDS: &str = "/applications/{application}/commands";

/// What a process logs whose claim or acknowledgement came second.
const SECOND: [&str; 2] =
    ["duplicate command: the ledger has a job for it", "duplicate command: the interaction is acknowledged already"];

/// Two processes on one database, and everything that Discord tells of interactions reaches each of them twice.
struct Doubled {
    world: World,
    bots: [Bot; 2],
    /// Interactions so far.
    used: usize,
}

impl Doubled {
    async fn new() -> Self {
        let world = World::with(SimOptions { rate_limits: RateLimits::relaxed(), ..SimOptions::default() }).await;
        world.sim.faults().deliver(Delivery::of("INTERACTION_CREATE").copies(2..=2));
        let bots = [world.bot().await, world.bot().await];
        Self { world, bots, used: 0 }
    }

    /// The answer to an interaction, once every other delivery of it has been dropped; it was shown to its user once.
    async fn answered_once(&mut self, interaction: InteractionId, user: UserId) -> MessageView {
        let answer = self.world.answer(interaction).await;
        self.used += 1;
        let logged = |message: &str| self.bots.iter().map(|bot| bot.logged(message).len()).sum::<usize>();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while logged("duplicate interaction") < 2 * self.used
            || SECOND.iter().map(|message| logged(message)).sum::<usize>() < self.used
        {
            assert!(tokio::time::Instant::now() < deadline, "not all duplicates were dropped\n{}", self.world.logs());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let token = self.world.sim.interaction(interaction).unwrap().token;
        let accepted = |method: &str, route: &str| {
            let requests = self.world.sim.requests_to(method, route);
            requests.iter().filter(|request| request.executed && request.path.contains(&token)).count()
        };
        assert_eq!(accepted("POST", CALLBACK), 1, "one acknowledgement");
        assert!(accepted("PATCH", ORIGINAL) + accepted("POST", FOLLOW_UP) <= 1, "one answer after it");
        assert_eq!(answer.ephemeral_to, Some(user));
        answer
    }

    /// Ends both processes, which write what is still to be written, and counts the entries of a kind.
    async fn audited_in_the_end(self, kind: &str) -> usize {
        let Self { world, bots, .. } = self;
        for bot in bots {
            assert_eq!(bot.terminate().await, Some(0));
        }
        world.finish();
        world.audited(kind, 0).await.len()
    }
}

impl World {
    async fn settings_version(&self) -> i64 {
        self.store().await.settings_version(GuildId(self.guild.id().get())).await.unwrap()
    }
}

fn set_cooldown() -> Invocation {
    Invocation::slash("config set cooldown_seconds").option("value", 30)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_is_changed_once() {
    let mut doubled = Doubled::new().await;
    let admin = doubled.world.admin();
    let used = doubled.world.invoke(admin, doubled.world.general, set_cooldown());
    let answer = doubled.answered_once(used, admin).await;
    assert_eq!(answer.content, "`cooldown_seconds` is now 30 seconds; before it was the default (none).");
    assert_eq!(doubled.world.sim.ephemeral_messages(admin).len(), 1);
    assert_eq!(doubled.world.settings_version().await, 1);
    assert_eq!(doubled.audited_in_the_end("config").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_imported_once() {
    let mut doubled = Doubled::new().await;
    let admin = doubled.world.admin();
    let file = json!({"plotline_settings": 1, "server": {"cooldown_seconds": 7, "chart_theme": "light"}}).to_string();
    let import = Invocation::slash("config import").file("file", "settings.json", file);
    let used = doubled.world.invoke(admin, doubled.world.general, import);
    let answer = doubled.answered_once(used, admin).await;
    assert_eq!(answer.content, "2 settings were changed. `/audit kind:config` shows which.");
    assert_eq!(doubled.world.sim.ephemeral_messages(admin).len(), 1);
    assert_eq!(doubled.world.settings_version().await, 1);
    assert_eq!(doubled.audited_in_the_end("config").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_members_data_are_exported_once() {
    let mut doubled = Doubled::new().await;
    let alice = doubled.world.alice;
    let used = doubled.world.invoke(alice, doubled.world.general, Invocation::slash("privacy export"));
    let answer = doubled.answered_once(used, alice).await;
    assert_eq!(answer.attachments.len(), 1);
    assert_eq!(doubled.audited_in_the_end("privacy").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_renamed_once() {
    let mut doubled = Doubled::new().await;
    let alice = doubled.world.alice;
    let asked = doubled.world.mention("what is a mean?");
    doubled.world.answer_to(asked).await;
    let thread = doubled.world.sim.thread_of(asked).unwrap().id;
    let rename = Invocation::slash("thread rename").option("name", "Means");
    let used = doubled.world.invoke(alice, thread, rename);
    let answer = doubled.answered_once(used, alice).await;
    assert_eq!(answer.content, "Renamed.");
    assert_eq!(doubled.world.sim.channel(thread).unwrap().name, "Means");
    assert_eq!(doubled.world.sim.requests_to("PATCH", "/channels/{channel}").len(), 1);
    assert_eq!(doubled.world.sim.ephemeral_messages(alice).len(), 1);
    assert_eq!(doubled.audited_in_the_end("thread").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_erased_once_and_the_word_about_it_stays() {
    let mut doubled = Doubled::new().await;
    doubled.world.model.script([Reply::unauthorized()]);
    let alice = doubled.world.alice;
    let asked = doubled.world.mention("what is a mean?");
    doubled.world.answer_to(asked).await;
    doubled.world.audited("failed", 1).await;
    let used = doubled.world.invoke(alice, doubled.world.general, Invocation::slash("privacy delete"));
    let warning = doubled.answered_once(used, alice).await;
    let confirmed = doubled.world.sim.click(alice, warning.id, &warning.custom_ids()[0]).unwrap();
    let done = doubled.world.shown(confirmed, "the end", |message| message.content.starts_with("Done")).await;
    let done = (doubled.answered_once(confirmed, alice).await, done);
    // A second deletion would find nothing left, and say so in the place of the first.
    assert!(done.0.content.starts_with("Done: the text of 1 jobs, 0 charts"), "{}", done.0.content);
    assert_eq!((done.0.content, done.0.history.len()), (done.1.content, 2));
    assert_eq!(doubled.world.sim.ephemeral_messages(alice).len(), 1);
    doubled.audited_in_the_end("failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_told_once_and_recorded_once() {
    let mut doubled = Doubled::new().await;
    let alice = doubled.world.alice;
    let refused = [set_cooldown().unchecked(), Invocation::slash("usage").option("whose", "server")];
    for invocation in refused {
        let used = doubled.world.invoke(alice, doubled.world.general, invocation);
        let answer = doubled.answered_once(used, alice).await;
        assert_eq!(answer.content, plotline::say::NEEDS_MANAGE_SERVER);
    }
    assert_eq!(doubled.world.sim.ephemeral_messages(alice).len(), 2);
    assert_eq!(doubled.audited_in_the_end("not_allowed").await, 2);
}

/// A bot that is killed at write `k` of `/config set`, and the one after it.
async fn killed(k: u64, point: WritePoint) -> (World, InteractionId, Bot) {
    let world = World::new().await;
    let bot = world.bot().await;
    let registered = |sim: &discord_sim::Sim| (!sim.requests_to("PUT", COMMANDS).is_empty()).then_some(());
    world.sim.wait_for("the commands", PATIENCE, registered).await.unwrap();
    let hold = world.sim.faults().hold_write(k, point);
    let used = world.invoke(world.admin(), world.general, set_cooldown());
    hold.reached().await;
    bot.kill().await;
    hold.abandon();
    let next = world.bot().await;
    (world, used, next)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_right_after_the_acknowledgement_no_setting_is_changed_and_it_can_be_used_again() {
    let (world, used, _bot) = killed(1, WritePoint::BeforeAnswering).await;
    assert_eq!((world.settings_version().await, world.audited("config", 0).await.len()), (0, 0));
    let said = world.change("cooldown_seconds", 30).await;
    assert_eq!(said, "`cooldown_seconds` is now 30 seconds; before it was the default (none).");
    let told = world.answer(used).await;
    assert_eq!((told.content.as_str(), told.ephemeral_to), (plotline::say::COMMAND_CUT, Some(world.admin())));
    assert_eq!((world.settings_version().await, world.audited("config", 1).await.len()), (1, 1));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_answer_the_setting_is_changed_with_its_entry_and_nothing_is_done_again() {
    let (world, used, _bot) = killed(2, WritePoint::BeforeExecuting).await;
    let entries = world.audited("config", 1).await;
    assert_eq!((world.settings_version().await, entries.len()), (1, 1));
    let detail = entries[0].what.detail.clone().unwrap().0;
    assert_eq!(detail, json!({"key": "cooldown_seconds", "after": 30}));
    let show = Invocation::slash("config show").option("setting", "cooldown_seconds");
    let shown = world.configure(show).await.content;
    let again = world.change("cooldown_seconds", 30).await;
    insta::assert_snapshot!(world.masked(&format!("{shown}\n{again}")), @"
    `cooldown_seconds` **30 seconds** (default: none; <@ADMIN>, <t:N:d>)
    How long a member waits after each question.
    `cooldown_seconds` is that already; nothing was changed.
    ");
    let told = world.answer(used).await;
    assert_eq!((told.content.as_str(), told.ephemeral_to), (plotline::say::COMMAND_CUT, Some(world.admin())));
    assert_eq!(world.audited("config", 1).await.len(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_answer_what_is_shown_stays() {
    let (world, used, _bot) = killed(2, WritePoint::BeforeAnswering).await;
    let shown = world.answer(used).await;
    assert_eq!(shown.content, "`cooldown_seconds` is now 30 seconds; before it was the default (none).");
    assert_eq!((world.settings_version().await, world.audited("config", 1).await.len()), (1, 1));
    world.finish();
}

/// A command that only shows something, and takes long because Discord is slow to tell the messages of a thread.
async fn slow_export(world: &World, messages: RestFault) -> InteractionId {
    let asked = world.mention("what is a mean?");
    world.answer_to(asked).await;
    let thread = world.sim.thread_of(asked).unwrap().id;
    world.sim.faults().rest(RestRule::on("GET", "/channels/{channel}/messages", messages).times(2));
    world.invoke(world.alice, thread, Invocation::slash("thread export"))
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_gathers_what_to_show_its_user_is_told() {
    let world = World::new().await;
    let bot = world.bot().await;
    let used = slow_export(&world, RestFault::DelayBefore(Duration::from_secs(60))).await;
    let thinking = world.shown(used, "an announcement", MessageView::is_loading).await;
    assert_eq!(thinking.ephemeral_to, Some(world.alice));
    bot.kill().await;
    let _next = world.bot().await;
    let told = world.shown(used, "a word about it", |message| !message.is_loading()).await;
    assert_eq!((told.content.as_str(), told.ephemeral_to), (plotline::say::COMMAND_CUT, Some(world.alice)));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_long_to_show_is_shown_once_by_two_processes() {
    let mut doubled = Doubled::new().await;
    let alice = doubled.world.alice;
    let used = slow_export(&doubled.world, RestFault::DelayBefore(Duration::from_secs(2))).await;
    let shown = doubled.world.shown(used, "the file", |message| !message.attachments.is_empty()).await;
    assert_eq!(doubled.answered_once(used, alice).await.attachments.len(), shown.attachments.len());
    doubled.world.finish();
}
