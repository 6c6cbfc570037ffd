//! `/help`, `/why` and `/thread`, and what ends a conversation.

use discord_sim::{Invocation, MessageId, Post};
use model_sim::Reply;

use crate::harness::{PATIENCE, World};

fn why(world: &World, message: MessageId) -> Invocation {
    let link = format!("https://discord.com/channels/{}/{}/{message}", world.guild.id(), world.general);
    Invocation::slash("why").option("message", link)
}

#[tokio::test(flavor = "multi_thread")]
async fn help_tells_what_is_in_force_there() {
    let world = World::new().await;
    let _bot = world.bot().await;
    let plain = world.told(world.alice, Invocation::slash("help")).await;
    world.change("answer_in", "channel").await;
    world.change("follow_ups", "reply").await;
    world.change("cooldown_seconds", 1_800).await;
    world.change("questions_per_member", 20).await;
    world.configure(Invocation::slash("config set channels_allowed").option("add", world.general)).await;
    let set = world.told(world.alice, Invocation::slash("help")).await;
    let admins = world.told(world.admin(), Invocation::slash("help")).await;
    insta::assert_snapshot!(world.masked(&plain), @r#"
Mention me (<@BOT>) with a question, or paste a table and say what you want to see: *bar chart of sales by region*. `/ask` and `/chart` do the same; `Chart this` in the Apps menu of a message draws its table.
I answer in a thread of its own; there just write on to ask further.
`/usage` shows what you used, `/why` why a message got no answer, `/privacy` what I have stored about you and erases it.
"#);
    insta::assert_snapshot!(world.masked(&set), @r#"
Mention me (<@BOT>) with a question, or paste a table and say what you want to see: *bar chart of sales by region*. `/ask` and `/chart` do the same; `Chart this` in the Apps menu of a message draws its table.
I answer in <#GENERAL>.
I answer in the channel; mention me or reply to me to ask further.
Limits: 1,800 seconds between your questions; 20 questions a day for you.
`/usage` shows what you used, `/why` why a message got no answer, `/privacy` what I have stored about you and erases it.
"#);
    assert!(admins.contains("/config") && !set.contains("/config"));
    let dm = world.sim.dm(world.alice);
    let asked = world.invoke(world.alice, dm, Invocation::slash("help"));
    assert!(!world.answer(asked).await.content.contains("Limits"));
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn why_says_for_each_message_what_became_of_it() {
    let world = World::new().await;
    world.model.script([Reply::text("A mean."), Reply::unauthorized(), Reply::never()]);
    let bot = world.bot().await;
    let ben = world.guild.member("Ben");
    let answered = world.mention("what is a mean?");
    let answer = world.answer_to(answered).await[0].id;
    let failed = world.mention("what is a mode?");
    world.answer_to(failed).await;
    let running = world.mention("what is a median?");
    world.model.wait_for_calls(3).await.unwrap();
    world.change("questions_per_member", 3).await;
    let refused = world.mention("what is a range?");
    world.audited("quota", 1).await;
    let plain = world.post(world.general, "nobody is mentioned here");
    let gone = world.post(world.general, "this goes");
    world.sim.delete(world.alice, gone).unwrap();
    let mut said = Vec::new();
    for message in [answered, answer, failed, running, refused, plain, gone] {
        let asker = if message == gone { world.admin() } else { world.alice };
        said.push(world.masked(&world.told(asker, why(&world, message)).await));
    }
    insta::assert_snapshot!(said.join("\n\n"), @r#"
It was answered <t:N:R>: https://discord.com/channels/GUILD/N/N

This answers https://discord.com/channels/GUILD/GENERAL/N, asked by <@ALICE>: done <t:N:R>, with 1 model call.

It failed <t:N:R>: `unauthorized`. The answer's place says what to do; you can ask again.
-# <t:N:T> Failed: `unauthorized`

It is being answered: `answering`, last step <t:N:R>.

It was refused <t:N:R>. You have reached your limit for today (3 questions). You can ask again <t:N:R>.
-# <t:N:T> Quota used up: 3 questions a day of the member

It does not mention me. Mention me, or reply to a message of mine; in a thread that I opened just write, if the operator has given me the Message Content intent.

I cannot find this message: it was deleted, or I may not read it. I have no record of it.
"#);
    let others = world.told(ben, why(&world, answered)).await;
    assert_eq!(others, "Only the member who asked can see that, and moderators in the channel where it was asked.");
    let wrong = world.told(ben, Invocation::slash("why").option("message", "https://discord.com/channels/1/2/3")).await;
    assert_eq!(wrong, "Give the link of a message in this server: open its menu, Copy Message Link.");
    world.sim.delete(world.alice, running).unwrap();
    bot.wait_idle().await;
    let ended = world.told(world.alice, why(&world, running)).await;
    assert!(ended.starts_with("A person ended it"), "{ended}");
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_stopped_renamed_and_taken_along() {
    let world = World::new().await.offline();
    let bot = world.bot().await;
    let ben = world.guild.member("Ben");
    let asked = world.mention("bar chart of sales by region\nRegion,Sales\nNorth,10\nSouth,20");
    world.answer_to(asked).await;
    let thread = world.sim.thread_of(asked).unwrap().id;
    let used = |user, invocation| world.invoke(user, thread, invocation);
    let outside = world.told(world.alice, Invocation::slash("thread export")).await;
    assert_eq!(outside, "Use this in a thread that I opened.");
    let not_theirs = world.answer(used(ben, Invocation::slash("thread rename").option("name", "Mine"))).await;
    assert_eq!(not_theirs.content, "Only the member who asked and moderators can do this.");
    world.answer(used(world.alice, Invocation::slash("thread rename").option("name", "Sales"))).await;
    assert_eq!(world.sim.channel(thread).unwrap().name, "Sales");
    let export = world.answer(used(ben, Invocation::slash("thread export"))).await;
    assert_eq!(export.attachments[0].filename, "sales.md");
    let text = String::from_utf8(export.attachments[0].bytes.to_vec()).unwrap();
    let chart = &export.attachments[1];
    assert!(text.starts_with("# Sales\n\n**Alice**") && text.contains(&format!("]({})", chart.filename)), "{text}");
    assert_eq!(&chart.bytes[1..4], b"PNG");
    let stopped = world.answer(used(world.alice, Invocation::slash("thread stop"))).await;
    assert_eq!(stopped.content, "This conversation is ended. Mention me or reply to me to ask something again.");
    let before = bot.counter("claims").await;
    world.post(thread, "make it a pie");
    let mentioned = world.post(thread, &format!("{} make it a pie", world.sim.mention()));
    let wanted = |sim: &discord_sim::Sim| {
        sim.bot_messages(thread).into_iter().find(|message| message.reply_to == Some(mentioned))
    };
    world.sim.wait_for("an answer to the mention", PATIENCE, wanted).await.unwrap();
    bot.wait_idle().await;
    assert_eq!(bot.counter("claims").await, before + 1);
    world.finish();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_deletion_of_the_answer_ends_the_conversation_and_the_bots_own_do_not() {
    let world = World::new().await;
    world.model.script([Reply::text("One."), Reply::never(), Reply::text("Three.")]);
    let bot = world.bot().await;
    let asked = world.mention("say one");
    let answer = world.answer_to(asked).await[0].id;
    let thread = world.sim.thread_of(asked).unwrap().id;
    // A question that is deleted takes its unfinished answer with it; that deletion is the bot's own.
    let second = world.post(thread, "say two");
    world.model.wait_for_calls(2).await.unwrap();
    world.sim.delete(world.alice, second).unwrap();
    bot.wait_idle().await;
    assert!(!world.store().await.conversation_ended(plotline_store::ChannelId(thread.get())).await.unwrap());
    world.post(thread, "say three");
    world.model.wait_for_calls(3).await.unwrap();
    bot.wait_idle().await;
    world.sim.delete(world.admin(), answer).unwrap();
    bot.wait_logged("a person ended the conversation in a thread", 1).await;
    world.post(thread, "say four");
    let other = world
        .sim
        .post(world.alice, world.general, Post::text(format!("{} still there?", world.sim.mention())))
        .unwrap();
    world.answer_to(other).await;
    assert_eq!(world.model.calls(), 4);
    world.finish();
}
