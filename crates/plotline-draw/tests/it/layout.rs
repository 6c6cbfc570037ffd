//! No text covers another, none leaves the picture: for the gallery, and for charts of every kind with any labels and values.

use plotline_chart::chart::{
    Axis, BinSeries, Candle, CategorySeries, Chart, Data, Group, Kind, Mark, NumberStyle, Overlay, Point, PointSeries,
    Side, Stack, XScale,
};
use plotline_draw::{Canvas, DrawError, Renderer, Theme};
use proptest::prelude::*;

use crate::charts;
use crate::read_back::{overlap, text_boxes};

/// Boxes may touch by as much as the letters' own side bearings, in CSS pixels.
const TOLERANCE: f64 = 0.6;

/// What is wrong with the texts of a picture.
fn faults(svg: &str, width: f64, height: f64) -> Vec<String> {
    let boxes = text_boxes(svg);
    let mut faults = Vec::new();
    for (i, a) in boxes.iter().enumerate() {
        for (x, y) in a.corners {
            if x < -TOLERANCE || y < -TOLERANCE || x > width + TOLERANCE || y > height + TOLERANCE {
                faults.push(format!("{:?} leaves the picture at {x:.1}, {y:.1}", a.text));
                break;
            }
        }
        for b in &boxes[i + 1..] {
            let reach = overlap(a, b);
            if reach > TOLERANCE {
                faults.push(format!("{:?} and {:?} overlap by {reach:.1} px", a.text, b.text));
            }
        }
    }
    faults
}

fn size(svg: &str) -> (f64, f64) {
    let side = |name: &str| {
        let start = svg.find(name).unwrap() + name.len();
        svg[start..].split('"').next().unwrap().parse::<f64>().unwrap()
    };
    (side(" width=\""), side(" height=\""))
}

/// Draws a chart and says which of its texts cover each other or are cut; charts that are refused must be with a sentence.
pub(crate) fn check(chart: &Chart, canvas: &Canvas) -> Result<(), String> {
    let svg = match Renderer::new().svg(chart, canvas) {
        Ok(svg) => svg,
        Err(error) => {
            let sentence = error.to_string();
            return if sentence.ends_with('.') { Ok(()) } else { Err(sentence) };
        }
    };
    let (width, height) = size(&svg);
    let faults = faults(&svg, width, height);
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

#[test]
fn the_gallery_has_no_covered_and_no_cut_text() {
    for (name, chart) in charts::all() {
        for width in [400, 640] {
            let canvas = Canvas { width, ..Canvas::themed(Theme::Light) };
            if let Err(faults) = check(&chart, &canvas) {
                panic!("{name} at {width}:\n{faults}");
            }
        }
    }
}

fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-z]{1,12}",
        2 => "[A-Z][a-z]{2,9}( [a-z]{2,12}){1,5}",
        2 => "(19|20)[0-9]{2}",
        1 => "[A-Za-z0-9_]{20,70}",
        1 => "[а-яёάβγδżółć]{2,20}",
        1 => "\\PC{0,24}",
        1 => Just(String::new()),
    ]
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -1_000.0..10_000.0,
        2 => (0..500i32).prop_map(f64::from),
        1 => Just(0.0),
        1 => -1e12..1e12,
        1 => prop_oneof![Just(1e300), Just(-1e300), Just(1e-300), Just(f64::MAX), Just(f64::MIN_POSITIVE)],
    ]
}

fn gap() -> impl Strategy<Value = Option<f64>> {
    prop::option::weighted(0.9, value())
}

fn axis() -> impl Strategy<Value = Axis> {
    let unit = prop::option::of(prop_oneof![
        Just("EUR"),
        Just("%"),
        Just("kg"),
        Just("USD"),
        Just("CHF"),
        Just("widgets per fortnight")
    ]);
    (prop::option::of(label()), unit, prop::bool::weighted(0.1)).prop_map(|(label, unit, log)| Axis {
        label: label.unwrap_or_default(),
        unit: unit.map(str::to_owned),
        log,
    })
}

fn categories() -> impl Strategy<Value = Data> {
    (1usize..40, 1usize..6).prop_flat_map(|(count, series)| {
        let one = (label(), any::<bool>(), any::<bool>(), prop::collection::vec(gap(), count)).prop_map(
            |(name, line, right, values)| CategorySeries {
                name,
                mark: if line { Mark::Line } else { Mark::Bar },
                axis: if right { Side::Right } else { Side::Left },
                values,
            },
        );
        (prop::collection::vec(label(), count), prop::collection::vec(one, series))
            .prop_map(|(categories, series)| Data::Categories { categories, series })
    })
}

fn points() -> impl Strategy<Value = Data> {
    let scale = prop_oneof![Just(XScale::Number), Just(XScale::Time), Just(XScale::Year)];
    let point = (0.0..1.0, gap(), prop::option::of(0.0..1e6), prop::option::of(label()));
    let series = (label(), any::<bool>(), prop::collection::vec(point, 0..40));
    (scale, 0.0..12.0f64, prop::collection::vec(series, 1..5)).prop_map(|(x_scale, reach, series)| {
        // From a moment to some centuries, or from a fraction to a trillion.
        let place = |x: f64| match x_scale {
            XScale::Time => 1.5e12 + x * 10f64.powf(reach + 1.0),
            XScale::Year => (1_900.0 + x * 150.0).round(),
            XScale::Number => x * 10f64.powf(reach - 3.0) - 5.0,
        };
        let series = series
            .into_iter()
            .map(|(name, right, points)| PointSeries {
                name,
                axis: if right { Side::Right } else { Side::Left },
                points: points.into_iter().map(|(x, y, size, label)| Point { x: place(x), y, size, label }).collect(),
            })
            .collect();
        Data::Points { x_scale, series }
    })
}

