//! Inline Markdown without its markup: for places that show text as it is.

use crate::mention::readable;
use crate::scan::{AtomKind, scan};
use crate::token::Mention;

/// What happens to the things that have no plain form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Addresses, code blocks and custom emoji stay, readable.
    All,
    /// Addresses, code blocks and custom emoji go; names stay where they are known.
    Words,
}

/// `text` without emphasis, code marks, links' targets and escapes; mentions as `name_of` knows them.
pub(crate) fn plain<F>(text: &str, keep: Keep, name_of: &mut F) -> String
where
    F: FnMut(Mention) -> Option<String>,
{
    let scan = scan(text);
    // Emphasis markers and atoms never overlap in part: a marker stands outside atoms.
    let mut markers: Vec<(usize, usize)> = Vec::with_capacity(scan.spans.len() * 2);
    for span in &scan.spans {
        markers.push((span.range.start, span.marker.len()));
        markers.push((span.range.end - span.marker.len(), span.marker.len()));
    }
    markers.sort_unstable();
    let mut markers = markers.into_iter().peekable();
    let mut out = String::with_capacity(text.len());
    let mut prose = |from: usize, to: usize, out: &mut String| {
        let mut from = from;
        while let Some((at, len)) = markers.next_if(|(at, _)| *at < to) {
            if at >= from {
                unescape(&text[from..at], out);
                from = at + len;
            }
        }
        unescape(&text[from..to], out);
    };
    let mut from = 0;
    for atom in &scan.atoms {
        prose(from, atom.range.start, &mut out);
        from = atom.range.end;
        let whole = &text[atom.range.clone()];
        match &atom.kind {
            AtomKind::Code(ticks) => {
                let inner = &whole[*ticks..whole.len() - ticks];
                let bare = inner.strip_prefix(' ').and_then(|inner| inner.strip_suffix(' '));
                out.push_str(bare.filter(|bare| !bare.trim().is_empty()).unwrap_or(inner));
            }
            AtomKind::Link { text: label, .. } => {
                out.push_str(&plain(&text[label.clone()], keep, name_of));
            }
            AtomKind::Fence(fence) if keep == Keep::All => out.push_str(text[fence.body.clone()].trim()),
            AtomKind::Url if keep == Keep::All => out.push_str(whole),
            AtomKind::Fence(_) | AtomKind::Url => out.push(' '),
            AtomKind::Token(token) => match readable(*token, name_of) {
                Some(shown) if keep == Keep::All || !is_unnamed(&shown) => out.push_str(&shown),
                None if keep == Keep::All => out.push_str(whole.trim_matches(['<', '>'])),
                _ => out.push(' '),
            },
        }
    }
    prose(from, text.len(), &mut out);
    out
}

/// Whether a token stands for something that has no name of its own in a text: an emoji, a time, somebody unknown.
fn is_unnamed(shown: &str) -> bool {
    shown.starts_with(':')
        || shown.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+')
        || shown[1..].starts_with("unknown-")
}

/// Copies `text` without the backslashes that escape punctuation.
fn unescape(text: &str, out: &mut String) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.next_if(|next| c == '\\' && next.is_ascii_punctuation()) {
            Some(escaped) => out.push(escaped),
            None => out.push(c),
        }
    }
}
