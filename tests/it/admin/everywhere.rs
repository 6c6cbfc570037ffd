//! Direct messages, servers without the bot, threads, forums: what can be done there, and which settings are in force.

use discord_sim::{ChannelId, Invocation, MessageId, MessageView, Permissions, Post, RateLimits, SimOptions, UserId};
use model_sim::Reply;
use serde_json::Value;

use crate::harness::{PATIENCE, World};

async fn relaxed() -> World {
    World::with(SimOptions { rate_limits: RateLimits::relaxed(), ..SimOptions::default() }).await
}

/// What a member can read of themselves in a place: `/help`, `/usage`, and the file of `/privacy export`.
async fn read_there(world: &World, channel: ChannelId) -> (String, Value) {
    let mut said = Vec::new();
    for command in ["help", "usage", "privacy export"] {
        let answer = world.answer(world.invoke(world.alice, channel, Invocation::slash(command))).await;
        assert_eq!((answer.ephemeral_to, answer.channel_id), (Some(world.alice), channel), "{command}");
        said.push(world.masked(&answer.content));
        if let Some(file) = answer.attachments.first() {
            assert_eq!(file.filename, "plotline-my-data.json");
            return (said.join("\n\n"), serde_json::from_slice(&file.bytes).unwrap());
        }
    }
    panic!("no file came with {said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_reads_about_themselves_in_direct_messages() {
    let world = World::new().await;
    world.model.script([Reply::text("A mean.").usage(10, 5), Reply::unauthorized()]);
    let bot = world.bot().await;
    let direct = world.sim.dm(world.alice);
    world.reply_to(direct, world.post(direct, "what is a mean?")).await;
    // What failed is kept for "Try again", so that there is something to show.
    world.reply_to(direct, world.post(direct, "what is a zephyrette?")).await;
    bot.wait_idle().await;
    let (said, file) = read_there(&world, direct).await;
    insta::assert_snapshot!(said, @"
    Write me a question, or paste a table and say what you want to see: *bar chart of sales by region*. `/ask` and `/chart` do the same; `Chart this` in the Apps menu of a message draws its table.
    `/usage` shows what you used, `/privacy` what I have stored about you and erases it.

    **Your use**
    Today: 2 questions, 15 tokens
    In 30 days: 2 questions, 15 tokens

    All that I have stored about you, in all servers.
    ");
    assert!(file.to_string().contains("zephyrette"), "{file}");
    let servers = world.invoke(world.alice, direct, Invocation::slash("usage").option("whose", "server"));
    assert_eq!(world.answer(servers).await.content, "This works in servers only.");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_reads_about_themselves_in_a_server_where_the_bot_is_not() {
    let world = World::new().await;
    world.model.script([Reply::text("A mean.").usage(10, 5), Reply::unauthorized()]);
    let bot = world.bot().await;
    let elsewhere = world.sim.guild("Elsewhere");
    let channel = elsewhere.text_channel("talk");
    elsewhere.add_member(world.alice);
    elsewhere.remove_bot();
    for question in ["what is a mean?", "what is a zephyrette?"] {
        let ask = Invocation::slash("ask").option("question", question);
        world.answer(world.invoke(world.alice, channel, ask)).await;
    }
    bot.wait_idle().await;
    let (said, file) = read_there(&world, channel).await;
    insta::assert_snapshot!(said, @"
    I do not see what is written here. Give `/ask` a question, or `/chart` a table and what you want to see: *bar chart of sales by region*. `Chart this` in the Apps menu of a message draws its table.
    `/usage` shows what you used, `/privacy` what I have stored about you and erases it.

    **Your use**
    Today: 2 questions, 15 tokens
    In 30 days: 2 questions, 15 tokens

    All that I have stored about you, in all servers.
    ");
    assert!(file.to_string().contains("zephyrette"), "{file}");
    let tried = world.sim.requests().into_iter().filter(|request| request.path.contains(&channel.to_string()));
    assert_eq!(tried.count(), 0, "nothing is tried where the bot has no access");
    world.finish();
}

/// Installed for themselves and the bot a member as well: the server's settings are in force.
#[tokio::test(flavor = "multi_thread")]
async fn a_members_own_app_keeps_to_the_servers_settings() {
    let world = relaxed().await;
    let bot = world.bot().await;
    world.change("questions_per_member", 0).await;
    let ask = || Invocation::slash("ask").option("question", "what is a mean?").as_user_app();
    let refused = world.told(world.alice, ask()).await;
    assert!(refused.starts_with("You have reached your limit for today (0 questions)."), "{refused}");
    assert!(
        world.told(world.alice, Invocation::slash("help").as_user_app()).await.contains("0 questions a day for you")
    );
    assert_eq!((world.model.calls(), bot.counter("claims").await), (0, 0));
    world.finish();
}

/// How a question is asked and answered differs from place to place, and `/help` says how it is done where it is used.
#[tokio::test(flavor = "multi_thread")]
async fn help_says_how_it_is_done_in_that_very_place() {
    let world = relaxed().await;
    let _bot = world.bot().await;
    let asked = world.mention("what is a mean?");
    world.answer_to(asked).await;
    let own = world.sim.thread_of(asked).unwrap().id;
    let theirs = world.sim.start_thread(world.alice, world.post(world.general, "let us talk"), "Talk").unwrap();
    let post = world.sim.forum_post(world.alice, world.guild.forum("help"), "Sales", Post::text("hello")).unwrap();
    let in_place = world.guild.text_channel("in-place");
    world.change_in(in_place, "answer_in", "channel").await;
    let places = [
        ("channel", world.general),
        ("thread of the bot's", own),
        ("thread of a person's", theirs),
        ("forum post", post.thread),
        ("voice channel", world.guild.voice_channel("Lounge")),
        ("channel where answers are given in place", in_place),
    ];
    let mut said = Vec::new();
    for (name, channel) in places {
        let help = world.answer(world.invoke(world.alice, channel, Invocation::slash("help"))).await;
        let line = help.content.lines().find(|line| line.starts_with("I answer")).unwrap().to_owned();
        said.push(format!("{name}: {line}"));
    }
    insta::assert_snapshot!(said.join("\n"), @"
    channel: I answer in a thread of its own; there just write on to ask further.
    thread of the bot's: I answer in this thread; just write on to ask further.
    thread of a person's: I answer right here; mention me or reply to me to ask further.
    forum post: I answer right here; mention me or reply to me to ask further.
    voice channel: I answer right here; mention me or reply to me to ask further.
    channel where answers are given in place: I answer in the channel; mention me or reply to me to ask further.
    ");
    world.finish();
}

impl World {
    /// The admin sets a setting for one channel.
    async fn change_in(&self, channel: ChannelId, name: &str, value: &str) {
        let set = Invocation::slash(&format!("config set {name}")).option("value", value).option("channel", channel);
        let said = self.configure(set).await.content;
        assert!(said.contains(" is now "), "{said}");
    }

    fn mention_in(&self, user: UserId, channel: ChannelId, text: &str) -> MessageId {
        self.sim.post(user, channel, Post::text(format!("{} {text}", self.sim.mention()))).unwrap()
    }

    /// The background of a chart, as its SVG has it.
    async fn background(&self, chart: &MessageView) -> &'static str {
        let word = self.private_word(self.sim.click(self.alice, chart.id, "p1:svg").unwrap()).await;
        let svg = String::from_utf8(word.attachments[0].bytes.to_vec()).unwrap();
        match (svg.contains("#ffffff"), svg.contains("#2b2d31")) {
            (true, false) => "light",
            (false, true) => "dark",
            other => panic!("{other:?}: {svg}"),
        }
    }
}

const TABLE: &str = "bar chart of sales by region\nRegion,Sales\nNorth,10\nSouth,20";

#[tokio::test(flavor = "multi_thread")]
async fn a_channels_own_settings_hold_in_its_threads_and_not_elsewhere() {
    let world = relaxed().await.offline();
    let _bot = world.bot().await;
    let quiet = world.guild.text_channel("quiet");
    world.change_in(quiet, "chart_theme", "light").await;
    // In the channel itself, in the bot's thread there, in a person's thread there, and by a command in a thread.
    let asked = world.mention_in(world.alice, quiet, TABLE);
    let answer = world.answer_to(asked).await.remove(0);
    let own = world.sim.thread_of(asked).unwrap().id;
    let further = world.reply_to(own, world.post(own, TABLE)).await.remove(0);
    let theirs = world.sim.start_thread(world.alice, world.post(quiet, "let us talk"), "Talk").unwrap();
    let in_theirs = world.reply_to(theirs, world.mention_in(world.alice, theirs, TABLE)).await.remove(0);
    let command = || Invocation::slash("chart").option("request", "bar chart").option("data", TABLE);
    let by_command = world.answer(world.invoke(world.alice, own, command())).await;
    for chart in [&answer, &further, &in_theirs, &by_command] {
        assert_eq!(world.background(chart).await, "light");
    }
    let elsewhere = world.answer_to(world.mention(TABLE)).await.remove(0);
    let general = world.answer(world.invoke(world.alice, world.general, command())).await;
    for chart in [&elsewhere, &general] {
        assert_eq!(world.background(chart).await, "dark");
    }
    // Answers in place, in this channel alone.
    world.change_in(quiet, "answer_in", "channel").await;
    let asked = world.mention_in(world.alice, quiet, TABLE);
    world.reply_to(quiet, asked).await;
    assert!(world.sim.thread_of(asked).is_none());
    let asked = world.mention(TABLE);
    world.answer_to(asked).await;
    assert!(world.sim.thread_of(asked).is_some());
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_that_a_channel_denies_are_denied_in_its_threads_and_not_elsewhere() {
    let world = relaxed().await;
    let bot = world.bot().await;
    let quiet = world.guild.text_channel("quiet");
    let (ben, muted) = (world.guild.member("Ben"), world.guild.role("Muted", Permissions::from_bits(0)));
    world.guild.give_role(ben, muted);
    let deny = Invocation::slash("config set roles_denied").option("add", muted).option("channel", quiet);
    world.configure(deny).await;
    let asked = world.mention_in(world.alice, quiet, "what is a mean?");
    world.answer_to(asked).await;
    let thread = world.sim.thread_of(asked).unwrap().id;
    let by_ben = world.mention_in(ben, thread, "and me?");
    let refused = world.bot_message(thread, "a refusal", |message| message.reply_to == Some(by_ben)).await;
    assert_eq!(refused.content, "This server's admins have not switched me on for your roles.");
    let command = world.invoke(ben, thread, Invocation::slash("ask").option("question", "and by command?"));
    assert_eq!(world.answer(command).await.content, refused.content);
    // What does not name the bot is not for it, where it does not answer; no word is said about it.
    world.sim.post(ben, thread, Post::text("I only think aloud")).unwrap();
    let further = world.post(thread, "and a mode?");
    world.reply_to(thread, further).await;
    assert_eq!(world.audited("not_allowed", 2).await.len(), 2);
    let elsewhere = world.mention_in(ben, world.general, "and here?");
    world.answer_to(elsewhere).await;
    let own = world.sim.thread_of(elsewhere).unwrap().id;
    world.reply_to(own, world.sim.post(ben, own, Post::text("and there?")).unwrap()).await;
    bot.wait_idle().await;
    assert_eq!((world.model.calls(), world.audited("not_allowed", 2).await.len()), (4, 2));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forums_settings_hold_in_its_posts() {
    let world = relaxed().await.offline();
    let _bot = world.bot().await;
    let (forum, closed) = (world.guild.forum("help"), world.guild.forum("closed"));
    world.change_in(forum, "chart_theme", "light").await;
    world.configure(Invocation::slash("config set channels_denied").option("add", closed)).await;
    let text = format!("{} {TABLE}", world.sim.mention());
    let post = world.sim.forum_post(world.alice, forum, "Sales", Post::text(text.clone())).unwrap();
    // The first message of a post has the post's id and is a question all the same.
    let chart = world.reply_to(post.thread, post.message).await.remove(0);
    assert_eq!(world.background(&chart).await, "light");
    // The post is a person's: only what is addressed to the bot is for it.
    world.post(post.thread, "make it a pie");
    let by_command = Invocation::slash("chart").option("request", "bar chart").option("data", TABLE);
    let chart = world.answer(world.invoke(world.alice, post.thread, by_command)).await;
    assert_eq!(world.background(&chart).await, "light");
    let reply = world.sim.post(world.alice, post.thread, Post::text(TABLE).reply_to(chart.id)).unwrap();
    let chart = world.reply_to(post.thread, reply).await.remove(0);
    assert_eq!(world.background(&chart).await, "light");
    assert_eq!(world.sim.bot_messages(post.thread).len(), 3);
    let refused = world.sim.forum_post(world.alice, closed, "Sales", Post::text(text)).unwrap();
    let told = world.bot_message(refused.thread, "a refusal", |_| true).await;
    assert_eq!(told.content, "I am not switched on in this channel. `/help` says where I answer.");
    let marked =
        |sim: &discord_sim::Sim| sim.message(refused.message).filter(|message| !message.reactions.is_empty()).map(drop);
    world.sim.wait_for("a reaction", PATIENCE, marked).await.unwrap();
    world.finish();
}
