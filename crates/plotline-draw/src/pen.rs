//! The SVG that plotters draws to.
//!
//! plotters addresses whole units, and its own SVG backend takes a unit for a pixel, which makes arcs and thin lines
//! stair-stepped. Here a unit is a hundredth of a pixel: positions are exact to 0.01 px, written without any float formatting.
//! The backend also writes what plotters has no word for: which datum a shape shows, rounded bar ends, runs of text.

use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt::Write as _;

use crate::blocks::Blocks;
use crate::dots::Dots;
use crate::painter::Rect;
use crate::writing::Line;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};

/// Backend units in a CSS pixel.
pub(crate) const UNITS_PER_PX: f64 = 100.0;

/// Far outside every canvas, yet small enough that sums of two fit an `i32`.
const FARTHEST_PX: f64 = 100_000.0;

/// Pixels as backend units.
pub(crate) fn units(px: f64) -> i32 {
    if px.is_nan() { 0 } else { (px.clamp(-FARTHEST_PX, FARTHEST_PX) * UNITS_PER_PX).round() as i32 }
}

/// Corners of the next rectangle that are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounded {
    /// The two upper ones: a bar that stands.
    Top,
    /// The two lower ones: a bar that hangs.
    Bottom,
    /// The two left ones.
    Left,
    /// The two right ones.
    Right,
    /// All four.
    All,
}

/// A part of a picture that is not written as SVG at once.
#[derive(Debug)]
pub(crate) enum Part {
    /// A line of text in the bundled faces. For the PNG all of them are drawn last, which looks alike, since nothing is ever drawn over a
    /// text.
    Text(Line),
    /// Dots of one size and colour.
    Dots(Dots),
    /// Rectangles.
    Blocks(Blocks),
}

/// A layer of a picture, for the PNG.
pub(crate) enum Layer<'d> {
    /// SVG elements; groups that are open at the start or end of them are closed in between.
    Shapes(String),
    /// Dots over the layers before.
    Dots(&'d Dots),
    /// Rectangles over the layers before.
    Blocks(&'d Blocks),
}

/// A picture as it grows: shapes, text and what else there is much of, in the order in which it is drawn.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// SVG of everything but the parts; texts that need system fonts are here too.
    body: String,
    /// Parts, each with the length of the body before it and the number of groups that are open there.
    parts: Vec<(usize, usize, Part)>,
    /// Groups that are open.
    depth: usize,
    /// Attributes of the next shape: its class and the datum it shows.
    tag: String,
    rounded: Option<(Rounded, i32)>,
}

impl Document {
    /// Says what the next shape is: attributes, already escaped, with a leading space.
    pub(crate) fn tag(&mut self, attributes: std::fmt::Arguments<'_>) {
        self.tag.clear();
        write_to(&mut self.tag, attributes);
    }

    /// Rounds corners of the next rectangle.
    pub(crate) fn round(&mut self, corners: Rounded, radius_px: f64) {
        self.rounded = (radius_px > 0.0).then(|| (corners, units(radius_px)));
    }

    /// Writes markup as it is.
    pub(crate) fn raw(&mut self, markup: std::fmt::Arguments<'_>) {
        write_to(&mut self.body, markup);
    }

    /// Writes text with the characters escaped that mean something in XML, and without those that XML forbids.
    pub(crate) fn text(&mut self, text: &str) {
        escape_into(&mut self.body, text);
    }

    /// Opens a group with attributes that start with a space; they must not change how anything looks.
    pub(crate) fn open(&mut self, attributes: std::fmt::Arguments<'_>) {
        self.raw(format_args!("<g"));
        self.raw(attributes);
        self.raw(format_args!(">"));
        self.depth += 1;
    }

    /// Closes the group that was opened last.
    pub(crate) fn close(&mut self) {
        self.raw(format_args!("</g>"));
        self.depth = self.depth.saturating_sub(1);
    }

    /// Adds a part.
    pub(crate) fn add(&mut self, part: Part) {
        self.parts.push((self.body.len(), self.depth, part));
    }

