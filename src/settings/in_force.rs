//! What is in force for one question: the channel's own settings, else the server's, else the defaults.

use std::time::Duration;

use plotline_store::{GuildSettings, Quota, Scope};
use serde_json::Value as Json;

use super::spec::Key;
use super::value::snowflake;
use super::zone::Zone;
use super::{
    Access, AnswerIn, AnswerLength, AutoArchive, Budget, ChartTheme, Dates, FollowUps, Look, Manner, Numbers, Settings,
};
use crate::ids::{ChannelId, RoleId};

/// The settings of a server as they are in force in one channel at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InForce {
    /// What a job keeps.
    pub settings: Settings,
    /// Who is answered, and where.
    pub access: Access,
    /// How much may be used.
    pub caps: Caps,
    /// Where the server is told of trouble.
    pub alert_channel: Option<ChannelId>,
}

/// How much may be used. `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caps {
    /// How long a member waits after each question.
    pub cooldown: Option<Duration>,
    /// Questions of each member in a day.
    pub per_member: Option<u64>,
    /// Questions of all members with a role in a day.
    pub per_role: Vec<(RoleId, u64)>,
    /// Questions of all members in a day.
    pub per_server: Option<u64>,
}

impl InForce {
    /// Whether the roles of who asks matter.
    pub fn depends_on_roles(&self) -> bool {
        !self.access.roles_allowed.is_empty() || !self.access.roles_denied.is_empty() || !self.caps.per_role.is_empty()
    }

    /// What is in force in a channel. Of a thread, give its parent.
    ///
    /// A stored value that this version does not know counts as not set: it can only come from another version.
    pub fn of(stored: &GuildSettings, channel: Option<ChannelId>) -> Self {
        let value = |key: Key| {
            let channel = channel.filter(|_| key.spec().per_channel);
            stored.in_force(channel, key.name()).map(|setting| &setting.value)
        };
        let text = |key| value(key).and_then(Json::as_str);
        let number = |key| value(key).and_then(Json::as_u64);
        let ids = |key| value(key).and_then(Json::as_array).into_iter().flatten().filter_map(snowflake);
        let budget = Budget {
            tokens: number(Key::TokensPerDay),
            micros: value(Key::MoneyPerDay).and_then(Json::as_f64).map(|money| (money * 1e6).round() as u64),
        };
        let settings = Settings {
            answer_in: text(Key::AnswerIn).and_then(AnswerIn::from_value).unwrap_or_default(),
            auto_archive: text(Key::AutoArchive).and_then(AutoArchive::from_value).unwrap_or_default(),
            follow_ups: text(Key::FollowUps).and_then(FollowUps::from_value).unwrap_or_default(),
            manner: Manner {
                model: text(Key::Model).map(str::to_owned),
                temperature: value(Key::Temperature).and_then(Json::as_f64).map(|value| value as f32),
                system_prompt: text(Key::SystemPrompt).map(str::to_owned),
                length: text(Key::AnswerLength).and_then(AnswerLength::from_value).unwrap_or_default(),
                look: Look {
                    theme: text(Key::ChartTheme).and_then(ChartTheme::from_value).unwrap_or_default(),
                    numbers: text(Key::NumberStyle).and_then(Numbers::from_value).unwrap_or_default(),
                    dates: text(Key::DateStyle).and_then(Dates::from_value).unwrap_or_default(),
                },
                zone: text(Key::TimeZone).and_then(Zone::named).unwrap_or_default(),
            },
            budget,
        };
        let per_role = value(Key::QuestionsPerRole).and_then(Json::as_object).into_iter().flatten();
        Self {
            settings,
            access: Access {
                channels_allowed: ids(Key::ChannelsAllowed).map(ChannelId).collect(),
                channels_denied: ids(Key::ChannelsDenied).map(ChannelId).collect(),
                roles_allowed: ids(Key::RolesAllowed).map(RoleId).collect(),
                roles_denied: ids(Key::RolesDenied).map(RoleId).collect(),
            },
            caps: Caps {
                cooldown: number(Key::Cooldown).filter(|seconds| *seconds > 0).map(Duration::from_secs),
                per_member: number(Key::QuestionsPerMember),
                per_role: per_role
                    .filter_map(|(role, questions)| Some((RoleId(role.parse().ok()?), questions.as_u64()?)))
                    .collect(),
                per_server: number(Key::QuestionsPerServer),
            },
            alert_channel: value(Key::AlertChannel).and_then(snowflake).map(ChannelId),
        }
    }

