//! What stands around every chart: title, subtitle, legend, notes. What remains is where the chart goes.

use plotline_chart::chart::Chart;

use crate::color::Rgb;
use crate::error::DrawError;
use crate::marks::lines::dash;
use crate::marks::panels;
use crate::painter::{Anchor, Painter, Rect};
use crate::pen::Rounded;
use crate::text::{Type, clean};

/// White space at the edges of the picture, in CSS pixels.
pub(crate) const MARGIN: f64 = 20.0;

const TITLE_LINES_MAX: usize = 3;
const SUBTITLE_LINES_MAX: usize = 2;
const NOTE_LINES_MAX: usize = 3;
/// Notes that are shown; the callers have at most a handful.
const NOTES_MAX: usize = 4;
/// Enough for some fifty names in a picture of the usual width, which becomes higher for them.
const LEGEND_ROWS_MAX: usize = 16;
/// With more rows than this the picture becomes higher rather than the chart lower …
const LEGEND_ROWS_USUAL: usize = 3;
/// … than this share of the width.
const INSIDE_SHARE_MIN: f64 = 0.42;
/// Width of a swatch in the legend and of the space after it.
const SWATCH: f64 = 12.0;
const LINE_SWATCH: f64 = 18.0;
const SWATCH_GAP: f64 = 6.0;
const ENTRY_GAP: f64 = 18.0;
/// No name of a series takes more of a row than this share.
const ENTRY_SHARE_MAX: f64 = 0.6;

/// How a series is shown in the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Swatch {
    /// A rounded square: bars, areas, slices.
    Square,
    /// A stroke: lines. The place of the series decides its dashes.
    Line(usize),
    /// A dashed stroke: trend lines, averages.
    Dashes,
    /// A dot: points.
    Dot,
}

/// An entry of the legend.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) color: Rgb,
    pub(crate) swatch: Swatch,
}

struct PlacedEntry {
    left: f64,
    row: usize,
    name: String,
    swatch: Option<(Rgb, Swatch)>,
}

/// A laid-out frame.
pub(crate) struct Frame {
    title: Vec<String>,
    subtitle: Vec<String>,
    notes: Vec<String>,
    entries: Vec<PlacedEntry>,
    legend_rows: usize,
    /// What remains for the chart.
    pub(crate) inside: Rect,
}

impl Frame {
    /// Lays out everything around a chart. `legend` may be empty.
    pub(crate) fn new(painter: &Painter<'_>, chart: &Chart, legend: &[Entry]) -> Frame {
        let fonts = painter.fonts;
        let width = painter.width - 2.0 * MARGIN;
        let set = |text: &str, kind: Type, lines: usize| {
            let text = clean(text);
            if text.is_empty() { Vec::new() } else { fonts.wrap(&text, kind, width, lines) }
        };
        let title = set(&chart.title, Type::TITLE, TITLE_LINES_MAX);
        let subtitle =
            chart.subtitle.as_deref().map(|text| set(text, Type::SUBTITLE, SUBTITLE_LINES_MAX)).unwrap_or_default();
        let notes: Vec<String> =
            chart.notes.iter().take(NOTES_MAX).flat_map(|note| set(note, Type::SMALL, NOTE_LINES_MAX)).collect();
        let (entries, legend_rows) = place_legend(painter, chart.legend_title.as_deref(), legend, width);
        let mut frame = Frame {
            title,
            subtitle,
            notes,
            entries,
            legend_rows,
            inside: Rect { left: MARGIN, top: MARGIN, right: painter.width - MARGIN, bottom: painter.height - MARGIN },
        };
        frame.inside.top = frame.legend_bottom() + if frame.legend_rows > 0 { 12.0 } else { 14.0 };
        let notes_height = frame.notes.len() as f64 * Type::SMALL.line();
        if notes_height > 0.0 {
            frame.inside.bottom = painter.height - (MARGIN - 6.0) - notes_height - 8.0;
        }
        // Much text must not squeeze the chart. Panels have their own least height.
        if (frame.legend_rows > LEGEND_ROWS_USUAL || frame.title.len() > 2) && !panels::wanted(chart) {
            painter.needs_height(frame.inside.height(), painter.width * INSIDE_SHARE_MIN);
        }
        frame
    }

    fn title_bottom(&self) -> f64 {
        MARGIN - 2.0 + self.title.len() as f64 * Type::TITLE.line()
    }

    fn subtitle_bottom(&self) -> f64 {
        let gap = if self.subtitle.is_empty() { 0.0 } else { 2.0 };
        self.title_bottom() + gap + self.subtitle.len() as f64 * Type::SUBTITLE.line()
    }

    fn legend_bottom(&self) -> f64 {
        let gap = if self.legend_rows == 0 { 0.0 } else { 9.0 };
        self.subtitle_bottom() + gap + self.legend_rows as f64 * legend_line()
    }

