//! Pictures in a terminal that can show them: the protocols of kitty and of iTerm2, and sixels.

use super::sixel;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Kitty takes an image in pieces of at most so many bytes of base64.
/// Source: <https://sw.kovidgoyal.net/kitty/graphics-protocol/#remote-client>.
const KITTY_PIECE: usize = 4096;

/// The bytes that make a terminal show a PNG; none where the terminal is not known to be able to. `variable` reads the environment.
pub(super) fn escape(png: &[u8], variable: impl Fn(&str) -> Option<String>) -> Vec<u8> {
    let program = variable("TERM_PROGRAM").unwrap_or_default();
    let terminal = variable("TERM").unwrap_or_default();
    // Inside a multiplexer the escapes would need another wrapping, which not every version passes on.
    if variable("TMUX").is_some() || terminal.starts_with("screen") {
        return Vec::new();
    }
    if terminal.contains("kitty")
        || terminal.contains("ghostty")
        || variable("KITTY_WINDOW_ID").is_some()
        || program == "ghostty"
    {
        kitty(png)
    } else if matches!(program.as_str(), "iTerm.app" | "WezTerm" | "mintty" | "vscode") {
        iterm(png)
    } else if ["foot", "mlterm", "contour", "yaft", "sixel"].iter().any(|name| terminal.contains(name)) {
        sixel::encode(png).unwrap_or_default()
    } else {
        Vec::new()
    }
}

fn kitty(png: &[u8]) -> Vec<u8> {
    let encoded = STANDARD.encode(png);
    let mut out = Vec::new();
    let mut pieces = encoded.as_bytes().chunks(KITTY_PIECE).peekable();
    let mut first = true;
    while let Some(piece) = pieces.next() {
        let more = u8::from(pieces.peek().is_some());
        let keys = if first { format!("a=T,f=100,m={more}") } else { format!("m={more}") };
        out.extend_from_slice(format!("\x1b_G{keys};").as_bytes());
        out.extend_from_slice(piece);
        out.extend_from_slice(b"\x1b\\");
        first = false;
    }
    out.push(b'\n');
    out
}

/// Source: <https://iterm2.com/documentation-images.html>.
fn iterm(png: &[u8]) -> Vec<u8> {
    format!("\x1b]1337;File=inline=1;size={};preserveAspectRatio=1:{}\x07\n", png.len(), STANDARD.encode(png))
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(png: &[u8], variables: &[(&str, &str)]) -> Vec<u8> {
        escape(png, |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_terminal_that_is_not_known_gets_no_picture() {
        assert!(shown(b"png", &[("TERM", "xterm-256color")]).is_empty());
        assert!(shown(b"png", &[("TERM", "xterm-kitty"), ("TMUX", "/tmp/x")]).is_empty());
    }

    #[test]
    fn kitty_gets_pieces_of_which_the_last_says_so() {
        let out = String::from_utf8(shown(&[7; 4000], &[("TERM", "xterm-kitty")])).unwrap();
        assert!(out.starts_with("\x1b_Ga=T,f=100,m=1;"));
        assert_eq!(out.matches("\x1b_G").count(), 2);
        assert!(out.contains("\x1b_Gm=0;"));
        let data: String = out
            .split("\x1b_G")
            .skip(1)
            .map(|piece| piece.split(';').nth(1).unwrap().split('\x1b').next().unwrap())
            .collect();
        assert_eq!(STANDARD.decode(data).unwrap(), [7; 4000]);
    }

    #[test]
    fn iterm_gets_the_whole_picture_with_its_size() {
        let out = String::from_utf8(shown(b"png", &[("TERM_PROGRAM", "iTerm.app")])).unwrap();
        assert_eq!(out, "\x1b]1337;File=inline=1;size=3;preserveAspectRatio=1:cG5n\x07\n");
    }
}
