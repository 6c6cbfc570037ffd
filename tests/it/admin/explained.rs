//! What members read with `/why` and admins with `/audit` about what was refused, dropped and mended.

use discord_sim::{
    ChannelId, Delivery, Invocation, MessageId, Permissions, Post, RateLimits, SimOptions, UserId, WritePoint,
};
use model_sim::{Gate, Reply};
use plotline_store::{GuildId, NewAuditEntry};

use crate::harness::{PATIENCE, World};

async fn relaxed() -> World {
    World::with(SimOptions { rate_limits: RateLimits::relaxed(), ..SimOptions::default() }).await
}

impl World {
    /// What `/why` says to somebody about a message, used in the message's own channel.
    async fn why(&self, user: UserId, channel: ChannelId, message: MessageId) -> String {
        let link = format!("https://discord.com/channels/{}/{channel}/{message}", self.guild.id());
        let used = self.invoke(user, channel, Invocation::slash("why").option("message", link));
        let answer = self.answer(used).await;
        assert_eq!(answer.ephemeral_to, Some(user));
        self.timeless(&answer.content)
    }

    /// What `/audit` says of a kind.
    async fn log_of(&self, kind: &str) -> String {
        let said = self.told(self.admin(), Invocation::slash("audit").option("kind", kind)).await;
        self.timeless(&said)
    }

    /// As [`World::masked`], with `S.S s` for a time that was measured.
    fn timeless(&self, text: &str) -> String {
        let mut out = Vec::new();
        for word in self.masked(text).split(' ') {
            let measured = word.split_once('.').is_some_and(|(whole, tenths)| {
                tenths.len() == 1 && (whole.to_owned() + tenths).chars().all(|digit| digit.is_ascii_digit())
            });
            out.push(if measured { "S.S".to_owned() } else { word.to_owned() });
        }
        out.join(" ")
    }