    /// Draws it.
    pub(crate) fn draw(&self, painter: &Painter<'_>) -> Result<(), DrawError> {
        let colors = painter.colors;
        let mut baseline = MARGIN - 2.0 + Type::TITLE.cap() + 3.0;
        for line in &self.title {
            painter.text(line, (MARGIN, baseline), Anchor::Start, Type::TITLE, colors.text);
            baseline += Type::TITLE.line();
        }
        baseline = self.title_bottom() + 2.0 + Type::SUBTITLE.cap() + 2.0;
        for line in &self.subtitle {
            painter.text(line, (MARGIN, baseline), Anchor::Start, Type::SUBTITLE, colors.secondary);
            baseline += Type::SUBTITLE.line();
        }
        let legend_top = self.subtitle_bottom() + 9.0;
        for entry in &self.entries {
            let baseline = legend_top + entry.row as f64 * legend_line() + Type::LABEL.cap() + 3.0;
            let middle = baseline - Type::LABEL.cap() / 2.0;
            let mut left = entry.left;
            if let Some((color, swatch)) = entry.swatch {
                draw_swatch(painter, (left, middle), color, swatch)?;
                left += swatch_width(swatch) + SWATCH_GAP;
            }
            let color = if entry.swatch.is_some() { colors.text } else { colors.secondary };
            painter.text(&entry.name, (left, baseline), Anchor::Start, Type::LABEL, color);
        }
        let mut baseline =
            painter.height - (MARGIN - 6.0) - self.notes.len() as f64 * Type::SMALL.line() + Type::SMALL.cap() + 2.0;
        for line in &self.notes {
            painter.text(line, (MARGIN, baseline), Anchor::Start, Type::SMALL, colors.secondary);
            baseline += Type::SMALL.line();
        }
        Ok(())
    }
}

fn legend_line() -> f64 {
    Type::LABEL.line() + 3.0
}

fn swatch_width(swatch: Swatch) -> f64 {
    match swatch {
        Swatch::Square | Swatch::Dot => SWATCH,
        Swatch::Line(_) | Swatch::Dashes => LINE_SWATCH,
    }
}

fn draw_swatch(painter: &Painter<'_>, (left, middle): (f64, f64), color: Rgb, swatch: Swatch) -> Result<(), DrawError> {
    let color = color.alpha(1.0);
    let half = SWATCH / 2.0;
    match swatch {
        Swatch::Square => {
            let square = Rect { left, top: middle - half, right: left + SWATCH, bottom: middle + half };
            painter.rounded_rect(square, color, Rounded::All, 3.0)
        }
        Swatch::Dot => painter.circle((left + half, middle), half - 1.0, color),
        Swatch::Line(index) => {
            painter.tag(format_args!("{}", dash(index, 2.2)));
            painter.line(&[(left + 1.5, middle), (left + LINE_SWATCH - 1.5, middle)], color, 3.0)
        }
        Swatch::Dashes => {
            painter.tag(format_args!(" stroke-dasharray=\"4 4.5\""));
            painter.line(&[(left + 1.0, middle), (left + LINE_SWATCH - 1.0, middle)], color, 2.5)
        }
    }
}

fn place_legend(painter: &Painter<'_>, title: Option<&str>, legend: &[Entry], width: f64) -> (Vec<PlacedEntry>, usize) {
    if legend.is_empty() {
        return (Vec::new(), 0);
    }
    let fonts = painter.fonts;
    let mut placed = Vec::with_capacity(legend.len() + 1);
    let (mut left, mut row) = (0.0, 0);
    if let Some(title) = title.map(clean).filter(|title| !title.is_empty()) {
        let name = fonts.shorten(&title, Type::LABEL, width * ENTRY_SHARE_MAX);
        left = fonts.measure(&name, Type::LABEL) + 14.0;
        placed.push(PlacedEntry { left: MARGIN, row, name, swatch: None });
    }
    for (i, entry) in legend.iter().enumerate() {
        let name = fonts.shorten(&clean(&entry.name), Type::LABEL, width * ENTRY_SHARE_MAX);
        let entry_width = swatch_width(entry.swatch) + SWATCH_GAP + fonts.measure(&name, Type::LABEL);
        if left > 0.0 && left + entry_width > width {
            row += 1;
            left = 0.0;
        }
        // The last row must have space for saying how many are left out.
        let more = format!("+{} more", legend.len() - i);
        let more_width = fonts.measure(&more, Type::LABEL);
        let is_last = i + 1 == legend.len();
        let out_of_rows = row >= LEGEND_ROWS_MAX;
        let last_in_rows =
            row + 1 == LEGEND_ROWS_MAX && !is_last && left + entry_width + ENTRY_GAP + more_width > width;
        if out_of_rows || last_in_rows {
            let (row, left) = if out_of_rows { (LEGEND_ROWS_MAX - 1, width - more_width) } else { (row, left) };
            placed.push(PlacedEntry { left: MARGIN + left, row, name: more, swatch: None });
            return (placed, row + 1);
        }
        placed.push(PlacedEntry { left: MARGIN + left, row, name, swatch: Some((entry.color, entry.swatch)) });
        left += entry_width + ENTRY_GAP;
    }
    (placed, row + 1)
}
