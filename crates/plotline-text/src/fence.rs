//! Code fences as Markdown has them, line by line: runs of backticks or tildes at the start of a line.
//!
//! This is how a model writes. What Discord makes of it is in `scan`; `dialect` turns the one into the other.

/// What a line is, with regard to code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Not code.
    Prose,
    Opens(Opening<'a>),
    /// In a code block.
    Code,
    Closes,
}

/// The line that opens a code block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opening<'a> {
    /// Quote marks, indentation, a list marker.
    pub(crate) prefix: &'a str,
    /// The run of backticks or tildes.
    pub(crate) run: &'a str,
    pub(crate) info: &'a str,
}

/// Follows the fences of a text from its first line on.
#[derive(Debug, Default)]
pub(crate) struct Fences<'a> {
    open: Option<Opening<'a>>,
}

impl<'a> Fences<'a> {
    /// What `line` is; it may end in its line end.
    pub(crate) fn read(&mut self, line: &'a str) -> Line<'a> {
        let line = line.trim_end();
        match self.open {
            Some(open) => {
                let bare = line.trim_start_matches([' ', '\t', '>']);
                if bare.len() >= open.run.len() && bare.bytes().all(|b| Some(&b) == open.run.as_bytes().first()) {
                    self.open = None;
                    return Line::Closes;
                }
                // A quote ends with its marks, and the code in it with the quote.
                if quotes(open.prefix) > 0 && quotes(line) == 0 {
                    self.open = None;
                    return self.read(line);
                }
                Line::Code
            }
            None => match opening(line) {
                Some(open) => {
                    self.open = Some(open);
                    Line::Opens(open)
                }
                None => Line::Prose,
            },
        }
    }

    /// The code block that is open.
    pub(crate) fn open(&self) -> Option<Opening<'a>> {
        self.open
    }
}

fn opening(line: &str) -> Option<Opening<'_>> {
    let mut bare = line.trim_start_matches([' ', '\t', '>']);
    bare = after_list_marker(bare).unwrap_or(bare).trim_start_matches([' ', '\t']);
    let first = bare.bytes().next().filter(|b| matches!(b, b'`' | b'~'))?;
    let len = bare.bytes().take_while(|b| *b == first).count();
    let info = bare[len..].trim();
    // One line of the form ```code``` is inline code.
    if len < 3 || (first == b'`' && info.contains('`')) {
        return None;
    }
    Some(Opening { prefix: &line[..line.len() - bare.len()], run: &bare[..len], info })
}

/// What stands behind the list marker that `line` starts with.
pub(crate) fn after_list_marker(line: &str) -> Option<&str> {
    let digits = line.bytes().take(10).take_while(u8::is_ascii_digit).count();
    let rest = match digits {
        0 => line.strip_prefix(['-', '*', '+'])?,
        1..=9 => line[digits..].strip_prefix(['.', ')'])?,
        _ => return None,
    };
    rest.starts_with([' ', '\t']).then_some(rest)
}

/// How many quote marks a line starts with.
pub(crate) fn quotes(line: &str) -> usize {
    line.bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'>')).filter(|b| *b == b'>').count()
}