    /// The lines of text.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.parts.iter().filter_map(|(_, _, part)| if let Part::Text(line) = part { Some(line) } else { None })
    }

    /// The layers below the lines of text.
    pub(crate) fn layers(&self) -> Vec<Layer<'_>> {
        let mut layers = Vec::new();
        let (mut done, mut open) = (0, 0);
        let shapes = |from: usize, to: usize, open: usize, still_open: usize| {
            let body = self.body.get(from..to).unwrap_or_default();
            // Elements that draw something begin with one of these; groups alone draw nothing.
            let draws = ["<p", "<c", "<t"].iter().any(|start| body.contains(start));
            draws.then(|| Layer::Shapes(["<g>".repeat(open).as_str(), body, &"</g>".repeat(still_open)].concat()))
        };
        for (at, depth, part) in &self.parts {
            let layer = match part {
                Part::Text(_) => continue,
                Part::Dots(dots) => Layer::Dots(dots),
                Part::Blocks(blocks) => Layer::Blocks(blocks),
            };
            layers.extend(shapes(done, *at, open, *depth));
            layers.push(layer);
            (done, open) = (*at, *depth);
        }
        layers.extend(shapes(done, self.body.len(), open, self.depth));
        layers
    }

    /// Appends the SVG of everything.
    pub(crate) fn markup(&self, target: &mut String) {
        let mut done = 0;
        for (at, _, part) in &self.parts {
            target.push_str(self.body.get(done..*at).unwrap_or_default());
            match part {
                Part::Text(line) => line.markup(target),
                Part::Dots(dots) => dots.markup(target),
                Part::Blocks(blocks) => blocks.markup(target),
            }
            done = *at;
        }
        target.push_str(self.body.get(done..).unwrap_or_default());
    }

    /// The length of the SVG of the shapes, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.body.len()
    }

    /// The body, to be appended to.
    pub(crate) fn body_mut(&mut self) -> &mut String {
        &mut self.body
    }

    fn take_tag(&mut self) {
        let tag = std::mem::take(&mut self.tag);
        self.body.push_str(&tag);
        self.tag = tag;
        self.tag.clear();
    }

    fn fill(&mut self, color: BackendColor) {
        paint(&mut self.body, "fill", color);
    }

    fn stroke<S: BackendStyle>(&mut self, style: &S) {
        self.body.push_str(" fill=\"none\"");
        paint(&mut self.body, "stroke", style.color());
        self.body.push_str(" stroke-width=\"");
        self.length(i64::from(style.stroke_width()));
        self.body.push('"');
    }

    fn length(&mut self, units: i64) {
        push_length(&mut self.body, units);
    }

    fn point(&mut self, command: char, at: BackendCoord) {
        self.body.push(command);
        self.pair(i64::from(at.0), i64::from(at.1));
    }

    fn pair(&mut self, x: i64, y: i64) {
        self.length(x);
        if y >= 0 {
            self.body.push(' ');
        }
        self.length(y);
    }

    /// A path in relative steps, which are short to write and to read.
    fn path(&mut self, points: impl IntoIterator<Item = BackendCoord>) {
        let mut points = points.into_iter();
        let Some(mut last) = points.next() else { return };
        self.point('M', last);
        for point in points {
            let (dx, dy) = (i64::from(point.0) - i64::from(last.0), i64::from(point.1) - i64::from(last.1));
            match (dx, dy) {
                (0, 0) => continue,
                (_, 0) => {
                    self.body.push('h');
                    self.length(dx);
                }
                (0, _) => {
                    self.body.push('v');
                    self.length(dy);
                }
                _ => {
                    self.body.push('l');
                    self.pair(dx, dy);
                }
            }
            last = point;
        }
    }
}

/// Formatting into a string cannot fail.
fn write_to(target: &mut String, markup: std::fmt::Arguments<'_>) {
    if let Some(plain) = markup.as_str() {
        target.push_str(plain);
    } else if target.write_fmt(markup).is_err() {
        target.push(' ');
    }
}

/// Appends a length in pixels, written without needless digits.
pub(crate) fn push_px(target: &mut String, px: f64) {
    push_length(target, i64::from(units(px)));
}

/// Appends the outline of a rectangle with rounded corners, without the `z` at its end.
pub(crate) fn push_rect(target: &mut String, rect: Rect, radius: f64) {
    let (left, top) = (units(rect.left), units(rect.top));
    let (width, height) = (units(rect.right) - left, units(rect.bottom) - top);
    let mut document = Document::default();
    let radius = units(radius).min(width / 2).min(height / 2).max(0);
    rounded_rect(&mut document, (left, top), (width, height), radius, Rounded::All);
    target.push_str(&document.body);
}

fn push_length(target: &mut String, units: i64) {
    let per_px = UNITS_PER_PX as i64;
    if units < 0 {
        target.push('-');
    }
    let (whole, hundredths) = (units.abs() / per_px, units.abs() % per_px);
    if whole > 0 || hundredths == 0 {
        push_integer(target, whole);
    }
    if hundredths > 0 {
        target.push('.');
        target.push(char::from(b'0' + (hundredths / 10) as u8));
        if hundredths % 10 > 0 {
            target.push(char::from(b'0' + (hundredths % 10) as u8));
        }
    }
}

fn push_integer(target: &mut String, value: i64) {
    if value >= 10 {
        push_integer(target, value / 10);
    }
    target.push(char::from(b'0' + (value % 10) as u8));
}

fn paint(target: &mut String, property: &str, color: BackendColor) {
    let (r, g, b) = color.rgb;
    write_to(target, format_args!(" {property}=\"#{r:02x}{g:02x}{b:02x}\""));
    if color.alpha < 1.0 {
        write_to(target, format_args!(" {property}-opacity=\"{:.3}\"", color.alpha.max(0.0)));
    }
}

