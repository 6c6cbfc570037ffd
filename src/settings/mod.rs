//! Settings of a server: what there is ([`SPECS`]), what is in force for one question ([`InForce`]), and what of it a job keeps
//! ([`Settings`]).
//!
//! The table [`SPECS`] is the only definition: values are checked by it, the options of `/config` and its autocomplete are made from
//! it, files are exported and imported by it, and the documentation is written from it. The store knows keys and JSON only.

mod access;
mod in_force;
mod reference;
mod spec;
mod transfer;
mod value;
mod zone;

use plotline_chart::chart::{DateStyle, NumberStyle};
use plotline_chart::spec::ChartSpec;
use plotline_chart::{ChartError, Resolved};
use plotline_draw::{Canvas, Theme};
use plotline_table::{DateOrder, Table};
use serde::{Deserialize, Serialize};

pub use access::Access;
pub use in_force::{Caps, InForce};
pub use reference::reference;
pub use spec::{Choice, Group, Key, Kind, SPECS, Spec};
pub use transfer::{ImportError, export, import};
pub use value::{Number, Wrong, check, show};
pub use zone::Zone;

/// The settings that one job keeps to: read when it is claimed and kept with it, so that a change never reaches a running answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Where the answer goes.
    pub answer_in: AnswerIn,
    /// A thread archives itself after so long without a message.
    pub auto_archive: AutoArchive,
    /// What in the bot's own threads counts as a question.
    pub follow_ups: FollowUps,
    /// How the answer is made.
    pub manner: Manner,
    /// What the server may spend in a day; kept for the alerts about it.
    pub budget: Budget,
}

/// How answers are made and charts are drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manner {
    /// The model, one of the operator's list; none: the operator's default.
    pub model: Option<String>,
    /// From 0 to 2; none: the operator's default.
    pub temperature: Option<f32>,
    /// What the model is told; none: the operator's default.
    pub system_prompt: Option<String>,
    /// How long answers may be.
    pub length: AnswerLength,
    /// What charts look like.
    pub look: Look,
    /// Where the server's day begins.
    pub zone: Zone,
}

/// What charts look like. Kept with each chart, so that it looks the same when it is drawn again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// The background that charts are drawn for.
    pub theme: ChartTheme,
    /// How numbers are written.
    pub numbers: Numbers,
    /// How dates are read where the table does not tell, and written.
    pub dates: Dates,
}

impl Look {
    /// Makes a chart of a table, to be drawn this way.
    ///
    /// # Errors
    /// [`ChartError`].
    pub fn resolve(self, spec: &ChartSpec, table: &Table) -> Result<Resolved, ChartError> {
        let mut resolved = plotline_chart::resolve(spec, table, self.numbers.into())?;
        resolved.chart.dates = self.dates.into();
        Ok(resolved)
    }

    /// What a chart is drawn on.
    pub fn canvas(self) -> Canvas {
        Canvas::themed(self.theme.into())
    }
}

/// What a server may spend in a day. `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Budget {
    /// Tokens, in and out together.
    pub tokens: Option<u64>,
    /// Millionths of the operator's currency.
    pub micros: Option<u64>,
}

/// A setting with a fixed list of values: a type whose variants are the choices of its [`Kind::Choice`].
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $value:literal, $label:literal;)* } default $default:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $value)] $variant,)*
        }

        impl $name {
            /// Every choice, in the order in which they are offered.
            pub const CHOICES: &[Choice] = &[$(Choice { value: $value, label: $label },)*];
            /// The value of the default.
            pub const DEFAULT: &str = match Self::$default { $(Self::$variant => $value,)* };

            /// Reads a stored value.
            pub(crate) fn from_value(value: &str) -> Option<Self> {
                match value {
                    $($value => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::$default
            }
        }
    };
}

choice! {
    /// Where answers go.
    AnswerIn {
        /// A thread of their own where the channel allows it.
        Thread = "thread", "a thread of its own";
        /// As a reply in the channel.
        Channel = "channel", "a reply in the channel";
    } default Thread
}

