//! The way from a chart to a picture.

use std::cell::RefCell;

use plotline_chart::chart::{Chart, Data, Kind};

use crate::error::DrawError;
use crate::font::Fonts;
use crate::guard;
use crate::marks;
use crate::painter::Painter;
use crate::pen::{Document, Layer, Px, escape_into};
use crate::periods::Names;
use crate::raster;
use crate::theme::Theme;

/// The least side of a picture, in CSS pixels: below that, no axis can be read.
pub const SIDE_MIN: u32 = 200;
/// The greatest side of a picture, in CSS pixels.
pub const SIDE_MAX: u32 = 2_000;
/// Width that Discord shows without scaling up, at twice as many pixels.
const DEFAULT_WIDTH: u32 = 640;
/// Five by eight: 1280 × 800 pixels.
const DEFAULT_ASPECT: f64 = 0.625;
/// Lying bars and panels may make a picture higher, up to this many times its width.
const TALL_ASPECT: f64 = 1.35;
/// The same where names would else be left out: room for some ninety names in a picture of the usual width.
const TALLEST_ASPECT: f64 = 2.2;

/// How often a picture may become higher before it is given up.
const HEIGHTS_MAX: usize = 6;

/// What a chart is drawn on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Canvas {
    /// CSS pixels, from [`SIDE_MIN`] to [`SIDE_MAX`].
    pub width: u32,
    /// CSS pixels; none for what suits the chart: 5:8 of the width, more where many bars lie. Where long texts leave too little for
    /// the chart itself, the picture becomes higher.
    pub height: Option<u32>,
    /// Dark or light.
    pub theme: Theme,
    /// Pixels of the PNG for each CSS pixel; the SVG does not depend on it.
    pub scale: f32,
}

impl Default for Canvas {
    fn default() -> Self {
        Canvas { width: DEFAULT_WIDTH, height: None, theme: Theme::Dark, scale: 2.0 }
    }
}

impl Canvas {
    /// The usual canvas in a theme.
    pub fn themed(theme: Theme) -> Self {
        Canvas { theme, ..Canvas::default() }
    }
}

/// Draws charts. It holds no state of its own but the fonts, which all renderers of a process share: making or cloning one
/// costs nothing after the first.
#[derive(Clone, Copy)]
pub struct Renderer {
    fonts: Option<&'static Fonts>,
}

impl std::fmt::Debug for Renderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Renderer")
    }
}

impl Default for Renderer {
    fn default() -> Self {
        Renderer::new()
    }
}

impl Renderer {
    /// A renderer with the bundled fonts; system fonts are looked for when a character needs one.
    pub fn new() -> Self {
        Renderer { fonts: Fonts::shared() }
    }

    /// Draws a chart as a standalone SVG document.
    ///
    /// # Errors
    /// When the chart has no values, when the values do not suit its kind, or when the canvas is too small or too large.
    pub fn svg(&self, chart: &Chart, canvas: &Canvas) -> Result<String, DrawError> {
        let (document, size) = self.document(chart, canvas)?;
        Ok(wrap(&document, chart, canvas.theme, size))
    }

    /// Draws a chart as PNG: the same scene as [`Renderer::svg`], drawn at once.
    ///
    /// # Errors
    /// As for [`Renderer::svg`]; and when the picture would have too many pixels.
    pub fn png(&self, chart: &Chart, canvas: &Canvas) -> Result<Vec<u8>, DrawError> {
        let fonts = self.fonts.ok_or(DrawError::Fonts)?;
        let (document, size) = self.document(chart, canvas)?;
        let layers = document.layers().into_iter().map(|layer| match layer {
            Layer::Shapes(body) => {
                let mut svg = String::with_capacity(body.len() + 300);
                open_svg(&mut svg, size);
                svg.push('>');
                svg.push_str(&body);
                svg.push_str("</svg>");
                raster::Layer::Svg(svg.into())
            }
            Layer::Dots(dots) => raster::Layer::Dots(dots),
            Layer::Blocks(blocks) => raster::Layer::Blocks(blocks),
        });
        let background = Some(canvas.theme.colors().background);
        let scene =
            raster::Scene { layers: layers.collect(), lines: document.lines().collect(), background, size: Some(size) };
        raster::png(fonts, scene, canvas.scale)
    }

    /// Turns an SVG that [`Renderer::svg`] made into PNG, with `scale` pixels for each CSS pixel. [`Renderer::png`] is several times
    /// as fast.
    ///
    /// # Errors
    /// When the SVG cannot be read or would have too many pixels.
    pub fn png_of_svg(&self, svg: &str, scale: f32) -> Result<Vec<u8>, DrawError> {
        let layers = vec![raster::Layer::Svg(svg.into())];
        let scene = raster::Scene { layers, lines: Vec::new(), background: None, size: None };
        raster::png(self.fonts.ok_or(DrawError::Fonts)?, scene, scale)
    }

