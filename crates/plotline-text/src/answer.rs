//! An answer, from the model's Markdown to the messages that show it.

use crate::dialect::dialect;
use crate::length::units;
use crate::neutral::neutralise;
use crate::partial::partial;
use crate::split::{MESSAGE_UNITS_MAX, split};

/// Stands at the end of an answer that is still being written. The final edit, which is always sent, has none, so
/// that a member can tell a finished answer from one that was cut off.
pub const TYPING_MARK: char = '▌';

/// Whether an answer is all there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// More will follow.
    Growing,
    /// This is the whole answer.
    Complete,
}

/// The messages that show the answer `markdown`, in order, each with at most [`MESSAGE_UNITS_MAX`] UTF-16 code units;
/// none while there is nothing to show.
///
/// All but the last two messages of a growing answer stay as they are while it grows, with one exception: a table that
/// goes on over several messages and turns from a block into a list (see
/// [`tables_to_blocks`](crate::tables_to_blocks)), or a spoiler that closes some messages later, changes those that
/// hold it. A growing answer ends in [`TYPING_MARK`], as long as that fits into the last message: the mark never
/// moves a cut.
pub fn answer(markdown: &str, progress: Progress) -> Vec<String> {
    let shown = match progress {
        Progress::Growing => dialect(&partial(markdown)),
        Progress::Complete => dialect(markdown),
    };
    let mut parts = split(&neutralise(&shown), MESSAGE_UNITS_MAX);
    if progress == Progress::Growing
        && let Some(last) = parts.last_mut()
    {
        let gap = if last.ends_with("```") { '\n' } else { ' ' };
        if units(last) + gap.len_utf16() + TYPING_MARK.len_utf16() <= MESSAGE_UNITS_MAX {
            last.push(gap);
            last.push(TYPING_MARK);
        }
    }
    parts
}
