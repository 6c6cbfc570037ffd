//! What settings there are.

use super::{AnswerIn, AnswerLength, AutoArchive, ChartTheme, Dates, FollowUps, Numbers};

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Which.
    pub key: Key,
    /// What it is called: in the database, in commands and in files.
    pub name: &'static str,
    /// What belongs together in lists and in the documentation.
    pub group: Group,
    /// What values it takes.
    pub kind: Kind,
    /// What is in force where nobody set it, in words.
    pub default: &'static str,
    /// It can be set for one channel and its threads as well.
    pub per_channel: bool,
    /// What it does: at most 100 characters, Discord's limit of a description.
    pub help: &'static str,
}

impl Spec {
    /// What is in force where nobody set it, as people read it.
    pub fn default_label(&self) -> &'static str {
        match self.kind {
            Kind::Choice(choices) => {
                choices.iter().find(|choice| choice.value == self.default).map_or(self.default, |choice| choice.label)
            }
            _ => self.default,
        }
    }
}

/// What values a setting takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One of a list. Kept as its value.
    Choice(&'static [Choice]),
    /// A whole number. Kept as a number.
    Integer {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
        /// Of what, in the plural.
        unit: &'static str,
    },
    /// A number with a fraction. Kept as a number.
    Decimal {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// An amount of the operator's currency, to the cent and below. Kept as a number.
    Money {
        /// The largest.
        max: f64,
    },
    /// Some channels. Kept as a list of ids.
    Channels,
    /// Some roles. Kept as a list of ids.
    Roles,
    /// A channel that messages can be sent to. Kept as its id.
    Channel,
    /// Questions a day for each of some roles. Kept as an object from ids to numbers.
    RoleQuotas {
        /// The largest.
        max: u64,
    },
    /// Text. Kept as it is.
    Text {
        /// The longest, in characters.
        chars_max: usize,
    },
    /// One of the operator's models. Kept as its name.
    Model,
    /// A time zone. Kept as its name.
    Zone,
}

/// A value of a list.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// What is kept.
    pub value: &'static str,
    /// What people see.
    pub label: &'static str,
}

/// What belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Where and whom.
    Access,
    /// The conversation.
    Answers,
    /// What the model gets.
    Model,
    /// How much.
    Limits,
    /// What charts look like.
    Charts,
    /// Records.
    Housekeeping,
}

impl Group {
    /// Every group, in the order in which they are shown.
    pub const ALL: [Self; 6] =
        [Self::Access, Self::Answers, Self::Model, Self::Limits, Self::Charts, Self::Housekeeping];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Access => "Who and where",
            Self::Answers => "Answers",
            Self::Model => "Model",
            Self::Limits => "Limits",
            Self::Charts => "Charts and dates",
            Self::Housekeeping => "Records",
        }
    }
}

macro_rules! settings {
    ($($key:ident $name:literal, $group:ident, $kind:expr, default $default:expr, per_channel $per_channel:literal, $help:literal;)*) => {
        /// Names a setting.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Key {
            $(#[doc = $help] $key,)*
        }

        /// Every setting, in the order in which they are shown.
        pub const SPECS: &[Spec] = &[$(Spec {
            key: Key::$key,
            name: $name,
            group: Group::$group,
            kind: $kind,
            default: $default,
            per_channel: $per_channel,
            help: $help,
        },)*];

        impl Key {
            /// What it is called.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$key => $name,)*
                }
            }
        }
    };
}

/// Far more than anybody needs, and small enough that sums fit every column and Discord's numbers (2^53).
const QUESTIONS_MAX: u64 = 1_000_000;

const QUESTIONS: Kind = Kind::Integer { min: 0, max: QUESTIONS_MAX, unit: "questions" };

