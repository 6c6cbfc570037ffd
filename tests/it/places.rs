//! Where an answer goes, and what counts as a question there.

use discord_sim::{Permissions, Post, SimOptions};
use model_sim::Reply;

use crate::harness::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_in_the_bots_thread_needs_no_mention_and_knows_what_was_said() {
    let world = World::new().await;
    world.model.script([Reply::text("The middle value."), Reply::text("The sum over the count.")]);
    let _bot = world.bot().await;
    let question = world.mention("what is a median?");
    world.answer_to(question).await;
    let thread = world.sim.thread_of(question).unwrap().id;
    let follow_up = world.post(thread, "and a mean?");
    let answer = world.reply_to(thread, follow_up).await;
    assert_eq!(answer[0].content, "The sum over the count.");
    let asked = world.model.requests().pop().unwrap();
    let told: Vec<String> =
        asked.messages().iter().skip(1).map(|message| format!("{}: {}", message["role"], message["content"])).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
"user": "Alice: what is a median?"
"assistant": "The middle value."
"user": "Alice: and a mean?"
"#);
    assert_eq!(world.sim.threads(world.general).len(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_to_the_bot_counts_everywhere_and_a_reply_to_a_person_does_not() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let voice = world.guild.voice_channel("Lounge");
    let first = world.post(voice, &format!("{} what is a median?", world.sim.mention()));
    let answer = world.reply_to(voice, first).await;
    let reply = world.sim.post(world.alice, voice, Post::text("and a mean?").reply_to(answer[0].id)).unwrap();
    assert_eq!(world.reply_to(voice, reply).await.len(), 1);
    let quiet = world.sim.post(world.alice, voice, Post::text("and a mode?").reply_without_ping(answer[0].id)).unwrap();
    assert_eq!(world.reply_to(voice, quiet).await.len(), 1);
    let ben = world.guild.member("Ben");
    world.sim.post(ben, voice, Post::text("I know!").reply_to(first)).unwrap();
    let last = world.post(voice, &format!("{} thanks, and a range?", world.sim.mention()));
    world.reply_to(voice, last).await;
    assert_eq!(world.model.calls(), 4);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_in_place_where_there_are_no_threads() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let forum = world.guild.forum("help");
    let post = world
        .sim
        .forum_post(world.alice, forum, "Statistics", Post::text(format!("{} what is a median?", world.sim.mention())))
        .unwrap();
    assert_eq!(world.reply_to(post.thread, post.message).await.len(), 1);
    let news = world.guild.announcement_channel("news");
    let voice = world.guild.voice_channel("Lounge");
    let dm = world.sim.dm(world.alice);
    for channel in [news, voice, dm] {
        let question = world.post(channel, &format!("{} what is a median?", world.sim.mention()));
        assert_eq!(world.reply_to(channel, question).await.len(), 1);
        assert_eq!(world.sim.threads(channel).len(), 0);
    }
    let plain = world.post(dm, "and a mean?");
    assert_eq!(world.reply_to(dm, plain).await.len(), 1);
    let thread = world.sim.start_thread(world.alice, world.post(world.general, "let us talk"), "Talk").unwrap();
    let asked = world.post(thread, &format!("{} what is a mode?", world.sim.mention()));
    assert_eq!(world.reply_to(thread, asked).await.len(), 1);
    world.post(thread, "no question in somebody else's thread");
    world.answer_to(world.mention("last?")).await;
    assert_eq!(world.model.calls(), 7);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_permission_for_threads_it_answers_in_the_channel() {
    let world = World::with(SimOptions::default()).await;
    let _bot = world.bot().await;
    world.guild.deny_bot(world.general, Permissions::CREATE_PUBLIC_THREADS);
    let question = world.mention("what is a median?");
    assert_eq!(world.reply_to(world.general, question).await.len(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_may_not_write_the_job_ends_and_discord_is_left_alone() {
    let world = World::new().await;
    let bot = world.bot().await;
    world.guild.deny_bot(world.general, Permissions::CREATE_PUBLIC_THREADS | Permissions::SEND_MESSAGES);
    world.mention("what is a median?");
    bot.wait_logged("a job failed", 1).await;
    let writes = world.sim.counters().writes;
    assert!(writes <= 5, "{writes} writes in a place where it may not write");
    assert_eq!(world.model.calls(), 0);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_alone_gets_a_hello_without_a_model_call() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let question = world.mention("");
    let answer = world.answer_to(question).await;
    insta::assert_snapshot!(answer[0].content.replace(&world.sim.bot().to_string(), "BOT"), @r#"
Hi! Ask me anything by mentioning me, or paste a table and say what you want to see, for example:
> <@BOT> chart revenue by month
> Month, Revenue
> Jan, 1200
> Feb, 1500
> Mar, 1420
I also read CSV and spreadsheet files, and you can follow up in the thread: *make it a pie*.
"#);
    assert_eq!(world.model.calls(), 0);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_webhooks_and_system_messages_are_never_answered() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let other = world.sim.other_bot("Echo");
    world.guild.add_member(other);
    world.sim.post(other, world.general, Post::text(format!("{} loop?", world.sim.mention()))).unwrap();
    world.answer_to(world.mention("a person asks")).await;
    assert_eq!(world.model.calls(), 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_model_writes_pings_anybody() {
    let world = World::new().await;
    let ben = world.guild.member("Ben");
    let text = format!("@everyone @here <@{ben}> <@&{}> look!", world.guild.everyone());
    world.model.script([Reply::text(&text)]);
    let _bot = world.bot().await;
    let question = world.mention("call everyone");
    let answer = world.answer_to(question).await;
    assert!(answer[0].content.contains("@everyone"));
    assert!(!answer[0].pinged_everyone && answer[0].pinged_users.is_empty() && answer[0].pinged_roles.is_empty());
    assert_eq!(world.sim.take_violations(discord_sim::ViolationKind::PingsByDefault), 0);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_answer_is_split_and_a_code_block_stays_whole() {
    let world = World::new().await;
    let code: String = (0..120).map(|n| format!("let value_{n} = {n} * {n};\n")).collect();
    world.model.script([Reply::text(&format!("Here it is:\n```rust\n{code}```\nThat was it."))]);
    let bot = world.bot().await;
    let question = world.mention("show me code");
    world.answer_to(question).await;
    bot.wait_logged("answered", 1).await;
    let answer = world.answer_to(question).await;
    assert!(answer.len() >= 2);
    for part in &answer {
        assert!(part.content.chars().count() <= 2000);
        assert_eq!(part.content.matches("```").count() % 2, 0, "{}", part.content);
    }
    assert!(answer[1].content.starts_with("```rust\n"));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn text_files_are_read_and_files_elsewhere_are_not() {
    let world = World::new().await;
    world.model.answer_with(|request| {
        Reply::text(if request.last_user_text().contains("needle in the file") { "found" } else { "not found" })
    });
    let _bot = world.bot().await;
    let post = Post::text(format!("{} what is in it?", world.sim.mention())).attach("notes.md", "a needle in the file");
    let question = world.sim.post(world.alice, world.general, post).unwrap();
    assert_eq!(world.answer_to(question).await[0].content, "found");
    world.finish();
}
