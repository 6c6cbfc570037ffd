//! Draws a resolved chart as SVG and PNG.
//!
//! The crate is pure: a [`Chart`](plotline_chart::chart::Chart) goes in, a picture comes out. [`Renderer::svg`] lays a chart out
//! with the fonts that draw it and lets plotters draw on a backend of this crate's own; [`Renderer::png`] has resvg draw the shapes of that
//! SVG; what there is much of (glyphs, dots, cells) it draws itself, from masks.
//!
//! | module | job |
//! | --- | --- |
//! | `renderer` | the way from a chart to a picture; sizes |
//! | `frame` | title, subtitle, legend, notes |
//! | `axes`, `labels`, `periods`, `ticks`, `scale`, `number`, `clock` | axes and everything that is written on them |
//! | `marks` | the kinds of chart |
//! | `guard` | what is too much to be drawn |
//! | `painter`, `pen` | shapes and text in pixels; the plotters backend that writes SVG |
//! | `font`, `text` | faces, measuring, wrapping, shortening |
//! | `statistics` | quartiles and densities |
//! | `theme`, `color` | the two looks |
//! | `decimate` | fewer points, the same picture |
//! | `writing`, `glyphs` | lines of text as SVG and as pixels |
//! | `dots`, `blocks`, `coverage` | many dots or rectangles as SVG and as pixels |
//! | `raster`, `indexed` | a picture to pixels to PNG |

mod axes;
mod blocks;
mod clock;
mod color;
mod coverage;
mod decimate;
mod dots;
mod error;
mod font;
mod frame;
mod glyphs;
mod guard;
mod indexed;
mod labels;
mod marks;
mod number;
mod painter;
mod pen;
mod periods;
mod raster;
mod renderer;
mod scale;
mod statistics;
mod text;
mod theme;
mod ticks;
mod writing;

pub use error::DrawError;
pub use renderer::{Canvas, Renderer, SIDE_MAX, SIDE_MIN};
pub use theme::Theme;
