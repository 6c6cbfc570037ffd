//! Rectangles, each in a colour of its own: the cells of a heatmap, the steps of its scale. Their pixels are filled directly, which
//! takes a fraction of what a path for each takes resvg.

use resvg::tiny_skia::Pixmap;

use crate::color::Rgb;
use crate::coverage::blend_pixel;
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
        let stride = pixmap.width() as usize * 4;
        let limits = (f64::from(pixmap.width()), f64::from(pixmap.height()));
        // The very hundredths of a pixel that the SVG has.
        let exact = |px: f64, limit: f64| (f64::from(units(px)) / UNITS_PER_PX * scale).clamp(0.0, limit);
        for Block { rect, color, .. } in &self.blocks {
            let (left, right) = (exact(rect.left, limits.0), exact(rect.right, limits.0));
            let (top, bottom) = (exact(rect.top, limits.1), exact(rect.bottom, limits.1));
            let radius = (self.radius * scale).min((right - left) / 2.0).min((bottom - top) / 2.0).max(0.0);
            let edges = Edges { left, right, radius };
            let rows = pixmap.data_mut().chunks_exact_mut(stride.max(1)).enumerate();
            for (y, row) in rows.take(bottom.ceil() as usize).skip(top.floor() as usize) {
                let down = within(y, top, bottom);
                // How far the middle of the row is beyond the straight part of the sides.
                let middle = y as f64 + 0.5;
                let beyond = (top + radius - middle).max(middle - (bottom - radius)).max(0.0);
                edges.draw_row(row.as_chunks_mut::<4>().0, down, beyond, *color);
            }
        }
    }
}

/// The sides of a rectangle, in pixels of the picture.
struct Edges {
    left: f64,
    right: f64,
    radius: f64,
}

impl Edges {
    /// Draws a row of which a share lies between top and bottom, `beyond` the straight part of the sides.
    fn draw_row(&self, row: &mut [[u8; 4]], down: f64, beyond: f64, color: Rgb) {
        let (first, end) = (self.left.floor() as usize, (self.right.ceil() as usize).min(row.len()));
        let reach = if beyond > 0.0 { self.radius } else { 0.0 };
        // Between the edges, and where the row is at corners between them, every pixel is covered alike.
        let inner_first = ((self.left + reach).ceil() as usize).clamp(first, end);
        let inner_end = ((self.right - reach).max(0.0).floor() as usize).clamp(inner_first, end);
        let share_at = |x: usize| {
            let share = within(x, self.left, self.right) * down;
            let middle = x as f64 + 0.5;
            let beside = (self.left + self.radius - middle).max(middle - (self.right - self.radius));
            if beyond > 0.0 && beside > 0.0 {
                share.min(self.radius + 0.5 - beyond.hypot(beside)).max(0.0)
            } else {
                share
            }
        };
        let covered = |share: f64| (share * 255.0).round() as u8;
        for x in (first..inner_first).chain(inner_end..end) {
            if let Some(pixel) = row.get_mut(x) {
                blend_pixel(pixel, covered(share_at(x)), color);
            }
        }
        let above = if beyond > 0.0 { down.min(self.radius + 0.5 - beyond).max(0.0) } else { down };
        let inner = row.get_mut(inner_first..inner_end).unwrap_or_default();
        match covered(above) {
            255 => inner.fill([color.0, color.1, color.2, 255]),
            covered => inner.iter_mut().for_each(|pixel| blend_pixel(pixel, covered, color)),
        }
    }
}

/// How much of a pixel lies between two edges.
fn within(pixel: usize, from: f64, to: f64) -> f64 {
    let pixel = pixel as f64;
    ((pixel + 1.0).min(to) - pixel.max(from)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(rect: Rect, radius: f64) -> f64 {
        let mut pixmap = Pixmap::new(40, 30).unwrap();
        pixmap.fill(resvg::tiny_skia::Color::WHITE);
        let block = Block { rect, color: Rgb(0, 0, 0), attributes: String::new() };
        Blocks { blocks: vec![block], radius }.draw(&mut pixmap, 2.0);
        assert!(pixmap.pixels().iter().all(|pixel| pixel.alpha() == 255), "the picture stays opaque");
        pixmap.pixels().iter().map(|pixel| f64::from(255 - pixel.red()) / 255.0).sum()
    }

    #[test]
    fn a_rectangle_covers_its_area() {
        for (left, top) in [(2.0, 3.0), (2.1, 3.3), (2.45, 3.05)] {
            let rect = Rect { left, top, right: left + 7.0, bottom: top + 5.0 };
            assert!((ink(rect, 0.0) - 140.0).abs() < 1.0, "{}", ink(rect, 0.0));
            // Each corner loses a square of the radius less a quarter of the disc.
            let rounded = 140.0 - (4.0 - std::f64::consts::PI) * 16.0;
            assert!((ink(rect, 2.0) - rounded).abs() < 4.0, "{} instead of {rounded}", ink(rect, 2.0));
        }
    }

    #[test]
    fn a_rectangle_beyond_the_picture_is_cut() {
        assert!((ink(Rect { left: -50.0, top: -50.0, right: 5.0, bottom: 4.0 }, 0.0) - 80.0).abs() < 0.5);
        assert_eq!(ink(Rect { left: 500.0, top: 2.0, right: 600.0, bottom: 4.0 }, 2.0), 0.0);
        assert_eq!(ink(Rect { left: 5.0, top: 2.0, right: 4.0, bottom: 1.0 }, 2.0), 0.0);
        let hair = Rect { left: 5.0, top: 2.0, right: 5.1, bottom: 12.0 };
        assert!((ink(hair, 2.0) - 4.0).abs() < 0.5, "{}", ink(hair, 2.0));
    }
}