    /// The quotas of a member with these roles, for the claim.
    pub fn quotas(&self, roles: &[RoleId]) -> Vec<Quota> {
        let questions = |scope, questions| Quota { scope, questions: Some(questions), tokens: None, micros: None };
        let caps = &self.caps;
        let mut quotas: Vec<Quota> = caps.per_member.map(|most| questions(Scope::Member, most)).into_iter().collect();
        let own = caps.per_role.iter().filter(|(role, _)| roles.contains(role));
        quotas.extend(own.map(|(role, most)| questions(Scope::Role(*role), *most)));
        let Budget { tokens, micros } = self.settings.budget;
        if caps.per_server.is_some() || tokens.is_some() || micros.is_some() {
            quotas.push(Quota { scope: Scope::Guild, questions: caps.per_server, tokens, micros });
        }
        quotas
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotline_store::{Change, GuildId, Others, Store, UserId};
    use serde_json::json;

    async fn stored(changes: &[(Option<u64>, Key, Json)]) -> InForceOf {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("settings.db").display());
        let store = Store::connect(&url, &plotline_store::ConnectOptions::default()).await.unwrap();
        let changes: Vec<_> = changes
            .iter()
            .map(|(channel, key, value)| Change {
                channel: channel.map(ChannelId),
                key: key.name().to_owned(),
                value: Some(value.clone()),
            })
            .collect();
        store.change_settings(GuildId(1), UserId(2), &changes, Others::Stay).await.unwrap();
        InForceOf(store.settings(GuildId(1)).await.unwrap())
    }

    struct InForceOf(std::sync::Arc<GuildSettings>);

    impl InForceOf {
        fn in_channel(&self, channel: u64) -> InForce {
            InForce::of(&self.0, Some(ChannelId(channel)))
        }
    }

    #[tokio::test]
    async fn a_channels_own_setting_wins_over_the_servers() {
        let stored = stored(&[
            (None, Key::AnswerIn, json!("channel")),
            (Some(7), Key::AnswerIn, json!("thread")),
            (Some(7), Key::Temperature, json!(0.5)),
            (None, Key::MoneyPerDay, json!(1.25)),
            // Not to be set for a channel, so it is not looked for there.
            (Some(7), Key::Cooldown, json!(60)),
        ])
        .await;
        let (seven, eight) = (stored.in_channel(7), stored.in_channel(8));
        assert_eq!((seven.settings.answer_in, eight.settings.answer_in), (AnswerIn::Thread, AnswerIn::Channel));
        assert_eq!((seven.settings.manner.temperature, eight.settings.manner.temperature), (Some(0.5), None));
        assert_eq!(seven.settings.budget.micros, Some(1_250_000));
        assert_eq!(seven.caps.cooldown, None);
    }

    #[tokio::test]
    async fn nothing_set_is_the_defaults_and_nonsense_counts_as_nothing() {
        assert_eq!(InForce::of(&GuildSettings::default(), Some(ChannelId(7))), InForce::default());
        let stored = stored(&[
            (None, Key::AnswerIn, json!(7)),
            (None, Key::ChannelsAllowed, json!("everywhere")),
            (None, Key::TimeZone, json!("Atlantis")),
        ])
        .await;
        assert_eq!(stored.in_channel(7), InForce::default());
    }

    #[tokio::test]
    async fn only_the_members_own_roles_have_their_quota_counted() {
        let stored = stored(&[
            (None, Key::QuestionsPerMember, json!(5)),
            (None, Key::QuestionsPerRole, json!({"11": 20, "12": 30})),
            (None, Key::TokensPerDay, json!(1000)),
        ])
        .await;
        let quotas = stored.in_channel(7).quotas(&[RoleId(12), RoleId(99)]);
        let scopes: Vec<_> = quotas.iter().map(|quota| (quota.scope, quota.questions, quota.tokens)).collect();
        assert_eq!(
            scopes,
            [
                (Scope::Member, Some(5), None),
                (Scope::Role(RoleId(12)), Some(30), None),
                (Scope::Guild, None, Some(1000)),
            ]
        );
    }

    #[test]
    fn settings_survive_the_ledger() {
        let settings = Settings {
            answer_in: AnswerIn::Channel,
            manner: Manner {
                zone: Zone::named("Asia/Tokyo").unwrap(),
                temperature: Some(0.5),
                look: Look { dates: Dates::DayFirst, ..Look::default() },
                ..Manner::default()
            },
            budget: Budget { tokens: Some(5), micros: None },
            ..Settings::default()
        };
        let kept = serde_json::to_value(&settings).unwrap();
        assert_eq!(serde_json::from_value::<Settings>(kept).unwrap(), settings);
        assert_eq!(serde_json::from_value::<Settings>(json!({})).unwrap(), Settings::default());
    }
}
