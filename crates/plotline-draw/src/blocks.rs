//! Rectangles, each in a colour of its own: the cells of a heatmap, the steps of its scale. Their pixels are filled directly, which
//! takes a fraction of what a path for each takes resvg.

use resvg::tiny_skia::Pixmap;

use crate::color::Rgb;
use crate::coverage::blend_row;
use crate::painter::Rect;
use crate::pen::{self, UNITS_PER_PX, units};

/// A rectangle of a colour.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Block {
    pub(crate) rect: Rect,
    pub(crate) color: Rgb,
    /// Attributes of the SVG element, escaped, with a leading space.
    pub(crate) attributes: String,
}

/// Rectangles with corners of the same radius.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Blocks {
    pub(crate) blocks: Vec<Block>,
    /// Of the corners, in CSS pixels.
    pub(crate) radius: f64,
}

impl Blocks {
    /// Writes SVG: a path for each.
    pub(crate) fn markup(&self, target: &mut String) {
        for block in &self.blocks {
            target.push_str(&format!("<path{} fill=\"{}\" d=\"", block.attributes, block.color));
            pen::push_rect(target, block.rect, self.radius);
            target.push_str("z\"/>");
        }
    }

    /// Draws them on an opaque picture, each CSS pixel of which is `scale` pixels.
    pub(crate) fn draw(&self, pixmap: &mut Pixmap, scale: f64) {
        let width = pixmap.width() as usize;
        let limits = (f64::from(pixmap.width()), f64::from(pixmap.height()));
        let mut covered: Vec<u8> = Vec::with_capacity(width);
        for block in &self.blocks {
            // The very hundredths of a pixel that the SVG has.
            let exact = |px: f64, limit: f64| (f64::from(units(px)) / UNITS_PER_PX * scale).clamp(0.0, limit);
            let (left, right) = (exact(block.rect.left, limits.0), exact(block.rect.right, limits.0));
            let (top, bottom) = (exact(block.rect.top, limits.1), exact(block.rect.bottom, limits.1));
            let radius = (self.radius * scale).min((right - left) / 2.0).min((bottom - top) / 2.0).max(0.0);
            let first = left.floor() as usize;
            for y in top.floor() as usize..bottom.ceil() as usize {
                let down = within(y, top, bottom);
                // How far the middle of the row is from the straight part of the sides.
                let middle = y as f64 + 0.5;
                let above = (top + radius - middle).max(middle - (bottom - radius)).max(0.0);
                covered.clear();
                covered.extend(
                    (first..right.ceil() as usize)
                        .map(|x| {
                            let share = within(x, left, right) * down;
                            let middle = x as f64 + 0.5;
                            let beside = (left + radius - middle).max(middle - (right - radius));
                            if above > 0.0 && beside > 0.0 {
                                share.min(radius + 0.5 - above.hypot(beside)).max(0.0)
                            } else {
                                share
                            }
                        })
                        .map(|share| (share * 255.0).round() as u8),
                );
                let pixels = pixmap.data_mut().get_mut((y * width + first) * 4..).unwrap_or_default();
                blend_row(pixels, &covered, block.color);
            }
        }
    }
}

/// How much of a pixel lies between two edges.
fn within(pixel: usize, from: f64, to: f64) -> f64 {
    let pixel = pixel as f64;
    ((pixel + 1.0).min(to) - pixel.max(from)).clamp(0.0, 1.0)
}
