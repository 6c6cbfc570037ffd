//! JSON in Discord's shapes, made from the state.

use std::hash::BuildHasher;

use serde_json::{Value, json};

use crate::{
    actions::normalize,
    id::{AttachmentId, ChannelId, GuildId, MessageId, UserId, iso8601, now_ms},
    model::{Attachment, Channel, ChannelKind, Guild, Member, Message, MessageKind, OverwriteTarget, Role, User},
    state::State,
};

/// Application flags that say which privileged intents a bot in fewer than 100 servers was given.
const FLAG_PRESENCE_LIMITED: u64 = 1 << 13;
const FLAG_MEMBERS_LIMITED: u64 = 1 << 15;
const FLAG_MESSAGE_CONTENT_LIMITED: u64 = 1 << 19;

/// A user.
pub(crate) fn user_json(user: &User) -> Value {
    let mut json = json!({
        "id": user.id,
        "username": user.username,
        "discriminator": if user.bot { "0001" } else { "0" },
        "global_name": user.global_name,
        "avatar": null,
        "avatar_decoration_data": null,
        "banner": null,
        "accent_color": null,
        "collectibles": null,
        "primary_guild": null,
        "public_flags": 0,
        "flags": 0,
    });
    if user.bot {
        json["bot"] = json!(true);
    }
    json
}

/// A role.
pub(crate) fn role_json(role: &Role) -> Value {
    json!({
        "id": role.id,
        "name": role.name,
        "description": null,
        "permissions": role.permissions.bits().to_string(),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
        "hoist": false,
        "managed": role.managed,
        "mentionable": role.mentionable,
        "icon": null,
        "unicode_emoji": null,
        "flags": 0,
    })
}

/// A set of ids as a list of strings.
pub(crate) fn list<'a, T: serde::Serialize + 'a>(ids: impl IntoIterator<Item = &'a T>) -> Vec<Value> {
    ids.into_iter().map(|id| json!(id)).collect()
}

impl State {
    /// Where clients connect their gateway.
    pub(crate) fn gateway_url(&self) -> String {
        format!("{}/gateway", self.origin.replacen("http", "ws", 1))
    }

    /// The flags of the application.
    pub(crate) fn application_flags(&self) -> u64 {
        let flag = |granted: bool, bit: u64| if granted { bit } else { 0 };
        flag(self.options.message_content_granted, FLAG_MESSAGE_CONTENT_LIMITED)
            | flag(self.options.guild_members_granted, FLAG_MEMBERS_LIMITED)
            | flag(self.options.guild_presences_granted, FLAG_PRESENCE_LIMITED)
    }

    /// A user by id; a deleted account when there is none.
    pub(crate) fn user_or_deleted(&self, id: UserId) -> Value {
        self.users.get(&id).map_or_else(
            || {
                user_json(&User {
                    id,
                    username: "deleted_user".to_owned(),
                    global_name: None,
                    bot: false,
                    locale: "en-US".to_owned(),
                    blocks_bot: false,
                })
            },
            user_json,
        )
    }

    /// The bot's user with what only it sees of itself.
    pub(crate) fn own_user_json(&self) -> Value {
        let mut json = self.user_or_deleted(self.bot);
        json["verified"] = json!(true);
        json["email"] = Value::Null;
        json["mfa_enabled"] = json!(true);
        json["locale"] = json!("en-US");
        json["premium_type"] = json!(0);
        json
    }

    /// A member without the user, as it stands in messages.
    pub(crate) fn partial_member_json(&self, member: &Member) -> Value {
        json!({
            "roles": list(&member.roles),
            "nick": member.nick,
            "avatar": null,
            "banner": null,
            "premium_since": null,
            "joined_at": iso8601(member.joined_at_ms),
            "deaf": false,
            "mute": false,
            "pending": false,
            "flags": 0,
            "communication_disabled_until": null,
        })
    }

    /// A member.
    pub(crate) fn member_json(&self, member: &Member) -> Value {
        let mut json = self.partial_member_json(member);
        json["user"] = self.user_or_deleted(member.user);
        json
    }

