//! Where the things stand in a text that Discord shows as one: code, links, mentions, emphasis.
//!
//! One pass over the bytes, linear in the length of the text. The rules are Discord's rather than CommonMark's where
//! the two differ: a run of three backticks opens a code block also in the middle of a line, and the next such run
//! closes it wherever it stands.

use std::ops::Range;

use crate::token::{self, Token};

/// A stretch of text that must not be cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Atom<'a> {
    pub(crate) range: Range<usize>,
    pub(crate) kind: AtomKind<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AtomKind<'a> {
    Fence(Fence<'a>),
    /// Inline code; the number of backticks on each side.
    Code(usize),
    Token(Token<'a>),
    /// An address that stands by itself.
    Url,
    /// `[text](url)`; the ranges of text and url.
    Link {
        text: Range<usize>,
        url: Range<usize>,
    },
}

/// A code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fence<'a> {
    /// What stands before the fence on its line, with list markers blanked: quote marks and indentation.
    pub(crate) prefix: String,
    /// The run of backticks.
    pub(crate) ticks: &'a str,
    /// The language, empty when there is none.
    pub(crate) info: &'a str,
    /// The code, from behind the opening line to the closing run.
    pub(crate) body: Range<usize>,
    /// Whether there is a closing run.
    pub(crate) closed: bool,
}

/// Emphasis or a spoiler: from its opening marker to behind its closing marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span<'a> {
    pub(crate) range: Range<usize>,
    pub(crate) marker: &'a str,
}

/// A marker that opens something, and stands open at the end of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Open<'a> {
    pub(crate) at: usize,
    pub(crate) marker: &'a str,
}

/// What was found; everything in the order of the text.
#[derive(Debug, Default)]
pub(crate) struct Scan<'a> {
    pub(crate) atoms: Vec<Atom<'a>>,
    pub(crate) spans: Vec<Span<'a>>,
    /// Emphasis that is still open in the last paragraph.
    pub(crate) open: Vec<Open<'a>>,
    /// The first run of backticks in the last paragraph that nothing closes.
    pub(crate) open_code: Option<Open<'a>>,
    /// `[` in the last paragraph whose `]`, or whose `)` after `](`, has not come.
    pub(crate) open_link: Option<usize>,
}

/// Emphasis that is open at once. Deeper nesting is no text that a person or a model writes; the bound keeps the
/// search for what a marker closes short.
const OPEN_SPANS_MAX: usize = 32;
/// The longest name of a language, with the spaces around it, in bytes.
const INFO_BYTES_MAX: usize = 64;
/// Link titles, `[t](u "title")`, are looked for within this many bytes.
const TITLE_BYTES_MAX: usize = 300;

/// Scans `text`.
pub(crate) fn scan(text: &str) -> Scan<'_> {
    let mut scanner = Scanner::new(text);
    scanner.run();
    scanner.finish()
}

