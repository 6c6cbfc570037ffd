//! Reads marks, ticks and text boxes back from an SVG.

use std::sync::{Arc, OnceLock};

use plotline_chart::chart::Chart;
use plotline_draw::{Canvas, Renderer};
use resvg::usvg;

/// A shape with its attributes.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) class: String,
    pub(crate) series: usize,
    pub(crate) index: usize,
    /// The points of its path or its centre, in CSS pixels; arcs contribute their ends.
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) radius: f64,
    pub(crate) fill: String,
}

impl Shape {
    pub(crate) fn left(&self) -> f64 {
        self.points.iter().map(|p| p.0).fold(f64::INFINITY, f64::min)
    }

    pub(crate) fn right(&self) -> f64 {
        self.points.iter().map(|p| p.0).fold(f64::NEG_INFINITY, f64::max)
    }

    pub(crate) fn top(&self) -> f64 {
        self.points.iter().map(|p| p.1).fold(f64::INFINITY, f64::min)
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max)
    }
}

/// A picture that was drawn.
pub(crate) struct Drawn {
    pub(crate) svg: String,
    pub(crate) shapes: Vec<Shape>,
    /// Axis, value and place of every tick.
    pub(crate) ticks: Vec<(String, f64, f64, String)>,
}

/// Draws a chart on the usual canvas and reads it back.
pub(crate) fn draw(chart: &Chart) -> Drawn {
    read(Renderer::new().svg(chart, &Canvas::default()).unwrap())
}

/// Reads an SVG.
pub(crate) fn read(svg: String) -> Drawn {
    let document = roxmltree::Document::parse(&svg).unwrap();
    let mut shapes = Vec::new();
    let mut ticks = Vec::new();
    for node in document.descendants() {
        let number = |name: &str| node.attribute(name).and_then(|value| value.parse::<f64>().ok());
        match node.tag_name().name() {
            "text" if node.attribute("class") == Some("tick") => {
                let text: String = node.descendants().filter_map(|n| n.text().filter(|_| n.is_text())).collect();
                if let (Some(value), Some(at)) = (number("data-value"), number("data-at")) {
                    ticks.push((node.attribute("data-axis").unwrap().to_owned(), value, at, text));
                }
            }
            "path" | "circle" => {
                let points = match node.attribute("d") {
                    Some(d) => path_points(d),
                    None => vec![(number("cx").unwrap(), number("cy").unwrap())],
                };
                shapes.push(Shape {
                    class: node.attribute("class").unwrap_or_default().to_owned(),
                    series: number("data-series").unwrap_or(0.0) as usize,
                    index: number("data-index").unwrap_or(0.0) as usize,
                    points,
                    radius: number("r").unwrap_or(0.0),
                    fill: node.attribute("fill").unwrap_or_default().to_owned(),
                });
            }
            _ => {}
        }
    }
    Drawn { svg, shapes, ticks }
}

impl Drawn {
    /// The shapes of a class.
    pub(crate) fn all(&self, class: &str) -> Vec<&Shape> {
        self.shapes.iter().filter(|shape| shape.class == class).collect()
    }

    /// The shape that shows a datum.
    pub(crate) fn one(&self, class: &str, series: usize, index: usize) -> &Shape {
        let found = self.shapes.iter().find(|s| s.class == class && s.series == series && s.index == index);
        found.unwrap_or_else(|| panic!("no {class} for {series}/{index}"))
    }

    /// How an axis maps values to pixels: a straight line through its ticks, of the values or of their logarithms. The values
    /// are those that a reader sees, parsed from the labels, where `parse` is given.
    pub(crate) fn axis(&self, name: &str, log: bool) -> impl Fn(f64) -> f64 + use<> {
        let ticks: Vec<(f64, f64)> =
            self.ticks.iter().filter(|(axis, ..)| axis == name).map(|(_, value, at, _)| (*value, *at)).collect();
        assert!(ticks.len() >= 2, "axis {name} has {} ticks", ticks.len());
        let transform = move |v: f64| if log { v.log10() } else { v };
        let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
        let (a, b) = (transform(first.0), transform(last.0));
        move |value| first.1 + (transform(value) - a) / (b - a) * (last.1 - first.1)
    }
}

