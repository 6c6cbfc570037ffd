//! Glyphs as masks of coverage, drawn straight onto the pixels.
//!
//! Most of the work of a chart's PNG would be its text: an outline for each letter, filled anew for each picture. The letters and
//! sizes of charts are few, so each is filled once for each place within a pixel, and its coverage is kept.

use std::collections::HashMap;
use std::sync::Arc;

use resvg::tiny_skia::{FillRule, Mask, Path, PathBuilder, Pixmap, Transform};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use crate::coverage::{Coverage, blend};
use crate::font::{Fonts, Weight};
use crate::painter::Anchor;
use crate::pen::{UNITS_PER_PX, units};
use crate::writing::Line;

/// Places within a pixel, across and down: an eighth of a pixel away from the true place at most, which cannot be seen.
const STEPS: i32 = 4;
/// Masks that are kept at most; each takes some hundred bytes.
const MASKS_MAX: usize = 6_000;
/// Sizes are told apart to this fraction of a pixel.
const SIZE_STEPS: f64 = 64.0;
/// Angles are told apart to this fraction of a degree.
const ANGLE_STEPS: f64 = 10.0;

/// What a mask depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    weight: Weight,
    glyph: u32,
    /// In sixty-fourths of a pixel of the picture.
    size: u32,
    /// In tenths of a degree.
    angle: i32,
    /// Steps from the upper left of the pixel.
    within: (i32, i32),
}

/// The masks of all glyphs drawn so far; none for a glyph without ink.
#[derive(Debug, Default)]
pub(crate) struct Masks(HashMap<Key, Option<Arc<Coverage>>>);

/// Draws a line of text on an opaque picture, each CSS pixel of which is `scale` pixels.
pub(crate) fn draw(fonts: &Fonts, masks: &mut Masks, pixmap: &mut Pixmap, line: &Line, scale: f64) {
    let weight = line.kind.weight;
    let shaped = fonts.shaped(&line.text, weight);
    let size = line.kind.size * scale;
    let before = match line.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => shaped.advance / 2.0,
        Anchor::End => shaped.advance,
    };
    let (sin, cos) = line.angle.to_radians().sin_cos();
    // The very hundredths of a pixel that the SVG has.
    let origin = [line.at.0, line.at.1].map(|px| f64::from(units(px)) / UNITS_PER_PX * scale);
    for glyph in &shaped.glyphs {
        let (along, up) = ((glyph.x - before) * size, glyph.y * size);
        let x = origin[0] + along * cos - up * sin;
        let y = origin[1] - along * sin - up * cos;
        let (x, y) = ((x * f64::from(STEPS)).round() as i32, (y * f64::from(STEPS)).round() as i32);
        let key = Key {
            weight,
            glyph: glyph.id,
            size: (size * SIZE_STEPS).round() as u32,
            angle: (line.angle * ANGLE_STEPS).round() as i32,
            within: (x.rem_euclid(STEPS), y.rem_euclid(STEPS)),
        };
        if let Some(coverage) = masks.get(fonts, key) {
            blend(pixmap, &coverage, (x.div_euclid(STEPS), y.div_euclid(STEPS)), line.color);
        }
    }
}

impl Masks {
    fn get(&mut self, fonts: &Fonts, key: Key) -> Option<Arc<Coverage>> {
        if let Some(known) = self.0.get(&key) {
            return known.clone();
        }
        if self.0.len() >= MASKS_MAX {
            self.0.clear();
        }
        let coverage = cover(fonts.face(key.weight), key).map(Arc::new);
        self.0.insert(key, coverage.clone());
        coverage
    }
}

/// Fills the outline of a glyph.
fn cover(font: &FontRef<'_>, key: Key) -> Option<Coverage> {
    let outline = font.outline_glyphs().get(GlyphId::new(key.glyph))?;
    let mut pen = Outline(PathBuilder::new());
    outline.draw(DrawSettings::unhinted(Size::unscaled(), LocationRef::default()), &mut pen).ok()?;
    let path = pen.0.finish()?;
    let units_per_em = f64::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1));
    let scale = f64::from(key.size) / SIZE_STEPS / units_per_em;
    let (sin, cos) = (f64::from(key.angle) / ANGLE_STEPS).to_radians().sin_cos();
    let (sin, cos) = ((sin * scale) as f32, (cos * scale) as f32);
    let [x, y] = [key.within.0, key.within.1].map(|steps| steps as f32 / STEPS as f32);
    // Outlines have their y axis upwards.
    let path: Path = path.transform(Transform::from_row(cos, -sin, -sin, -cos, x, y))?;
    let bounds = path.bounds();
    let (left, top) = (bounds.left().floor(), bounds.top().floor());
    let (width, height) = (bounds.right().ceil() - left, bounds.bottom().ceil() - top);
    let mut mask = Mask::new(width as u32, height as u32)?;
    mask.fill_path(&path, FillRule::Winding, true, Transform::from_translate(-left, -top));
    Some(Coverage { left: left as i32, top: top as i32, width: mask.width() as usize, rows: mask.take() })
}

/// Builds a path from the outline that a font has.
struct Outline(PathBuilder);

impl OutlinePen for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to(cx, cy, x, y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.0.cubic_to(cx0, cy0, cx1, cy1, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::Rgb;
    use crate::text::Type;

    const BACKGROUND: (u8, u8, u8) = (255, 255, 255);

    fn drawn(at: (f64, f64), angle: f64) -> usize {
        let fonts = Fonts::shared().unwrap();
        let mut pixmap = Pixmap::new(40, 40).unwrap();
        let (r, g, b) = BACKGROUND;
        pixmap.fill(resvg::tiny_skia::Color::from_rgba8(r, g, b, 255));
        let line = Line {
            text: "M".to_owned(),
            at,
            anchor: Anchor::Middle,
            kind: Type::LABEL,
            color: Rgb(0, 0, 0),
            angle,
            attributes: String::new(),
        };
        draw(fonts, &mut Masks::default(), &mut pixmap, &line, 2.0);
        assert!(pixmap.pixels().iter().all(|pixel| pixel.alpha() == 255), "the picture stays opaque");
        pixmap.pixels().iter().filter(|pixel| pixel.red() < 255).count()
    }

    #[test]
    fn text_at_the_edge_is_cut_and_text_outside_is_not_there() {
        let whole = drawn((10.0, 14.0), 0.0);
        assert!(whole > 100, "{whole} pixels");
        for edge in [(0.0, 14.0), (20.0, 14.0), (10.0, 4.0), (10.0, 24.0)] {
            for angle in [0.0, 40.0] {
                let cut = drawn(edge, angle);
                assert!(cut > 0 && cut <= whole + 100, "{cut} pixels at {edge:?}, turned by {angle}");
            }
        }
        for outside in [(-1e5, 14.0), (1e5, 14.0), (10.0, -1e5), (10.0, 1e5), (f64::MAX, f64::MIN)] {
            assert_eq!(drawn(outside, 40.0), 0);
        }
    }

    #[test]
    fn text_is_drawn_as_large_as_it_is_measured() {
        let fonts = Fonts::shared().unwrap();
        let shaped = fonts.shaped("Ünïcode 12 kWh", Weight::SemiBold);
        assert!(!shaped.glyphs.is_empty());
        assert_eq!(shaped.advance * 10.0, fonts.width("Ünïcode 12 kWh", 10.0, Weight::SemiBold));
        assert!(shaped.glyphs.windows(2).all(|pair| pair[0].x < pair[1].x), "glyphs follow each other");
    }
}