fn others() -> impl Strategy<Value = Data> {
    let bins = (1usize..60, -100.0..100.0, 0.01..50.0, 1usize..4).prop_map(|(count, low, step, series)| Data::Bins {
        edges: (0..=count).map(|i| low + step * i as f64).collect(),
        series: (0..series)
            .map(|s| BinSeries {
                name: format!("s{s}"),
                counts: (0..count).map(|i| (i * (s + 3) % 17) as f64).collect(),
            })
            .collect(),
    });
    let groups = prop::collection::vec((label(), prop::collection::vec(value(), 1..60)), 1..14).prop_map(|groups| {
        Data::Groups { groups: groups.into_iter().map(|(name, values)| Group { name, values }).collect() }
    });
    let grid = (1usize..30, 1usize..30).prop_flat_map(|(columns, rows)| {
        (
            prop::collection::vec(label(), columns),
            prop::collection::vec(label(), rows),
            prop::collection::vec(gap(), columns * rows),
        )
            .prop_map(|(columns, rows, values)| Data::Grid { columns, rows, values })
    });
    let ohlc = prop::collection::vec((label(), prop::option::weighted(0.9, (10.0..100.0, 0.0..9.0, -9.0..9.0))), 1..90)
        .prop_map(|rows| Data::Ohlc {
            candles: rows
                .iter()
                .map(|(_, c)| {
                    c.map(|(open, reach, move_)| Candle {
                        open,
                        close: open + move_,
                        high: open + 9.0 + reach,
                        low: open - 9.0 - reach,
                    })
                })
                .collect(),
            periods: rows.into_iter().map(|(name, _)| name).collect(),
        });
    prop_oneof![bins, groups, grid, ohlc]
}

fn chart() -> impl Strategy<Value = Chart> {
    const KINDS: [Kind; 15] = [
        Kind::Bar,
        Kind::Line,
        Kind::Step,
        Kind::Area,
        Kind::Scatter,
        Kind::Bubble,
        Kind::Pie,
        Kind::Donut,
        Kind::Histogram,
        Kind::Box,
        Kind::Violin,
        Kind::Strip,
        Kind::Heatmap,
        Kind::Candlestick,
        Kind::Combo,
    ];
    let data = prop_oneof![3 => categories(), 2 => points(), 2 => others()];
    let text = (label(), prop::option::of(label()), prop::option::of(label()), prop::collection::vec(label(), 0..3));
    let look = (
        prop::option::of(any::<bool>()),
        prop_oneof![Just(Stack::None), Just(Stack::Stacked), Just(Stack::Percent)],
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.2),
        prop_oneof![
            Just(NumberStyle::CommaPoint),
            Just(NumberStyle::PointComma),
            Just(NumberStyle::SpaceComma),
            Just(NumberStyle::ApostrophePoint)
        ],
    );
    (prop::sample::select(&KINDS[..]), data, text, (axis(), axis(), prop::option::of(axis())), look).prop_map(
        |(
            kind,
            data,
            (title, subtitle, legend_title, notes),
            (x, y, y2),
            (horizontal, stack, small_multiples, overlay, style),
        )| {
            let mut chart = charts::chart(kind, &title, data);
            (chart.subtitle, chart.legend_title, chart.notes) = (subtitle, legend_title, notes);
            (chart.x, chart.y, chart.y2, chart.style) = (x, y, y2, style);
            chart.options.horizontal = horizontal;
            chart.options.stack = stack;
            chart.options.small_multiples = small_multiples;
            if overlay {
                chart.options.overlays = vec![Overlay {
                    name: "Trend".to_owned(),
                    points: vec![(0.0, Some(3.0)), (2.0, Some(40.0))],
                    axis: Side::Left,
                }];
            }
            chart
        },
    )
}

proptest! {
    // The seed is another in every run: the layout is right for any chart, not for those of one seed. Each case draws a chart and has
    // resvg lay out its text; PROPTEST_CASES asks for more of them.
    #![proptest_config(ProptestConfig { max_shrink_iters: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_covers_another_or_leaves_the_picture(chart in chart(), width in 240u32..1_000) {
        let canvas = Canvas { width, ..Canvas::default() };
        if let Err(faults) = check(&chart, &canvas) {
            return Err(TestCaseError::fail(faults));
        }
    }
}

#[test]
fn a_canvas_out_of_range_is_refused() {
    let canvas = Canvas { width: 20, ..Canvas::default() };
    let error = Renderer::new().svg(&charts::bar(), &canvas).unwrap_err();
    assert!(matches!(error, DrawError::CanvasSize { width: 20, .. }));
    insta::assert_snapshot!(error, @"A picture of 20 × 13 cannot be drawn: each side must be from 200 to 2000.");
}