    /// Lays a chart out and draws it, with its size in CSS pixels.
    fn document(&self, chart: &Chart, canvas: &Canvas) -> Result<(Document, (f64, f64)), DrawError> {
        let fonts = self.fonts.ok_or(DrawError::Fonts)?;
        guard::check(chart)?;
        let (width, mut height) = size(fonts, chart, canvas)?;
        for _ in 0..HEIGHTS_MAX {
            let document = RefCell::new(Document::default());
            let painter = Painter::new(&document, fonts, canvas.theme.colors(), (width, height));
            draw(&painter, chart)?;
            let shortfall = painter.shortfall() * marks::panels::rows(chart, width);
            drop(painter);
            if shortfall <= 0.5 || height >= f64::from(SIDE_MAX) {
                return Ok((document.into_inner(), (width, height)));
            }
            height = (height + shortfall).ceil().min(f64::from(SIDE_MAX));
        }
        Err(DrawError::Crowded)
    }
}

fn size(fonts: &Fonts, chart: &Chart, canvas: &Canvas) -> Result<(f64, f64), DrawError> {
    let width = canvas.width;
    let usual = (f64::from(width) * DEFAULT_ASPECT).round();
    let height = match canvas.height {
        Some(height) => f64::from(height),
        None => {
            let side = f64::from(width);
            // What suits the chart, and what it needs at least.
            let (suits, least) = match &chart.data {
                _ if marks::panels::wanted(chart) => (marks::panels::height(chart, side) + 80.0, 0.0),
                Data::Categories { categories, series } if draws_bars(chart.kind) => {
                    let names = Names::of(categories, chart.dates);
                    let each = if chart.options.stack == plotline_chart::chart::Stack::None { series.len() } else { 1 };
                    if marks::bars::is_horizontal(fonts, chart, &names, series, side) {
                        let (suits, least) = marks::bars::lying_heights(fonts, &names, each, side);
                        (suits + 90.0, least + 90.0)
                    } else {
                        (0.0, 0.0)
                    }
                }
                _ => (0.0, 0.0),
            };
            let tall = suits.clamp(usual, usual.max(side * TALL_ASPECT));
            tall.max(least.min(side * TALLEST_ASPECT)).min(f64::from(SIDE_MAX)).round()
        }
    };
    let allowed = f64::from(SIDE_MIN)..=f64::from(SIDE_MAX);
    if !allowed.contains(&f64::from(width)) || !allowed.contains(&height) {
        return Err(DrawError::CanvasSize { width, height: height as u32, min: SIDE_MIN, max: SIDE_MAX });
    }
    Ok((f64::from(width), height))
}

/// Whether categories are drawn as bars in this kind of chart.
fn draws_bars(kind: Kind) -> bool {
    !matches!(kind, Kind::Pie | Kind::Donut | Kind::Line | Kind::Step | Kind::Area)
}

fn draw(painter: &Painter<'_>, chart: &Chart) -> Result<(), DrawError> {
    if marks::panels::wanted(chart) {
        return marks::panels::draw(painter, chart);
    }
    match &chart.data {
        Data::Categories { categories, series } => {
            if categories.is_empty() || series.is_empty() {
                return Err(DrawError::Empty);
            }
            match chart.kind {
                Kind::Pie | Kind::Donut => marks::pie::draw(painter, chart, categories, series),
                Kind::Line | Kind::Step | Kind::Area => marks::lines::draw(painter, chart),
                _ => marks::bars::draw(painter, chart, categories, series),
            }
        }
        Data::Points { x_scale, series } => match chart.kind {
            Kind::Line | Kind::Step | Kind::Area => marks::lines::draw(painter, chart),
            _ => marks::points::draw(painter, chart, *x_scale, series),
        },
        Data::Bins { edges, series } => marks::histogram::draw(painter, chart, edges, series),
        Data::Groups { groups } => marks::groups::draw(painter, chart, groups),
        Data::Grid { columns, rows, values } => marks::heatmap::draw(painter, chart, columns, rows, values),
        Data::Ohlc { periods, candles } => marks::candles::draw(painter, chart, periods, candles),
    }
}

/// The start of the document: its size, and what all of its shapes and texts share. The tag stays open.
fn open_svg(svg: &mut String, (width, height): (f64, f64)) {
    let (width, height) = (Px(width), Px(height));
    svg.push_str(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"Inter,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif\" font-size=\"{}\" stroke-linejoin=\"round\" \
         stroke-linecap=\"round\"",
        crate::text::Type::LABEL.size
    ));
}

/// The whole document: background, and what a screen reader says.
fn wrap(document: &Document, chart: &Chart, theme: Theme, (width, height): (f64, f64)) -> String {
    let background = theme.colors().background;
    let mut svg = String::with_capacity(document.len() * 2 + 900);
    open_svg(&mut svg, (width, height));
    svg.push_str(
        " style=\"font-variant-numeric:tabular-nums\" role=\"img\" aria-labelledby=\"title desc\"><title id=\"title\">",
    );
    escape_into(&mut svg, &chart.title);
    svg.push_str("</title><desc id=\"desc\">");
    let described = [chart.subtitle.as_deref().unwrap_or_default(), &chart.x.label, &chart.y.label];
    let described: Vec<&str> = described.into_iter().map(str::trim).filter(|text| !text.is_empty()).collect();
    escape_into(&mut svg, &described.join(" · "));
    let (width, height) = (Px(width), Px(height));
    svg.push_str(&format!("</desc><path fill=\"{background}\" d=\"M0 0h{width}v{height}h-{width}z\"/>"));
    document.markup(&mut svg);
    svg.push_str("</svg>");
    svg
}
