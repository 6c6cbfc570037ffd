//! Everything that the bot says in its own words. One sentence each for what went wrong, with what to do.

mod server;

pub use server::{PAUSED, alert, amount, moment, more_alerts, refused, refused_emoji};

/// Shown until the first words of the answer are there.
pub const PLACEHOLDER: &str = "-# Working on it …";

/// The answer to a mention without a question.
pub fn hello(bot: &str) -> String {
    format!(
        "Hi! Ask me anything by mentioning me, or paste a table and say what you want to see, for example:\n\
         > <@{bot}> chart revenue by month\n\
         > Month, Revenue\n> Jan, 1200\n> Feb, 1500\n> Mar, 1420\n\
         I also read CSV and spreadsheet files, and you can follow up in the thread: *make it a pie*."
    )
}

/// A panic, or a state that should not be.
pub const INTERNAL: &str = "Something went wrong on my side and I could not answer. Please ask again; the operator finds the reason in my log.";

/// The process ended several times in the middle of this job.
pub const INTERRUPTED: &str = "I was interrupted several times while answering and stopped trying. Please ask again.";

/// Text appended when the model stopped at its limit.
pub const CUT_BY_LENGTH: &str = "-# The answer reached its length limit. Ask me to continue.";

/// The context did not fit.
pub fn dropped_context(messages: usize) -> String {
    let (noun, verb) = if messages == 1 { ("message", "was") } else { ("messages", "were") };
    format!(
        "-# The oldest {messages} {noun} of this conversation {verb} left out: it is longer than I can read at once."
    )
}

/// A file that was not read.
pub fn unread_file(name: &str, why: &str) -> String {
    format!("-# I did not read {}: {why}", name.replace('`', "'"))
}

/// The answer had more parts than may be posted.
pub const TOO_LONG: &str = "-# The answer was too long to post in full.";

/// A component or form of a version or a chart that is gone.
pub const EXPIRED_COMPONENT: &str = "This has expired. Please ask again.";

/// A command that Discord still shows and this version does not have.
pub const UNKNOWN_COMMAND: &str =
    "I do not know this command (any more). Restart Discord to see the commands that there are.";

/// A command was cut short by the end of its process.
pub const COMMAND_CUT: &str = "I was restarted in the middle of this and do not know how far it came. Look whether it was done, and use it again if not.";

/// The command is for the operator.
pub const NEEDS_OPERATOR: &str = "Only my operator can do this.";

/// The command is for admins.
pub const NEEDS_MANAGE_SERVER: &str = "Only members with the permission Manage Server can do this.";

/// The command needs a server.
pub const ONLY_IN_SERVERS: &str = "This works in servers only.";

/// A command could not be carried out.
pub const COMMAND_FAILED: &str = "Something went wrong on my side and nothing was changed. Please try again; the operator finds the reason in my log.";

/// A form could not be opened in time.
pub const TRY_AGAIN: &str = "That took me too long. Please try again.";

/// An option came with another type than the command's definition says: Discord's client has an old one.
pub fn wrong_option(name: &str, what: &str) -> String {
    format!("The option {name} has to be {what}. Restart Discord if it does not let you give that.")
}

/// A message command's form came back after a restart, and the bot cannot read the message again.
pub const MESSAGE_FORGOTTEN: &str = "I no longer have that message. Please open its menu again.";

/// A component of somebody else's answer.
pub const NOT_YOURS: &str = "Only the member who asked and moderators can do this.";

/// Under what there is of an answer that was stopped.
pub const STOPPED: &str = "-# Stopped.";

/// In place of an answer that was stopped before its first word.
pub const STOPPED_BEFORE: &str = "-# Stopped before the answer began.";

/// A chart whose data are no longer kept.
pub const EXPIRED_CHART: &str =
    "The buttons of this chart have expired: its data are no longer kept. Please ask for it again.";

/// Beside the CSV file.
pub const CHART_DATA: &str = "Exactly what is plotted:";

/// Beside the SVG file.
pub const CHART_SVG: &str = "The chart as a vector graphic:";

/// The answer goes on in a file, where no further message may be posted.
pub const REST_IN_FILE: &str = "-# The whole answer is in the file.";

/// A message without a table that should be drawn.
pub const NO_TABLE_IN_MESSAGE: &str = "I found no table in this message or its files. I read Markdown, CSV, cells of a spreadsheet, JSON, and lists such as `Jan 100, Feb 200`.";

/// What a chart command asks for, in the words that a member would use: both the model and the rules read it.
pub fn chart_wanted(kind: Option<plotline_chart::chart::Kind>) -> &'static str {
    use plotline_chart::chart::Kind;
    match kind {
        None => "Draw a chart.",
        Some(Kind::Bar) => "Draw a bar chart.",
        Some(Kind::Line) => "Draw a line chart.",
        Some(Kind::Step) => "Draw a step chart.",
        Some(Kind::Area) => "Draw an area chart.",
        Some(Kind::Scatter) => "Draw a scatter plot.",
        Some(Kind::Bubble) => "Draw a bubble chart.",
        Some(Kind::Pie) => "Draw a pie chart.",
        Some(Kind::Donut) => "Draw a donut chart.",
        Some(Kind::Histogram) => "Draw a histogram.",
        Some(Kind::Box) => "Draw a box plot.",
        Some(Kind::Violin) => "Draw a violin plot.",
        Some(Kind::Strip) => "Draw a strip plot.",
        Some(Kind::Heatmap) => "Draw a heatmap.",
        Some(Kind::Candlestick) => "Draw a candlestick chart.",
        Some(Kind::Combo) => "Draw a combo chart.",
    }
}
