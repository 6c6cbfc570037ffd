//! The charts of the gallery: every kind, from small data that read like what members paste.

use chrono::{Datelike, NaiveDate};
use plotline_chart::chart::{
    Axis, BinSeries, Candle, CategorySeries, Chart, Data, DateStyle, Group, Kind, Mark, NumberStyle, Options, Overlay,
    Point, PointSeries, Side, Stack, XScale, time_ms,
};

/// A chart with nothing on it yet but its data.
pub(crate) fn chart(kind: Kind, title: &str, data: Data) -> Chart {
    Chart {
        kind,
        title: title.to_owned(),
        subtitle: None,
        x: Axis::default(),
        y: Axis::default(),
        y2: None,
        legend_title: None,
        data,
        options: Options::default(),
        style: NumberStyle::CommaPoint,
        dates: DateStyle::DayMonth,
        notes: Vec::new(),
    }
}

/// An axis.
pub(crate) fn axis(label: &str, unit: Option<&str>) -> Axis {
    Axis { label: label.to_owned(), unit: unit.map(str::to_owned), log: false }
}

/// A series of bars.
pub(crate) fn bars(name: &str, values: &[f64]) -> CategorySeries {
    CategorySeries {
        name: name.to_owned(),
        mark: Mark::Bar,
        axis: Side::Left,
        values: values.iter().map(|v| Some(*v)).collect(),
    }
}

/// Values over categories.
pub(crate) fn categories(names: &[&str], series: Vec<CategorySeries>) -> Data {
    Data::Categories { categories: names.iter().map(|name| (*name).to_owned()).collect(), series }
}

fn lines(names: &[&str], series: &[(&str, &[f64])]) -> Data {
    let series =
        series.iter().map(|(name, values)| CategorySeries { mark: Mark::Line, ..bars(name, values) }).collect();
    categories(names, series)
}

/// A deterministic stand-in for noise: a linear congruential generator, uniform in 0..1.
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    /// The next number.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal, with mean 0 and deviation 1 (Irwin–Hall).
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

/// A point.
pub(crate) fn point(x: f64, y: f64) -> Point {
    Point { x, y: Some(y), size: None, label: None }
}

