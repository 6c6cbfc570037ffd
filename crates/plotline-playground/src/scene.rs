//! The little server that everybody meets: its channels, its people, and who of them may do what.

use discord_sim::{ChannelId, GuildId, OverwriteTarget, Permissions, Sim, UserId};
use serde::{Deserialize, Serialize};

/// Whom a visitor can act as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Persona {
    /// The server's admin.
    Ada,
    /// An ordinary member.
    #[default]
    Ben,
    /// Another ordinary member, for cooldowns and rights over other people's charts.
    Cleo,
}

impl Persona {
    /// Everyone, in the order in which the page shows them.
    pub(crate) const ALL: [Self; 3] = [Self::Ada, Self::Ben, Self::Cleo];

    /// The name that people see.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ada => "Ada",
            Self::Ben => "Ben",
            Self::Cleo => "Cleo",
        }
    }

    /// The word that names them in addresses and frames.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Ada => "ada",
            Self::Ben => "ben",
            Self::Cleo => "cleo",
        }
    }

    /// What they are, for the page.
    pub(crate) const fn note(self) -> &'static str {
        match self {
            Self::Ada => "Admin",
            Self::Ben | Self::Cleo => "Member",
        }
    }
}

/// One set-up of the server. A reset makes a new one, with new ids.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    guild: GuildId,
    people: [(Persona, UserId); 3],
    topics: [(ChannelId, &'static str); 3],
}

impl Scene {
    /// Sets the server up in an empty simulator.
    pub(crate) fn set_up(sim: &Sim) -> Self {
        let guild = sim.guild("Plotline playground");
        let people = Persona::ALL.map(|persona| (persona, guild.member(persona.name())));
        let admins = guild.role("Admins", Permissions::ADMINISTRATOR);
        guild.give_role(people[0].1, admins);
        // The simulator gives every guild an owner, who may do everything; here Ada does.
        guild.remove_member(guild.owner());
        let general = guild.text_channel("general");
        let data = guild.text_channel("data");
        let admin_only = guild.text_channel("admin-only");
        guild.overwrite(
            admin_only,
            OverwriteTarget::Role(guild.everyone()),
            Permissions::NONE,
            Permissions::VIEW_CHANNEL,
        );
        guild.overwrite(admin_only, OverwriteTarget::Member(sim.bot()), Permissions::VIEW_CHANNEL, Permissions::NONE);
        for (_, user) in people {
            // A direct-message channel exists once someone opened it; the page offers it from the start.
            let _opened = sim.dm(user);
        }
        Self {
            guild: guild.id(),
            people,
            topics: [
                (general, "Mention @Plotline with a table and ask for a chart"),
                (data, "Paste tables or drop CSV files here"),
                (admin_only, "Members do not see this channel; try settings here"),
            ],
        }
    }

    /// The server.
    pub(crate) fn guild(&self) -> GuildId {
        self.guild
    }

    /// The user whom a visitor acts as.
    pub(crate) fn user(&self, persona: Persona) -> UserId {
        self.people.iter().find(|(other, _)| *other == persona).map_or(self.people[0].1, |(_, user)| *user)
    }

    /// The people with their users, in the page's order.
    pub(crate) fn people(&self) -> impl Iterator<Item = (Persona, UserId)> {
        self.people.into_iter()
    }

    /// The channel that everybody sees first.
    pub(crate) fn main_channel(&self) -> ChannelId {
        self.topics[0].0
    }

    /// The topic of a channel.
    pub(crate) fn topic(&self, channel: ChannelId) -> Option<&'static str> {
        self.topics.iter().find(|(other, _)| *other == channel).map(|(_, topic)| *topic)
    }
}