choice! {
    /// What in the bot's own threads counts as a question.
    FollowUps {
        /// Every message of a person.
        All = "all", "every message in its thread";
        /// Only messages that mention the bot.
        Mention = "mention", "only messages that mention me";
        /// Only mentions and replies to the bot.
        Reply = "reply", "only mentions and replies to me";
    } default All
}

choice! {
    /// The times without a message after which Discord archives a thread.
    /// Source: <https://discord.com/developers/docs/resources/channel#thread-metadata-object>.
    AutoArchive {
        /// 60 minutes.
        Hour = "1h", "after 1 hour";
        /// 1440 minutes.
        Day = "1d", "after 1 day";
        /// 4320 minutes.
        ThreeDays = "3d", "after 3 days";
        /// 10080 minutes.
        Week = "7d", "after 7 days";
    } default Day
}

impl AutoArchive {
    /// The number that Discord takes.
    pub fn minutes(self) -> u32 {
        match self {
            Self::Hour => 60,
            Self::Day => 1_440,
            Self::ThreeDays => 4_320,
            Self::Week => 10_080,
        }
    }
}

choice! {
    /// How long answers may be.
    AnswerLength {
        /// A few sentences.
        Short = "short", "short: a few sentences";
        /// Some paragraphs.
        Medium = "medium", "medium: some paragraphs";
        /// As long as the operator allows.
        Full = "full", "full: as long as the question needs";
    } default Full
}

impl AnswerLength {
    /// The most tokens of an answer, of the `most` that the operator allows.
    pub fn tokens(self, most: u32) -> u32 {
        match self {
            Self::Short => most.min(300),
            Self::Medium => most.min(800),
            Self::Full => most,
        }
    }

    /// What the model is told besides, so that answers end by themselves before they are cut.
    pub fn instruction(self) -> Option<&'static str> {
        match self {
            Self::Short => Some("Answer in at most four sentences."),
            Self::Medium => Some("Answer in at most three short paragraphs."),
            Self::Full => None,
        }
    }
}

choice! {
    /// The background that charts are drawn for.
    ChartTheme {
        /// Discord's dark theme.
        Dark = "dark", "dark";
        /// Discord's light theme.
        Light = "light", "light";
    } default Dark
}

impl From<ChartTheme> for Theme {
    fn from(theme: ChartTheme) -> Self {
        match theme {
            ChartTheme::Dark => Self::Dark,
            ChartTheme::Light => Self::Light,
        }
    }
}

choice! {
    /// How numbers are written on charts.
    Numbers {
        /// `1,234.56`
        CommaPoint = "comma_point", "1,234.56";
        /// `1.234,56`
        PointComma = "point_comma", "1.234,56";
        /// `1 234,56`
        SpaceComma = "space_comma", "1 234,56";
        /// `1’234.56`
        ApostrophePoint = "apostrophe_point", "1’234.56";
    } default CommaPoint
}

impl From<Numbers> for NumberStyle {
    fn from(numbers: Numbers) -> Self {
        match numbers {
            Numbers::CommaPoint => Self::CommaPoint,
            Numbers::PointComma => Self::PointComma,
            Numbers::SpaceComma => Self::SpaceComma,
            Numbers::ApostrophePoint => Self::ApostrophePoint,
        }
    }
}

choice! {
    /// How a date such as 3/4/2026 is read where the table does not tell, and how days are written on charts.
    Dates {
        /// By the other numbers in the table.
        Automatic = "automatic", "by the table";
        /// 3 April.
        DayFirst = "day_first", "day first: 3/4 is 3 April";
        /// March 4.
        MonthFirst = "month_first", "month first: 3/4 is March 4";
    } default Automatic
}

impl From<Dates> for DateStyle {
    fn from(dates: Dates) -> Self {
        match dates {
            Dates::Automatic | Dates::DayFirst => Self::DayMonth,
            Dates::MonthFirst => Self::MonthDay,
        }
    }
}

impl Dates {
    /// What the reader of tables is told.
    pub fn order(self) -> Option<DateOrder> {
        match self {
            Self::Automatic => None,
            Self::DayFirst => Some(DateOrder::DayFirst),
            Self::MonthFirst => Some(DateOrder::MonthFirst),
        }
    }
}