settings! {
    ChannelsAllowed "channels_allowed", Access, Kind::Channels, default "everywhere", per_channel false,
        "I answer only in these channels and their threads. Empty: everywhere.";
    ChannelsDenied "channels_denied", Access, Kind::Channels, default "none", per_channel false,
        "I never answer in these channels and their threads.";
    RolesAllowed "roles_allowed", Access, Kind::Roles, default "everybody", per_channel true,
        "I answer only members who have one of these roles. Empty: everybody.";
    RolesDenied "roles_denied", Access, Kind::Roles, default "none", per_channel true,
        "I never answer members who have one of these roles.";
    AnswerIn "answer_in", Answers, Kind::Choice(AnswerIn::CHOICES), default AnswerIn::DEFAULT, per_channel true,
        "Where an answer to a mention goes.";
    FollowUps "follow_ups", Answers, Kind::Choice(FollowUps::CHOICES), default FollowUps::DEFAULT, per_channel true,
        "What counts as a question in the threads that I opened.";
    AutoArchive "auto_archive", Answers, Kind::Choice(AutoArchive::CHOICES), default AutoArchive::DEFAULT, per_channel true,
        "When Discord archives a thread of mine in which nobody writes.";
    AnswerLength "answer_length", Answers, Kind::Choice(AnswerLength::CHOICES), default AnswerLength::DEFAULT, per_channel true,
        "How long answers may be.";
    Model "model", Model, Kind::Model, default "the operator's", per_channel true,
        "The language model that answers, one of the operator's list.";
    Temperature "temperature", Model, Kind::Decimal { min: 0.0, max: 2.0 }, default "the operator's", per_channel true,
        "How freely the model chooses its words: 0 the likeliest, 2 the wildest.";
    SystemPrompt "system_prompt", Model, Kind::Text { chars_max: 4_000 }, default "the operator's", per_channel true,
        "What the model is told before each question: who it is, how it should answer.";
    Cooldown "cooldown_seconds", Limits, Kind::Integer { min: 0, max: 86_400, unit: "seconds" }, default "none", per_channel false,
        "How long a member waits after each question.";
    QuestionsPerMember "questions_per_member", Limits, QUESTIONS, default "no limit", per_channel false,
        "Questions that each member may ask in a day.";
    QuestionsPerRole "questions_per_role", Limits, Kind::RoleQuotas { max: QUESTIONS_MAX }, default "no limit", per_channel false,
        "Questions that all members with a role may ask together in a day.";
    QuestionsPerServer "questions_per_server", Limits, QUESTIONS, default "no limit", per_channel false,
        "Questions that all members may ask together in a day.";
    TokensPerDay "tokens_per_day", Limits, Kind::Integer { min: 0, max: 1_000_000_000_000, unit: "tokens" }, default "no limit",
        per_channel false, "Tokens, sent and received, that this server may use in a day.";
    MoneyPerDay "money_per_day", Limits, Kind::Money { max: 1_000_000.0 }, default "no limit", per_channel false,
        "Money that this server's questions may cost in a day, in the operator's currency.";
    ChartTheme "chart_theme", Charts, Kind::Choice(ChartTheme::CHOICES), default ChartTheme::DEFAULT, per_channel true,
        "The Discord theme that charts are drawn for.";
    NumberStyle "number_style", Charts, Kind::Choice(Numbers::CHOICES), default Numbers::DEFAULT, per_channel true,
        "How numbers are written on charts.";
    DateStyle "date_style", Charts, Kind::Choice(Dates::CHOICES), default Dates::DEFAULT, per_channel true,
        "How charts write days, and how 3/4/2026 is read where the table does not tell.";
    TimeZone "time_zone", Charts, Kind::Zone, default "UTC", per_channel false,
        "Where this server's day begins: for quotas, budgets, reports, and for what the model takes as today.";
    AlertChannel "alert_channel", Housekeeping, Kind::Channel, default "none", per_channel false,
        "Where I tell of failed answers, refused runs, budgets running out and a model out of reach.";
    AuditRetention "audit_retention_days", Housekeeping, Kind::Integer { min: 1, max: 3_650, unit: "days" }, default "90",
        per_channel false, "How long the audit log is kept.";
    ConversationRetention "conversation_retention_days", Housekeeping, Kind::Integer { min: 1, max: 365, unit: "days" },
        default "30", per_channel false,
        "How long I keep text: questions that failed, and the data behind charts, whose buttons end with it.";
}

impl Key {
    /// What there is to know about it.
    pub fn spec(self) -> &'static Spec {
        // Keys and specs are made from the same list, in the same order.
        &SPECS[self as usize]
    }

    /// The setting of this name.
    pub fn named(name: &str) -> Option<Self> {
        SPECS.iter().find(|spec| spec.name == name).map(|spec| spec.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_fit_discord() {
        // One sub-command each: Discord takes 25 in a group.
        assert!(SPECS.len() <= 25);
        for (index, spec) in SPECS.iter().enumerate() {
            assert_eq!(spec.key as usize, index);
            assert_eq!(spec.key.spec().name, spec.name);
            assert_eq!(Key::named(spec.name), Some(spec.key));
            assert!(
                spec.name.len() <= 32 && spec.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{}",
                spec.name
            );
            assert!(spec.help.chars().count() <= 100 && spec.help.ends_with('.'), "{}", spec.help);
        }
    }

    #[test]
    fn the_store_prunes_by_the_settings_of_these_names() {
        let retention = plotline_store::Retention::default();
        assert_eq!(retention.audit_days_key, Key::AuditRetention.name());
        assert_eq!(retention.conversation_days_key, Key::ConversationRetention.name());
        assert_eq!(retention.audit.as_secs() / 86_400, 90);
        assert_eq!(retention.conversations.as_secs() / 86_400, 30);
    }
}
