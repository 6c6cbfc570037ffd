//! The terms on which a question is taken: the settings and limits in force for who asks, where, at this moment.
//!
//! They are read for each question, through the store's cache: a change is in force at once in every process. Whether the limits hold is
//! checked in the claim's own transaction.

use std::sync::Arc;

use plotline_model::estimate_tokens;
use plotline_store::{Amount, Denied, Limits, Quota, Scope, Store, StoreError};

use crate::config::{AnswerConfig, OperatorConfig};
use crate::discord::rest::Rest;
use crate::event::{Message, PlaceKind};
use crate::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::places::Places;
use crate::settings::{InForce, Settings};

/// The operator's kill switch in the store: null or absent while the bot answers.
pub const PAUSED: &str = "paused";

/// Who asks, and where.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// Who.
    pub user: UserId,
    /// The server; none in a direct message.
    pub guild: Option<GuildId>,
    /// The channel or thread.
    pub channel: ChannelId,
    /// Of a thread its channel, where it is known.
    pub parent: Option<ChannelId>,
    /// The member's roles, where they are known.
    pub roles: Option<&'a [RoleId]>,
}

impl<'a> Asker<'a> {
    /// Who wrote a message.
    pub fn of(message: &'a Message) -> Self {
        Self {
            user: message.author.id,
            guild: message.guild,
            channel: message.channel,
            parent: None,
            roles: message.author.roles.as_deref(),
        }
    }
}

/// What a question is taken on.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What the job keeps to.
    pub settings: Settings,
    /// What the claim checks.
    pub limits: Limits,
}

/// Reads the terms. Cheap to clone.
#[derive(Clone)]
pub struct Admission {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    rest: Rest,
    places: Arc<Places>,
    operator: OperatorConfig,
    /// The longest answer, in tokens; none without a model.
    answer_tokens_max: Option<u32>,
    system_prompt_tokens: u64,
}

impl Admission {
    /// Over these parts.
    pub fn new(store: Store, rest: Rest, places: Arc<Places>, operator: OperatorConfig, answer: &AnswerConfig) -> Self {
        let inner = Inner {
            store,
            rest,
            places,
            operator,
            answer_tokens_max: answer.model.as_ref().map(|_| answer.max_tokens),
            system_prompt_tokens: estimate_tokens(&answer.system_prompt) as u64,
        };
        Self { inner: Arc::new(inner) }
    }

    /// What the operator decided.
    pub fn operator(&self) -> &OperatorConfig {
        &self.inner.operator
    }

    /// What is in force in a channel or thread.
    ///
    /// # Errors
    /// The database's.
    pub async fn in_force(
        &self,
        guild: Option<GuildId>,
        channel: ChannelId,
        parent: Option<ChannelId>,
    ) -> Result<InForce, StoreError> {
        let Some(guild) = guild else { return Ok(InForce::default()) };
        let stored = self.inner.store.settings(guild).await?;
        // Most servers have no setting, and then nobody has to be asked about the channel.
        if stored.version == 0 {
            return Ok(InForce::default());
        }
        let home = self.place(guild, channel, parent).await.last().copied().unwrap_or(channel);
        let mut in_force = InForce::of(&stored, Some(home));
        // What the operator has taken off the list is not used any more, and has no price that a budget could count.
        let model = &mut in_force.settings.manner.model;
        if model.as_ref().is_some_and(|name| !self.inner.operator.models.iter().any(|known| known.name == *name)) {
            *model = None;
        }
        Ok(in_force)
    }

    /// The terms of a question with so much text.
    ///
    /// # Errors
    /// The database's.
    pub async fn terms(&self, asker: Asker<'_>, text: &str) -> Result<Terms, StoreError> {
        let in_force = self.in_force(asker.guild, asker.channel, asker.parent).await?;
        let roles = self.roles(&asker, &in_force).await;
        let asker = Asker { roles: roles.as_deref(), ..asker };
        let mut limits = Limits { denied: self.denied(&asker, &in_force).await?, ..Limits::default() };
        limits.running_per_member = self.inner.operator.running_per_member;
        limits.running_per_guild = self.inner.operator.running_per_guild;
        limits.cooldown = in_force.caps.cooldown;
        limits.quotas = in_force.quotas(asker.roles.unwrap_or_default());
        limits.quotas.extend(self.everyones());
        limits.utc_offset_min = in_force.settings.manner.zone.offset_min(self.inner.store.now_ms().await?);
        limits.reserve = self.reserve(&in_force.settings, &limits.quotas, text);
        Ok(Terms { settings: in_force.settings, limits })
    }

