//! Dots of one size and colour, drawn from masks: hundreds or thousands of them would each be a path of its own to resvg.

use resvg::tiny_skia::{FillRule, Mask, PathBuilder, Pixmap, Transform};

use crate::color::Rgb;
use crate::coverage::{Coverage, blend, blend_row};
use crate::painter::At;
use crate::pen::{UNITS_PER_PX, push_px, units};

/// Places within a pixel, across and down: an eighth of a pixel away from the true place at most, which cannot be seen.
const STEPS: i32 = 4;
/// Masks are laid over each other in blocks of so many pixels, which are one instruction each.
const BLOCK: usize = 16;

/// Which datum each dot shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shows {
    /// The place of each in its series; dots that overlap shine through each other.
    Each(Vec<usize>),
    /// Nothing by itself: together they are one shape, of one shade.
    Together,
}

/// Dots that are drawn alike.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dots {
    pub(crate) series: usize,
    pub(crate) shows: Shows,
    /// Centres, in CSS pixels.
    pub(crate) at: Vec<At>,
    /// In CSS pixels.
    pub(crate) radius: f64,
    pub(crate) color: Rgb,
    /// From 0 to 1.
    pub(crate) alpha: f64,
}

impl Dots {
    /// Writes SVG: a circle for each, or strokes without length in one path.
    pub(crate) fn markup(&self, target: &mut String) {
        let Dots { series, color, alpha, .. } = self;
        let Shows::Each(indices) = &self.shows else {
            target.push_str(&format!(
                "<path class=\"points\" data-series=\"{series}\" fill=\"none\" stroke=\"{color}\" stroke-opacity=\"{alpha}\" stroke-width=\""
            ));
            push_px(target, self.radius * 2.0);
            target.push_str("\" d=\"");
            for (x, y) in &self.at {
                target.push('M');
                push_px(target, *x);
                target.push(' ');
                push_px(target, *y);
                target.push_str("h0");
            }
            target.push_str("\"/>");
            return;
        };
        for ((x, y), index) in self.at.iter().zip(indices) {
            target.push_str(&format!(
                "<circle class=\"point\" data-series=\"{series}\" data-index=\"{index}\" fill=\"{color}\" fill-opacity=\"{alpha}\" cx=\""
            ));
            push_px(target, *x);
            target.push_str("\" cy=\"");
            push_px(target, *y);
            target.push_str("\" r=\"");
            push_px(target, self.radius);
            target.push_str("\"/>");
        }
    }

    /// Draws them on an opaque picture, each CSS pixel of which is `scale` pixels.
    pub(crate) fn draw(&self, pixmap: &mut Pixmap, scale: f64) {
        let radius = self.radius * scale;
        match self.shows {
            Shows::Each(_) => {
                let masks = masks(radius, self.alpha);
                for at in &self.at {
                    let (pixel, within) = place(*at, scale);
                    if let Some(Some(mask)) = masks.get(within) {
                        blend(pixmap, mask, pixel, self.color);
                    }
                }
            }
            Shows::Together => {
                let masks: Vec<_> = masks(radius, 1.0).into_iter().map(|mask| mask.map(Coverage::in_shades)).collect();
                self.draw_together(pixmap, scale, &masks);
            }
        }
    }

    /// Joins the coverage of all dots and lays the colour over it once.
    fn draw_together(&self, pixmap: &mut Pixmap, scale: f64, masks: &[Option<Coverage>]) {
        let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
        // Beyond the last pixel of a row, so that a mask may end there in a whole block.
        let stride = width + 2 * BLOCK;
        let mut covered = vec![0u8; stride * height];
        let (mut first, mut last) = (height, 0);
        let masks: Vec<Option<Blocks>> = masks.iter().map(|mask| mask.as_ref().map(Blocks::of)).collect();
        for at in &self.at {
            let ((x, y), within) = place(*at, scale);
            let Some(Some(mask)) = masks.get(within) else { continue };
            let (left, top) = (i64::from(x) + mask.left, i64::from(y) + mask.top);
            // Points lie within the plot, and the plot within the picture; what does not is left out.
            let right = left + (mask.blocks * BLOCK) as i64;
            if left < 0 || top < 0 || right > stride as i64 || top + mask.height as i64 > height as i64 {
                continue;
            }
            let (left, top) = (left as usize, top as usize);
            (first, last) = (first.min(top), last.max(top + mask.height));
            for (row, rows) in mask.rows.chunks_exact(mask.blocks).enumerate() {
                let start = (top + row) * stride + left;
                let below = covered.get_mut(start..).unwrap_or_default().as_chunks_mut::<BLOCK>().0;
                for (below, above) in below.iter_mut().zip(rows) {
                    for (below, above) in below.iter_mut().zip(above) {
                        *below = (*below).max(*above);
                    }
                }
            }
        }
        let alpha = (self.alpha * 255.0).round() as u32;
        let rows = pixmap.data_mut().chunks_exact_mut(width.max(1) * 4).zip(covered.chunks_exact_mut(stride));
        for (pixels, covered) in rows.take(last).skip(first) {
            for (pixels, covered) in pixels.chunks_mut(BLOCK * 4).zip(covered.as_chunks_mut::<BLOCK>().0) {
                if *covered == [0; BLOCK] {
                    continue;
                }
                for covered in covered.iter_mut() {
                    *covered = ((u32::from(*covered) * alpha + 127) / 255) as u8;
                }
                blend_row(pixels, covered, self.color);
            }
        }
    }
}

