//! Shapes and text in CSS pixels, drawn by plotters on a [`Pen`].

use std::cell::{Cell, RefCell};

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::style::{RGBAColor, ShapeStyle};

use crate::blocks::Blocks;
use crate::color::Rgb;
use crate::dots::Dots;
use crate::error::DrawError;
use crate::font::{Fonts, Run};
use crate::pen::{Document, Part, Pen, Px, Rounded, units};
use crate::text::Type;
use crate::theme::Colors;
use crate::writing::{self, Line};

/// A point in pixels from the upper left.
pub(crate) type At = (f64, f64);

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn center(&self) -> At {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    /// Whether two rectangles share more than an edge.
    pub(crate) fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// Which point of a line of text lies at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text to be drawn.
#[derive(Clone, Debug)]
pub(crate) struct Label<'t> {
    pub(crate) text: &'t str,
    /// The anchor on the baseline.
    pub(crate) at: At,
    pub(crate) anchor: Anchor,
    pub(crate) kind: Type,
    pub(crate) color: Rgb,
    /// Degrees, counter-clockwise.
    pub(crate) angle: f64,
}

/// Draws one picture.
pub(crate) struct Painter<'d> {
    document: &'d RefCell<Document>,
    area: DrawingArea<Pen<'d>, Shift>,
    pub(crate) fonts: &'static Fonts,
    pub(crate) colors: &'static Colors,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// How much higher the picture must be for its chart to be readable.
    shortfall: Cell<f64>,
}

type Drawn = Result<(), DrawError>;

impl<'d> Painter<'d> {
    pub(crate) fn new(
        document: &'d RefCell<Document>,
        fonts: &'static Fonts,
        colors: &'static Colors,
        (width, height): (f64, f64),
    ) -> Self {
        let area = Pen::new(document, width, height).into_drawing_area();
        Painter { document, area, fonts, colors, width, height, shortfall: Cell::new(0.0) }
    }

    /// Says that something has less height than it needs.
    pub(crate) fn needs_height(&self, has: f64, needs: f64) {
        self.shortfall.set(self.shortfall.get().max(needs - has));
    }

    /// How much higher the picture must be, in pixels.
    pub(crate) fn shortfall(&self) -> f64 {
        self.shortfall.get()
    }

    /// Says what the next shape shows: a class, the series and the place of the datum in it.
    pub(crate) fn datum(&self, class: &str, series: usize, index: usize) {
        self.document
            .borrow_mut()
            .tag(format_args!(" class=\"{class}\" data-series=\"{series}\" data-index=\"{index}\""));
    }

    /// Gives the next shape attributes; they must be escaped and start with a space.
    pub(crate) fn tag(&self, attributes: std::fmt::Arguments<'_>) {
        self.document.borrow_mut().tag(attributes);
    }

    /// Opens a group with attributes that start with a space.
    pub(crate) fn open(&self, attributes: std::fmt::Arguments<'_>) {
        self.document.borrow_mut().open(attributes);
    }

    /// Closes the group that was opened last.
    pub(crate) fn close(&self) {
        self.document.borrow_mut().close();
    }

    pub(crate) fn rect(&self, rect: Rect, color: RGBAColor) -> Drawn {
        let corners = [(units(rect.left), units(rect.top)), (units(rect.right), units(rect.bottom))];
        Ok(self.area.draw(&Rectangle::new(corners, filled(color)))?)
    }

    pub(crate) fn rounded_rect(&self, rect: Rect, color: RGBAColor, corners: Rounded, radius: f64) -> Drawn {
        self.document.borrow_mut().round(corners, radius);
        self.rect(rect, color)
    }

    pub(crate) fn line(&self, points: &[At], color: RGBAColor, width: f64) -> Drawn {
        Ok(self.area.draw(&PathElement::new(in_units(points), stroked(color, width)))?)
    }

    pub(crate) fn polygon(&self, points: &[At], color: RGBAColor) -> Drawn {
        Ok(self.area.draw(&Polygon::new(in_units(points), filled(color)))?)
    }

    pub(crate) fn circle(&self, center: At, radius: f64, color: RGBAColor) -> Drawn {
        Ok(self.area.draw(&Circle::new((units(center.0), units(center.1)), units(radius), filled(color)))?)
    }

    pub(crate) fn ring(&self, center: At, radius: f64, color: RGBAColor, width: f64) -> Drawn {
        Ok(self.area.draw(&Circle::new((units(center.0), units(center.1)), units(radius), stroked(color, width)))?)
    }

