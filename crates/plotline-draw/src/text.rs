//! Text in a given space: wrapping and shortening.

use std::collections::VecDeque;

use crate::font::{Fonts, Weight};

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Type {
    /// In CSS pixels.
    pub(crate) size: f64,
    /// Its weight.
    pub(crate) weight: Weight,
}

impl Type {
    pub(crate) const TITLE: Type = Type { size: 22.0, weight: Weight::SemiBold };
    pub(crate) const SUBTITLE: Type = Type { size: 14.5, weight: Weight::Regular };
    pub(crate) const PANEL: Type = Type { size: 14.0, weight: Weight::SemiBold };
    pub(crate) const LABEL: Type = Type { size: 13.5, weight: Weight::Regular };
    /// The least size at which labels are read without effort in a picture of the usual width.
    pub(crate) const LABEL_LEAST: Type = Type { size: 11.0, weight: Weight::Regular };
    pub(crate) const VALUE: Type = Type { size: 13.5, weight: Weight::SemiBold };
    pub(crate) const SMALL: Type = Type { size: 12.0, weight: Weight::Regular };
    pub(crate) const TOTAL: Type = Type { size: 28.0, weight: Weight::SemiBold };

    /// The distance of baselines.
    pub(crate) fn line(self) -> f64 {
        (self.size * 1.28).round()
    }

    /// From the baseline up to the top of capitals and digits.
    pub(crate) fn cap(self) -> f64 {
        self.size * 0.727
    }

    /// From the baseline down to the foot of letters such as g.
    pub(crate) fn descent(self) -> f64 {
        self.size * 0.21
    }

    /// This look at another size.
    pub(crate) fn sized(self, size: f64) -> Type {
        Type { size, ..self }
    }
}

/// Characters of a label that are looked at, from its start and from its end; what is longer could not be shown in any case.
const LABEL_CHARS_MAX: (usize, usize) = (180, 60);

const ELLIPSIS: char = '…';
/// Of a shortened text, the share of its characters that are taken from its end.
const TAIL_SHARE: f64 = 1.0 / 3.0;
/// Lines of a label that are looked at; none is set in as many.
const LINES_MAX: usize = 12;
/// A line may end after these characters, as after a space.
const SOFT_BREAKS: [char; 6] = ['_', '-', '/', '.', '\\', '–'];

/// Texts set in lines.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SetTexts {
    /// The lines of each.
    pub(crate) lines: Vec<Vec<String>>,
    /// No word is broken.
    pub(crate) whole_words: bool,
}

/// As much of the start and end of a text as fits, with an ellipsis between; `tail_share` of the characters are from its end.
fn shortened(text: &str, tail_share: f64, fits: impl Fn(&str) -> bool) -> String {
    let characters: Vec<char> = text.chars().collect();
    let parts = |kept: usize| {
        let tail = (kept as f64 * tail_share) as usize;
        (
            characters.get(..kept - tail).unwrap_or_default(),
            characters.get(characters.len() - tail..).unwrap_or_default(),
        )
    };
    let joined = |head: &[char], tail: &[char]| {
        let (head, tail): (String, String) = (head.iter().collect(), tail.iter().collect());
        format!("{}{ELLIPSIS}{}", head.trim_end(), tail.trim_start())
    };
    let candidate = |kept: usize| {
        let (head, tail) = parts(kept);
        joined(head, tail)
    };
    let (mut most, mut too_long) = (0, characters.len());
    while too_long - most > 1 {
        let middle = (most + too_long) / 2;
        if fits(&candidate(middle)) { most = middle } else { too_long = middle }
    }
    // Whole words are read better than more letters, unless they are most of what is kept.
    let (mut head, mut tail) = parts(most);
    let is_space = |at: usize| characters.get(at).is_some_and(|c| *c == ' ');
    let (after_head, before_tail) = (head.len(), characters.len() - tail.len());
    if let Some(space) = head.iter().rposition(|c| *c == ' ').filter(|space| space * 3 >= head.len() * 2)
        && !is_space(after_head)
    {
        head = head.get(..space).unwrap_or_default();
    }
    if let Some(space) = tail.iter().position(|c| *c == ' ').filter(|space| space * 3 <= tail.len())
        && !is_space(before_tail.saturating_sub(1))
    {
        tail = tail.get(space..).unwrap_or_default();
    }
    joined(head, tail)
}

