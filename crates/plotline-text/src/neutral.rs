//! Text from a model, without the markup that could lead a reader somewhere else than it says.

use std::borrow::Cow;

use crate::length::is_blank;
use crate::plain::{Keep, plain};
use crate::scan::{AtomKind, scan};

/// Makes links honest; everything else stays.
///
/// - A masked link whose text names another place than it leads to, as in `[https://a.org](https://b.org)`, shows both:
///   `` `https://a.org` → <https://b.org> ``. So does one to a Discord invite, and one whose address hides its host
///   behind a name and an `@`.
/// - Characters that turn the direction of what follows (U+202D, U+202E) go: with them an address can be written
///   backwards.
/// - Mentions stay as they are, `@everyone` too: every message is sent with empty `allowed_mentions`, so that none of
///   them pings anybody, and a name that is shown is of use.
///
/// Code is not touched apart from direction, and neither are links that say where they lead or only describe it.
pub fn neutralise(text: &str) -> String {
    // First of all: taken out later, they could leave a link behind that nobody has looked at.
    let text: Cow<'_, str> = match text.contains(is_override) {
        true => text.chars().filter(|c| !is_override(*c)).collect(),
        false => text.into(),
    };
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for atom in scan(&text).atoms {
        let AtomKind::Link { text: label, url } = atom.kind else {
            continue;
        };
        let (label, url) = (&text[label], &text[url]);
        let url = url.split_whitespace().next().unwrap_or_default().trim_matches(['<', '>']);
        let Some(target) = Target::of(url) else {
            continue;
        };
        let label = plain(label, Keep::All, &mut |_| None).replace('`', "'");
        if target.is_open() && !names_another_place(&label, &target.host) {
            continue;
        }
        out.push_str(&text[from..atom.range.start]);
        from = atom.range.end;
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
        match label.is_empty() {
            true => out.push_str(&format!("<{url}>")),
            false => out.push_str(&format!("`{label}` → <{url}>")),
        }
    }
    out.push_str(&text[from..]);
    out
}

/// The marks that turn the direction of all that follows, whatever script it is in.
fn is_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// Hosts that do nothing but lead to a Discord server.
const INVITE_HOSTS: [&str; 4] = ["discord.gg", "discord.me", "dsc.gg", "invite.gg"];

/// Discord's own hosts, which have invites below `/invite`.
const DISCORD_HOSTS: [&str; 4] = ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"];

/// Where a link leads.
struct Target {
    host: String,
    hides_host: bool,
    is_invite: bool,
}

impl Target {
    fn of(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return None;
        }
        // Browsers take a backslash for a slash.
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let authority = &rest[..end];
        let host = host_of(authority.rsplit('@').next().unwrap_or(authority));
        let path = rest[end..].to_ascii_lowercase();
        let is_invite = INVITE_HOSTS.contains(&host.as_str())
            || (DISCORD_HOSTS.contains(&host.as_str()) && path.starts_with("/invite"));
        Some(Self { host, hides_host: authority.contains('@'), is_invite })
    }

    fn is_open(&self) -> bool {
        !self.hides_host && !self.is_invite
    }
}

/// A host in the form in which hosts are compared.
fn host_of(authority: &str) -> String {
    let host = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let host = host.map_or(authority, |(host, _)| host).trim_end_matches('.').to_lowercase();
    host.strip_prefix("www.").map_or(host.clone(), ToOwned::to_owned)
}

/// Whether a word of `label` is an address of another host than `host` or one above it.
fn names_another_place(label: &str, host: &str) -> bool {
    // Characters without width and the full stops of other scripts look the same to a reader.
    let label: String = label
        .chars()
        .filter(|c| c.is_whitespace() || !is_blank(c.encode_utf8(&mut [0; 4])))
        .map(|c| if matches!(c, '。' | '．' | '｡' | '․') { '.' } else { c })
        .collect();
    label.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '\'' | '|' | ',')).any(|word| {
        let Some(named) = named_host(word) else {
            return false;
        };
        named != host && !host.strip_suffix(&named).is_some_and(|sub| sub.ends_with('.'))
    })
}

/// The ends of names that are far more often a file or a piece of software than an address.
const NO_DOMAINS: [&str; 37] = [
    "bat", "c", "cpp", "cs", "css", "csv", "docx", "env", "exe", "gif", "go", "gz", "h", "html", "ini", "java", "jpg",
    "js", "json", "jsx", "kt", "lock", "log", "md", "pdf", "php", "png", "ps1", "py", "rb", "rs", "sh", "sql", "toml",
    "ts", "txt", "yml",
];

/// The host that a word names, when it looks like an address.
fn named_host(word: &str) -> Option<String> {
    let word = word.trim_end_matches(['.', ':', ';', '!', '?', '…', ']', '>']).trim_start_matches(['[', '<']);
    let (scheme, rest) = match word.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, word),
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = rest[..end].rsplit('@').next().unwrap_or_default();
    let host = host_of(authority);
    let (name, last) = host.rsplit_once('.')?;
    let formed = !name.is_empty()
        && last.chars().count() >= 2
        && last.chars().all(char::is_alphabetic)
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    let certain = scheme || word.to_ascii_lowercase().starts_with("www.") || end < rest.len();
    (scheme || formed && (certain || !NO_DOMAINS.contains(&last))).then_some(host)
}
