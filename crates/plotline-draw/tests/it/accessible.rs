//! The SVG as a document: well-formed, safe to open, and described for those who do not see it.

use plotline_chart::chart::Chart;
use plotline_draw::{Canvas, Renderer, Theme};

use crate::charts;
use crate::read_back::draw;

#[test]
fn text_from_outside_stays_text() {
    let mut chart = charts::bar();
    chart.title = "<script>alert(1)</script> & \"quotes\" ]]> <svg onload='x'>".to_owned();
    chart.notes = vec!["</text><image href=\"http://example.com/\"/>".to_owned()];
    let drawn = draw(&chart);
    let document = roxmltree::Document::parse(&drawn.svg).unwrap();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert!(
            ["svg", "title", "desc", "g", "path", "circle", "text", "tspan"].contains(&name),
            "<{name}> is in the picture"
        );
        for attribute in node.attributes() {
            assert!(
                !attribute.name().starts_with("on") && !attribute.name().contains("href"),
                "{} is set",
                attribute.name()
            );
        }
    }
    let title = document.descendants().find(|node| node.has_tag_name("title")).unwrap();
    assert_eq!(title.text().unwrap(), chart.title);
}

#[test]
fn nothing_is_loaded_from_outside() {
    for (name, chart) in charts::all() {
        let svg = draw(&chart).svg;
        let outside = svg.replace("http://www.w3.org/2000/svg", "");
        assert!(!outside.contains("http") && !outside.contains("url("), "{name} refers to something outside");
    }
}

#[test]
fn every_chart_is_titled_and_described() {
    let svg = draw(&charts::line()).svg;
    let document = roxmltree::Document::parse(&svg).unwrap();
    assert_eq!(document.root_element().attribute("role"), Some("img"));
    let text = |name: &str| {
        document.descendants().find(|node| node.has_tag_name(name)).and_then(|node| node.text()).unwrap().to_owned()
    };
    insta::assert_snapshot!(format!("{} | {}", text("title"), text("desc")), @"Average temperature by month | Mean of 1991–2020 · Temperature");
}

#[test]
fn every_note_and_title_is_on_the_picture() {
    let mut chart: Chart = charts::pie();
    chart.notes = vec!["The values were supplied by the model, not by a table.".to_owned()];
    chart.subtitle = Some("Only 2025".to_owned());
    let boxes = crate::read_back::text_boxes(&draw(&chart).svg);
    for wanted in ["Where the budget goes", "Only 2025", "The values were supplied by the model, not by a table."] {
        assert!(boxes.iter().any(|text| text.text == wanted), "{wanted:?} is missing");
    }
}

#[test]
fn themes_differ_in_colour_alone() {
    let renderer = Renderer::new();
    let places = |theme: Theme| {
        let svg = renderer.svg(&charts::line(), &Canvas::themed(theme)).unwrap();
        crate::read_back::read(svg).shapes.into_iter().map(|shape| shape.points).collect::<Vec<_>>()
    };
    assert_eq!(places(Theme::Dark), places(Theme::Light));
}

#[test]
fn drawing_twice_gives_the_same_picture() {
    for (name, chart) in charts::all() {
        assert_eq!(draw(&chart).svg, draw(&chart).svg, "{name}");
    }
}
