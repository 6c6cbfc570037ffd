//! The PNG: its size in pixels and bytes, and what is on it.

use plotline_draw::{Canvas, Renderer};

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

#[test]
fn the_indexed_picture_looks_like_what_resvg_draws() {
    // Against a plain rendering by resvg of the same SVG, with nothing of this crate in between.
    use resvg::{tiny_skia, usvg};
    let mut database = usvg::fontdb::Database::new();
    for face in ["Inter-Regular", "Inter-SemiBold"] {
        database.load_font_data(
            std::fs::read(format!("{}/../../assets/fonts/{face}.otf", env!("CARGO_MANIFEST_DIR"))).unwrap(),
        );
    }
    let options = usvg::Options { fontdb: std::sync::Arc::new(database), ..Default::default() };
    for chart in [charts::line(), charts::pie(), charts::heatmap()] {
        let renderer = Renderer::new();
        let svg = renderer.svg(&chart, &Canvas::default()).unwrap();
        let tree = usvg::Tree::from_str(&svg, &options).unwrap();
        let mut plain = tiny_skia::Pixmap::new(1280, 800).unwrap();
        resvg::render(&tree, tiny_skia::Transform::from_scale(2.0, 2.0), &mut plain.as_mut());
        let (_, _, rgb) = decode(&renderer.png(&chart, &Canvas::default()).unwrap());
        let mut squares = 0.0;
        for (a, b) in plain.data().chunks_exact(4).zip(rgb.chunks_exact(3)) {
            squares += a.iter().zip(b).map(|(x, y)| (f64::from(*x) - f64::from(*y)).powi(2)).sum::<f64>();
        }
        let deviation = (squares / (1280.0 * 800.0 * 3.0)).sqrt();
        assert!(deviation < 2.0, "{}: pixels differ by {deviation:.2} of 255", chart.title);
    }
}

#[test]
fn a_picture_with_too_many_pixels_is_refused() {
    let canvas = Canvas { width: 2_000, height: Some(2_000), scale: 8.0, ..Canvas::default() };
    let error = Renderer::new().png(&charts::bar(), &canvas).unwrap_err();
    insta::assert_snapshot!(error, @"The picture could not be made from its SVG: it would have too many pixels.");
}
