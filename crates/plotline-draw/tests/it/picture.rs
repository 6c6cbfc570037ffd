//! The PNG: its size in pixels and bytes, and what is on it.

use plotline_draw::{Canvas, Renderer, Theme};

use crate::charts;

/// What a chart may weigh, in bytes: 40 kB load at once even on a phone.
const BYTES_MAX: usize = 40_000;

fn decode(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, info.height, pixels)
}

#[test]
fn the_usual_picture_is_1280_by_800_and_below_40_kb() {
    for chart in [charts::bar(), charts::line(), charts::pie(), charts::donut(), charts::histogram(), charts::combo()] {
        let png = Renderer::new().png(&chart, &Canvas::default()).unwrap();
        let (width, height, _) = decode(&png);
        assert_eq!((width, height), (1280, 800));
        assert!(png.len() <= BYTES_MAX, "{}: {} bytes", chart.title, png.len());
    }
}

/// How far the pixels of a PNG may be from what resvg makes of the SVG, of 255: as root mean square over the picture, …
const DEVIATION_MAX: f64 = 3.0;
/// … and in any one channel of any pixel: less than half of the way from a letter to its background. A glyph is up to an eighth of a
/// pixel from its true place, edges are sampled four times a pixel, and the palette lets a colour stand for one that is up to 14 away.
const DIFFERENCE_MAX: u8 = 110;

#[test]
fn the_png_looks_like_what_resvg_makes_of_the_svg() {
    // Against a plain rendering by resvg, with nothing of this crate in between.
    use resvg::{tiny_skia, usvg};
    let mut database = usvg::fontdb::Database::new();
    for face in ["Inter-Regular", "Inter-SemiBold"] {
        database.load_font_data(
            std::fs::read(format!("{}/../../assets/fonts/{face}.otf", env!("CARGO_MANIFEST_DIR"))).unwrap(),
        );
    }
    let options = usvg::Options { fontdb: std::sync::Arc::new(database), ..Default::default() };
    let renderer = Renderer::new();
    let mut compared = 0;
    for (name, chart) in charts::all() {
        for theme in [Theme::Dark, Theme::Light] {
            let canvas = Canvas::themed(theme);
            let svg = renderer.svg(&chart, &canvas).unwrap();
            if svg.contains("<tspan") {
                // Texts in system fonts are drawn by resvg in either case.
                continue;
            }
            let tree = usvg::Tree::from_str(&svg, &options).unwrap();
            let (width, height, rgb) = decode(&renderer.png(&chart, &canvas).unwrap());
            assert_eq!((width as f32, height as f32), (tree.size().width() * 2.0, tree.size().height() * 2.0));
            let mut plain = tiny_skia::Pixmap::new(width, height).unwrap();
            resvg::render(&tree, tiny_skia::Transform::from_scale(2.0, 2.0), &mut plain.as_mut());
            let (mut squares, mut most) = (0.0, 0);
            for (a, b) in plain.data().chunks_exact(4).zip(rgb.chunks_exact(3)) {
                if a[..3] == *b {
                    continue;
                }
                for (a, b) in a.iter().zip(b) {
                    most = most.max(a.abs_diff(*b));
                    squares += f64::from(a.abs_diff(*b)).powi(2);
                }
            }
            let deviation = (squares / rgb.len() as f64).sqrt();
            assert!(deviation <= DEVIATION_MAX, "{name}, {theme:?}: pixels differ by {deviation:.2} of 255");
            assert!(most <= DIFFERENCE_MAX, "{name}, {theme:?}: a pixel differs by {most} of 255");
            compared += 1;
        }
    }
    assert!(compared >= 48, "only {compared} pictures could be compared");
}

#[test]
fn a_picture_with_too_many_pixels_is_refused() {
    let canvas = Canvas { width: 2_000, height: Some(2_000), scale: 8.0, ..Canvas::default() };
    let error = Renderer::new().png(&charts::bar(), &canvas).unwrap_err();
    insta::assert_snapshot!(error, @"The picture could not be made from its SVG: it would have too many pixels.");
}
