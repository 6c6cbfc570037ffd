//! What people do in a client: write, edit, delete, react, start threads.

use bytes::Bytes;

use crate::{
    Sim,
    actions::{
        mentions::Allowed,
        messages::{Draft, Edit, NewFile},
        threads::NewThread,
    },
    error::ApiError,
    id::{ChannelId, MessageId, UserId, now_ms},
    model::{ChannelKind, MessageKind, Reference},
    permissions::Permissions,
    rest::validate::{ATTACHMENTS_MAX, CONTENT_MAX_CHARS, FILE_MAX_BYTES},
    state::State,
};

/// What a person writes.
#[derive(Clone, Debug, Default)]
pub struct Post {
    text: String,
    files: Vec<(String, Bytes)>,
    reply_to: Option<MessageId>,
    reply_pings: bool,
    nonce: Option<String>,
}

impl Post {
    /// A message of this text. Mentions are written as Discord writes them, for example `<@123>`. Text of more than
    /// 2000 characters becomes an attached `message.txt`, as Discord's client does with a long paste.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), reply_pings: true, ..Self::default() }
    }

    /// With this file attached.
    #[must_use]
    pub fn attach(mut self, filename: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        self.files.push((filename.into(), bytes.into()));
        self
    }

    /// As a reply, which pings the author replied to.
    #[must_use]
    pub fn reply_to(mut self, message: MessageId) -> Self {
        self.reply_to = Some(message);
        self
    }

    /// As a reply with the ping switched off.
    #[must_use]
    pub fn reply_without_ping(mut self, message: MessageId) -> Self {
        self.reply_to = Some(message);
        self.reply_pings = false;
        self
    }

    /// With the nonce that a client sends along to recognise its own message.
    #[must_use]
    pub fn nonce(mut self, nonce: impl Into<String>) -> Self {
        self.nonce = Some(nonce.into());
        self
    }
}

/// A forum post or a thread that a person opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewPost {
    /// The thread.
    pub thread: ChannelId,
    /// Its first message.
    pub message: MessageId,
}

impl Sim {
    /// A person writes in a channel, thread or direct-message channel. Writing in an archived thread opens it again.
    ///
    /// # Errors
    /// What Discord would answer: unknown channel, no permission, locked thread, empty message, too large a file.
    pub fn post(&self, user: UserId, channel: ChannelId, post: Post) -> Result<MessageId, ApiError> {
        self.core().write(|state| {
            let draft = state.draft_of(user, channel, post)?;
            Ok(state.create_message(user, channel, draft))
        })
    }

    /// A person changes the text of their message.
    ///
    /// # Errors
    /// When it is not there or not theirs.
    pub fn edit(&self, user: UserId, message: MessageId, text: &str) -> Result<(), ApiError> {
        self.core().write(|state| {
            state.check_own(user, message)?;
            let edit = Edit { content: Some(text.to_owned()), allowed: Some(Allowed::Everything), ..Edit::default() };
            state.edit_message(message, edit)
        })
    }

    /// Discord adds a link preview to a message: the content stays, `MESSAGE_UPDATE` is sent.
    ///
    /// # Errors
    /// When the message is not there.
    pub fn add_link_preview(&self, message: MessageId, url: &str) -> Result<(), ApiError> {
        self.core().write(|state| {
            let found = state.messages.get_mut(&message).ok_or_else(ApiError::unknown_message)?;
            found.embeds.push(serde_json::json!({"type": "link", "url": url, "title": url}));
            state.tell_message_changed(message);
            Ok(())
        })
    }

    /// A person deletes a message: their own, or anyone's with Manage Messages.
    ///
    /// # Errors
    /// When it is not there or they may not.
    pub fn delete(&self, user: UserId, message: MessageId) -> Result<(), ApiError> {
        self.core().write(|state| {
            let found = state.messages.get(&message).ok_or_else(ApiError::unknown_message)?;
            let granted = state.permissions_in(user, found.channel_id);
            let dismissed = found.ephemeral_to == Some(user);
            if found.author != user && !dismissed && !granted.contains(Permissions::MANAGE_MESSAGES) {
                return Err(ApiError::missing_permissions());
            }
            state.delete_message(message)
        })
    }

    /// A person reacts.
    ///
    /// # Errors
    /// When the message is not there or they may not.
    pub fn react(&self, user: UserId, message: MessageId, emoji: &str) -> Result<(), ApiError> {
        self.core().write(|state| state.add_reaction(user, message, emoji))
    }

    /// A person takes a reaction back.
    ///
    /// # Errors
    /// When the message or the reaction is not there.
    pub fn unreact(&self, user: UserId, message: MessageId, emoji: &str) -> Result<(), ApiError> {
        self.core().write(|state| state.remove_reaction(user, message, emoji))
    }

    /// A person types.
    ///
    /// # Errors
    /// When they may not write there.
    pub fn typing(&self, user: UserId, channel: ChannelId) -> Result<(), ApiError> {
        self.core().write(|state| {
            state.check_may_send(user, channel)?;
            state.start_typing(user, channel);
            Ok(())
        })
    }

    /// A person starts a thread from a message.
    ///
    /// # Errors
    /// When there is one already, or they may not.
    pub fn start_thread(&self, user: UserId, message: MessageId, name: &str) -> Result<ChannelId, ApiError> {
        self.core().write(|state| {
            let channel = state.messages.get(&message).ok_or_else(ApiError::unknown_message)?.channel_id;
            state.start_thread_from(user, channel, message, new_thread(name, ChannelKind::PublicThread))
        })
    }

