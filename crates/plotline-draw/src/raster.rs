//! SVG to PNG: resvg draws, and the few colours that a chart has become a palette.

use std::panic::{AssertUnwindSafe, catch_unwind};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::error::DrawError;
use crate::font::Fonts;
use crate::indexed;

/// Pixels of a picture at most, so that no request can exhaust the memory: 64 MiB.
const PIXELS_MAX: u64 = 16 * 1024 * 1024;

/// Draws an SVG, each of its pixels as `scale` pixels, and writes it as PNG.
pub(crate) fn png(fonts: &Fonts, svg: &str, scale: f32) -> Result<Vec<u8>, DrawError> {
    // usvg shapes text that strangers typed; should it ever panic on some, the chart fails with a sentence and nothing else does.
    let drawn = catch_unwind(AssertUnwindSafe(|| pixels(fonts, svg, scale)));
    let pixmap = drawn.unwrap_or_else(|_| Err(DrawError::Raster("a text in it cannot be set".to_owned())))?;
    indexed::encode(pixmap.data(), pixmap.width(), pixmap.height())
        .map_err(|error| DrawError::Raster(error.to_string()))
}

fn pixels(fonts: &Fonts, svg: &str, scale: f32) -> Result<Pixmap, DrawError> {
    let options = Options { fontdb: fonts.database(), font_family: "Inter".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| DrawError::Raster(error.to_string()))?;
    let size = tree.size();
    let (width, height) = ((size.width() * scale).round() as u32, (size.height() * scale).round() as u32);
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(DrawError::Raster("it would have too many pixels".to_owned()));
    }
    let mut pixmap =
        Pixmap::new(width, height).ok_or_else(|| DrawError::Raster("it would have no pixels".to_owned()))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    drop(tree);
    Ok(pixmap)
}
