//! Everything that the bot says in its own words. One sentence each for what went wrong, with what to do.

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