/// A length in pixels, written without needless digits.
pub(crate) struct Px(pub(crate) f64);

impl std::fmt::Display for Px {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        push_length(&mut text, i64::from(units(self.0)));
        f.write_str(&text)
    }
}

/// Appends text so that XML reads back the same characters. What XML 1.0 does not allow (control characters, lone non-characters)
/// and what would turn the reading order of the whole picture (bidi overrides) is left out; any white space becomes a space.
pub(crate) fn escape_into(target: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => target.push_str("&amp;"),
            '<' => target.push_str("&lt;"),
            '>' => target.push_str("&gt;"),
            '"' => target.push_str("&quot;"),
            '\'' => target.push_str("&#39;"),
            '\t' | '\n' | '\r' => target.push(' '),
            c if is_dropped(c) => {}
            c => target.push(c),
        }
    }
}

/// Whether a character is never drawn.
pub(crate) fn is_dropped(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' | '\u{2028}' | '\u{2029}')
}

/// What plotters draws with.
pub(crate) struct Pen<'d> {
    document: &'d RefCell<Document>,
    size: (u32, u32),
}

impl<'d> Pen<'d> {
    /// A pen for a picture of a size in pixels.
    pub(crate) fn new(document: &'d RefCell<Document>, width_px: f64, height_px: f64) -> Self {
        Pen { document, size: (units(width_px).unsigned_abs(), units(height_px).unsigned_abs()) }
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Pen<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect(point, (point.0.saturating_add(1), point.1.saturating_add(1)), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, fill: bool) -> Drawn {
        let mut document = self.document.borrow_mut();
        let (left, right) = (from.0.min(to.0), from.0.max(to.0));
        let (top, bottom) = (from.1.min(to.1), from.1.max(to.1));
        let (width, height) = (right - left, bottom - top);
        document.body.push_str("<path");
        document.take_tag();
        if fill {
            document.fill(style.color());
        } else {
            document.stroke(style);
        }
        document.body.push_str(" d=\"");
        match document.rounded.take() {
            Some((corners, radius)) => {
                let across =
                    if matches!(corners, Rounded::Left | Rounded::Right) { (width, height) } else { (height, width) };
                let limit = if corners == Rounded::All { across.0 / 2 } else { across.0 };
                let r = radius.min(limit).min(across.1 / 2);
                rounded_rect(&mut document, (left, top), (width, height), r, corners);
            }
            None => document.path([(left, top), (right, top), (right, bottom), (left, bottom)]),
        }
        document.body.push_str("z\"/>");
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let mut document = self.document.borrow_mut();
        document.body.push_str("<path");
        document.take_tag();
        document.stroke(style);
        document.body.push_str(" d=\"");
        document.path(path);
        document.body.push_str("\"/>");
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        let mut document = self.document.borrow_mut();
        document.body.push_str("<circle");
        document.take_tag();
        if fill {
            document.fill(style.color());
        } else {
            document.stroke(style);
        }
        for (name, value) in [("cx", i64::from(center.0)), ("cy", i64::from(center.1)), ("r", i64::from(radius))] {
            document.body.push(' ');
            document.body.push_str(name);
            document.body.push_str("=\"");
            document.length(value);
            document.body.push('"');
        }
        document.body.push_str("/>");
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Drawn {
        let mut document = self.document.borrow_mut();
        document.body.push_str("<path");
        document.take_tag();
        document.fill(style.color());
        document.body.push_str(" d=\"");
        document.path(vert);
        document.body.push_str("z\"/>");
        Ok(())
    }
}

fn rounded_rect(document: &mut Document, (x, y): (i32, i32), (w, h): (i32, i32), r: i32, corners: Rounded) {
    let is = |all: [Rounded; 2]| if corners == Rounded::All || all.contains(&corners) { r } else { 0 };
    let top_left = is([Rounded::Top, Rounded::Left]);
    let top_right = is([Rounded::Top, Rounded::Right]);
    let bottom_right = is([Rounded::Bottom, Rounded::Right]);
    let bottom_left = is([Rounded::Bottom, Rounded::Left]);
    document.point('M', (x + top_left, y));
    document.body.push('h');
    document.length(i64::from(w - top_left - top_right));
    corner(document, top_right, (1, 1));
    document.body.push('v');
    document.length(i64::from(h - top_right - bottom_right));
    corner(document, bottom_right, (-1, 1));
    document.body.push('h');
    document.length(i64::from(-(w - bottom_right - bottom_left)));
    corner(document, bottom_left, (-1, -1));
    document.body.push('v');
    document.length(i64::from(-(h - bottom_left - top_left)));
    corner(document, top_left, (1, -1));
}

fn corner(document: &mut Document, r: i32, (dx, dy): (i32, i32)) {
    if r > 0 {
        let r = i64::from(r);
        document.body.push('a');
        document.pair(r, r);
        document.body.push_str(" 0 0 1 ");
        document.pair(r * i64::from(dx), r * i64::from(dy));
    }
}
