//! Who may do what, also when a permission is lost between two clicks, and what names that nobody gave lead to.

use discord_sim::{Invocation, MessageView, Permissions, UserId};
use model_sim::{Gate, Reply};
use plotline_store::{Change, ChannelId, GuildId, Others};
use serde_json::json;

use crate::harness::World;

impl World {
    /// A member with a role of their own that allows this.
    fn member_who_may(&self, name: &str, what: Permissions) -> (UserId, discord_sim::RoleId) {
        let (member, role) = (self.guild.member(name), self.guild.role(&format!("{name}'s role"), what));
        self.guild.give_role(member, role);
        (member, role)
    }

    /// Changes made past the commands, each with its entry in the audit log.
    pub async fn set_by_admin(&self, changes: &[(&str, serde_json::Value)]) {
        let store = self.store().await;
        for (key, value) in changes {
            let change = Change { channel: None, key: (*key).to_owned(), value: Some(value.clone()) };
            let (guild, by) = (GuildId(self.guild.id().get()), plotline_store::UserId(self.admin().get()));
            store.change_settings(guild, by, &[change], Others::Stay).await.unwrap();
        }
    }

    /// The first words of an answer to Alice in the thread of its own, while the model is held.
    async fn first_words(&self, question: discord_sim::MessageId, words: &str) -> MessageView {
        self.sim
            .wait_for("the first words", crate::harness::PATIENCE, |sim| {
                let thread = sim.thread_of(question)?;
                sim.bot_messages(thread.id).into_iter().find(|message| message.content.starts_with(words))
            })
            .await
            .unwrap_or_else(|error| panic!("{error}\n{}", self.logs()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_manage_server_turns_no_page_and_sends_no_form() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let (mo, role) = world.member_who_may("Mo", Permissions::MANAGE_GUILD);
    let channels: Vec<String> = (0..8).map(|number| (1_000_000_000_000_000_000_u64 + number).to_string()).collect();
    world.set_by_admin(&[("channels_denied", json!(channels)), ("channels_allowed", json!(channels))]).await;
    let numbers = ["questions_per_member", "questions_per_server", "tokens_per_day", "cooldown_seconds"];
    world.set_by_admin(&numbers.map(|name| (name, json!(77)))).await;
    let choices =
        [("answer_in", "channel"), ("follow_ups", "reply"), ("answer_length", "short"), ("auto_archive", "7d")];
    world.set_by_admin(&choices.map(|(name, value)| (name, json!(value)))).await;
    let looks = [("chart_theme", "light"), ("number_style", "point_comma"), ("date_style", "day_first")];
    world.set_by_admin(&looks.map(|(name, value)| (name, json!(value)))).await;
    let pages = [
        world.answer(world.invoke(mo, world.general, Invocation::slash("audit"))).await,
        world.answer(world.invoke(mo, world.general, Invocation::slash("config show"))).await,
    ];
    let opened = world.invoke(mo, world.general, Invocation::slash("config set system_prompt"));
    world.form(opened).await;
    let version = async || world.store().await.settings_version(GuildId(world.guild.id().get())).await.unwrap();
    let before = version().await;
    world.guild.take_role(mo, role);
    let mut said = Vec::new();
    for page in &pages {
        let button = page.custom_ids().pop().unwrap();
        let word = world.private_word(world.sim.click(mo, page.id, &button).unwrap()).await;
        said.push(word.content);
        assert_eq!(world.sim.message(page.id).unwrap().content, page.content);
    }
    said.push(world.answer(world.sim.submit_modal(opened, &[("value", "You are a pirate.")]).unwrap()).await.content);
    assert_eq!(said, ["Only members with the permission Manage Server can do this."; 3]);
    assert_eq!(version().await, before);
    world.audited("not_allowed", 3).await;
    let log = world.told(world.admin(), Invocation::slash("audit").option("kind", "not_allowed")).await;
    insta::assert_snapshot!(world.masked(&log.replace(&mo.to_string(), "MO")), @"
    <t:N:f> **Not allowed** <@MO> in <#GENERAL>: `form setting`
    <t:N:f> **Not allowed** <@MO> in <#GENERAL>: `button settings`
    <t:N:f> **Not allowed** <@MO> in <#GENERAL>: `button audit`
    ");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_use_is_for_admins() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let used = world.invoke(world.alice, world.general, Invocation::slash("usage").option("whose", "server"));
    let refused = world.answer(used).await;
    assert_eq!((refused.ephemeral_to, refused.attachments.len()), (Some(world.alice), 0));
    insta::assert_snapshot!(refused.content, @"Only members with the permission Manage Server can do this.");
    let entry = world.audited("not_allowed", 1).await.remove(0);
    assert_eq!(entry.what.detail.unwrap().0, json!({"command": "usage"}));
    world.finish();
}

/// Discord's clients send no such names; a message of another version of the bot may have them.
#[tokio::test(flavor = "multi_thread")]
async fn buttons_of_jobs_that_nobody_knows_say_that_they_have_expired() {
    let world = World::new().await;
    let bot = world.bot().await;
    let names = ["p1:stop:999", "p1:stop:-1", "p1:stop", "p1:retry:99999999999999999999", "p1:retry:one"];
    let buttons: Vec<_> =
        names.iter().map(|name| json!({"type": 2, "style": 2, "label": "Button", "custom_id": name})).collect();
    let body = json!({
        "content": "old answer", "components": [{"type": 1, "components": buttons}], "allowed_mentions": {"parse": []},
    });
    world.call("POST", &format!("/channels/{}/messages", world.general), &body).await;
    let old = world.sim.bot_messages(world.general).remove(0);
    for name in names {
        let word = world.private_word(world.sim.click(world.alice, old.id, name).unwrap()).await;
        assert_eq!((word.content.as_str(), word.ephemeral_to), (plotline::say::EXPIRED_COMPONENT, Some(world.alice)));
    }
    assert_eq!((bot.counter("claims").await, bot.counter("cancellations").await), (0, 0));
    assert_eq!(world.sim.message(old.id).unwrap().content, "old answer");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_stops_a_thread_while_its_answer_is_written_and_a_stranger_does_not() {
    for permission in [Permissions::MANAGE_MESSAGES, Permissions::MANAGE_THREADS] {
        let world = World::new().await;
        let gate = Gate::new();
        world.model.script([Reply::chunks(["A median is ", "the middle ", "value."]).hold_after(2, &gate)]);
        let bot = world.bot().await;
        let (mo, _) = world.member_who_may("Mo", permission);
        let ben = world.guild.member("Ben");
        let asked = world.mention("what is a median?");
        let shown = world.first_words(asked, "A median is the middle").await;
        let stop = |user| world.invoke(user, shown.channel_id, Invocation::slash("thread stop"));
        let refused = world.answer(stop(ben)).await;
        assert_eq!((refused.content.as_str(), refused.ephemeral_to), (plotline::say::NOT_YOURS, Some(ben)));
        let thread = ChannelId(shown.channel_id.get());
        assert!(!world.store().await.conversation_ended(thread).await.unwrap());
        assert_eq!(bot.counter("cancellations").await, 0);
        let done = world.answer(stop(mo)).await;
        assert_eq!(done.content, "This conversation is ended. Mention me or reply to me to ask something again.");
        let stopped = world
            .bot_message(shown.channel_id, "the mark", |message| message.content.ends_with(plotline::say::STOPPED))
            .await;
        assert_eq!(stopped.content, format!("A median is the middle\n{}", plotline::say::STOPPED));
        assert_eq!((stopped.id, stopped.components.len()), (shown.id, 0));
        world.model.wait_until_idle().await.unwrap();
        bot.wait_idle().await;
        assert_eq!((world.model.calls(), bot.counter("cancellations").await), (1, 1));
        assert!(world.store().await.conversation_ended(thread).await.unwrap());
        assert_eq!(world.audited("thread", 1).await[0].what.member_id.map(|id| id.0), Some(mo.get()));
        world.finish();
    }
}
