//! From a picture to PNG: resvg draws the shapes, dots, rectangles and glyphs are drawn from masks, and the few colours that a chart has become a palette.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use resvg::tiny_skia::{IntSize, Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::blocks::Blocks;
use crate::color::Rgb;
use crate::dots::Dots;
use crate::error::DrawError;
use crate::font::Fonts;
use crate::writing::Line;
use crate::{glyphs, indexed};

/// Pixels of a picture at most, so that no request can exhaust the memory: 64 MiB.
const PIXELS_MAX: u64 = 16 * 1024 * 1024;

/// A layer of a scene.
pub(crate) enum Layer<'s> {
    /// A whole SVG document.
    Svg(Cow<'s, str>),
    /// Dots of one size and colour.
    Dots(&'s Dots),
    /// Rectangles.
    Blocks(&'s Blocks),
}

/// What is to be drawn as pixels.
pub(crate) struct Scene<'s> {
    /// From the lowest to the topmost.
    pub(crate) layers: Vec<Layer<'s>>,
    /// Lines of text that go over them.
    pub(crate) lines: Vec<&'s Line>,
    /// What is behind everything; none where the SVG says it.
    pub(crate) background: Option<Rgb>,
    /// Width and height in CSS pixels; none for those of the first SVG.
    pub(crate) size: Option<(f64, f64)>,
}

/// Draws a scene, each of its CSS pixels as `scale` pixels, and writes it as PNG.
pub(crate) fn png(fonts: &Fonts, scene: Scene<'_>, scale: f32) -> Result<Vec<u8>, DrawError> {
    // usvg shapes text that strangers typed; should it ever panic on some, the chart fails with a sentence and nothing else does.
    let drawn = catch_unwind(AssertUnwindSafe(|| pixels(fonts, scene, scale)));
    let pixmap = drawn.unwrap_or_else(|_| Err(DrawError::Raster("a text in it cannot be set".to_owned())))?;
    indexed::encode(pixmap.data(), pixmap.width(), pixmap.height())
        .map_err(|error| DrawError::Raster(error.to_string()))
}

fn pixels(fonts: &Fonts, scene: Scene<'_>, scale: f32) -> Result<Pixmap, DrawError> {
    let options = Options { fontdb: fonts.database(), font_family: "Inter".to_owned(), ..Options::default() };
    let read = |svg: &str| Tree::from_str(svg, &options).map_err(|error| DrawError::Raster(error.to_string()));
    let mut known = None;
    let (width, height) = match (scene.size, scene.layers.first()) {
        (Some(size), _) => size,
        (None, Some(Layer::Svg(svg))) => {
            let size = known.insert(read(svg)?).size();
            (f64::from(size.width()), f64::from(size.height()))
        }
        (None, _) => (0.0, 0.0),
    };
    let pixels_of = |side: f64| (side as f32 * scale).round() as u32;
    let (width, height) = (pixels_of(width), pixels_of(height));
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(DrawError::Raster("it would have too many pixels".to_owned()));
    }
    // Filled as it is made: to clear four megabytes first would take a tenth of the time of a chart.
    let pixel = scene.background.map_or([0; 4], |Rgb(r, g, b)| [r, g, b, 255]);
    let mut pixmap = IntSize::from_wh(width, height)
        .and_then(|size| Pixmap::from_vec(vec![pixel; width as usize * height as usize].into_flattened(), size))
        .ok_or_else(|| DrawError::Raster("it would have no pixels".to_owned()))?;
    for layer in scene.layers {
        match layer {
            Layer::Svg(svg) => {
                let tree = known.take().map_or_else(|| read(&svg), Ok)?;
                resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
            }
            Layer::Dots(dots) => dots.draw(&mut pixmap, f64::from(scale)),
            Layer::Blocks(blocks) => blocks.draw(&mut pixmap, f64::from(scale)),
        }
    }
    let mut masks = fonts.masks();
    for line in scene.lines {
        glyphs::draw(fonts, &mut masks, &mut pixmap, line, f64::from(scale));
    }
    Ok(pixmap)
}
