//! The two looks: made for Discord's dark and light backgrounds.

use crate::color::Rgb;

/// The background that a chart is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Discord's dark theme; the default.
    #[default]
    Dark,
    /// Discord's light theme.
    Light,
}

/// Colours that can be told apart by readers with protanopia, deuteranopia and tritanopia; a test simulates all three.
pub(crate) const SERIES_COLORS: usize = 8;

/// The colours of a theme.
#[derive(Debug)]
pub(crate) struct Colors {
    /// Behind everything.
    pub(crate) background: Rgb,
    /// Title, values, names of series.
    pub(crate) text: Rgb,
    /// Subtitle, tick labels, axis labels, notes.
    pub(crate) secondary: Rgb,
    /// Grid lines: there to follow, not to see.
    pub(crate) grid: Rgb,
    /// The baseline.
    pub(crate) axis: Rgb,
    /// Series in order.
    pub(crate) series: [Rgb; SERIES_COLORS],
    /// A candle that rose.
    pub(crate) rise: Rgb,
    /// A candle that fell.
    pub(crate) fall: Rgb,
    /// The lowest value of a heatmap, its middle and its highest.
    pub(crate) sequential: [Rgb; 3],
    /// Below zero, zero and above zero, for a heatmap with both signs.
    pub(crate) diverging: [Rgb; 3],
}

static DARK: Colors = Colors {
    background: Rgb::hex(0x2b2d31),
    text: Rgb::hex(0xf2f3f5),
    secondary: Rgb::hex(0xb5bac1),
    grid: Rgb::hex(0x3f4248),
    axis: Rgb::hex(0x80848e),
    series: [
        Rgb::hex(0x5b8cff),
        Rgb::hex(0xffa24a),
        Rgb::hex(0x63e0c5),
        Rgb::hex(0xd9629f),
        Rgb::hex(0xffe58a),
        Rgb::hex(0xc9b6ff),
        Rgb::hex(0x63ab5c),
        Rgb::hex(0xd8574a),
    ],
    rise: Rgb::hex(0x4fc3b0),
    fall: Rgb::hex(0xff7a59),
    sequential: [Rgb::hex(0x353c52), Rgb::hex(0x4a7cf0), Rgb::hex(0xf2f7ff)],
    diverging: [Rgb::hex(0xff9a52), Rgb::hex(0x4a4d55), Rgb::hex(0x6f9dff)],
};

static LIGHT: Colors = Colors {
    background: Rgb::hex(0xffffff),
    text: Rgb::hex(0x1b1c20),
    secondary: Rgb::hex(0x54575f),
    grid: Rgb::hex(0xe6e7ea),
    axis: Rgb::hex(0x84878f),
    series: [
        Rgb::hex(0x2f62e6),
        Rgb::hex(0xe58200),
        Rgb::hex(0x0f8f86),
        Rgb::hex(0xb5267a),
        Rgb::hex(0xa98600),
        Rgb::hex(0x5a34a8),
        Rgb::hex(0x7fa63a),
        Rgb::hex(0x8a2f1f),
    ],
    rise: Rgb::hex(0x0f8f86),
    fall: Rgb::hex(0xd9480f),
    sequential: [Rgb::hex(0xe3ecfb), Rgb::hex(0x5b8de8), Rgb::hex(0x14295c)],
    diverging: [Rgb::hex(0xc85f00), Rgb::hex(0xf0f0f2), Rgb::hex(0x2457d6)],
};

impl Theme {
    pub(crate) fn colors(self) -> &'static Colors {
        match self {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
        }
    }
}

impl Colors {
    /// The colour of a series. Beyond the palette it starts again, each round nearer to the text colour.
    pub(crate) fn series(&self, index: usize) -> Rgb {
        let base = self.series[index % SERIES_COLORS];
        match index / SERIES_COLORS {
            0 => base,
            round => base.mix(self.text, 0.36 * (1 + (round - 1) % 2) as f64),
        }
    }

    /// A colour as text on the background: mixed with the text colour until the contrast is 4.5 to 1 (WCAG 2.2, AA).
    pub(crate) fn readable(&self, color: Rgb) -> Rgb {
        let shares = (0..=10).map(|tenth| color.mix(self.text, f64::from(tenth) / 10.0));
        shares.into_iter().find(|mixed| mixed.contrast(self.background) >= 4.6).unwrap_or(self.text)
    }

    /// Text that can be read on a colour.
    pub(crate) fn text_on(&self, color: Rgb) -> Rgb {
        let (light, dark) = (Rgb::hex(0xffffff), Rgb::hex(0x16171a));
        if light.contrast(color) >= dark.contrast(color) { light } else { dark }
    }
}
