//! Commands, buttons and forms, as their users see them.

mod asking;
mod buttons;
mod charting;
mod faults;

use discord_sim::{ChannelId, InteractionId, Invocation, MessageView, Sim, UserId};

use crate::harness::{PATIENCE, World, is_finished};

impl World {
    /// Somebody uses a command.
    pub fn invoke(&self, user: UserId, channel: ChannelId, invocation: Invocation) -> InteractionId {
        self.sim.invoke(user, channel, invocation).unwrap_or_else(|error| panic!("{error:?}\n{}", self.logs()))
    }

    /// The answer to an interaction, once it is complete.
    pub async fn answer(&self, interaction: InteractionId) -> MessageView {
        self.shown(interaction, "a complete answer", is_complete).await
    }

    /// The answer to an interaction, once it is as wanted.
    pub async fn shown(
        &self,
        interaction: InteractionId,
        what: &str,
        wanted: impl Fn(&MessageView) -> bool,
    ) -> MessageView {
        self.sim
            .wait_for(what, PATIENCE, |sim| sim.interaction(interaction)?.answer.filter(|message| wanted(message)))
            .await
            .unwrap_or_else(|error| panic!("{error}\n{:#?}\n{}", self.sim.interaction(interaction), self.logs()))
    }

    /// The first message of the bot that is as wanted.
    pub async fn bot_message(
        &self,
        channel: ChannelId,
        what: &str,
        wanted: impl Fn(&MessageView) -> bool,
    ) -> MessageView {
        self.sim
            .wait_for(what, PATIENCE, |sim| sim.bot_messages(channel).into_iter().find(|message| wanted(message)))
            .await
            .unwrap_or_else(|error| panic!("{error}\n{:#?}\n{}", self.sim.bot_messages(channel), self.logs()))
    }

    /// The word beside a component's message that only who pressed it sees.
    pub async fn private_word(&self, interaction: InteractionId) -> MessageView {
        let wanted = |sim: &Sim| {
            let seen = sim.interaction(interaction)?;
            let words = seen.answer.into_iter().chain(seen.follow_ups);
            words.filter(|message| message.ephemeral_to.is_some() && !message.is_loading()).last()
        };
        self.sim
            .wait_for("a private word", PATIENCE, wanted)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{}", self.logs()))
    }

    /// The form that an interaction opens.
    pub async fn form(&self, interaction: InteractionId) -> serde_json::Value {
        self.sim
            .wait_for("a form", PATIENCE, |sim| sim.interaction(interaction)?.modal)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{}", self.logs()))
    }
}

/// Neither thinking, nor a placeholder, nor growing.
pub fn is_complete(message: &MessageView) -> bool {
    !message.is_loading() && is_finished(&message.content) && !has_button(message, "p1:stop")
}

/// Whether there is a component whose name begins so.
pub fn has_button(message: &MessageView, name: &str) -> bool {
    message.custom_ids().iter().any(|id| id.starts_with(name))
}

/// The labels of its buttons and the choices of its menus, the chosen one in brackets.
pub fn labels(message: &MessageView) -> String {
    let mut rows = Vec::new();
    for row in &message.components {
        let items = row["components"].as_array().cloned().unwrap_or_default();
        let labels = items.iter().flat_map(|item| match item["options"].as_array() {
            Some(options) => options
                .iter()
                .map(|option| match (option["label"].as_str().unwrap_or_default(), option["default"] == true) {
                    (label, true) => format!("({label})"),
                    (label, false) => label.to_owned(),
                })
                .collect::<Vec<_>>(),
            None => vec![item["label"].as_str().unwrap_or_default().to_owned()],
        });
        rows.push(labels.collect::<Vec<_>>().join(" | "));
    }
    rows.join("\n")
}