    /// A guild, without what only GUILD_CREATE adds.
    pub(crate) fn guild_json(&self, guild: &Guild) -> Value {
        json!({
            "id": guild.id,
            "name": guild.name,
            "icon": null,
            "icon_hash": null,
            "description": null,
            "home_header": null,
            "splash": null,
            "discovery_splash": null,
            "features": [],
            "banner": null,
            "owner_id": guild.owner_id,
            "application_id": null,
            "region": "deprecated",
            "afk_channel_id": null,
            "afk_timeout": 300,
            "system_channel_id": null,
            "system_channel_flags": 0,
            "widget_enabled": false,
            "widget_channel_id": null,
            "verification_level": 0,
            "roles": guild.roles.values().map(role_json).collect::<Vec<_>>(),
            "default_message_notifications": 0,
            "mfa_level": 0,
            "explicit_content_filter": 0,
            "max_presences": null,
            "max_members": 500_000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "vanity_url_code": null,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": guild.locale,
            "rules_channel_id": null,
            "safety_alerts_channel_id": null,
            "public_updates_channel_id": null,
            "premium_progress_bar_enabled": false,
            "nsfw": false,
            "nsfw_level": 0,
            "emojis": [],
            "stickers": [],
            "incidents_data": null,
        })
    }

    /// A channel, thread or direct-message channel.
    pub(crate) fn channel_json(&self, channel: &Channel) -> Value {
        let Some(guild) = channel.guild_id else {
            return json!({
                "id": channel.id,
                "type": channel.kind.number(),
                "flags": 0,
                "last_message_id": channel.last_message_id,
                "last_pin_timestamp": null,
                "recipients": channel.recipients.iter().map(|id| self.user_or_deleted(*id)).collect::<Vec<_>>(),
            });
        };
        let mut json = json!({
            "id": channel.id,
            "type": channel.kind.number(),
            "guild_id": guild,
            "name": channel.name,
            "parent_id": channel.parent_id,
            "flags": 0,
            "last_message_id": channel.last_message_id,
            "last_pin_timestamp": null,
            "rate_limit_per_user": channel.slowmode_s,
        });
        if let Some(thread) = &channel.thread {
            json["owner_id"] = json!(thread.owner_id);
            json["message_count"] = json!(thread.message_count);
            json["total_message_sent"] = json!(thread.total_message_sent);
            // Discord stops counting at 50.
            json["member_count"] = json!(thread.members.len().min(50));
            json["applied_tags"] = json!(thread.applied_tags);
            json["thread_metadata"] = json!({
                "archived": thread.archived,
                "archive_timestamp": iso8601(thread.archived_changed_at_ms),
                "auto_archive_duration": thread.auto_archive_min,
                "locked": thread.locked,
                "create_timestamp": iso8601(channel.id.created_at_ms()),
            });
            if channel.kind == ChannelKind::PrivateThread {
                json["thread_metadata"]["invitable"] = json!(thread.invitable);
            }
            if let Some(joined_at_ms) = thread.members.get(&self.bot) {
                json["member"] = thread_member_json(channel.id, self.bot, *joined_at_ms);
            }
            return json;
        }
        json["position"] = json!(channel.position);
        json["topic"] = json!(channel.topic);
        json["nsfw"] = json!(channel.nsfw);
        json["permission_overwrites"] = channel
            .overwrites
            .iter()
            .map(|overwrite| {
                let (kind, id) = match overwrite.target {
                    OverwriteTarget::Role(role) => (0, role.to_string()),
                    OverwriteTarget::Member(user) => (1, user.to_string()),
                };
                json!({
                    "id": id,
                    "type": kind,
                    "allow": overwrite.allow.bits().to_string(),
                    "deny": overwrite.deny.bits().to_string(),
                })
            })
            .collect();
        match channel.kind {
            ChannelKind::Forum => {
                json["available_tags"] = json!([]);
                json["default_reaction_emoji"] = Value::Null;
                json["default_sort_order"] = Value::Null;
                json["default_forum_layout"] = json!(0);
            }
            ChannelKind::Voice => {
                json["bitrate"] = json!(64_000);
                json["user_limit"] = json!(0);
                json["rtc_region"] = Value::Null;
            }
            _ => {}
        }
        json
    }