    /// Whether the operator has paused the bot.
    ///
    /// # Errors
    /// The database's.
    pub async fn paused(&self) -> Result<bool, StoreError> {
        Ok(self.inner.store.operator_value(PAUSED).await?.is_some_and(|value| !value.is_null()))
    }

    /// The roles of who asks, asked for where something depends on them and Discord did not send them along. Where they cannot be had
    /// nothing can depend on them: a member who was away from the bot's sight is better answered than refused for good.
    async fn roles(&self, asker: &Asker<'_>, in_force: &InForce) -> Option<Vec<RoleId>> {
        if let Some(known) = asker.roles {
            return Some(known.to_vec());
        }
        let guild = asker.guild.filter(|_| in_force.depends_on_roles())?;
        match self.inner.rest.member_roles(guild, asker.user).await {
            Ok(roles) => Some(roles),
            // Whoever has left has no roles.
            Err(error) if error.is_gone() => Some(Vec::new()),
            Err(error) => {
                tracing::warn!(%error, %guild, user = %asker.user, "the roles of a member could not be read");
                None
            }
        }
    }

    async fn denied(&self, asker: &Asker<'_>, in_force: &InForce) -> Result<Option<Denied>, StoreError> {
        if self.paused().await? {
            return Ok(Some(Denied::Paused));
        }
        let Some(guild) = asker.guild else { return Ok(None) };
        let access = &in_force.access;
        // Where no channel is listed, none has to be looked up, and in a server without the bot none can be.
        if access.lists_channels()
            && let Some(denied) = access.denies_channel(&self.place(guild, asker.channel, asker.parent).await)
        {
            return Ok(Some(denied));
        }
        Ok(asker.roles.and_then(|roles| access.denies_roles(roles)))
    }

    /// The channel itself and, of a thread, its parent.
    async fn place(&self, guild: GuildId, channel: ChannelId, parent: Option<ChannelId>) -> Vec<ChannelId> {
        if let Some(parent) = parent {
            return vec![channel, parent];
        }
        let known = match self.inner.places.find(channel, &self.inner.rest).await {
            Ok(place) => Some(place),
            Err(error) => {
                // Its own settings count, and those of its parent cannot be known.
                tracing::debug!(%error, %guild, %channel, "a channel could not be looked up");
                None
            }
        };
        let parent = known.filter(|place| place.kind == PlaceKind::Thread).and_then(|place| place.parent);
        [Some(channel), parent].into_iter().flatten().collect()
    }

    /// The operator's limits over all servers.
    fn everyones(&self) -> Option<Quota> {
        let operator = &self.inner.operator;
        let quota = Quota {
            scope: Scope::Everyone,
            questions: operator.questions_per_day,
            tokens: operator.tokens_per_day,
            micros: operator.micros_per_day,
        };
        (quota.questions.is_some() || quota.tokens.is_some() || quota.micros.is_some()).then_some(quota)
    }

    /// What to hold back until it is known what a question cost: about what it needs at most, without its history and files, and never
    /// more than a whole day's budget, so that a small budget allows one question at least.
    fn reserve(&self, settings: &Settings, quotas: &[Quota], text: &str) -> Amount {
        let Some(answer_max) = self.inner.answer_tokens_max else { return Amount::default() };
        let least = |limit: fn(&Quota) -> Option<u64>| quotas.iter().filter_map(limit).min();
        let (tokens_max, micros_max) = (least(|quota| quota.tokens), least(|quota| quota.micros));
        let manner = &settings.manner;
        let system = manner
            .system_prompt
            .as_deref()
            .map_or(self.inner.system_prompt_tokens, |text| estimate_tokens(text) as u64);
        let (input, output) = (system + estimate_tokens(text) as u64, u64::from(manner.length.tokens(answer_max)));
        let operator = &self.inner.operator;
        let model = manner.model.as_deref().or_else(|| operator.models.first().map(|model| model.name.as_str()));
        let micros = model.map_or(0, |model| operator.micros(model, input, output));
        Amount {
            tokens: tokens_max.map_or(0, |limit| limit.min(input + output)),
            micros: micros_max.map_or(0, |limit| limit.min(micros)),
        }
    }
}
