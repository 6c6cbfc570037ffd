//! Splits an answer into parts that fit into messages.
//!
//! All places where the text may be cut are listed first, each with a rank; then parts are filled from the left, each
//! cut at the best place in reach. A cut depends only on what stands before the limit and on the ends of what is open
//! there, so that the parts of a growing text keep still once they are full.

use unicode_segmentation::GraphemeCursor;

use crate::length::{fitting, fitting_chars, is_blank, units};
use crate::scan::{AtomKind, Fence, Scan, Span, scan};

/// The longest message that a bot may send, in UTF-16 code units.
pub const MESSAGE_UNITS_MAX: usize = 2000;

/// A character may take two UTF-16 code units; a smaller limit could not be kept.
const LIMIT_MIN: usize = 2;

/// How good a place is for a cut, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Before a code block.
    Block,
    Paragraph,
    Line,
    Sentence,
    /// A line end that parts what belongs together: a heading or `…:` from what follows, a list item from its children.
    Kept,
    /// A blank line in code.
    CodeParagraph,
    CodeLine,
    Word,
    CodeWord,
}

const RANKS: [Rank; 9] = [
    Rank::Block,
    Rank::Paragraph,
    Rank::Line,
    Rank::Sentence,
    Rank::Kept,
    Rank::CodeParagraph,
    Rank::CodeLine,
    Rank::Word,
    Rank::CodeWord,
];

impl Rank {
    /// How full a part must be, in quarters, for a cut of this rank to be preferred to the ranks after it. A code block
    /// that is not torn is worth a shorter message; a blank line in code is worth less.
    fn quarters(self) -> usize {
        match self {
            Self::Block => 1,
            Self::CodeParagraph => 3,
            _ => 2,
        }
    }
}

/// A place where the text may be cut. What stands between `end` and `next` is white space and goes.
#[derive(Debug, Clone, Copy)]
struct Cut {
    end: usize,
    next: usize,
    rank: Rank,
    /// The code block that is cut, as an index into the scan's atoms.
    fence: Option<usize>,
    /// Whether emphasis or a spoiler is cut.
    soft: bool,
}

/// Splits `text` into parts of at most `limit` UTF-16 code units (and so of at most `limit` characters, see [`units`]).
///
/// - Cut is at a paragraph, else at a line, else at a sentence, else at a word, as long as the part is at least half
///   full; preferably not behind a heading or a line that ends in a colon, and preferably before a code block.
/// - Code blocks are closed and opened again with the same language; so are emphasis and spoilers, where no other place
///   is left.
/// - Links, addresses, mentions, custom emoji, inline code, words and grapheme clusters stay whole, unless one is
///   longer than a part. Text without spaces (Chinese, Japanese) is cut between characters, but not before `。`.
/// - No part is blank; a blank text has no parts. Without the white space at the cuts and the repaired fences and
///   markers, the parts are the text.
///
/// A `limit` below 2 counts as 2. When `limit` has no room for the fences around code, they are left out.
pub fn split(text: &str, limit: usize) -> Vec<String> {
    Splitter::new(text, limit.max(LIMIT_MIN)).parts()
}

struct Splitter<'a> {
    text: &'a str,
    limit: usize,
    scan: Scan<'a>,
    cuts: Vec<Cut>,
}

/// What a part needs before and behind its text.
#[derive(Default)]
struct Repair {
    before: String,
    behind: String,
}

impl<'a> Splitter<'a> {
    fn new(text: &'a str, limit: usize) -> Self {
        let mut scan = scan(text);
        soften_long_code(text, limit, &mut scan);
        let cuts = cuts(text, &scan);
        Self { text, limit, scan, cuts }
    }

    fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        let mut start = 0;
        let mut open: Option<Cut> = None;
        let mut first_cut = 0;
        while start < self.text.len() {
            if let Some(fence) = open.and_then(|cut| cut.fence).and_then(|i| self.fence(i))
                && self.text.get(start..fence.body.end).is_none_or(is_blank)
            {
                // Only white space is left of the code: nothing is worth opening it again.
                start = start.max(fence.body.end + if fence.closed { fence.ticks.len() } else { 0 });
                open = None;
                continue;
            }
            while self.cuts.get(first_cut).is_some_and(|cut| cut.end <= start) {
                first_cut += 1;
            }
            let before = open.map(|cut| self.repair(cut).before).unwrap_or_default();
            let room = self.limit.saturating_sub(units(&before));
            let (end, next, cut) = self.next_cut(start, room, first_cut);
            let behind = match cut {
                Some(cut) => self.repair(cut).behind,
                None => self.closing(start, end),
            };
            let body = &self.text[start..end];
            let body =
                if open.is_some_and(|cut| cut.fence.is_some()) { body } else { body.trim_start_matches(['\n', '\r']) };
            if !is_blank(body) {
                parts.push(format!("{before}{}{behind}", if cut.is_none() { body.trim_end() } else { body }));
            }
            start = next.max(end);
            open = cut;
        }
        parts
    }

    /// Where a part that starts at `start` ends, with room for `room` units; the start of the next part; and the cut
    /// between them, unless the text ends here.
    fn next_cut(&self, start: usize, room: usize, first_cut: usize) -> (usize, usize, Option<Cut>) {
        let rest = self.text[start..].trim_end();
        let rest_end = start + rest.len();
        if rest.len() <= room || fitting_chars(rest, room) == rest.len() {
            let closing = units(&self.closing(start, rest_end));
            if units(rest) + closing <= room {
                return (rest_end, self.text.len(), None);
            }
        }
        let mut clean: [Option<Cut>; RANKS.len()] = [None; RANKS.len()];
        let mut soft: [Option<Cut>; RANKS.len()] = [None; RANKS.len()];
        let mut clean_last = None;
        let mut soft_last = None;
        let mut used = 0;
        let mut counted = start;
        for cut in &self.cuts[first_cut..] {
            used += units(&self.text[counted..cut.end]);
            counted = cut.end;
            if used > room {
                break;
            }
            let needs_repair = cut.soft || cut.fence.is_some();
            if needs_repair && used + units(&self.repair(*cut).behind) > room {
                continue;
            }
            if self.splits_cluster(cut.next) || is_blank(&self.text[start..cut.end]) {
                continue;
            }
            let (best, last) = if cut.soft { (&mut soft, &mut soft_last) } else { (&mut clean, &mut clean_last) };
            if used * 4 >= self.limit * cut.rank.quarters() {
                best[cut.rank as usize] = Some(*cut);
            }
            *last = Some(*cut);
        }
        let chosen = clean.into_iter().flatten().next().or(clean_last);
        let chosen = chosen.or_else(|| soft.into_iter().flatten().next()).or(soft_last);
        match chosen {
            Some(cut) => (cut.end, cut.next, Some(cut)),
            None => self.hard_cut(start, room),
        }
    }

    /// A cut in the middle of something that is longer than a part.
    fn hard_cut(&self, start: usize, room: usize) -> (usize, usize, Option<Cut>) {
        let rest = &self.text[start..];
        let at = |len: usize| {
            let (len, fence) = self.fence_at_cut(start, start + len);
            Cut { end: start + len, next: start + len, rank: Rank::Word, fence, soft: true }
        };
        // What must be closed depends on where the cut is, and where it is on what must be closed.
        let mut reserve = units(&self.repair(at(0)).behind);
        for _ in 0..2 {
            let space = room.saturating_sub(reserve);
            let cut = at(match fitting(rest, space) {
                0 => fitting_chars(rest, space),
                len => len,
            });
            let closing = units(&self.repair(cut).behind);
            if cut.end > start && units(&self.text[start..cut.end]) + closing <= room {
                return (cut.end, cut.next, Some(cut));
            }
            reserve = reserve.max(closing);
        }
        let len = fitting_chars(rest, room).max(rest.chars().next().map_or(0, char::len_utf8));
        let cut = Cut { end: start + len, next: start + len, rank: Rank::Word, fence: None, soft: false };
        (cut.end, cut.next, Some(cut))
    }

    /// The code block that a cut at `end` cuts, and the length from `start` to the cut: one that would tear the
    /// closing run moves before it.
    fn fence_at_cut(&self, start: usize, end: usize) -> (usize, Option<usize>) {
        let i = self.scan.atoms.partition_point(|atom| atom.range.end <= end);
        match self.fence(i) {
            Some(fence) if fence.body.end < end && fence.body.end > start => (fence.body.end - start, Some(i)),
            Some(fence) if fence.body.start <= end && end <= fence.body.end => (end - start, Some(i)),
            _ => (end - start, None),
        }
    }

    fn splits_cluster(&self, at: usize) -> bool {
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        matches!(cursor.is_boundary(self.text, 0), Ok(false))
    }

    fn fence(&self, atom: usize) -> Option<&Fence<'a>> {
        match &self.scan.atoms.get(atom)?.kind {
            AtomKind::Fence(fence) => Some(fence),
            _ => None,
        }
    }

    /// What closes a fence that the text itself leaves open.
    fn closing(&self, start: usize, end: usize) -> String {
        match self.scan.atoms.last().map(|atom| &atom.kind) {
            Some(AtomKind::Fence(fence)) if !fence.closed && fence.body.start < end => {
                let line = if self.text[start..end].ends_with('\n') { "" } else { "\n" };
                format!("{line}{}{}", fence.prefix, fence.ticks)
            }
            _ => String::new(),
        }
    }

    fn repair(&self, cut: Cut) -> Repair {
        if let Some(fence) = cut.fence.and_then(|i| self.fence(i)) {
            let Fence { prefix, ticks, info, .. } = fence;
            let whole = Repair { before: format!("{prefix}{ticks}{info}\n"), behind: format!("\n{prefix}{ticks}") };
            // Fences may take a quarter of a part; beyond that the code itself matters more.
            if (units(&whole.before) + units(&whole.behind)) * 4 <= self.limit {
                return whole;
            }
            let bare = Repair { before: format!("{ticks}\n"), behind: format!("\n{ticks}") };
            return if (units(&bare.before) + units(&bare.behind)) * 2 <= self.limit {
                bare
            } else {
                Repair::default()
            };
        }
        let mut repair = Repair::default();
        if cut.soft {
            let before = self.scan.spans.partition_point(|span| span.range.start < cut.end);
            for Span { range, marker } in &self.scan.spans[..before] {
                if range.start + marker.len() <= cut.end && cut.end + marker.len() <= range.end {
                    repair.before.push_str(marker);
                    repair.behind.insert_str(0, marker);
                }
            }
            if units(&repair.before) * 8 > self.limit {
                return Repair::default();
            }
        }
        repair
    }
}