    /// What only the simulator can write into a link, and recognises when the link is used.
    pub(crate) fn cdn_signature(&self, attachment: AttachmentId, expiry: &str, issued: &str) -> String {
        format!("{:016x}", self.cdn_key.hash_one((attachment, expiry, issued)))
    }

    /// An attachment.
    pub(crate) fn attachment_json(&self, channel: ChannelId, attachment: &Attachment) -> Value {
        let folder = if attachment.ephemeral { "ephemeral-attachments" } else { "attachments" };
        // Links carry an expiry, an issue time and a signature, so clients must keep the query.
        let issued_s = now_ms() / 1000;
        let lifetime_s = i64::try_from(self.options.cdn_link_lifetime.as_secs()).unwrap_or(i64::MAX);
        let (expiry, issued) = (format!("{:x}", issued_s.saturating_add(lifetime_s)), format!("{issued_s:x}"));
        let signature = self.cdn_signature(attachment.id, &expiry, &issued);
        let url = format!(
            "{}/cdn/{folder}/{channel}/{}/{}?ex={expiry}&is={issued}&hm={signature}&",
            self.origin, attachment.id, attachment.filename,
        );
        let mut json = json!({
            "id": attachment.id,
            "filename": attachment.filename,
            "size": attachment.size,
            "url": url,
            "proxy_url": url,
        });
        if let Some(title) = &attachment.title {
            json["title"] = json!(title);
        }
        if let Some(description) = &attachment.description {
            json["description"] = json!(description);
        }
        if let Some(content_type) = &attachment.content_type {
            json["content_type"] = json!(content_type);
        }
        if let Some((width, height)) = attachment.dimensions {
            json["width"] = json!(width);
            json["height"] = json!(height);
        }
        if attachment.ephemeral {
            json["ephemeral"] = json!(true);
        }
        json
    }

    /// A message as REST answers it and people see it: in full.
    pub(crate) fn message_json(&self, message: &Message) -> Value {
        self.message_with_depth(message, true)
    }

    /// A message as the bot's application may read it over REST: without content where the privileged intent is
    /// missing and the rules make no exception.
    pub(crate) fn message_json_for_bot(&self, message: &Message) -> Value {
        let mut json = self.message_json(message);
        if !self.options.message_content_granted {
            if !self.is_readable(message) {
                crate::gateway::dispatch::hide_content(&mut json);
            } else if let Some(replied_to) = message.reference.and_then(|r| r.message_id)
                && self.messages.get(&replied_to).is_some_and(|message| !self.is_readable(message))
                && let Some(json) = json.get_mut("referenced_message")
            {
                crate::gateway::dispatch::hide_content(json);
            }
        }
        json
    }