    fn mention_by(&self, user: UserId, channel: ChannelId, text: &str) -> MessageId {
        self.sim.post(user, channel, Post::text(format!("{} {text}", self.sim.mention()))).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn why_tells_of_channels_roles_and_cooldowns() {
    let world = relaxed().await;
    let _bot = world.bot().await;
    let (quiet, ben) = (world.guild.text_channel("quiet"), world.guild.member("Ben"));
    let muted = world.guild.role("Muted", Permissions::from_bits(0));
    world.guild.give_role(ben, muted);
    world.configure(Invocation::slash("config set channels_denied").option("add", quiet)).await;
    world.configure(Invocation::slash("config set roles_denied").option("add", muted)).await;
    world.change("cooldown_seconds", 600).await;
    let in_quiet = world.mention_by(world.alice, quiet, "here?");
    let by_ben = world.mention_by(ben, world.general, "and me?");
    let first = world.mention("what is a mean?");
    world.answer_to(first).await;
    let too_soon = world.mention("what is a mode?");
    world.audited("not_allowed", 2).await;
    let too_early = world.too_early().await;
    let said = [
        world.why(world.alice, quiet, in_quiet).await,
        world.why(ben, world.general, by_ben).await,
        world.why(world.alice, world.general, too_soon).await.replace(&too_early, "LEFT s too early"),
    ];
    insta::assert_snapshot!(said.join("\n\n"), @"
    It was refused <t:N:R>. I am not switched on in this channel. `/help` says where I answer.
    -# <t:N:T> Not allowed: channel not allowed

    It was refused <t:N:R>. This server's admins have not switched me on for your roles.
    -# <t:N:T> Not allowed: role not allowed

    It was refused <t:N:R>. You have just asked something. You can ask again <t:N:R>.
    -# <t:N:T> Cooldown: LEFT s too early
    ");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn why_and_audit_tell_of_what_a_second_process_dropped() {
    let world = relaxed().await;
    let bots = [world.bot().await, world.bot().await];
    let asked = world.mention("what is a mean?");
    world.answer_to(asked).await;
    world.audited("duplicate_ledger", 1).await;
    let said = [world.why(world.alice, world.general, asked).await, world.log_of("duplicate_ledger").await];
    let said = said.join("\n\n");
    // How far the first had come when the second arrived is a matter of moments.
    let said = ["claimed", "thread", "placeholder", "answering", "delivered"]
        .iter()
        .fold(said, |said, state| said.replace(&format!("which was {state}"), "which was STATE"));
    insta::assert_snapshot!(said, @"
    It was answered <t:N:R>: https://discord.com/channels/GUILD/N/N
    -# <t:N:T> Duplicate (ledger): S.S s after the first, which was STATE

    <t:N:f> **Duplicate (ledger)** <@ALICE> in <#GENERAL>: S.S s after the first, which was STATE
    ");
    for bot in bots {
        assert_eq!(bot.terminate().await, Some(0));
    }
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn why_tells_what_is_no_question_in_a_thread() {
    let world = relaxed().await;
    let bot = world.bot().await;
    let asked = world.mention("what is a mean?");
    let answer = world.answer_to(asked).await.remove(0);
    let thread = world.sim.thread_of(asked).unwrap().id;
    world.change("follow_ups", "mention").await;
    let reply = world.sim.post(world.alice, thread, Post::text("and a mode?").reply_to(answer.id)).unwrap();
    let plain = world.post(thread, "and a median?");
    let mut said = vec![world.why(world.alice, thread, reply).await, world.why(world.alice, thread, plain).await];
    world.change("follow_ups", "all").await;
    world.answer(world.invoke(world.alice, thread, Invocation::slash("thread stop"))).await;
    let ended = world.post(thread, "and a range?");
    said.push(world.why(world.alice, thread, ended).await);
    insta::assert_snapshot!(said.join("\n\n"), @"
    In this server I answer other messages in my threads; `/help` there says which. Mention me.

    In this server I answer other messages in my threads; `/help` there says which. Mention me.

    The conversation in this thread was ended, and the message does not mention me.
    ");
    bot.wait_idle().await;
    assert_eq!(world.model.calls(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn why_tells_nobody_of_a_private_conversation() {
    let world = relaxed().await;
    let bot = world.bot().await;
    let (ben, mo) = (world.guild.member("Ben"), world.guild.member("Mo"));
    world.guild.give_role(mo, world.guild.role("Moderators", Permissions::MANAGE_MESSAGES));
    let direct = world.sim.dm(world.alice);
    let in_direct = world.post(direct, "what is a mean?");
    let answer_there = world.reply_to(direct, in_direct).await.remove(0).id;
    let ask = Invocation::slash("ask").option("question", "what is a mode?").option("private", true);
    let private = world.answer(world.invoke(world.alice, world.general, ask)).await.id;
    bot.wait_idle().await;
    let mut said = Vec::new();
    for (user, name) in [(ben, "Ben"), (mo, "a moderator")] {
        let links = [
            ("a direct message", in_direct.to_string()),
            ("its answer", answer_there.to_string()),
            ("by its link", format!("https://discord.com/channels/@me/{direct}/{in_direct}")),
            ("a link that lies", format!("https://discord.com/channels/{}/{direct}/{in_direct}", world.guild.id())),
            ("a private answer", private.to_string()),
        ];
        for (what, message) in links {
            let told = world.told(user, Invocation::slash("why").option("message", message)).await;
            said.push(format!("{name}, {what}: {}", world.timeless(&told)));
        }
    }
    insta::assert_snapshot!(said.join("\n"), @"
    Ben, a direct message: Only the member who asked can see that, and moderators in the channel where it was asked.
    Ben, its answer: Only the member who asked can see that, and moderators in the channel where it was asked.
    Ben, by its link: Give the link of a message in this server: open its menu, Copy Message Link.
    Ben, a link that lies: Only the member who asked can see that, and moderators in the channel where it was asked.
    Ben, a private answer: Only the member who asked can see that, and moderators in the channel where it was asked.
    a moderator, a direct message: I cannot find this message: it was deleted, or I may not read it. I have no record of it.
    a moderator, its answer: I cannot find this message: it was deleted, or I may not read it. I have no record of it.
    a moderator, by its link: Give the link of a message in this server: open its menu, Copy Message Link.
    a moderator, a link that lies: Only the member who asked can see that, and moderators in the channel where it was asked.
    a moderator, a private answer: This answers a command of <@ALICE>: done <t:N:R>.
    ");
    world.finish();
}

/// Moderators of a channel do not see its private threads; who manages threads does.
#[tokio::test(flavor = "multi_thread")]
async fn why_tells_of_a_private_thread_only_to_those_who_see_it() {
    let world = relaxed().await;
    let bot = world.bot().await;
    let mo = world.guild.member("Mo");
    world.guild.give_role(mo, world.guild.role("Moderators", Permissions::MANAGE_MESSAGES));
    let kind = discord_sim::ChannelKind::PrivateThread;
    let thread = world.sim.start_empty_thread(world.alice, world.general, kind, "Ours").unwrap();
    world.sim.add_to_thread(thread, world.sim.bot()).unwrap();
    let asked = world.mention_by(world.alice, thread, "what is a mean?");
    world.reply_to(thread, asked).await;
    bot.wait_idle().await;
    let link = format!("https://discord.com/channels/{}/{thread}/{asked}", world.guild.id());
    let why = || Invocation::slash("why").option("message", link.clone());
    let outside = world.told(mo, why()).await;
    assert_eq!(outside, "Only the member who asked can see that, and moderators in the channel where it was asked.");
    assert!(world.told(world.alice, why()).await.starts_with("It was answered"));
    world.sim.add_to_thread(thread, mo).unwrap();
    let inside = world.answer(world.invoke(mo, thread, why())).await;
    assert!(inside.content.starts_with("It was answered"), "{}", inside.content);
    world.guild.give_role(mo, world.guild.role("Keepers", Permissions::MANAGE_THREADS));
    assert!(world.told(mo, why()).await.starts_with("It was answered"));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_tells_of_duplicates_at_each_gate() {
    let world = relaxed().await;
    world.sim.faults().deliver(Delivery::of("MESSAGE_CREATE").copies(2..=2));
    let bot = world.bot().await;
    let asked = world.mention("what is a mean?");
    world.answer_to(asked).await;
    world.audited("duplicate_gate_1", 1).await;
    // Gate 1 stops all that could reach gate 2 today, so an entry of gate 2 is put there.
    let entry = NewAuditEntry {
        guild_id: Some(GuildId(world.guild.id().get())),
        channel_id: Some(plotline_store::ChannelId(world.general.get())),
        message_id: Some(plotline_store::MessageId(asked.get())),
        member_id: Some(plotline_store::UserId(world.alice.get())),
        ..NewAuditEntry::new("duplicate_gate_2")
    };
    world.store().await.audit(&entry).await.unwrap();
    bot.wait_idle().await;
    let said = [
        world.log_of("duplicate_gate_1").await,
        world.log_of("duplicate_gate_2").await,
        world.why(world.alice, world.general, asked).await,
    ];
    insta::assert_snapshot!(said.join("\n\n"), @"
    <t:N:f> **Duplicate event (gate 1)** <@ALICE> in <#GENERAL>

    <t:N:f> **Duplicate command (gate 2)** <@ALICE> in <#GENERAL>

    It was answered <t:N:R>: https://discord.com/channels/GUILD/N/N
    -# <t:N:T> Duplicate event (gate 1)
    -# <t:N:T> Duplicate command (gate 2)
    ");
    world.finish();
}

/// "Try again" is clicked twice, and two processes see both clicks.
#[tokio::test(flavor = "multi_thread")]
async fn audit_tells_how_long_the_first_run_had_been_going_on() {
    let world = relaxed().await;
    let gate = Gate::new();
    world.model.script([Reply::unauthorized(), Reply::chunks(["A mean ", "is this."]).hold_after(1, &gate)]);
    let bots = [world.bot().await, world.bot().await];
    let alerts = world.guild.text_channel("alerts");
    let asked = world.mention("what is a mean?");
    let failed = world.answer_to(asked).await.remove(0);
    world.change("alert_channel", alerts).await;
    let again = failed.custom_ids().remove(0);
    // At the same moment: either may be the first.
    for _ in 0..2 {
        world.sim.click(world.alice, failed.id, &again).unwrap();
    }
    let told = |sim: &discord_sim::Sim| sim.ephemeral_messages(world.alice).pop().filter(|word| !word.is_loading());
    let word = world.sim.wait_for("a private word", PATIENCE, told).await.unwrap();
    let refused = world.audited("concurrent_run", 1).await;
    assert!(refused[0].what.detail.as_ref().unwrap().0["running_ms"].as_i64().is_some_and(|running| running >= 0));
    let alert = world.bot_message(alerts, "an alert", |_| true).await;
    gate.release();
    let answered = |message: &discord_sim::MessageView| message.content == "A mean is this.";
    let answer = world.bot_message(failed.channel_id, "an answer", answered).await;
    assert_eq!(answer.id, failed.id);
    world.model.wait_until_idle().await.unwrap();
    let said = [world.timeless(&word.content), world.log_of("concurrent_run").await, world.timeless(&alert.content)];
    insta::assert_snapshot!(said.join("\n"), @"
    This is already running, started S.S s ago.
    <t:N:f> **Concurrent run refused** <@ALICE> in <#N>: the first had been running for S.S s
    ⚠️ I refused a second run while the first was under way, started S.S s before.
    ");
    assert_eq!(world.model.calls(), 2);
    for bot in bots {
        assert_eq!(bot.terminate().await, Some(0));
    }
    assert_eq!(world.audited("concurrent_run", 1).await.len(), 1);
    assert_eq!(world.sim.bot_messages(alerts).len(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_tells_of_too_many_at_once() {
    let mut world = relaxed().await;
    world.set("RUNNING_PER_MEMBER_MAX", "1");
    let gate = Gate::new();
    world.model.script([Reply::chunks(["A mean ", "is this."]).hold_after(1, &gate)]);
    let _bot = world.bot().await;
    let asked = world.mention("what is a mean?");
    world.model.wait_for_calls(1).await.unwrap();
    let ask = Invocation::slash("ask").option("question", "what is a mode?");
    let told = world.told(world.alice, ask).await;
    world.audited("concurrent_run", 1).await;
    insta::assert_snapshot!(format!("{told}\n{}", world.log_of("concurrent_run").await), @"
    Several of your questions are still being answered. Please ask again when they are done.
    <t:N:f> **Concurrent run refused** <@ALICE> in <#GENERAL>: too many at once
    ");
    gate.release();
    world.answer_to(asked).await;
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn why_and_audit_tell_of_what_was_mended() {
    let world = relaxed().await;
    let bot = world.bot().await;
    let hold = world.sim.faults().hold_write(2, WritePoint::BeforeAnswering);
    let asked = world.mention("what is a mean?");
    hold.reached().await;
    bot.kill().await;
    hold.release();
    let next = world.bot().await;
    world.answer_to(asked).await;
    world.audited("recovered", 1).await;
    next.wait_idle().await;
    // That the message was also found again when the bot looked for what it had missed is another entry, or two.
    let why = world.why(world.alice, world.general, asked).await;
    let why: Vec<&str> = why.lines().filter(|line| !line.contains("Duplicate")).collect();
    insta::assert_snapshot!(format!("{}\n\n{}", world.log_of("recovered").await, why.join("\n")), @"
    <t:N:f> **Recovered** <@ALICE> in <#GENERAL>: taken over while claimed

    It was answered <t:N:R>: https://discord.com/channels/GUILD/N/N
    -# <t:N:T> Recovered: taken over while claimed
    ");
    world.finish();
}