    /// Dots of one size and colour.
    pub(crate) fn dots(&self, dots: Dots) {
        if !dots.at.is_empty() {
            self.document.borrow_mut().add(Part::Dots(dots));
        }
    }

    /// Rectangles, each in a colour of its own.
    pub(crate) fn blocks(&self, blocks: Blocks) {
        if !blocks.blocks.is_empty() {
            self.document.borrow_mut().add(Part::Blocks(blocks));
        }
    }

    /// A path that plotters has no element for (arcs, dots), with the tag of the next shape written by the caller.
    pub(crate) fn path(&self, attributes: std::fmt::Arguments<'_>, d: std::fmt::Arguments<'_>) {
        let mut document = self.document.borrow_mut();
        document.raw(format_args!("<path"));
        document.raw(attributes);
        document.raw(format_args!(" d=\""));
        document.raw(d);
        document.raw(format_args!("\"/>"));
    }

    /// Writes a line of text.
    pub(crate) fn text(&self, text: &str, at: At, anchor: Anchor, kind: Type, color: Rgb) {
        self.label(&Label { text, at, anchor, kind, color, angle: 0.0 }, format_args!(""));
    }

    /// Writes a line of text with attributes of its own.
    pub(crate) fn label(&self, label: &Label<'_>, attributes: std::fmt::Arguments<'_>) {
        if label.text.is_empty() {
            return;
        }
        let mut runs = self.fonts.runs(label.text);
        let mut document = self.document.borrow_mut();
        let Label { at, anchor, kind, color, angle, .. } = *label;
        if let [Run { text, family: None }] = runs.as_mut_slice() {
            let (text, attributes) = (std::mem::take(text), attributes.to_string());
            document.add(Part::Text(Line { text, at, anchor, kind, color, angle, attributes }));
            return;
        }
        document.raw(format_args!("<text"));
        document.raw(attributes);
        let body = document.body_mut();
        writing::open(body, at, angle, None);
        writing::style(body, kind, color);
        self.write_runs(&mut document, &runs, label, if angle == 0.0 { at.0 } else { 0.0 });
        document.raw(format_args!("</text>"));
    }

    /// Writes runs of several fonts, each at a place of its own: a run that only followed the one before would be shaped
    /// together with it, and scripts whose clusters differ from font to font come out wrong.
    fn write_runs(&self, document: &mut Document, runs: &[Run], label: &Label<'_>, x: f64) {
        let kind = label.kind;
        let widths: Vec<f64> = runs.iter().map(|run| self.fonts.run_width(run, kind.size, kind.weight)).collect();
        let total: f64 = widths.iter().sum();
        let mut at = match label.anchor {
            Anchor::Start => x,
            Anchor::Middle => x - total / 2.0,
            Anchor::End => x - total,
        };
        for (run, width) in runs.iter().zip(widths) {
            document.raw(format_args!("<tspan x=\"{}\"", Px(at)));
            if let Some(family) = &run.family {
                document.raw(format_args!(" font-family=\"'"));
                // A quote in a family name would end the quoted name in CSS.
                document.text(&family.replace(['\'', '\\', '"'], ""));
                document.raw(format_args!("',sans-serif\" font-weight=\"400\""));
            }
            document.raw(format_args!(">"));
            document.text(&run.text);
            document.raw(format_args!("</tspan>"));
            at += width;
        }
    }

    /// The centre nearest to a wanted one from which a line of text stays between two edges.
    pub(crate) fn center_within(&self, text: &str, kind: Type, wanted: f64, (left, right): (f64, f64)) -> f64 {
        let half = self.fonts.measure(text, kind) / 2.0;
        wanted.clamp(left + half, (right - half).max(left + half))
    }

    /// The box of a line of text that is not turned: from the top of its capitals to the foot of its descenders.
    pub(crate) fn text_box(&self, text: &str, at: At, anchor: Anchor, kind: Type) -> Rect {
        let width = self.fonts.measure(text, kind);
        let left = match anchor {
            Anchor::Start => at.0,
            Anchor::Middle => at.0 - width / 2.0,
            Anchor::End => at.0 - width,
        };
        Rect { left, top: at.1 - kind.cap(), right: left + width, bottom: at.1 + kind.descent() }
    }
}

fn in_units(points: &[At]) -> Vec<(i32, i32)> {
    points.iter().map(|(x, y)| (units(*x), units(*y))).collect()
}

fn filled(color: RGBAColor) -> ShapeStyle {
    ShapeStyle { color, filled: true, stroke_width: 0 }
}

fn stroked(color: RGBAColor, width: f64) -> ShapeStyle {
    ShapeStyle { color, filled: false, stroke_width: units(width).unsigned_abs() }
}