/// A text as one line: white space collapsed, invisible characters dropped, cut in the middle to what could ever be shown.
pub(crate) fn clean(text: &str) -> String {
    let (head_max, tail_max) = LABEL_CHARS_MAX;
    let mut head = String::with_capacity(text.len().min(head_max * 4));
    let mut tail: VecDeque<char> = VecDeque::new();
    let (mut count, mut left_out) = (0, false);
    let mut after_space = true;
    for c in text.chars() {
        let space = c.is_whitespace() && c != '\u{A0}' && c != '\u{202F}';
        if space && after_space || !space && crate::pen::is_dropped(c) {
            continue;
        }
        after_space = space;
        let c = if space { ' ' } else { c };
        if count < head_max {
            head.push(c);
            count += 1;
            continue;
        }
        tail.push_back(c);
        if tail.len() > tail_max {
            tail.pop_front();
            left_out = true;
        }
    }
    if left_out {
        head.push(ELLIPSIS);
    }
    head.extend(tail);
    head.truncate(head.trim_end().len());
    head
}

impl Fonts {
    /// The width of a line.
    pub(crate) fn measure(&self, text: &str, kind: Type) -> f64 {
        self.width(text, kind.size, kind.weight)
    }

    /// The text, or as much of its start and end as fits, with an ellipsis between.
    pub(crate) fn shorten(&self, text: &str, kind: Type, width: f64) -> String {
        if self.measure(text, kind) <= width {
            return text.to_owned();
        }
        shortened(text, TAIL_SHARE, |candidate| self.measure(candidate, kind) <= width)
    }

    /// Sets texts in lines of a width, each in as many as it needs up to `lines_max`; none when one of them needs more.
    pub(crate) fn set_whole(&self, texts: &[&str], kind: Type, width: f64, lines_max: usize) -> Option<SetTexts> {
        let fits = |text: &&str| Some(self.lines(text, kind, width)).filter(|lines| lines.len() <= lines_max);
        let lines: Option<Vec<Vec<String>>> = texts.iter().map(fits).collect();
        let whole_words = || texts.iter().all(|text| text.split(' ').all(|word| self.measure(word, kind) <= width));
        lines.map(|lines| SetTexts { lines, whole_words: whole_words() })
    }

    /// The same, with texts that need more lines shortened, so that those that differ still do.
    pub(crate) fn set_shortened(&self, texts: &[&str], kind: Type, width: f64, lines_max: usize) -> Vec<Vec<String>> {
        let mut all: Vec<Vec<String>> = texts.iter().map(|text| self.lines(text, kind, width)).collect();
        let long: Vec<usize> = (0..all.len()).filter(|at| all[*at].len() > lines_max).collect();
        // Texts with the same start are told apart by their ends: each round keeps more of them.
        for tail_share in [TAIL_SHARE, 0.55, 0.8] {
            for at in &long {
                let fits = |candidate: &str| self.lines(candidate, kind, width).len() <= lines_max;
                all[*at] = self.lines(&shortened(texts[*at], tail_share, fits), kind, width);
            }
            let alike = |a: &usize, b: &usize| a != b && all[*a] == all[*b] && texts[*a] != texts[*b];
            if !long.iter().any(|a| long.iter().any(|b| alike(a, b))) {
                break;
            }
        }
        all
    }

    /// A text in as many lines as it needs, two of them of about the same length.
    fn lines(&self, text: &str, kind: Type, width: f64) -> Vec<String> {
        let mut lines = self.wrap(text, kind, width, LINES_MAX);
        if lines.len() == 2 {
            self.balance(text, kind, width, &mut lines);
        }
        lines
    }

