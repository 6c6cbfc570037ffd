//! Why a chart could not be drawn.

use plotters::drawing::DrawingAreaErrorKind;

/// Why a chart could not be drawn, as a sentence for people.
#[derive(Debug, thiserror::Error, PartialEq)]
#[non_exhaustive]
pub enum DrawError {
    /// There is no value at all.
    #[error("There is nothing to draw: the chart has no values.")]
    Empty,
    /// The values do not have the shape that the kind of chart needs.
    #[error("A {kind} chart cannot be drawn from these values: {reason}.")]
    Unsuitable {
        /// The kind, as people call it.
        kind: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// More marks than anybody can tell apart, which would take seconds to draw.
    #[error("A chart of {count} {what} cannot be drawn: there may be {most} at most.")]
    TooMany {
        /// The marks.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// The canvas is too small to hold a chart or too large to be drawn.
    #[error("A picture of {width} × {height} cannot be drawn: each side must be from {min} to {max}.")]
    CanvasSize {
        /// Asked for.
        width: u32,
        /// Asked for.
        height: u32,
        /// The least, in CSS pixels.
        min: u32,
        /// The most, in CSS pixels.
        max: u32,
    },
    /// Titles, legend and labels leave no space for the chart, however high the picture is.
    #[error("The chart does not fit its picture: shorten its labels or draw it wider.")]
    Crowded,
    /// The bundled fonts cannot be read.
    #[error("The bundled fonts cannot be read.")]
    Fonts,
    /// The SVG cannot be turned into a picture.
    #[error("The picture could not be made from its SVG: {0}.")]
    Raster(String),
    /// plotters refused to draw.
    #[error("The chart could not be drawn: {0}.")]
    Plotters(String),
}

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for DrawError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        DrawError::Plotters(error.to_string())
    }
}
