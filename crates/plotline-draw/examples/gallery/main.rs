//! Draws the gallery: every kind of chart in both themes, at full size and 300 px wide, with a page that shows them all.
//!
//! `cargo run -p plotline-draw --example gallery -- target/gallery [NAME …]`

mod charts;

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

use plotline_draw::{Canvas, Renderer, Theme};

/// Width of a picture in a chat on a phone, in pixels.
const PHONE_WIDTH: f32 = 300.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "target/gallery".to_owned()));
    let only: Vec<String> = arguments.collect();
    std::fs::create_dir_all(&folder)?;
    let renderer = Renderer::new();
    let mut page = String::from(
        "<!doctype html><meta charset=utf-8><title>Plotline gallery</title><style>body{font:16px sans-serif;background:#1a1b1e;color:#ddd;margin:2em}\
         div{display:flex;gap:16px;align-items:start;margin-bottom:24px}img{border-radius:8px}</style><h1>Gallery</h1>\n",
    );
    for (name, chart) in charts::all() {
        if !only.is_empty() && !only.iter().any(|wanted| wanted == name) {
            continue;
        }
        write!(page, "<h2>{name}</h2><div>")?;
        for (theme, suffix) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
            let canvas = Canvas::themed(theme);
            let svg = renderer.svg(&chart, &canvas)?;
            let file = format!("{name}-{suffix}");
            std::fs::write(folder.join(format!("{file}.svg")), &svg)?;
            std::fs::write(folder.join(format!("{file}.png")), renderer.png(&chart, &canvas)?)?;
            let phone = Canvas { scale: PHONE_WIDTH / canvas.width as f32, ..canvas };
            let small = renderer.png(&chart, &phone)?;
            std::fs::write(folder.join(format!("{file}-300.png")), small)?;
            write!(page, "<img src={file}.png width=550><img src={file}-300.png width=300>")?;
        }
        page.push_str("</div>\n");
    }
    std::fs::write(folder.join("index.html"), page)?;
    Ok(())
}