    fn message_with_depth(&self, message: &Message, with_reference: bool) -> Value {
        let mut json = json!({
            "id": message.id,
            "channel_id": message.channel_id,
            "author": self.user_or_deleted(message.author),
            "content": message.content,
            "timestamp": iso8601(message.id.created_at_ms()),
            "edited_timestamp": message.edited_at_ms.map(iso8601),
            "tts": message.tts,
            "mention_everyone": message.mentions.everyone,
            "mentions": message.mentions.users.iter().map(|id| self.user_or_deleted(*id)).collect::<Vec<_>>(),
            "mention_roles": list(&message.mentions.roles),
            "attachments": message.attachments.iter().map(|a| self.attachment_json(message.channel_id, a)).collect::<Vec<_>>(),
            "embeds": message.embeds,
            "components": message.components,
            "pinned": message.pinned,
            "type": message.kind.number(),
            "flags": message.flags,
        });
        let attachments = json["attachments"].clone();
        normalize::resolve_pictures(&mut json["embeds"], &attachments);
        if !message.reactions.is_empty() {
            json["reactions"] = message
                .reactions
                .iter()
                .map(|reaction| {
                    json!({
                        "emoji": emoji_json(&reaction.emoji),
                        "count": reaction.users.len(),
                        "count_details": {"normal": reaction.users.len(), "burst": 0},
                        "burst_colors": [],
                        "me_burst": false,
                        "burst_me": false,
                        "burst_count": 0,
                        "me": reaction.users.contains(&self.bot),
                    })
                })
                .collect();
        }
        if let Some(reference) = &message.reference {
            json["message_reference"] = json!({"type": 0, "channel_id": reference.channel_id});
            if let Some(id) = reference.message_id {
                json["message_reference"]["message_id"] = json!(id);
            }
            if let Some(guild) = self.channels.get(&reference.channel_id).and_then(|channel| channel.guild_id) {
                json["message_reference"]["guild_id"] = json!(guild);
            }
            if with_reference && matches!(message.kind, MessageKind::Reply | MessageKind::ThreadStarter) {
                let replied_to = reference.message_id.and_then(|id| self.messages.get(&id));
                json["referenced_message"] =
                    replied_to.map_or(Value::Null, |message| self.message_with_depth(message, false));
            }
        }
        if let Some(thread) = self.thread_of(message.id) {
            json["thread"] = self.channel_json(thread);
        }
        if let Some(origin) = &message.interaction {
            json["application_id"] = json!(self.bot);
            json["webhook_id"] = json!(self.bot);
            json["interaction_metadata"] = json!({
                "id": origin.id,
                "type": origin.kind,
                "user": self.user_or_deleted(origin.user),
                "authorizing_integration_owners": origin.owners,
            });
            if let Some(name) = &origin.name {
                json["interaction"] = json!({
                    "id": origin.id,
                    "type": origin.kind,
                    "name": name,
                    "user": self.user_or_deleted(origin.user),
                });
            }
        } else if message.author == self.bot {
            json["application_id"] = json!(self.bot);
        }
        json
    }

    /// A message as a gateway event carries it: with guild and members, and with the nonce for MESSAGE_CREATE.
    pub(crate) fn message_event_json(&self, message: &Message, with_nonce: bool) -> Value {
        let mut json = self.message_json(message);
        let channel = self.channels.get(&message.channel_id);
        json["channel_type"] = json!(channel.map_or(0, |channel| channel.kind.number()));
        if with_nonce && let Some(nonce) = &message.nonce {
            json["nonce"] = nonce.clone();
        }
        let Some(guild) = channel.and_then(|channel| channel.guild_id).and_then(|id| self.guilds.get(&id)) else {
            return json;
        };
        json["guild_id"] = json!(guild.id);
        if let Some(member) = guild.members.get(&message.author) {
            json["member"] = self.partial_member_json(member);
        }
        if let Some(mentions) = json["mentions"].as_array_mut() {
            for (mention, user) in mentions.iter_mut().zip(&message.mentions.users) {
                if let Some(member) = guild.members.get(user) {
                    mention["member"] = self.partial_member_json(member);
                }
            }
        }
        json
    }

    /// `{"id", "guild_id"}` and the like: the guild of a channel for events that name both.
    pub(crate) fn guild_of(&self, channel: ChannelId) -> Option<GuildId> {
        self.channels.get(&channel).and_then(|channel| channel.guild_id)
    }

    /// `{"channel_id", "message_id", "guild_id"}` of a message, for deletions and reactions.
    pub(crate) fn message_place_json(&self, channel: ChannelId, message: MessageId) -> Value {
        let mut json = json!({"channel_id": channel, "message_id": message});
        if let Some(guild) = self.guild_of(channel) {
            json["guild_id"] = json!(guild);
        }
        json
    }
}

/// A membership of a thread.
pub(crate) fn thread_member_json(thread: ChannelId, user: UserId, joined_at_ms: i64) -> Value {
    json!({"id": thread, "user_id": user, "join_timestamp": iso8601(joined_at_ms), "flags": 1})
}

/// An emoji: `{"id": null, "name": "👍"}`, or id and name of a custom one written `name:id`.
pub(crate) fn emoji_json(emoji: &str) -> Value {
    match emoji.rsplit_once(':') {
        Some((name, id)) if id.parse::<u64>().is_ok() => json!({"id": id, "name": name}),
        _ => json!({"id": null, "name": emoji}),
    }
}
