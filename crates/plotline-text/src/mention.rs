//! Mentions and Discord's other tokens, made readable or taken out.

use chrono::{DateTime, SecondsFormat};

use crate::scan::{AtomKind, scan};
use crate::token::{Mention, Token};

/// A resolved name is cut to this many UTF-16 code units; Discord's longest, a channel's, has 100.
const NAME_UNITS_MAX: usize = 100;

/// Takes out every mention of the bot, `<@id>` or `<@!id>`, wherever it stands, except in code.
///
/// One space beside it goes too, and so does the comma or colon behind a mention that opens the text. Everything else
/// stays as it was written, tabs and line ends above all: a pasted table may follow. Other people's mentions stay
/// tokens; [`render_mentions`] makes them readable.
pub fn strip_mention(content: &str, bot_id: u64) -> String {
    let mut out = String::with_capacity(content.len());
    let mut from = 0;
    for atom in scan(content).atoms {
        if atom.kind != AtomKind::Token(Token::Mention(Mention::User(bot_id))) {
            continue;
        }
        out.push_str(&content[from..atom.range.start]);
        from = atom.range.end;
        let rest = &content[from..];
        let after_space = out.ends_with([' ', '\n', '\t']);
        if out.trim().is_empty() {
            out.clear();
            let rest = rest.trim_start_matches([',', ':']).trim_start_matches([' ', '\n', '\r']);
            from = content.len() - rest.len();
        } else if after_space && rest.starts_with(' ') {
            from += 1;
        } else if out.ends_with(' ') && (rest.is_empty() || rest.starts_with(['\n', '\r', '.', ',', '?', '!'])) {
            out.pop();
        } else if out.ends_with(char::is_alphanumeric) && rest.starts_with(char::is_alphanumeric) {
            out.push(' ');
        }
    }
    out.push_str(&content[from..]);
    let end = out.trim_end_matches([' ', '\n', '\r']).len();
    out.truncate(end);
    out
}

/// Makes Discord's tokens readable for the model: `<@1>` becomes `@Alice`, `<#2>` `#general`, `<@&3>` `@role`,
/// `<:smile:4>` `:smile:`, `</ask:5>` `/ask`, `<t:0>` `1970-01-01T00:00:00Z`. Code stays as it is, as it does in
/// Discord.
///
/// `name_of` gives a name without `@` or `#`. Somebody it does not know becomes `@unknown-user`, `@unknown-role` or
/// `#unknown-channel`. Names are other people's text: control characters and line ends in them are dropped, and what is
/// longer than any name in Discord is cut.
pub fn render_mentions<F>(content: &str, mut name_of: F) -> String
where
    F: FnMut(Mention) -> Option<String>,
{
    let mut out = String::with_capacity(content.len());
    let mut from = 0;
    for atom in scan(content).atoms {
        let AtomKind::Token(token) = atom.kind else {
            continue;
        };
        let Some(shown) = readable(token, &mut name_of) else {
            continue;
        };
        out.push_str(&content[from..atom.range.start]);
        out.push_str(&shown);
        from = atom.range.end;
    }
    out.push_str(&content[from..]);
    out
}

/// How a token reads; nothing for what is readable already.
pub(crate) fn readable<F>(token: Token<'_>, name_of: &mut F) -> Option<String>
where
    F: FnMut(Mention) -> Option<String>,
{
    Some(match token {
        Token::Mention(mention) => {
            let name = name_of(mention).map(|name| clean(&name)).filter(|name| !name.is_empty());
            let (sign, unknown) = match mention {
                Mention::User(_) => ('@', "unknown-user"),
                Mention::Role(_) => ('@', "unknown-role"),
                Mention::Channel(_) => ('#', "unknown-channel"),
            };
            format!("{sign}{}", name.as_deref().unwrap_or(unknown))
        }
        Token::Emoji(name) => format!(":{name}:"),
        Token::Command(name) => format!("/{name}"),
        Token::Time(seconds) => DateTime::from_timestamp(seconds, 0)?.to_rfc3339_opts(SecondsFormat::Secs, true),
        Token::Guide(page) => format!("#{page}"),
        Token::Url(_) => return None,
    })
}

fn clean(name: &str) -> String {
    let visible: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    crate::truncate(&words.join(" "), NAME_UNITS_MAX).into_owned()
}
