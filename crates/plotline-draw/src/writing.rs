//! A line of text in one of the bundled faces, as it stands in the scene: the SVG writes it as an element, the PNG draws its glyphs.

use crate::color::Rgb;
use crate::font::Weight;
use crate::painter::{Anchor, At};
use crate::pen::{Px, escape_into};
use crate::text::Type;

/// A line of text with everything that either way of drawing needs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// Characters that the bundled faces have.
    pub(crate) text: String,
    /// The anchor on the baseline, in CSS pixels.
    pub(crate) at: At,
    pub(crate) anchor: Anchor,
    pub(crate) kind: Type,
    pub(crate) color: Rgb,
    /// Degrees, counter-clockwise.
    pub(crate) angle: f64,
    /// Attributes of the SVG element, escaped, with a leading space.
    pub(crate) attributes: String,
}

impl Line {
    /// Writes the SVG element.
    pub(crate) fn markup(&self, target: &mut String) {
        target.push_str("<text");
        target.push_str(&self.attributes);
        open(target, self.at, self.angle, Some(self.anchor));
        style(target, self.kind, self.color);
        escape_into(target, &self.text);
        target.push_str("</text>");
    }
}

/// Where a text stands. Without an anchor the parts of the text have places of their own.
pub(crate) fn open(target: &mut String, (x, y): At, angle: f64, anchor: Option<Anchor>) {
    let (x, y) = if angle == 0.0 {
        (x, y)
    } else {
        target.push_str(&format!(" transform=\"translate({} {}) rotate({})\"", Px(x), Px(y), -angle));
        (0.0, 0.0)
    };
    if anchor.is_some() {
        target.push_str(&format!(" x=\"{}\"", Px(x)));
    }
    target.push_str(&format!(" y=\"{}\"", Px(y)));
    match anchor {
        None | Some(Anchor::Start) => {}
        Some(Anchor::Middle) => target.push_str(" text-anchor=\"middle\""),
        Some(Anchor::End) => target.push_str(" text-anchor=\"end\""),
    }
}

/// How a text looks, as far as it is not as the document says; ends the opening tag.
pub(crate) fn style(target: &mut String, kind: Type, color: Rgb) {
    if kind.size != Type::LABEL.size {
        target.push_str(&format!(" font-size=\"{}\"", kind.size));
    }
    if kind.weight != Weight::Regular {
        target.push_str(&format!(" font-weight=\"{}\"", kind.weight.css()));
    }
    target.push_str(&format!(" fill=\"{color}\">"));
}
