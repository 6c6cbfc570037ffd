//! Exactly what was plotted, as a file for a spreadsheet.

use crate::resolve::Resolved;
use crate::resolve::words;

/// The plotted points as CSV (RFC 4180, UTF-8, a header row): x, the series where there is one, the value, the size of
/// bubbles. A gap is an empty field. A text that a spreadsheet would take for a formula is preceded by an apostrophe.
pub fn to_csv(resolved: &Resolved) -> String {
    let spec = &resolved.spec;
    let with_series = resolved.points.iter().any(|point| point.series.is_some());
    let with_size = resolved.points.iter().any(|point| point.size.is_some());
    let x = spec.x.as_ref().map_or_else(|| "x".to_owned(), words::channel);
    let y = match spec.y.as_slice() {
        [only] => words::measure(only),
        _ => "Value".to_owned(),
    };
    let mut header = vec![field(&x)];
    if with_series {
        header.push(field(spec.series.as_ref().map_or("Series", |series| &series.column)));
    }
    header.push(field(&y));
    if with_size {
        header.push(field(spec.size.as_deref().unwrap_or("Size")));
    }
    let mut out = header.join(",");
    out.push_str("\r\n");
    for point in &resolved.points {
        let mut row = vec![match &point.x {
            crate::Printed::Number(number) => number.to_string(),
            crate::Printed::Text(text) => field(text),
        }];
        if with_series {
            row.push(field(point.series.as_deref().unwrap_or_default()));
        }
        row.push(point.y.map(|value| value.to_string()).unwrap_or_default());
        if with_size {
            row.push(point.size.map(|size| size.to_string()).unwrap_or_default());
        }
        out.push_str(&row.join(","));
        out.push_str("\r\n");
    }
    out
}

fn field(text: &str) -> String {
    let formula =
        text.starts_with(['=', '+', '@', '\t', '\r']) || text.starts_with('-') && text.parse::<f64>().is_err();
    let guarded = if formula { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\n', '\r', ';']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}