    /// Breaks a text into lines at spaces, or within words that are wider than a line; the last line is shortened if more
    /// than `lines_max` would be needed.
    pub(crate) fn wrap(&self, text: &str, kind: Type, width: f64, lines_max: usize) -> Vec<String> {
        if self.measure(text, kind) <= width || lines_max <= 1 {
            return vec![self.shorten(text, kind, width)];
        }
        let mut lines = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if lines.len() + 1 == lines_max || self.measure(rest, kind) <= width {
                lines.push(self.shorten_end(rest, kind, width));
                break;
            }
            let at = self.break_at(rest, kind, width);
            let (line, after) = rest.split_at(at);
            lines.push(line.trim_end().to_owned());
            rest = after.trim_start();
        }
        if lines.len() == 2 && lines_max == 2 {
            self.balance(text, kind, width, &mut lines);
        }
        lines
    }

    /// Whether a text can be set in lines of a width without breaking a word or leaving anything out.
    pub(crate) fn wraps_whole(&self, text: &str, kind: Type, width: f64, lines_max: usize) -> Option<Vec<String>> {
        if text.split(' ').any(|word| self.measure(word, kind) > width) {
            return None;
        }
        let lines = self.wrap(text, kind, width, lines_max);
        (!lines.iter().any(|line| line.contains(ELLIPSIS)) || text.contains(ELLIPSIS)).then_some(lines)
    }

    fn shorten_end(&self, text: &str, kind: Type, width: f64) -> String {
        if self.measure(text, kind) <= width {
            return text.to_owned();
        }
        let characters: Vec<char> = text.chars().collect();
        let candidate = |kept: usize| {
            let head: String = characters.iter().take(kept).collect();
            format!("{}{ELLIPSIS}", head.trim_end())
        };
        let (mut fits, mut too_long) = (0, characters.len());
        while too_long - fits > 1 {
            let middle = (fits + too_long) / 2;
            if self.measure(&candidate(middle), kind) <= width { fits = middle } else { too_long = middle }
        }
        candidate(fits)
    }

    /// The byte where the first line ends: after the last word that fits, else after the last character that fits.
    fn break_at(&self, text: &str, kind: Type, width: f64) -> usize {
        let mut best = 0;
        for (at, _) in text.match_indices(' ') {
            if self.measure(&text[..at], kind) > width {
                break;
            }
            best = at;
        }
        if best > 0 {
            return best;
        }
        for (at, mark) in text.match_indices(SOFT_BREAKS) {
            let end = at + mark.len();
            if self.measure(&text[..end], kind) > width {
                break;
            }
            best = end;
        }
        if best > 1 {
            return best;
        }
        let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        let (mut fits, mut too_long) = (0, ends.len());
        while too_long - fits > 1 {
            let middle = (fits + too_long) / 2;
            let within = ends.get(middle).is_some_and(|end| self.measure(&text[..*end], kind) <= width);
            if within { fits = middle } else { too_long = middle }
        }
        ends.get(fits).copied().unwrap_or(text.len())
    }

    /// Moves words to the second line while that makes the two more alike, so that no line is a single left-over word.
    fn balance(&self, text: &str, kind: Type, width: f64, lines: &mut Vec<String>) {
        let difference = |a: &str, b: &str| (self.measure(a, kind) - self.measure(b, kind)).abs();
        let whole = lines.join(" ");
        if whole != text {
            return;
        }
        let mut best = difference(&lines[0], &lines[1]);
        for (at, _) in text.match_indices(' ') {
            let (a, b) = (&text[..at], text[at..].trim_start());
            let fits = self.measure(a, kind) <= width && self.measure(b, kind) <= width;
            if fits && difference(a, b) < best {
                best = difference(a, b);
                *lines = vec![a.to_owned(), b.to_owned()];
            }
        }
    }
}