/// A series of points.
pub(crate) fn points(name: &str, points: Vec<Point>) -> PointSeries {
    PointSeries { name: name.to_owned(), axis: Side::Left, points }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn day(year: i32, ordinal: u32) -> f64 {
    NaiveDate::from_yo_opt(year, ordinal).map_or(0.0, |date| time_ms(date.and_time(chrono::NaiveTime::MIN)))
}

/// Every chart of the gallery with the name of its file.
pub(crate) fn all() -> Vec<(&'static str, Chart)> {
    vec![
        ("bar", bar()),
        ("bar-horizontal", bar_horizontal()),
        ("bar-grouped", bar_grouped()),
        ("bar-stacked", bar_stacked()),
        ("bar-percent", bar_percent()),
        ("bar-negative", bar_negative()),
        ("bar-many", bar_many()),
        ("line", line()),
        ("line-daily", line_daily()),
        ("line-many", line_many()),
        ("line-log", line_log()),
        ("step", step()),
        ("area", area()),
        ("area-stacked", area_stacked()),
        ("area-percent", area_percent()),
        ("scatter", scatter()),
        ("scatter-dense", scatter_dense()),
        ("bubble", bubble()),
        ("pie", pie()),
        ("pie-crowded", pie_crowded()),
        ("donut", donut()),
        ("histogram", histogram()),
        ("histogram-two", histogram_two()),
        ("box", groups(Kind::Box, "Response time by region")),
        ("violin", groups(Kind::Violin, "How response times are spread")),
        ("strip", groups(Kind::Strip, "Every response, by region")),
        ("heatmap", heatmap()),
        ("heatmap-diverging", heatmap_diverging()),
        ("candlestick", candlestick()),
        ("combo", combo()),
        ("small-multiples", small_multiples()),
        ("scripts", scripts()),
    ]
}

/// A plain bar chart.
pub(crate) fn bar() -> Chart {
    let mut c = chart(
        Kind::Bar,
        "Revenue by quarter",
        categories(
            &["Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025", "Q1 2026", "Q2 2026"],
            vec![bars("", &[48_200.0, 52_900.0, 61_350.0, 58_100.0, 66_400.0, 71_850.0])],
        ),
    );
    c.y = axis("Revenue", Some("EUR"));
    c
}

fn bar_horizontal() -> Chart {
    let names = [
        "Customer support",
        "Platform engineering",
        "Sales & partnerships",
        "Design",
        "Human resources",
        "Marketing",
        "Finance and legal",
        "Data science",
    ];
    let mut c = chart(
        Kind::Bar,
        "Support tickets by team",
        categories(&names, vec![bars("", &[412.0, 371.0, 288.0, 190.0, 164.0, 141.0, 97.0, 58.0])]),
    );
    c.subtitle = Some("Tickets closed in 2025".to_owned());
    c.y = axis("Tickets", None);
    c
}

fn bar_grouped() -> Chart {
    let mut c = chart(
        Kind::Bar,
        "Signups by plan",
        categories(
            &["January", "February", "March", "April", "May"],
            vec![
                bars("Free", &[320.0, 342.0, 401.0, 388.0, 452.0]),
                bars("Team", &[120.0, 148.0, 160.0, 191.0, 214.0]),
                bars("Enterprise", &[22.0, 25.0, 31.0, 30.0, 41.0]),
            ],
        ),
    );
    c.legend_title = Some("Plan".to_owned());
    c.y = axis("Signups", None);
    c
}

fn bar_stacked() -> Chart {
    let mut c = chart(
        Kind::Bar,
        "Electricity by source",
        categories(
            &["2019", "2020", "2021", "2022", "2023", "2024", "2025"],
            vec![
                bars("Wind", &[126.0, 132.0, 115.0, 124.0, 138.0, 136.0, 141.0]),
                bars("Solar", &[45.0, 49.0, 49.0, 58.0, 61.0, 72.0, 80.0]),
                bars("Gas", &[91.0, 95.0, 89.0, 79.0, 76.0, 78.0, 71.0]),
                bars("Coal", &[171.0, 134.0, 165.0, 181.0, 130.0, 107.0, 98.0]),
            ],
        ),
    );
    c.options.stack = Stack::Stacked;
    c.y = axis("Generation", Some("TWh"));
    c.subtitle = Some("Net public generation per year".to_owned());
    c
}

fn bar_percent() -> Chart {
    let mut c = chart(
        Kind::Bar,
        "How satisfied are you with …?",
        categories(
            &["Documentation", "Onboarding", "Customer support", "Price", "Reliability"],
            vec![
                bars("Very", &[61.0, 44.0, 72.0, 25.0, 83.0]),
                bars("Mostly", &[48.0, 50.0, 39.0, 44.0, 41.0]),
                bars("Little", &[18.0, 26.0, 17.0, 40.0, 8.0]),
                bars("Not at all", &[9.0, 16.0, 8.0, 27.0, 4.0]),
            ],
        ),
    );
    c.options.stack = Stack::Percent;
    c.options.horizontal = Some(true);
    c.subtitle = Some("136 answers".to_owned());
    c
}

fn bar_negative() -> Chart {
    let mut c = chart(
        Kind::Bar,
        "Profit and loss by month",
        categories(&MONTHS, vec![bars("", &[4.2, 2.8, -1.4, -3.9, 0.6, 2.1, 3.3, -0.8, 1.2, 5.6, 6.1, 4.4])]),
    );
    c.y = axis("Result", Some("%"));
    c.style = NumberStyle::PointComma;
    c
}

fn bar_many() -> Chart {
    let mut noise = Noise(5);
    let names: Vec<String> = (0..90)
        .map(|i| day(2026, i + 1))
        .map(|ms| {
            chrono::DateTime::from_timestamp_millis(ms as i64)
                .map_or(String::new(), |d| format!("{} {}", d.day(), MONTHS[d.month0() as usize]))
        })
        .collect();
    let values = (0..90).map(|i| Some((180.0 + 60.0 * (i as f64 / 9.0).sin() + 45.0 * noise.next()).round())).collect();
    let mut c = chart(
        Kind::Bar,
        "Messages per day",
        Data::Categories {
            categories: names,
            series: vec![CategorySeries { name: String::new(), mark: Mark::Bar, axis: Side::Left, values }],
        },
    );
    c.y = axis("Messages", None);
    c
}

/// A plain line chart.
pub(crate) fn line() -> Chart {
    let mut c = chart(
        Kind::Line,
        "Average temperature by month",
        lines(
            &MONTHS,
            &[
                ("Berlin", &[0.9, 1.9, 5.2, 10.0, 14.7, 18.2, 20.1, 19.7, 15.5, 10.4, 5.5, 2.1]),
                ("Lisbon", &[11.6, 12.7, 14.9, 15.9, 18.0, 21.2, 23.1, 23.5, 22.1, 18.8, 15.0, 12.4]),
                ("Reykjavík", &[0.7, 0.7, 1.2, 3.8, 7.0, 9.9, 11.7, 11.1, 8.5, 5.1, 2.2, 0.9]),
            ],
        ),
    );
    c.y = axis("Temperature", Some("°C"));
    c.subtitle = Some("Mean of 1991–2020".to_owned());
    c
}

fn line_daily() -> Chart {
    let mut noise = Noise(11);
    let mut level = 120.0;
    let series: Vec<Point> = (1..=365u32)
        .map(|d| {
            level += noise.normal() * 2.4 + 0.12;
            let gap = (140..165).contains(&d);
            Point { x: day(2025, d), y: (!gap).then_some(level), size: None, label: None }
        })
        .collect();
    let average: Vec<(f64, Option<f64>)> = series
        .windows(30)
        .map(|w| {
            let known: Vec<f64> = w.iter().filter_map(|p| p.y).collect();
            (w[29].x, (known.len() == 30).then(|| known.iter().sum::<f64>() / 30.0))
        })
        .collect();
    let mut c = chart(
        Kind::Line,
        "Share price through 2025",
        Data::Points { x_scale: XScale::Time, series: vec![points("", series)] },
    );
    c.options.overlays = vec![Overlay { name: "30-day average".to_owned(), points: average, axis: Side::Left }];
    c.y = axis("Price", Some("USD"));
    c.notes = vec!["25 days without a value are shown as a gap.".to_owned()];
    c
}

fn line_many() -> Chart {
    let mut noise = Noise(21);
    let names =
        ["Argentina", "Brazil", "Chile", "Colombia", "Ecuador", "Mexico", "Paraguay", "Peru", "Uruguay", "Venezuela"];
    let series = names
        .iter()
        .map(|name| {
            let mut level = 20.0 + 60.0 * noise.next();
            points(
                name,
                (2000..=2025)
                    .map(|year| {
                        level += noise.normal() * 2.0 + 0.7;
                        point(f64::from(year), level)
                    })
                    .collect(),
            )
        })
        .collect();
    let mut c = chart(Kind::Line, "Internet users per 100 people", Data::Points { x_scale: XScale::Year, series });
    c.y = axis("Users per 100 people", None);
    c
}

fn line_log() -> Chart {
    let names = ["Product A", "Product B"];
    let series = names
        .iter()
        .enumerate()
        .map(|(k, name)| {
            points(
                name,
                (0..=24)
                    .map(|i| {
                        point(f64::from(i), 12.0 * (1.0 + k as f64) * 1.42f64.powi(i) / (1.0 + 0.02 * f64::from(i * i)))
                    })
                    .collect(),
            )
        })
        .collect();
    let mut c = chart(Kind::Line, "Downloads since release", Data::Points { x_scale: XScale::Number, series });
    c.x = axis("Weeks since release", None);
    c.y = Axis { label: "Downloads (log scale)".to_owned(), unit: None, log: true };
    c
}

fn step() -> Chart {
    let rates = [
        (2021, 1, 0.0),
        (2022, 200, 0.5),
        (2022, 257, 1.25),
        (2022, 306, 2.0),
        (2023, 39, 3.0),
        (2023, 80, 3.5),
        (2023, 172, 4.0),
        (2023, 263, 4.5),
        (2024, 164, 4.25),
        (2024, 262, 3.65),
        (2024, 353, 3.15),
        (2025, 70, 2.65),
        (2025, 162, 2.15),
        (2025, 360, 2.15),
    ];
    let series = points("", rates.iter().map(|(y, d, r)| point(day(*y, *d), *r)).collect());
    let mut c = chart(Kind::Step, "Key interest rate", Data::Points { x_scale: XScale::Time, series: vec![series] });
    c.y = axis("Rate", Some("%"));
    c
}

fn area() -> Chart {
    let mut noise = Noise(3);
    let series = points(
        "",
        (1..=120u32)
            .map(|d| point(day(2026, d), (300.0 + 4.0 * f64::from(d) + 40.0 * noise.normal()).max(0.0)))
            .collect(),
    );
    let mut c =
        chart(Kind::Area, "Active members per day", Data::Points { x_scale: XScale::Time, series: vec![series] });
    c.y = axis("Members", None);
    c
}

fn area_stacked() -> Chart {
    let mut c = chart(
        Kind::Area,
        "Traffic by channel",
        lines(
            &MONTHS,
            &[
                ("Search", &[42e3, 44e3, 47e3, 51e3, 53e3, 52e3, 55e3, 58e3, 63e3, 66e3, 71e3, 74e3]),
                ("Direct", &[28e3, 27e3, 29e3, 30e3, 31e3, 30e3, 29e3, 31e3, 33e3, 34e3, 36e3, 38e3]),
                ("Social", &[12e3, 15e3, 18e3, 17e3, 21e3, 26e3, 29e3, 27e3, 25e3, 28e3, 30e3, 33e3]),
                ("Newsletter", &[5e3, 5e3, 6e3, 6e3, 7e3, 7e3, 8e3, 8e3, 8e3, 9e3, 9e3, 10e3]),
            ],
        ),
    );
    c.y = axis("Visits", None);
    c
}

fn area_percent() -> Chart {
    let mut c = area_stacked();
    c.title = "Share of traffic by channel".to_owned();
    c.options.stack = Stack::Percent;
    c
}

fn scatter() -> Chart {
    let animals = [
        ("Cow", 465.0, 423.0),
        ("Grey wolf", 36.3, 119.5),
        ("Goat", 27.7, 115.0),
        ("Horse", 521.0, 655.0),
        ("Giraffe", 529.0, 680.0),
        ("Gorilla", 207.0, 406.0),
        ("Human", 62.0, 1320.0),
        ("Chimpanzee", 52.2, 440.0),
        ("Jaguar", 100.0, 157.0),
        ("Pig", 192.0, 180.0),
        ("Sheep", 55.5, 175.0),
        ("Donkey", 187.0, 419.0),
        ("Kangaroo", 35.0, 56.0),
        ("Okapi", 250.0, 490.0),
    ];
    let p = animals.iter().map(|(name, x, y)| Point { label: Some((*name).to_owned()), ..point(*x, *y) }).collect();
    let mut c = chart(
        Kind::Scatter,
        "Brain and body weight of mammals",
        Data::Points { x_scale: XScale::Number, series: vec![points("", p)] },
    );
    c.x = axis("Body weight", Some("kg"));
    c.y = axis("Brain weight", Some("g"));
    c
}

/// Many points in three groups.
pub(crate) fn scatter_dense() -> Chart {
    let mut noise = Noise(8);
    let series = [("Adelie", 39.0, 3700.0), ("Chinstrap", 48.8, 3730.0), ("Gentoo", 47.5, 5080.0)]
        .iter()
        .map(|(name, x, y)| {
            points(
                name,
                (0..700)
                    .map(|_| {
                        let n = noise.normal();
                        point(x + 2.4 * n, y + 260.0 * n + 300.0 * noise.normal())
                    })
                    .collect(),
            )
        })
        .collect();
    let mut c =
        chart(Kind::Scatter, "Bill length and body mass of penguins", Data::Points { x_scale: XScale::Number, series });
    c.x = axis("Bill length", Some("mm"));
    c.y = axis("Body mass", Some("g"));
    c.legend_title = Some("Species".to_owned());
    c.options.overlays = vec![Overlay {
        name: "Trend".to_owned(),
        points: vec![(33.0, Some(3500.0)), (56.0, Some(4950.0))],
        axis: Side::Left,
    }];
    c
}

fn bubble() -> Chart {
    let data = [
        ("China", 22.1, 78.6, 1411.0, 0),
        ("India", 9.2, 70.9, 1438.0, 0),
        ("Japan", 46.3, 84.9, 124.0, 0),
        ("Indonesia", 14.3, 71.1, 281.0, 0),
        ("Germany", 61.9, 81.4, 83.0, 1),
        ("France", 55.2, 83.3, 68.0, 1),
        ("Poland", 44.1, 78.6, 36.7, 1),
        ("United States", 75.5, 78.4, 335.0, 2),
        ("Brazil", 19.1, 76.1, 211.0, 2),
        ("Mexico", 22.1, 75.5, 129.0, 2),
        ("Nigeria", 5.9, 54.5, 228.0, 3),
        ("Ethiopia", 2.8, 67.3, 129.0, 3),
        ("Egypt", 16.2, 71.6, 114.0, 3),
        ("South Africa", 14.3, 66.1, 63.0, 3),
    ];
    let series = ["Asia", "Europe", "Americas", "Africa"]
        .iter()
        .enumerate()
        .map(|(k, name)| {
            let p = data
                .iter()
                .filter(|d| d.4 == k)
                .map(|(n, x, y, s, _)| Point { size: Some(*s), label: Some((*n).to_owned()), ..point(x * 1000.0, *y) })
                .collect();
            points(name, p)
        })
        .collect();
    let mut c = chart(Kind::Bubble, "Income and life expectancy", Data::Points { x_scale: XScale::Number, series });
    c.x = axis("GDP per person, PPP", Some("USD"));
    c.y = axis("Life expectancy", Some("years"));
    c.subtitle = Some("Area of a bubble: population".to_owned());
    c
}

/// A plain pie chart.
pub(crate) fn pie() -> Chart {
    let mut c = chart(
        Kind::Pie,
        "Where the budget goes",
        categories(
            &["Salaries", "Rent", "Software", "Travel", "Marketing", "Other"],
            vec![bars("", &[48_300.0, 14_200.0, 9_800.0, 6_100.0, 5_400.0, 3_900.0])],
        ),
    );
    c.y = axis("Cost", Some("EUR"));
    c
}

fn pie_crowded() -> Chart {
    let names = [
        "Chrome",
        "Safari",
        "Edge",
        "Firefox",
        "Samsung Internet",
        "Opera",
        "UC Browser",
        "Android Browser",
        "Brave",
        "Vivaldi",
        "Other",
    ];
    chart(
        Kind::Pie,
        "Browsers",
        categories(&names, vec![bars("", &[65.2, 18.3, 5.3, 2.6, 2.2, 2.1, 1.2, 0.6, 0.5, 0.3, 1.7])]),
    )
}

/// A plain donut chart.
pub(crate) fn donut() -> Chart {
    let mut c = chart(
        Kind::Donut,
        "Pledges by tier",
        categories(&["Supporter", "Patron", "Champion", "Founder"], vec![bars("", &[412.0, 186.0, 74.0, 19.0])]),
    );
    c.y = axis("Pledges", None);
    c
}

/// A histogram.
pub(crate) fn histogram() -> Chart {
    let mut c = chart(
        Kind::Histogram,
        "Marathon finishing times",
        Data::Bins {
            edges: (0..=14).map(|i| 150.0 + 15.0 * f64::from(i)).collect(),
            series: vec![BinSeries {
                name: String::new(),
                counts: vec![4.0, 18.0, 51.0, 96.0, 171.0, 240.0, 318.0, 301.0, 247.0, 166.0, 112.0, 61.0, 27.0, 9.0],
            }],
        },
    );
    c.x = axis("Time", Some("min"));
    c.y = axis("Runners", None);
    c
}

fn histogram_two() -> Chart {
    let mut c = histogram();
    c.title = "Finishing times, women and men".to_owned();
    if let Data::Bins { series, .. } = &mut c.data {
        *series = vec![
            BinSeries {
                name: "Men".to_owned(),
                counts: vec![4.0, 17.0, 45.0, 81.0, 131.0, 160.0, 178.0, 141.0, 97.0, 56.0, 32.0, 21.0, 7.0, 2.0],
            },
            BinSeries {
                name: "Women".to_owned(),
                counts: vec![0.0, 1.0, 6.0, 15.0, 40.0, 80.0, 140.0, 160.0, 150.0, 110.0, 80.0, 40.0, 20.0, 7.0],
            },
        ];
    }
    c
}

/// Groups of values, for box, violin and strip.
pub(crate) fn groups(kind: Kind, title: &str) -> Chart {
    let mut noise = Noise(17);
    let groups = [
        ("Frankfurt", 42.0, 9.0, 120),
        ("Virginia", 96.0, 14.0, 90),
        ("Oregon", 131.0, 16.0, 80),
        ("Singapore", 188.0, 30.0, 70),
        ("São Paulo", 205.0, 22.0, 40),
    ]
    .iter()
    .map(|(name, mean, deviation, count)| Group {
        name: (*name).to_owned(),
        values: (0..*count)
            .map(|i| (mean + deviation * noise.normal() * if i % 23 == 22 { 2.6 } else { 1.0 }).max(5.0))
            .collect(),
    })
    .collect();
    let mut c = chart(kind, title, Data::Groups { groups });
    c.y = axis("Response time", Some("ms"));
    c
}

/// A heatmap of one sign.
pub(crate) fn heatmap() -> Chart {
    let columns: Vec<String> = (0..24).map(|h| format!("{h:02}")).collect();
    let rows: Vec<String> =
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"].map(str::to_owned).to_vec();
    let mut noise = Noise(2);
    let values = (0..7 * 24)
        .map(|i| {
            let (d, h) = ((i / 24) as f64, f64::from(i % 24));
            let busy = (-(h - 20.0).powi(2) / 18.0).exp() * 90.0 + (-(h - 13.0).powi(2) / 20.0).exp() * 40.0;
            (i != 50).then(|| (busy * if d >= 5.0 { 1.4 } else { 1.0 } * (0.8 + 0.4 * noise.next())).round())
        })
        .collect();
    let mut c = chart(Kind::Heatmap, "When the server is busy", Data::Grid { columns, rows, values });
    c.x = axis("Hour", None);
    c.y = axis("Messages per hour", None);
    c
}

fn heatmap_diverging() -> Chart {
    let names = ["Price", "Size", "Rooms", "Age", "Distance"];
    let m = [
        [1.0, 0.82, 0.63, -0.41, -0.55],
        [0.82, 1.0, 0.74, -0.12, -0.20],
        [0.63, 0.74, 1.0, -0.05, -0.11],
        [-0.41, -0.12, -0.05, 1.0, 0.33],
        [-0.55, -0.20, -0.11, 0.33, 1.0],
    ];
    chart(
        Kind::Heatmap,
        "What goes with what",
        Data::Grid {
            columns: names.map(str::to_owned).to_vec(),
            rows: names.map(str::to_owned).to_vec(),
            values: m.iter().flatten().map(|v| Some(*v)).collect(),
        },
    )
}

/// A candlestick chart.
pub(crate) fn candlestick() -> Chart {
    let mut noise = Noise(42);
    let mut last = 182.0;
    let mut periods = Vec::new();
    let mut candles = Vec::new();
    for d in 1..=60u32 {
        let Some(date) = NaiveDate::from_yo_opt(2026, d + 100) else { continue };
        if date.weekday().num_days_from_monday() >= 5 {
            continue;
        }
        let open = last + noise.normal() * 0.6;
        let close = open + noise.normal() * 2.6 + 0.25;
        let (high, low) = (open.max(close) + noise.next() * 2.2, open.min(close) - noise.next() * 2.2);
        periods.push(format!("{} {}", date.day(), MONTHS[date.month0() as usize]));
        candles.push(Some(Candle { open, high, low, close }));
        last = close;
    }
    let mut c = chart(Kind::Candlestick, "ACME, daily", Data::Ohlc { periods, candles });
    c.y = axis("Price", Some("USD"));
    c
}

/// Bars and a line on two axes.
pub(crate) fn combo() -> Chart {
    let line = CategorySeries {
        mark: Mark::Line,
        axis: Side::Right,
        ..bars("Conversion", &[2.1, 2.3, 2.2, 2.6, 2.9, 3.0, 2.8, 3.2, 3.4, 3.3, 3.7, 3.9])
    };
    let mut c = chart(
        Kind::Combo,
        "Orders and conversion",
        categories(
            &MONTHS,
            vec![
                bars(
                    "Orders",
                    &[812.0, 796.0, 901.0, 954.0, 1020.0, 998.0, 1043.0, 1130.0, 1201.0, 1188.0, 1420.0, 1575.0],
                ),
                line,
            ],
        ),
    );
    c.y = axis("Orders", None);
    c.y2 = Some(axis("Conversion", Some("%")));
    c
}

/// A panel for each series.
pub(crate) fn small_multiples() -> Chart {
    let mut c = line_many();
    c.title = "Internet users per 100 people, by country".to_owned();
    if let Data::Points { series, .. } = &mut c.data {
        series.truncate(9);
    }
    c.y = Axis::default();
    c.options.small_multiples = true;
    c
}

fn scripts() -> Chart {
    let mut c = chart(
        Kind::Bar,
        "Grüße, Привет, Γειά — 日本語 and 🎉",
        categories(
            &["Zażółć", "Москва", "Αθήνα", "東京", "서울", "القاهرة", "🍕 Pizza"],
            vec![bars("", &[12.5, 18.0, 9.25, 22.0, 16.75, 14.0, 19.5])],
        ),
    );
    c.y = axis("Größe", Some("m²"));
    c.style = NumberStyle::SpaceComma;
    c.notes = vec!["The values were supplied by the model, not by a table.".to_owned()];
    c
}