/// Inline code longer than a part becomes a span, which can be closed and opened again.
fn soften_long_code<'a>(text: &'a str, limit: usize, scan: &mut Scan<'a>) {
    let spans = &mut scan.spans;
    scan.atoms.retain(|atom| match atom.kind {
        AtomKind::Code(ticks) if units(&text[atom.range.clone()]) > limit => {
            let marker = &text[atom.range.start..atom.range.start + ticks];
            spans.push(Span { range: atom.range.clone(), marker });
            false
        }
        _ => true,
    });
    spans.sort_by_key(|span| (span.range.start, span.range.end));
}

/// Every place where the text may be cut, in order.
fn cuts(text: &str, scan: &Scan<'_>) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut from = 0;
    for (i, atom) in scan.atoms.iter().enumerate() {
        let fence = match &atom.kind {
            AtomKind::Fence(fence) => Some(fence),
            _ => None,
        };
        prose_cuts(text, from, atom.range.start, fence.is_some(), &mut cuts);
        if let Some(fence) = fence {
            code_cuts(text, i, fence, &mut cuts);
        }
        from = atom.range.end;
    }
    prose_cuts(text, from, text.len(), false, &mut cuts);
    mark_soft(scan, &mut cuts);
    cuts
}

/// The cuts in `from..to`, which holds no atom; `before_block` when a code block follows.
fn prose_cuts(text: &str, from: usize, to: usize, before_block: bool, cuts: &mut Vec<Cut>) {
    let after_fence = text[..from].ends_with("```");
    let mut previous: Option<char> = text[..from].chars().next_back();
    let mut chars = text[from..to].char_indices().map(|(i, c)| (from + i, c)).peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_whitespace() {
            let mut end = at + c.len_utf8();
            let mut newlines = usize::from(c == '\n');
            let mut last_newline = (c == '\n').then_some(end);
            while let Some((i, c)) = chars.next_if(|(_, c)| c.is_whitespace()) {
                end = i + c.len_utf8();
                if c == '\n' {
                    newlines += 1;
                    last_newline = Some(end);
                }
            }
            let rank = if newlines == 0 {
                if ends_sentence(&text[..at]) { Rank::Sentence } else { Rank::Word }
            } else {
                let line = &text[text[..at].rfind('\n').map_or(0, |i| i + 1)..at];
                let block = before_block && end == to;
                let paragraph = newlines > 1 || block || (after_fence && at == from);
                let nested = !paragraph && last_newline.is_some_and(|start| start < end);
                match () {
                    () if nested || leads_on(line) => Rank::Kept,
                    () if block => Rank::Block,
                    () if paragraph => Rank::Paragraph,
                    () => Rank::Line,
                }
            };
            // Indentation behind a line end is kept: it may be that of a list or of a quoted fence.
            let next = match last_newline {
                Some(start) => start,
                None => end,
            };
            if at > 0 && end < text.len() {
                cuts.push(Cut { end: at, next, rank, fence: None, soft: false });
            }
            previous = Some(' ');
        } else {
            if let Some(before) = previous
                && breaks_between(before, c)
                && at > from
            {
                let rank = if matches!(before, '。' | '！' | '？') { Rank::Sentence } else { Rank::Word };
                cuts.push(Cut { end: at, next: at, rank, fence: None, soft: false });
            }
            previous = Some(c);
        }
    }
}