    /// A person starts a thread without a message; `kind` is one of the thread kinds.
    ///
    /// # Errors
    /// When the channel does not take such threads, or they may not.
    pub fn start_empty_thread(
        &self,
        user: UserId,
        channel: ChannelId,
        kind: ChannelKind,
        name: &str,
    ) -> Result<ChannelId, ApiError> {
        self.core().write(|state| state.start_thread(user, channel, new_thread(name, kind)))
    }

    /// A person opens a post in a forum.
    ///
    /// # Errors
    /// When the channel is no forum, or they may not.
    pub fn forum_post(&self, user: UserId, forum: ChannelId, title: &str, post: Post) -> Result<NewPost, ApiError> {
        self.core().write(|state| {
            let draft = post_draft(post)?;
            let (thread, message) =
                state.start_post(user, forum, new_thread(title, ChannelKind::PublicThread), draft)?;
            Ok(NewPost { thread, message })
        })
    }

    /// A person is added to a thread; clients see THREAD_CREATE again.
    ///
    /// # Errors
    /// When it is no thread.
    pub fn add_to_thread(&self, thread: ChannelId, user: UserId) -> Result<(), ApiError> {
        self.core().write(|state| {
            if state.channel(thread)?.thread.is_none() {
                return Err(ApiError::wrong_channel_type());
            }
            state.add_thread_members(thread, &[user]);
            Ok(())
        })
    }

    /// A moderator archives or locks a thread, or undoes it.
    ///
    /// # Errors
    /// When it is no thread, or they may not.
    pub fn set_thread_state(
        &self,
        user: UserId,
        thread: ChannelId,
        archived: bool,
        locked: bool,
    ) -> Result<(), ApiError> {
        self.core().write(|state| {
            let granted = state.permissions_in(user, thread);
            let found = state.channels.get_mut(&thread).ok_or_else(ApiError::unknown_channel)?;
            let Some(found) = &mut found.thread else { return Err(ApiError::wrong_channel_type()) };
            let owns = found.owner_id == user && found.locked == locked;
            if !owns && !granted.contains(Permissions::MANAGE_THREADS) {
                return Err(ApiError::missing_permissions());
            }
            found.archived = archived;
            found.locked = locked;
            found.archived_changed_at_ms = now_ms();
            state.tell_thread_changed(thread);
            Ok(())
        })
    }

    /// A moderator deletes a channel (with its threads) or a thread.
    ///
    /// # Errors
    /// When it is not there, or they may not.
    pub fn delete_channel(&self, user: UserId, channel: ChannelId) -> Result<(), ApiError> {
        self.core().write(|state| {
            let found = state.channel(channel)?;
            let needed =
                if found.kind.is_thread() { Permissions::MANAGE_THREADS } else { Permissions::MANAGE_CHANNELS };
            if !state.permissions_in(user, channel).contains(needed) {
                return Err(ApiError::missing_permissions());
            }
            state.delete_channel(channel)
        })
    }
}

impl State {
    fn draft_of(&mut self, user: UserId, channel: ChannelId, post: Post) -> Result<Draft, ApiError> {
        self.check_may_send(user, channel)?;
        if !post.files.is_empty() && !self.permissions_in(user, channel).contains(Permissions::ATTACH_FILES) {
            return Err(ApiError::missing_permissions());
        }
        let reply_to = match post.reply_to {
            Some(message) => {
                self.message(channel, message)?;
                Some(Reference { channel_id: channel, message_id: Some(message) })
            }
            None => None,
        };
        let mut draft = post_draft(post)?;
        if reply_to.is_some() {
            draft.kind = MessageKind::Reply;
            draft.reply_to = reply_to;
        }
        Ok(draft)
    }

    fn check_own(&self, user: UserId, message: MessageId) -> Result<(), ApiError> {
        let found = self.messages.get(&message).ok_or_else(ApiError::unknown_message)?;
        if found.author == user { Ok(()) } else { Err(ApiError::cannot_edit_other_user()) }
    }
}

fn new_thread(name: &str, kind: ChannelKind) -> NewThread {
    NewThread {
        name: name.to_owned(),
        auto_archive_min: 4320,
        slowmode_s: 0,
        kind,
        invitable: true,
        applied_tags: Vec::new(),
    }
}

/// The draft of a post, with a long text turned into a file as Discord's client does.
fn post_draft(post: Post) -> Result<Draft, ApiError> {
    let mut files: Vec<NewFile> = post
        .files
        .into_iter()
        .map(|(filename, bytes)| NewFile { filename, title: None, description: None, content_type: None, bytes })
        .collect();
    let mut content = post.text.trim().to_owned();
    if content.chars().count() > CONTENT_MAX_CHARS {
        files.push(NewFile {
            filename: "message.txt".to_owned(),
            title: None,
            description: None,
            content_type: Some("text/plain; charset=utf-8".to_owned()),
            bytes: Bytes::from(std::mem::take(&mut content)),
        });
    }
    if content.is_empty() && files.is_empty() {
        return Err(ApiError::empty_message());
    }
    if files.len() > ATTACHMENTS_MAX || files.iter().any(|file| file.bytes.len() > FILE_MAX_BYTES) {
        return Err(ApiError::file_too_large());
    }
    let allowed = if post.reply_pings {
        Allowed::Everything
    } else {
        let parse = ["users", "roles", "everyone"].map(str::to_owned).to_vec();
        Allowed::Only { parse, users: Vec::new(), roles: Vec::new(), replied_user: false }
    };
    Ok(Draft { files, allowed, nonce: post.nonce.map(Into::into), ..Draft::new(&content) })
}
