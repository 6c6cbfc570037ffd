//! Discord's own tokens in text: mentions, custom emoji, timestamps.
//!
//! The forms are those of "Message Formatting" in Discord's developer reference.

/// A user, role or channel that a text mentions, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mention {
    /// `<@1>`, and the older `<@!1>` for a user with a nickname.
    User(u64),
    /// `<@&1>`.
    Role(u64),
    /// `<#1>`; a thread is a channel too.
    Channel(u64),
}

/// Something between `<` and `>` that a Discord client shows as something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Mention(Mention),
    /// `<:name:1>` or, animated, `<a:name:1>`.
    Emoji(&'a str),
    /// `</name:1>`: a slash command with its subcommands.
    Command(&'a str),
    /// `<t:0>` or `<t:0:R>`: seconds since 1970, UTC.
    Time(i64),
    /// `<id:customize>`: a page of the server.
    Guide(&'a str),
    /// `<https://example.org>`: an address without preview.
    Url(&'a str),
}

/// A slash command's name with two subcommands: three times 32 characters, at most four bytes each, and two spaces.
const COMMAND_BYTES_MAX: usize = 3 * 32 * 4 + 2;
/// An emoji's name has at most 32 characters, of ASCII.
const EMOJI_BYTES_MAX: usize = 32;
/// Digits of the largest 64-bit number.
const ID_DIGITS_MAX: usize = 20;
/// Longer addresses do not fit into a message; this bounds the search for `>`.
const URL_BYTES_MAX: usize = 4000;

/// The token that `text` starts with, and its length in bytes.
pub(crate) fn parse(text: &str) -> Option<(Token<'_>, usize)> {
    let body = text.strip_prefix('<')?;
    let (token, rest) = match body.as_bytes().first()? {
        b'@' => {
            let body = &body[1..];
            if let Some(role) = body.strip_prefix('&') {
                let (id, rest) = id(role)?;
                (Token::Mention(Mention::Role(id)), rest)
            } else {
                let (id, rest) = id(body.strip_prefix('!').unwrap_or(body))?;
                (Token::Mention(Mention::User(id)), rest)
            }
        }
        b'#' => {
            let (id, rest) = id(&body[1..])?;
            (Token::Mention(Mention::Channel(id)), rest)
        }
        b':' => emoji(&body[1..])?,
        b'a' => emoji(body.strip_prefix("a:")?)?,
        b't' => time(body.strip_prefix("t:")?)?,
        b'/' => {
            let (name, rest) = until(&body[1..], ':', COMMAND_BYTES_MAX)?;
            if name.contains(['<', '>', '\n']) {
                return None;
            }
            let (_, rest) = id(rest)?;
            (Token::Command(name), rest)
        }
        b'i' => {
            let body = body.strip_prefix("id:")?;
            let end = body.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == ':'))?;
            if end == 0 {
                return None;
            }
            (Token::Guide(&body[..end]), &body[end..])
        }
        b'h' | b'H' => {
            if !starts_url(body) {
                return None;
            }
            let window = &body.as_bytes()[..body.len().min(URL_BYTES_MAX)];
            let end = window.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'<' | b'>'))?;
            (Token::Url(&body[..end]), &body[end..])
        }
        _ => return None,
    };
    let rest = rest.strip_prefix('>')?;
    Some((token, text.len() - rest.len()))
}

/// Whether `text` starts with an address's scheme and at least one character more.
pub(crate) fn starts_url(text: &str) -> bool {
    let starts = |scheme: &str| {
        text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
            && text[scheme.len()..].starts_with(|c: char| !c.is_whitespace() && !matches!(c, '<' | '>'))
    };
    starts("http://") || starts("https://")
}

/// Whether `text`, which ends without `>`, could still become a token when more is written.
pub(crate) fn may_become(text: &str) -> bool {
    let Some(body) = text.strip_prefix('<') else {
        return false;
    };
    if body.len() > URL_BYTES_MAX || body.contains(['>', '<', '\n']) {
        return false;
    }
    let scheme = |scheme: &str| {
        let head = body.len().min(scheme.len());
        body.get(..head).is_some_and(|head| head.eq_ignore_ascii_case(&scheme[..head.len()]))
    };
    let digits = |text: &str| text.len() <= ID_DIGITS_MAX && text.bytes().all(|b| b.is_ascii_digit());
    let word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':'));
    match body.as_bytes().first() {
        None => true,
        Some(b'@') => digits(body[1..].trim_start_matches(['!', '&'])),
        Some(b'#') => digits(&body[1..]),
        Some(b':') => word(&body[1..]),
        Some(b'a') if body.len() > 1 => body.strip_prefix("a:").is_some_and(word),
        Some(b't') if body.len() > 1 => body.strip_prefix("t:").is_some_and(word),
        Some(b'i') if body.len() > 1 => "id:".starts_with(body) || body.strip_prefix("id:").is_some_and(word),
        Some(b'a' | b't' | b'i') => true,
        Some(b'/') => body.len() <= COMMAND_BYTES_MAX,
        Some(b'h' | b'H') => !body.contains(char::is_whitespace) && (scheme("https://") || scheme("http://")),
        Some(_) => false,
    }
}

fn until(text: &str, end: char, bytes_max: usize) -> Option<(&str, &str)> {
    let at = text.bytes().take(bytes_max + 1).position(|b| b == end as u8).filter(|at| *at > 0)?;
    Some((&text[..at], &text[at + 1..]))
}

fn id(text: &str) -> Option<(u64, &str)> {
    let end = text.bytes().take(ID_DIGITS_MAX + 1).take_while(u8::is_ascii_digit).count();
    Some((text[..end].parse().ok()?, &text[end..]))
}

fn emoji(text: &str) -> Option<(Token<'_>, &str)> {
    let (name, rest) = until(text, ':', EMOJI_BYTES_MAX)?;
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'~') {
        return None;
    }
    let (_, rest) = id(rest)?;
    Some((Token::Emoji(name), rest))
}

fn time(text: &str) -> Option<(Token<'_>, &str)> {
    let sign = usize::from(text.starts_with('-'));
    let end = sign + text[sign..].bytes().take(ID_DIGITS_MAX).take_while(u8::is_ascii_digit).count();
    let seconds = text[..end].parse().ok()?;
    let rest = &text[end..];
    let rest = match rest.strip_prefix(':') {
        None => rest,
        Some(style) => style.strip_prefix(|c: char| c.is_ascii_alphabetic())?,
    };
    Some((Token::Time(seconds), rest))
}
