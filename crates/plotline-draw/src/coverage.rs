//! Coverage: how much of each pixel a small shape covers, and colours laid over pixels by it.

use resvg::tiny_skia::Pixmap;

use crate::color::Rgb;

/// The coverage of a small shape.
#[derive(Debug)]
pub(crate) struct Coverage {
    /// From the pixel of the shape's origin to the upper left of the mask.
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) width: usize,
    /// Row by row, 255 for what the shape covers wholly.
    pub(crate) rows: Vec<u8>,
}

impl Coverage {
    /// The same shape with few shades at its edge: of thousands of small dots nobody sees the difference, and the file is smaller.
    pub(crate) fn in_shades(mut self) -> Coverage {
        const SHADES: f64 = 3.0;
        for covered in &mut self.rows {
            *covered = ((f64::from(*covered) / 255.0 * SHADES).round() / SHADES * 255.0) as u8;
        }
        self
    }

    /// The coverage of the same shape in a colour of which `alpha` hides what is below.
    pub(crate) fn faded(mut self, alpha: f64) -> Coverage {
        for covered in &mut self.rows {
            *covered = (f64::from(*covered) * alpha).round().clamp(0.0, 255.0) as u8;
        }
        self
    }
}

/// Lays a colour over the pixels of an opaque picture that a shape at a pixel covers.
pub(crate) fn blend(pixmap: &mut Pixmap, coverage: &Coverage, (x, y): (i32, i32), color: Rgb) {
    let (width, height) = (i64::from(pixmap.width()), i64::from(pixmap.height()));
    let (left, top) = (i64::from(x) + i64::from(coverage.left), i64::from(y) + i64::from(coverage.top));
    let stride = pixmap.width() as usize * 4;
    let skipped = (-left).clamp(0, coverage.width as i64) as usize;
    let shown = (width - left).clamp(0, coverage.width as i64) as usize;
    let data = pixmap.data_mut();
    for (row, covered) in coverage.rows.chunks_exact(coverage.width.max(1)).enumerate() {
        let y = top + row as i64;
        if !(0..height).contains(&y) || skipped >= shown {
            continue;
        }
        let start = y as usize * stride + (left + skipped as i64) as usize * 4;
        let pixels = data.get_mut(start..).unwrap_or_default();
        blend_row(pixels, &covered[skipped..shown], color);
    }
}

/// Lays a colour over a row of pixels by how much of each is covered.
pub(crate) fn blend_row(pixels: &mut [u8], covered: &[u8], color: Rgb) {
    for (pixel, covered) in pixels.as_chunks_mut::<4>().0.iter_mut().zip(covered) {
        blend_pixel(pixel, *covered, color);
    }
}

/// Lays a colour over a pixel of which `covered` of 255 parts are covered.
#[inline]
pub(crate) fn blend_pixel(pixel: &mut [u8; 4], covered: u8, Rgb(red, green, blue): Rgb) {
    match covered {
        0 => {}
        255 => *pixel = [red, green, blue, 255],
        covered => {
            let [old_red, old_green, old_blue, _] = *pixel;
            *pixel = [mix(old_red, red, covered), mix(old_green, green, covered), mix(old_blue, blue, covered), 255];
        }
    }
}

/// A channel with `covered` of 255 parts of another, rounded.
fn mix(below: u8, above: u8, covered: u8) -> u8 {
    let (below, above, covered) = (u32::from(below), u32::from(above), u32::from(covered));
    ((below * (255 - covered) + above * covered + 127) / 255) as u8
}