/// A mask in rows of whole blocks.
struct Blocks {
    left: i64,
    top: i64,
    height: usize,
    /// Blocks in a row.
    blocks: usize,
    rows: Vec<[u8; BLOCK]>,
}

impl Blocks {
    fn of(mask: &Coverage) -> Blocks {
        let blocks = mask.width.div_ceil(BLOCK).max(1);
        let mut rows = Vec::new();
        for row in mask.rows.chunks_exact(mask.width.max(1)) {
            for part in row.chunks(BLOCK) {
                let mut block = [0; BLOCK];
                block[..part.len()].copy_from_slice(part);
                rows.push(block);
            }
        }
        let height = rows.len() / blocks;
        Blocks { left: i64::from(mask.left), top: i64::from(mask.top), height, blocks, rows }
    }
}

/// The pixel of a place, and which of the masks belongs to where it lies within the pixel.
fn place((x, y): At, scale: f64) -> ((i32, i32), usize) {
    // The very hundredths of a pixel that the SVG has.
    let steps = |px: f64| (f64::from(units(px)) / UNITS_PER_PX * scale * f64::from(STEPS)).round() as i32;
    let (x, y) = (steps(x), steps(y));
    let within = y.rem_euclid(STEPS) * STEPS + x.rem_euclid(STEPS);
    ((x.div_euclid(STEPS), y.div_euclid(STEPS)), within as usize)
}

/// The masks of a dot, one for each place within a pixel.
fn masks(radius: f64, alpha: f64) -> Vec<Option<Coverage>> {
    let within = |steps: i32| steps as f32 / STEPS as f32;
    (0..STEPS * STEPS)
        .map(|place| Some(cover(radius as f32, within(place % STEPS), within(place / STEPS))?.faded(alpha)))
        .collect()
}

/// The coverage of a disc.
fn cover(radius: f32, x: f32, y: f32) -> Option<Coverage> {
    let (left, top) = ((x - radius).floor(), (y - radius).floor());
    let (right, bottom) = ((x + radius).ceil(), (y + radius).ceil());
    let path = PathBuilder::from_circle(x - left, y - top, radius)?;
    let mut mask = Mask::new((right - left) as u32, (bottom - top) as u32)?;
    mask.fill_path(&path, FillRule::Winding, true, Transform::identity());
    Some(Coverage { left: left as i32, top: top as i32, width: mask.width() as usize, rows: mask.take() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(at: &[At], shows: Shows, radius: f64) -> Pixmap {
        let mut pixmap = Pixmap::new(40, 40).unwrap();
        pixmap.fill(resvg::tiny_skia::Color::WHITE);
        let dots = Dots { series: 0, shows, at: at.to_vec(), radius, color: Rgb(0, 0, 0), alpha: 0.5 };
        dots.draw(&mut pixmap, 2.0);
        assert!(pixmap.pixels().iter().all(|pixel| pixel.alpha() == 255), "the picture stays opaque");
        pixmap
    }

    fn darkest(pixmap: &Pixmap) -> u8 {
        pixmap.pixels().iter().map(|pixel| pixel.red()).min().unwrap()
    }

    #[test]
    fn dots_shine_through_each_other_unless_they_are_one_shape() {
        let twice = [(10.0, 10.0), (10.5, 10.0)];
        assert_eq!(darkest(&drawn(&twice, Shows::Each(vec![0, 1]), 4.0)), 63);
        assert_eq!(darkest(&drawn(&twice, Shows::Together, 4.0)), 127);
    }

    #[test]
    fn a_dot_covers_its_area_wherever_it_lies_in_a_pixel() {
        for within in [0.0, 0.1, 0.25, 0.4] {
            for (shows, radius) in [(Shows::Each(vec![0]), 3.0), (Shows::Together, 3.0), (Shows::Together, 9.0)] {
                let pixmap = drawn(&[(10.0 + within, 10.0 - within)], shows, radius);
                let ink: f64 = pixmap.pixels().iter().map(|pixel| f64::from(255 - pixel.red()) / 127.5).sum();
                let area = std::f64::consts::PI * (radius * 2.0).powi(2);
                assert!((ink - area).abs() < area * 0.04, "{ink:.1} pixels instead of {area:.1}");
            }
        }
    }

    #[test]
    fn dots_outside_of_the_picture_are_not_there() {
        for at in [(-1e5, 10.0), (1e5, 10.0), (10.0, -1e5), (10.0, 1e5), (f64::NAN, 1e9)] {
            for shows in [Shows::Each(vec![0]), Shows::Together] {
                assert_eq!(darkest(&drawn(&[at], shows, 3.0)), 255);
            }
        }
        // At the edge a dot that shows a datum is cut.
        assert!(darkest(&drawn(&[(0.0, 20.0)], Shows::Each(vec![0]), 3.0)) < 255);
    }
}
