//! How long a text is for Discord, and how it is cut to a length.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

/// What stands for the text that was cut off.
pub const ELLIPSIS: char = '…';

/// The length of `text` in UTF-16 code units.
///
/// Discord documents its limits in "characters". Its API counts Unicode scalar values, its clients count UTF-16 code
/// units. A text has never more scalar values than code units, so whatever keeps to a limit in code units keeps to
/// both.
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Whether nothing of `text` would be seen: Discord refuses a message or a name like that.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_blank_char)
}

/// White space, and the characters that have no width although Unicode does not call them white space.
fn is_blank_char(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        || matches!(c, '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Cuts `text` to at most `max` UTF-16 code units; what was cut ends in `…`, which counts.
///
/// Grapheme clusters stay whole: a family emoji or a letter with its accents is shown or it is not. Nothing is left
/// of a text when `max` is 0.
pub fn truncate(text: &str, max: usize) -> Cow<'_, str> {
    // No character takes more UTF-16 units than UTF-8 bytes, so that most texts need no counting.
    if text.len() <= max || units(text) <= max {
        return Cow::Borrowed(text);
    }
    let Some(room) = max.checked_sub(ELLIPSIS.len_utf16()) else {
        return Cow::Borrowed("");
    };
    let head = text[..fitting(text, room)].trim_end();
    let mut cut = String::with_capacity(head.len() + ELLIPSIS.len_utf8());
    cut.push_str(head);
    cut.push(ELLIPSIS);
    Cow::Owned(cut)
}

/// How many bytes of `text`, in whole grapheme clusters, fit into `max` UTF-16 code units.
pub(crate) fn fitting(text: &str, max: usize) -> usize {
    // A unit takes at most three bytes, so that one unit too many stands within this window. It bounds the work on a
    // cluster of thousands of marks.
    let window = &text[..text.floor_char_boundary(max.saturating_add(2).saturating_mul(3))];
    let mut used = 0;
    for (at, cluster) in window.grapheme_indices(true) {
        used += units(cluster);
        if used > max {
            return at;
        }
    }
    text.len()
}

/// How many bytes of `text`, in whole characters, fit into `max` UTF-16 code units: for a cluster that is too long
/// itself.
pub(crate) fn fitting_chars(text: &str, max: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.len_utf16();
        if used > max {
            return at;
        }
    }
    text.len()
}