/// A run of backticks.
#[derive(Debug, Clone, Copy)]
struct Run {
    at: usize,
    len: usize,
    paragraph: usize,
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    runs: Vec<Run>,
    /// The first run that does not lie behind the reader.
    next_run: usize,
    /// A fence of this many backticks or more has no end.
    hopeless_fence: usize,
    /// Inline code of these many backticks has no end in this paragraph.
    hopeless_code: Vec<usize>,
    paragraph: usize,
    /// Where `(` directly behind `]` finds its `)` with no white space between: sorted by the first.
    parens: Vec<(usize, usize)>,
    brackets: Vec<usize>,
    line_start: usize,
    /// How far the text has been searched for the end of a link's address.
    word_end: usize,
    scan: Scan<'a>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        Self {
            text,
            bytes,
            runs: backtick_runs(bytes),
            next_run: 0,
            hopeless_fence: usize::MAX,
            hopeless_code: Vec::new(),
            paragraph: 0,
            parens: link_parens(bytes),
            brackets: Vec::new(),
            line_start: 0,
            word_end: 0,
            scan: Scan::default(),
        }
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(&byte) = self.bytes.get(at) {
            at = match byte {
                b'\n' => self.newline(at),
                b'\\' => at + 1 + usize::from(self.bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation)),
                b'`' => self.backticks(at),
                b'<' => self.angle(at),
                b'[' => {
                    self.brackets.push(at);
                    at + 1
                }
                b']' => self.bracket_end(at),
                b'h' | b'H' => self.address(at),
                b'*' | b'_' | b'~' | b'|' => self.marker(at, byte),
                _ => at + 1,
            };
        }
    }

    fn finish(mut self) -> Scan<'a> {
        if self.scan.open_link.is_none() {
            self.scan.open_link = self.brackets.last().copied();
        }
        self.scan.atoms.sort_by_key(|atom| atom.range.start);
        self.scan.spans.sort_by_key(|span| (span.range.start, span.range.end));
        self.scan
    }

    /// A blank line ends whatever is open in its paragraph; a spoiler may span several.
    fn newline(&mut self, at: usize) -> usize {
        if self.text[self.line_start..at].trim().is_empty() {
            self.brackets.clear();
            self.scan.open.retain(|open| open.marker == "||");
            self.scan.open_code = None;
            self.scan.open_link = None;
        }
        self.line_start = at + 1;
        at + 1
    }

    fn push(&mut self, range: Range<usize>, kind: AtomKind<'a>) -> usize {
        let end = range.end;
        self.scan.atoms.push(Atom { range, kind });
        end
    }

    fn backticks(&mut self, at: usize) -> usize {
        while self.runs.get(self.next_run).is_some_and(|run| run.at < at) {
            self.next_run += 1;
        }
        // An escaped backtick may have taken the first of a run.
        let Some(run) = self.runs.get(self.next_run).copied().filter(|run| run.at == at) else {
            return at + self.bytes[at..].iter().take_while(|b| **b == b'`').count();
        };
        self.next_run += 1;
        if run.len >= 3 {
            return self.fence(run).unwrap_or(at + run.len);
        }
        if let Some(end) = self.code(run) {
            return end;
        }
        if self.scan.open_code.is_none() {
            self.scan.open_code = Some(Open { at, marker: &self.text[at..at + run.len] });
        }
        at + run.len
    }

    fn fence(&mut self, run: Run) -> Option<usize> {
        let leads = &self.text[self.line_start..run.at];
        let starts_line = is_prefix(leads);
        let close = if run.len >= self.hopeless_fence {
            None
        } else {
            self.runs[self.next_run..].iter().position(|other| other.len >= run.len).map(|i| self.next_run + i)
        };
        if close.is_none() {
            self.hopeless_fence = run.len.min(self.hopeless_fence);
            if !starts_line {
                return None;
            }
        }
        let after = run.at + run.len;
        // An info string ends its line; a line that goes on for longer has none.
        let window = &self.bytes[after..self.bytes.len().min(after + INFO_BYTES_MAX)];
        let line_end = window.iter().position(|b| *b == b'\n').map(|i| after + i);
        let word = self.text[after..line_end.unwrap_or(after)].trim();
        let is_info = word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-' | b'.' | b'#'));
        let end = close.map_or(self.text.len(), |i| self.runs[i].at);
        let (info, start) = match line_end.filter(|line_end| is_info && *line_end < end) {
            Some(line_end) => (word, line_end + 1),
            None => ("", after),
        };
        let atom_end = close.map_or(self.text.len(), |i| self.runs[i].at + run.len);
        let fence = Fence {
            prefix: if starts_line { blank_list_markers(leads) } else { String::new() },
            ticks: &self.text[run.at..after],
            info,
            body: start..end.max(start),
            closed: close.is_some(),
        };
        self.push(run.at..atom_end, AtomKind::Fence(fence));
        if let Some(i) = close {
            // Backticks beyond the closing run's length are text.
            self.next_run = i + 1;
        }
        if let Some(i) = self.text[run.at..atom_end].rfind('\n') {
            self.line_start = run.at + i + 1;
        }
        Some(atom_end)
    }

    fn code(&mut self, run: Run) -> Option<usize> {
        if run.paragraph != self.paragraph {
            self.paragraph = run.paragraph;
            self.hopeless_code.clear();
        }
        if self.hopeless_code.contains(&run.len) {
            return None;
        }
        let rest = &self.runs[self.next_run..];
        let found = rest.iter().take_while(|other| other.paragraph == run.paragraph).position(|o| o.len == run.len);
        let Some(i) = found else {
            self.hopeless_code.push(run.len);
            return None;
        };
        let close = rest[i];
        self.next_run += i + 1;
        if let Some(i) = self.text[run.at..close.at].rfind('\n') {
            self.line_start = run.at + i + 1;
        }
        Some(self.push(run.at..close.at + close.len, AtomKind::Code(run.len)))
    }

    fn angle(&mut self, at: usize) -> usize {
        match token::parse(&self.text[at..]) {
            Some((token, len)) => self.push(at..at + len, AtomKind::Token(token)),
            None => at + 1,
        }
    }

    /// `]`: the end of a link's text when an address in parentheses follows.
    fn bracket_end(&mut self, at: usize) -> usize {
        let Some(open) = self.brackets.pop() else {
            return at + 1;
        };
        if self.bytes.get(at + 1) != Some(&b'(') {
            return at + 1;
        }
        let Some((url, end)) = self.destination(at + 1) else {
            return at + 1;
        };
        if end.is_none() {
            self.scan.open_link = Some(open);
            return at + 1;
        }
        let end = end.unwrap_or(url.end);
        while self.scan.atoms.last().is_some_and(|atom| atom.range.start > open) {
            self.scan.atoms.pop();
        }
        self.scan.open.retain(|marker| marker.at < open);
        self.push(open..end, AtomKind::Link { text: open + 1..at, url })
    }

    /// The address behind `(`, and the end of the link; no end when the text ends first.
    fn destination(&mut self, paren: usize) -> Option<(Range<usize>, Option<usize>)> {
        let start = paren + 1;
        if let Ok(i) = self.parens.binary_search_by_key(&paren, |pair| pair.0) {
            let close = self.parens[i].1;
            let inner = &self.text[start..close];
            let url = match inner.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')) {
                Some(_) => start + 1..close - 1,
                None => start..close,
            };
            return (!url.is_empty()).then_some((url, Some(close + 1)));
        }
        if self.word_end < start {
            let rest = &self.bytes[start..];
            self.word_end = start + rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        }
        let url = start..self.word_end;
        if url.end == self.text.len() {
            return Some((url, None));
        }
        let title_start = self.text[url.end..].trim_start_matches([' ', '\t']);
        let quote = title_start.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let title_at = self.text.len() - title_start.len() + 1;
        let window = &self.bytes[title_at..self.bytes.len().min(title_at + TITLE_BYTES_MAX)];
        let close = window.windows(2).position(|pair| pair == [quote as u8, b')']);
        match close {
            Some(i) => Some((url, Some(title_at + i + 2))),
            None if window.len() < TITLE_BYTES_MAX && !window.contains(&b'\n') => Some((url, None)),
            None => None,
        }
    }

    fn address(&mut self, at: usize) -> usize {
        let joined = at > 0 && self.bytes[at - 1].is_ascii_alphanumeric();
        if joined || !token::starts_url(&self.text[at..]) {
            return at + 1;
        }
        let mut end = at + address_len(&self.text[at..]);
        // In `[https://a](https://b)` the first address ends where the link's own begins.
        if !self.brackets.is_empty()
            && let Some(i) = self.text[at..end].find("](")
        {
            end = at + i;
        }
        self.push(at..end, AtomKind::Url)
    }

    /// A run of one emphasis character: closes what it can, else opens.
    fn marker(&mut self, at: usize, byte: u8) -> usize {
        let len = self.bytes[at..].iter().take_while(|b| **b == byte).count();
        let end = at + len;
        let usable = match byte {
            b'~' | b'|' => len == 2,
            _ => len <= 3,
        };
        if !usable {
            return end;
        }
        let before = self.text[..at].chars().next_back();
        let after = self.text[end..].chars().next();
        let word = |c: Option<char>| byte == b'_' && c.is_some_and(char::is_alphanumeric);
        let can_close = before.is_some_and(|c| !c.is_whitespace()) && !word(after);
        let can_open = after.is_some_and(|c| !c.is_whitespace()) && !word(before);
        let mut from = at;
        if can_close {
            while from < end {
                let left = &self.text[from..end];
                let open = &self.scan.open;
                let exact = open.iter().rposition(|open| open.marker == left);
                let inner =
                    || open.iter().rposition(|open| left.starts_with(open.marker)).filter(|i| *i + 1 == open.len());
                let Some(i) = exact.or_else(inner) else {
                    break;
                };
                let Open { at: start, marker } = self.scan.open[i];
                self.scan.open.truncate(i);
                from += marker.len();
                // Nothing is emphasised between two markers that touch.
                if start + marker.len() < at {
                    self.scan.spans.push(Span { range: start..from, marker });
                }
            }
        }
        if from < end && (can_open || after.is_none()) && !(byte == b'_' && word(before)) {
            if self.scan.open.len() == OPEN_SPANS_MAX {
                self.scan.open.remove(0);
            }
            self.scan.open.push(Open { at: from, marker: &self.text[from..end] });
        }
        end
    }
}