/// The vertices of a path: absolute and relative M, L, H, V and A, which is all that is written.
fn path_points(d: &str) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    let mut at = (0.0, 0.0);
    let mut start = at;
    let mut commands: Vec<(char, Vec<f64>)> = Vec::new();
    let mut number = String::new();
    let flush = |number: &mut String, commands: &mut Vec<(char, Vec<f64>)>| {
        if !number.is_empty() {
            commands.last_mut().unwrap().1.push(number.parse().unwrap());
            number.clear();
        }
    };
    for c in d.chars() {
        match c {
            'a'..='z' | 'A'..='Z' => {
                flush(&mut number, &mut commands);
                commands.push((c, Vec::new()));
            }
            ' ' | ',' => flush(&mut number, &mut commands),
            '-' => {
                flush(&mut number, &mut commands);
                number.push(c);
            }
            '.' if number.contains('.') => {
                flush(&mut number, &mut commands);
                number.push(c);
            }
            _ => number.push(c),
        }
    }
    flush(&mut number, &mut commands);
    for (command, n) in commands {
        match command {
            'M' | 'L' => at = (n[0], n[1]),
            'l' => at = (at.0 + n[0], at.1 + n[1]),
            'h' => at.0 += n[0],
            'H' => at.0 = n[0],
            'v' => at.1 += n[0],
            'A' => at = (n[5], n[6]),
            'a' => at = (at.0 + n[5], at.1 + n[6]),
            'z' => {
                at = start;
                continue;
            }
            other => panic!("unknown path command {other}"),
        }
        if command == 'M' {
            start = at;
        }
        points.push(at);
    }
    points
}

/// A piece of text as resvg lays it out.
#[derive(Clone, Debug)]
pub(crate) struct TextBox {
    pub(crate) text: String,
    /// Corners in order; a turned text has a turned box.
    pub(crate) corners: [(f64, f64); 4],
}

/// Every text of an SVG with the box of its letters: as wide as usvg lays them out, from the top of capitals to the foot of
/// descenders.
pub(crate) fn text_boxes(svg: &str) -> Vec<TextBox> {
    static FONTS: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut database = usvg::fontdb::Database::new();
        for face in ["Inter-Regular", "Inter-SemiBold"] {
            let path = format!("{}/../../assets/fonts/{face}.otf", env!("CARGO_MANIFEST_DIR"));
            database.load_font_data(std::fs::read(path).unwrap());
        }
        Arc::new(database)
    });
    let options = usvg::Options { fontdb: fonts.clone(), font_family: "Inter".to_owned(), ..Default::default() };
    let tree = usvg::Tree::from_str(svg, &options).unwrap();
    let mut boxes = Vec::new();
    collect(tree.root(), &mut boxes);
    boxes
}

fn collect(group: &usvg::Group, boxes: &mut Vec<TextBox>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => collect(group, boxes),
            usvg::Node::Text(text) => {
                let size = text
                    .chunks()
                    .iter()
                    .flat_map(|c| c.spans())
                    .map(|s| f64::from(s.font_size().get()))
                    .fold(0.0, f64::max);
                // Every text is written with its baseline; the logical box would be that of the tallest font in it.
                let logical = text.bounding_box();
                let baseline = f64::from(text.chunks().iter().find_map(|chunk| chunk.y()).unwrap_or_default());
                let (left, right) = (f64::from(logical.left()), f64::from(logical.right()));
                let (top, bottom) = (baseline - size * 0.72, baseline + size * 0.2);
                let transform = text.abs_transform();
                let map = |x: f64, y: f64| {
                    let mut point = resvg::tiny_skia::Point::from_xy(x as f32, y as f32);
                    transform.map_point(&mut point);
                    (f64::from(point.x), f64::from(point.y))
                };
                boxes.push(TextBox {
                    text: text.chunks().iter().map(|chunk| chunk.text()).collect(),
                    corners: [map(left, top), map(right, top), map(right, bottom), map(left, bottom)],
                });
            }
            _ => {}
        }
    }
}

/// How far two boxes reach into each other, in pixels: zero when a line can be drawn between them (separating axis theorem).
pub(crate) fn overlap(a: &TextBox, b: &TextBox) -> f64 {
    let axes = [a, b].into_iter().flat_map(|t| {
        let [p, q, r, _] = t.corners;
        [(q.0 - p.0, q.1 - p.1), (r.0 - q.0, r.1 - q.1)]
    });
    let mut least = f64::INFINITY;
    for (x, y) in axes {
        let length = x.hypot(y);
        if length == 0.0 {
            continue;
        }
        let (x, y) = (x / length, y / length);
        let range = |t: &TextBox| {
            t.corners
                .iter()
                .map(|c| c.0 * x + c.1 * y)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)))
        };
        let ((a_low, a_high), (b_low, b_high)) = (range(a), range(b));
        least = least.min(a_high.min(b_high) - a_low.max(b_low));
    }
    least.max(0.0)
}
