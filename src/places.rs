//! What is known of channels, threads and roles: kept from the gateway's events, asked for by REST where an event was missed.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use crate::discord::rest::{Rest, RestError};
use crate::event::{Guild, Place, PlaceKind};
use crate::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};

/// Places that are remembered; at about 200 bytes each some 40 MB. Past it threads are forgotten: they are asked for again.
const PLACES_MAX: usize = 200_000;

/// The directory of places. Lookups do no input or output unless they say so.
#[derive(Debug, Default)]
pub struct Places {
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    places: HashMap<ChannelId, Place>,
    guilds: HashMap<GuildId, GuildFacts>,
    roles: HashMap<RoleId, String>,
}

#[derive(Debug, Default)]
struct GuildFacts {
    name: String,
    bot_role: Option<RoleId>,
}

impl Places {
    /// Takes over what a guild's event tells.
    pub fn learn_guild(&self, guild: &Guild) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.guilds.insert(guild.id, GuildFacts { name: guild.name.clone(), bot_role: guild.bot_role });
        known.roles.extend(guild.roles.iter().cloned());
        for place in &guild.places {
            known.keep(place.clone());
        }
    }

    /// Takes over a channel or thread.
    pub fn learn(&self, place: Place) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).keep(place);
    }

    /// Forgets a channel or thread that was deleted.
    pub fn forget(&self, id: ChannelId) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).places.remove(&id);
    }

    /// Forgets a guild that the bot left.
    pub fn forget_guild(&self, id: GuildId) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.guilds.remove(&id);
        known.places.retain(|_, place| place.guild != Some(id));
    }

    /// Moves the newest message of a place on.
    pub fn saw_message(&self, channel: ChannelId, message: MessageId) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = known.places.get_mut(&channel) {
            place.last_message = place.last_message.max(Some(message));
        }
    }

    /// A place, as far as it is known.
    pub fn get(&self, id: ChannelId) -> Option<Place> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).places.get(&id).cloned()
    }

    /// Whether the place is a thread that `bot` opened. `None` where the place is not known.
    pub fn is_thread_of(&self, id: ChannelId, bot: UserId) -> Option<bool> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.places.get(&id).map(|place| place.kind == PlaceKind::Thread && place.owner == Some(bot))
    }

    /// All places that are known.
    pub fn all(&self) -> Vec<Place> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).places.values().cloned().collect()
    }

    /// Whether a thread belongs to a forum; its first message then has the thread's id without being the starter of a thread in a
    /// text channel. `None` where the thread or its parent is not known.
    pub fn is_forum_post(&self, id: ChannelId) -> Option<bool> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let parent = known.places.get(&id)?.parent?;
        Some(known.places.get(&parent)?.kind == PlaceKind::Forum)
    }

    /// The role that Discord made for the bot in a guild.
    pub fn bot_role(&self, guild: GuildId) -> Option<RoleId> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).guilds.get(&guild)?.bot_role
    }

    /// The name of a guild.
    pub fn guild_name(&self, guild: GuildId) -> Option<String> {
        Some(self.known.read().unwrap_or_else(PoisonError::into_inner).guilds.get(&guild)?.name.clone())
    }

    /// The name of a role.
    pub fn role_name(&self, role: RoleId) -> Option<String> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).roles.get(&role).cloned()
    }

    /// A place, asked for where it is not known.
    ///
    /// # Errors
    /// Discord's answer.
    pub async fn find(&self, id: ChannelId, rest: &Rest) -> Result<Place, RestError> {
        if let Some(place) = self.get(id) {
            return Ok(place);
        }
        let place = rest.channel(id).await?.into_place();
        self.learn(place.clone());
        Ok(place)
    }
}

impl Known {
    fn keep(&mut self, mut place: Place) {
        if self.places.len() >= PLACES_MAX && !self.places.contains_key(&place.id) {
            self.places.retain(|_, place| place.kind != PlaceKind::Thread);
        }
        if let Some(known) = self.places.get(&place.id) {
            place.last_message = place.last_message.max(known.last_message);
            place.guild = place.guild.or(known.guild);
        }
        self.places.insert(place.id, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(id: u64, kind: PlaceKind, parent: Option<u64>, owner: Option<u64>) -> Place {
        Place {
            id: ChannelId(id),
            guild: Some(GuildId(1)),
            kind,
            parent: parent.map(ChannelId),
            owner: owner.map(UserId),
            name: String::new(),
            last_message: None,
        }
    }

    #[test]
    fn only_a_thread_that_the_bot_opened_is_its_own() {
        let places = Places::default();
        places.learn(place(1, PlaceKind::Thread, Some(9), Some(77)));
        places.learn(place(2, PlaceKind::Thread, Some(9), Some(5)));
        places.learn(place(3, PlaceKind::Text, None, Some(77)));
        let own = [1, 2, 3, 4].map(|id| places.is_thread_of(ChannelId(id), UserId(77)));
        assert_eq!(own, [Some(true), Some(false), Some(false), None]);
    }

    #[test]
    fn a_post_is_told_from_a_thread_by_its_parent() {
        let places = Places::default();
        places.learn(place(10, PlaceKind::Forum, None, None));
        places.learn(place(11, PlaceKind::Thread, Some(10), None));
        places.learn(place(20, PlaceKind::Text, None, None));
        places.learn(place(21, PlaceKind::Thread, Some(20), None));
        places.learn(place(31, PlaceKind::Thread, Some(30), None));
        let posts = [11, 21, 31].map(|id| places.is_forum_post(ChannelId(id)));
        assert_eq!(posts, [Some(true), Some(false), None]);
    }

    #[test]
    fn the_newest_message_never_goes_back() {
        let places = Places::default();
        places.learn(place(1, PlaceKind::Text, None, None));
        places.saw_message(ChannelId(1), MessageId(50));
        places.learn(Place { last_message: Some(MessageId(40)), ..place(1, PlaceKind::Text, None, None) });
        assert_eq!(places.get(ChannelId(1)).and_then(|place| place.last_message), Some(MessageId(50)));
    }
}