/// All runs of backticks, each with the number of its paragraph.
fn backtick_runs(bytes: &[u8]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut paragraph = 0;
    let mut blank = true;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let mut len = 1;
        match byte {
            b'\n' => {
                paragraph += usize::from(blank);
                blank = true;
            }
            b'`' => {
                len = bytes[at..].iter().take_while(|b| **b == b'`').count();
                runs.push(Run { at, len, paragraph });
                blank = false;
            }
            _ => blank &= byte.is_ascii_whitespace(),
        }
        at += len;
    }
    runs
}

/// For every `](`, where its parenthesis closes with no white space between.
fn link_parens(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut stack = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' => stack.push(at),
            b')' => {
                if let Some(open) = stack.pop()
                    && open > 0
                    && bytes[open - 1] == b']'
                {
                    pairs.push((open, at));
                }
            }
            _ if byte.is_ascii_whitespace() => stack.clear(),
            _ => {}
        }
    }
    pairs.sort_unstable();
    pairs
}

/// How many bytes the address that `text` starts with has: up to white space or `<`, without the punctuation and the
/// markers that belong to the sentence around it; parentheses stay when they are balanced.
pub(crate) fn address_len(text: &str) -> usize {
    let mut end = text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '`')).unwrap_or(text.len());
    let mut depth = 0_isize;
    for byte in text[..end].bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
    }
    while let Some(last) = text[..end].chars().next_back() {
        match last {
            '.' | ',' | ':' | ';' | '!' | '?' | '"' | '\'' | ']' | '*' | '_' | '~' | '|' | '\\' => {}
            '。' | '，' | '、' | '）' | '」' | '』' | '！' | '？' | '”' | '’' | '»' | '…' => {}
            ')' if depth < 0 => depth += 1,
            _ => break,
        }
        end -= last.len_utf8();
    }
    end
}

/// A deeper indentation than this belongs to no fence.
const PREFIX_BYTES_MAX: usize = 64;

/// Whether only quote marks, indentation and a list marker stand in `lead`.
fn is_prefix(lead: &str) -> bool {
    lead.len() <= PREFIX_BYTES_MAX && blank_list_markers(lead).bytes().all(|b| matches!(b, b' ' | b'\t' | b'>'))
}

/// `lead` with its list marker, if it has one, replaced by as many spaces.
fn blank_list_markers(lead: &str) -> String {
    let trimmed = lead.trim_end_matches([' ', '\t']);
    if trimmed.len() == lead.len() {
        return lead.to_owned();
    }
    let at = trimmed.rfind([' ', '\t', '>']).map_or(0, |i| i + 1);
    let marker = &trimmed[at..];
    let number = marker
        .strip_suffix(['.', ')'])
        .is_some_and(|n| (1..=9).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()));
    if number || matches!(marker, "-" | "*" | "+") {
        format!("{}{}", &trimmed[..at], " ".repeat(lead.len() - at))
    } else {
        lead.to_owned()
    }
}
