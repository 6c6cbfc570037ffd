use plotline_text::neutralise;

#[test]
fn disguised_links_show_where_they_lead() {
    for (text, shown) in [
        ("[https://a.org](https://b.org)", "`https://a.org` → <https://b.org>"),
        ("at [paypal.com](https://paypal.com.evil.io/x).", "at `paypal.com` → <https://paypal.com.evil.io/x>."),
        ("[**www.bank.example**](http://x.y/)", "`www.bank.example` → <http://x.y/>"),
        ("[pay**pal**.com](https://x.y)", "`paypal.com` → <https://x.y>"),
        ("[paypal\u{200b}.com](https://x.y)", "`paypal\u{200b}.com` → <https://x.y>"),
        ("[paypal。com](https://x.y)", "`paypal。com` → <https://x.y>"),
        ("[a.org]\u{202e}(https://b.org)", "`a.org` → <https://b.org>"),
        ("[google.com](https://google.com@evil.io)", "`google.com` → <https://google.com@evil.io>"),
        ("[free stuff](https://discord.gg/abc)", "`free stuff` → <https://discord.gg/abc>"),
        ("[join](https://discord.com/invite/abc)", "`join` → <https://discord.com/invite/abc>"),
        ("[go to example.net](https://x.y)", "`go to example.net` → <https://x.y>"),
        ("[ample.org](https://example.org)", "`ample.org` → <https://example.org>"),
        ("[a.org](<https://b.org> \"a.org\")", "`a.org` → <https://b.org>"),
        ("txt.\u{202e}gpj.exe", "txt.gpj.exe"),
    ] {
        assert_eq!(neutralise(text), shown);
    }
}

#[test]
fn honest_links_and_mentions_stay() {
    for text in [
        "[the docs](https://example.org/a_(b))",
        "[example.org](https://www.example.org/x)",
        "[https://example.org](https://example.org:443/)",
        "[github.com](https://docs.github.com/en)",
        "[Node.js](https://nodejs.org) and [main.rs](https://github.com/a/b)",
        "[e.g. this, i.e. that](https://example.org)",
        "[version 1.2.3](https://example.org)",
        "`[https://a.org](https://b.org)`",
        "```\n[https://a.org](https://b.org)\n```",
        "@everyone <@1> <@&2> hello",
        "[x](javascript:alert(1))",
        "https://discord.gg/abc",
        "[not a link] (https://b.org)",
    ] {
        assert_eq!(neutralise(text), text);
    }
}
