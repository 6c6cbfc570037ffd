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
    /// The same as text: the name of a series in its colour.
    pub(crate) labels: [Rgb; SERIES_COLORS],
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
        Rgb::hex(0x557dff),
        Rgb::hex(0xffa52e),
        Rgb::hex(0x56ecda),
        Rgb::hex(0xc35696),
        Rgb::hex(0xf9e4a9),
        Rgb::hex(0xaeb6ff),
        Rgb::hex(0x31ac7e),
        Rgb::hex(0xf1342f),
    ],
    labels: [
        Rgb::hex(0x7d8bff),
        Rgb::hex(0xffb506),
        Rgb::hex(0x73ffeb),
        Rgb::hex(0xb388ac),
        Rgb::hex(0xffe9ac),
        Rgb::hex(0xb8c2fd),
        Rgb::hex(0x1abd92),
        Rgb::hex(0xfb625c),
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
        Rgb::hex(0x2f5fff),
        Rgb::hex(0xc68719),
        Rgb::hex(0x2f9f97),
        Rgb::hex(0x89145e),
        Rgb::hex(0x82629b),
        Rgb::hex(0x2822cf),
        Rgb::hex(0x839b6b),
        Rgb::hex(0x910309),
    ],
    labels: [
        Rgb::hex(0x2f5fff),
        Rgb::hex(0xa06a00),
        Rgb::hex(0x238277),
        Rgb::hex(0x89145e),
        Rgb::hex(0x82629b),
        Rgb::hex(0x2822cf),
        Rgb::hex(0x5c7450),
        Rgb::hex(0x910309),
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

    /// The colour in which the name of a series is written on the background, with a contrast of 4.5 to 1 (WCAG 2.2, AA). Beyond the palette
    /// no colour is unlike all others, so names have that of any text there.
    pub(crate) fn label(&self, index: usize) -> Rgb {
        self.labels.get(index).copied().unwrap_or(self.text)
    }

    /// Text that can be read on a colour.
    pub(crate) fn text_on(&self, color: Rgb) -> Rgb {
        let (light, dark) = (Rgb::hex(0xffffff), Rgb::hex(0x040405));
        if light.contrast(color) >= dark.contrast(color) { light } else { dark }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Simulations of full protanopia, deuteranopia and tritanopia on linear RGB (Machado, Oliveira, Fernandes 2009, severity 1).
    const SIMULATIONS: [(&str, [[f64; 3]; 3]); 4] = [
        ("normal vision", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "protanopia",
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        ),
        (
            "deuteranopia",
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        ),
        (
            "tritanopia",
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
        ),
    ];

    fn lab(color: Rgb, simulation: &[[f64; 3]; 3]) -> [f64; 3] {
        let linear = [color.0, color.1, color.2].map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        let times =
            |m: &[[f64; 3]; 3], v: [f64; 3]| [0, 1, 2].map(|row| m[row].iter().zip(v).map(|(a, b)| a * b).sum::<f64>());
        let seen = times(simulation, linear).map(|c| c.clamp(0.0, 1.0));
        // sRGB to XYZ (D65), then CIELAB.
        let xyz = times(
            &[[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]],
            seen,
        );
        let [x, y, z] = [xyz[0] / 0.95047, xyz[1], xyz[2] / 1.08883]
            .map(|t| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// CIEDE2000 (Sharma, Wu, Dalal 2005).
    fn difference([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
        let mean = (a1.hypot(b1) + a2.hypot(b2)) / 2.0;
        let g = 0.5 * (1.0 - (mean.powi(7) / (mean.powi(7) + 25f64.powi(7))).sqrt());
        let (a1, a2) = ((1.0 + g) * a1, (1.0 + g) * a2);
        let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
        let hue = |a: f64, b: f64| b.atan2(a).to_degrees().rem_euclid(360.0);
        let (h1, h2) = (hue(a1, b1), hue(a2, b2));
        let turn = if c1 * c2 == 0.0 { 0.0 } else { (h2 - h1 + 180.0).rem_euclid(360.0) - 180.0 };
        let dh = 2.0 * (c1 * c2).sqrt() * (turn.to_radians() / 2.0).sin();
        let (l, c) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);
        let h = (h1 + turn / 2.0).rem_euclid(360.0);
        let cos = |degrees: f64| degrees.to_radians().cos();
        let t =
            1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0) - 0.2 * cos(4.0 * h - 63.0);
        let sl = 1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt();
        let (sc, sh) = (1.0 + 0.045 * c, 1.0 + 0.015 * c * t);
        let rotation = -2.0
            * (c.powi(7) / (c.powi(7) + 25f64.powi(7))).sqrt()
            * (60.0 * (-((h - 275.0) / 25.0).powi(2)).exp()).to_radians().sin();
        let (dl, dc, dh) = ((l2 - l1) / sl, (c2 - c1) / sc, dh / sh);
        (dl * dl + dc * dc + dh * dh + rotation * dc * dh).sqrt()
    }

    #[test]
    fn the_difference_formula_matches_its_published_test_data() {
        let close = |a, b, expected: f64| assert!((difference(a, b) - expected).abs() < 1e-4, "{}", difference(a, b));
        close([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425);
        close([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492);
        close([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082);
    }

    /// Two neighbouring areas whose difference is above about 10 are told apart at a glance.
    #[test]
    fn colors_of_series_are_told_apart_by_colour_blind_readers() {
        for theme in [Theme::Dark, Theme::Light] {
            let colors = theme.colors();
            for (name, simulation) in &SIMULATIONS {
                let seen = colors.series.map(|color| lab(color, simulation));
                for i in 0..SERIES_COLORS {
                    for j in 0..i {
                        let difference = difference(seen[i], seen[j]);
                        let least = if i < 4 { 14.0 } else { 12.0 };
                        assert!(
                            difference >= least,
                            "{theme:?}, {name}: colours {j} and {i} differ by {difference:.1}"
                        );
                    }
                }
                let rise_and_fall = difference(lab(colors.rise, simulation), lab(colors.fall, simulation));
                assert!(rise_and_fall >= 14.0, "{theme:?}, {name}: rise and fall differ by {rise_and_fall:.1}");
            }
        }
    }

    /// Names are thin, so they are farther apart than areas must be; and each is nearest to the colour of its own line.
    #[test]
    fn names_in_the_colors_of_series_are_told_apart() {
        for theme in [Theme::Dark, Theme::Light] {
            let colors = theme.colors();
            for (name, simulation) in &SIMULATIONS {
                let seen = colors.labels.map(|color| lab(color, simulation));
                for i in 0..SERIES_COLORS {
                    for j in 0..i {
                        let difference = difference(seen[i], seen[j]);
                        assert!(difference >= 12.0, "{theme:?}, {name}: names {j} and {i} differ by {difference:.1}");
                    }
                }
            }
            let (_, normal) = &SIMULATIONS[0];
            for (i, label) in colors.labels.iter().enumerate() {
                let to = |series: &Rgb| difference(lab(*label, normal), lab(*series, normal));
                let nearest =
                    (0..SERIES_COLORS).min_by(|a, b| to(&colors.series[*a]).total_cmp(&to(&colors.series[*b])));
                assert_eq!(nearest, Some(i), "{theme:?}: the name of series {i} has the colour of another");
            }
        }
    }

    #[test]
    fn graphics_have_a_contrast_of_three_to_one() {
        for theme in [Theme::Dark, Theme::Light] {
            let colors = theme.colors();
            for color in colors.series.into_iter().chain([colors.rise, colors.fall, colors.axis]) {
                let contrast = color.contrast(colors.background);
                assert!(contrast >= 3.0, "{theme:?}: {color} has {contrast:.2}");
            }
        }
    }

    #[test]
    fn text_has_a_contrast_of_four_and_a_half_to_one() {
        for theme in [Theme::Dark, Theme::Light] {
            let colors = theme.colors();
            let mut pairs = vec![(colors.text, colors.background), (colors.secondary, colors.background)];
            for index in 0..SERIES_COLORS * 3 {
                let color = colors.series(index);
                pairs.push((colors.label(index), colors.background));
                pairs.push((colors.text_on(color), color));
            }
            for color in colors.sequential.into_iter().chain(colors.diverging) {
                pairs.push((colors.text_on(color), color));
            }
            for (text, behind) in pairs {
                assert!(text.contrast(behind) >= 4.5, "{theme:?}: {text} on {behind} has {:.2}", text.contrast(behind));
            }
        }
    }
}
