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
            Shows::Together => self.draw_together(pixmap, scale, &masks(radius, 1.0)),
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
