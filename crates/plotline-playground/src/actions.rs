//! What a visitor does on the page, carried out on the simulator and on the bot's processes.

use bytes::Bytes;
use discord_sim::{ApiError, ChannelId, InteractionId, MessageId, Post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    bots::Slot,
    interactions::{self, GivenOption, Target},
    playground::Playground,
    scene::Persona,
    trouble::NextRequest,
};

/// A file that came with an action.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) filename: String,
    pub(crate) bytes: Bytes,
}

/// One action of the page.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Action {
    /// Writes a message, with the files that came along.
    Post { channel: ChannelId, content: String, reply_to: Option<MessageId> },
    /// Changes the text of an own message.
    Edit { message: MessageId, content: String },
    /// Deletes a message.
    DeleteMessage { message: MessageId },
    /// Deletes a thread.
    DeleteChannel { channel: ChannelId },
    /// Reacts, or takes a reaction back.
    React { message: MessageId, emoji: String, on: bool },
    /// Uses a slash, message or member command.
    Command { channel: ChannelId, target: Target },
    /// Asks for choices while an option is typed.
    Autocomplete { channel: ChannelId, path: String, options: Vec<GivenOption>, focused: String },
    /// Clicks a button or chooses in a menu.
    Component { message: MessageId, custom_id: String, values: Vec<String> },
    /// Submits a modal.
    ModalSubmit { interaction: InteractionId, values: Vec<(String, String)> },
    /// Sets how often events are delivered.
    Trouble { deliver: Option<u64>, again_in_thread: Option<bool> },
    /// Lets something happen to the bot's next request.
    NextRequest(NextRequest),
    /// Takes such a fault back.
    CancelFault { fault: u64 },
    /// Cuts the bot's gateway connections.
    DropConnection { resumable: bool },
    /// Kills a process.
    Kill { slot: u8 },
    /// Stops a process in order.
    Stop { slot: u8 },
    /// Starts a process.
    Start { slot: u8 },
    /// Puts everything back to the start.
    Reset,
}

/// Carries out an action. The answer is for the page; an error is one sentence for the visitor.
pub(crate) async fn perform(
    playground: &Playground,
    persona: Persona,
    action: Action,
    files: Vec<Upload>,
) -> Result<Value, String> {
    let sim = &playground.sim;
    let user = playground.scene().user(persona);
    let told = |result: Result<(), ApiError>| result.map(|()| Value::Null).map_err(|error| sentence(&error));
    match action {
        Action::Post { channel, content, reply_to } => {
            let mut post = Post::text(content);
            for file in files {
                post = post.attach(file.filename, file.bytes);
            }
            if let Some(message) = reply_to {
                post = post.reply_to(message);
            }
            let message = sim.post(user, channel, post).map_err(|error| sentence(&error))?;
            Ok(json!({"message": message}))
        }
        Action::Edit { message, content } => told(sim.edit(user, message, &content)),
        Action::DeleteMessage { message } => told(sim.delete(user, message)),
        Action::DeleteChannel { channel } => told(sim.delete_channel(user, channel)),
        Action::React { message, emoji, on } => {
            told(if on { sim.react(user, message, &emoji) } else { sim.unreact(user, message, &emoji) })
        }
        Action::Command { channel, target } => interactions::command(sim, user, channel, target, &files),
        Action::Autocomplete { channel, path, options, focused } => {
            interactions::autocomplete(sim, user, channel, &path, &options, &focused)
        }
        Action::Component { message, custom_id, values } => {
            interactions::component(sim, user, message, &custom_id, &values)
        }
        Action::ModalSubmit { interaction, values } => interactions::submit_modal(sim, interaction, &values),
        Action::Trouble { deliver, again_in_thread } => {
            playground.trouble.set_delivery(sim, deliver, again_in_thread);
            Ok(Value::Null)
        }
        Action::NextRequest(asked) => playground.trouble.add(sim, asked).map(|()| Value::Null),
        Action::CancelFault { fault } => {
            playground.trouble.cancel(sim, fault);
            Ok(Value::Null)
        }
        Action::DropConnection { resumable } => {
            sim.gateway().drop_connections(resumable);
            Ok(Value::Null)
        }
        Action::Kill { slot } => {
            playground.bots.kill(slot_of(slot)?).await;
            Ok(Value::Null)
        }
        Action::Stop { slot } => {
            playground.bots.stop(slot_of(slot)?).await;
            Ok(Value::Null)
        }
        Action::Start { slot } => playground.bots.start(slot_of(slot)?).map(|()| Value::Null),
        Action::Reset => playground.reset().await.map(|()| Value::Null),
    }
}

fn slot_of(number: u8) -> Result<Slot, String> {
    Slot::new(number).ok_or_else(|| "There is no such process.".to_owned())
}

/// Discord's refusal in one plain sentence.
pub(crate) fn sentence(error: &ApiError) -> String {
    match error.code {
        10_003 => "That channel is no longer there.".to_owned(),
        10_008 => "That message is no longer there.".to_owned(),
        40_005 => "The files are too large: Discord takes 10 files of 10 MiB each at most.".to_owned(),
        50_001 | 50_013 => "You may not do that here.".to_owned(),
        50_005 => "You can only edit your own messages.".to_owned(),
        50_006 => "There is nothing to send.".to_owned(),
        _ => format!("Discord refused: {}.", error.message.trim_end_matches('.')),
    }
}