/// The cuts in a code block: its line ends, and the white space in its lines.
fn code_cuts(text: &str, atom: usize, fence: &Fence<'_>, cuts: &mut Vec<Cut>) {
    let body = &text[fence.body.clone()];
    let lead = body.len() - body.trim_start_matches('\n').len();
    let trail = body.trim_end().len();
    let mut blank = true;
    for (i, c) in body[..trail].char_indices().skip_while(|(i, _)| *i < lead) {
        let at = fence.body.start + i;
        if c == '\n' {
            let rank = if blank { Rank::CodeParagraph } else { Rank::CodeLine };
            cuts.push(Cut { end: at, next: at + 1, rank, fence: Some(atom), soft: false });
            blank = true;
        } else if c.is_whitespace() {
            if !blank {
                let next = at + c.len_utf8();
                cuts.push(Cut { end: at, next, rank: Rank::CodeWord, fence: Some(atom), soft: false });
            }
        } else {
            blank = false;
        }
    }
}

fn mark_soft(scan: &Scan<'_>, cuts: &mut [Cut]) {
    let mut spans = scan.spans.iter().peekable();
    let mut until = 0;
    for cut in cuts.iter_mut() {
        while let Some(span) = spans.next_if(|span| span.range.start < cut.end) {
            until = until.max(span.range.end);
        }
        cut.soft = cut.fence.is_none() && cut.end < until;
    }
}

/// Whether `text` ends a sentence. `1.` at the start of a line is a list's number.
fn ends_sentence(text: &str) -> bool {
    let bare = text.trim_end_matches(['"', '\'', ')', '”', '’', '»', '*', '_']);
    match bare.chars().next_back() {
        Some('!' | '?' | '…' | '。' | '！' | '？' | '؟' | '۔' | '।') => true,
        Some('.') => {
            let word = bare.trim_end_matches('.').rsplit(char::is_whitespace).next().unwrap_or_default();
            // One letter or a number before the full stop is an abbreviation or an enumeration.
            word.chars().nth(1).is_some() && !word.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    }
}

/// Whether what follows `line` belongs to it: it is a heading, wholly bold, or ends in a colon.
fn leads_on(line: &str) -> bool {
    let line = line.trim();
    line.trim_end_matches(['*', '_']).ends_with([':', '：'])
        || line.trim_start_matches(['>', ' ']).starts_with('#')
        || (line.len() > 4 && line.starts_with("**") && line.ends_with("**"))
}

/// Whether a line may end between two characters without a space: in scripts that write none.
fn breaks_between(before: char, after: char) -> bool {
    let opens = matches!(
        before,
        '（' | '「' | '『' | '【' | '《' | '〈' | '“' | '‘' | '(' | '[' | '<' | '@' | '#' | '/' | '\\'
    );
    let continues =
        matches!(after, '\u{3099}'..='\u{309c}' | 'ー' | '々' | 'ゝ' | 'ゞ' | 'ヽ' | 'ヾ' | '\u{ff9e}' | '\u{ff9f}')
            || matches!(
                after,
                'ぁ' | 'ぃ'
                    | 'ぅ'
                    | 'ぇ'
                    | 'ぉ'
                    | 'っ'
                    | 'ゃ'
                    | 'ゅ'
                    | 'ょ'
                    | 'ァ'
                    | 'ィ'
                    | 'ゥ'
                    | 'ェ'
                    | 'ォ'
                    | 'ッ'
                    | 'ャ'
                    | 'ュ'
                    | 'ョ'
            );
    !opens
        && !continues
        && ((is_cjk(before) && (is_cjk(after) || after.is_ascii_alphanumeric()))
            || (is_cjk(after) && before.is_ascii_alphanumeric())
            || (is_cjk(after) && matches!(before, '。' | '，' | '、' | '！' | '？' | '；' | '：' | '」' | '』' | '）')))
}

fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
        || matches!(c, '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}
