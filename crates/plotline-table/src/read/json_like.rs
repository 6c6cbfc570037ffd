//! JSON, JSON lines, and the literals of Python and JavaScript that people paste instead.

use std::borrow::Cow;

use super::message::{Hit, Looked, Proof, Scan};
use crate::grid::{Decimal, Grid, Header, Row};

/// A value of a literal. Numbers keep the text that they were written in.
#[derive(Clone, Debug, PartialEq)]
enum Value<'a> {
    Null,
    Scalar(Cow<'a, str>),
    Array(Vec<Value<'a>>),
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

/// The entries of an object in their order.
type Entries<'a> = Vec<(Cow<'a, str>, Value<'a>)>;

/// The deepest nesting read: tables need three levels, and each costs stack.
const DEPTH_MAX: usize = 24;

/// A cursor over the text.
struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let blank = rest.len() - rest.trim_start().len();
            self.at += blank;
            let rest = &self.text[self.at..];
            if rest.starts_with("//") || rest.starts_with('#') {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if blank == 0 {
                return;
            }
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        if depth > DEPTH_MAX {
            return None;
        }
        self.skip_blank();
        match self.peek()? {
            b'[' => self.array(b']', depth),
            b'(' => self.array(b')', depth),
            b'{' => self.object(depth),
            b'"' | b'\'' => self.string().map(Value::Scalar),
            _ => self.word(),
        }
    }

    fn array(&mut self, close: u8, depth: usize) -> Option<Value<'a>> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip_blank();
            if self.eat(close) {
                return Some(Value::Array(items));
            }
            items.push(self.value(depth + 1)?);
            self.skip_blank();
            if !self.eat(b',') && self.peek() != Some(close) {
                return None;
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value<'a>> {
        self.at += 1;
        let mut entries = Vec::new();
        loop {
            self.skip_blank();
            if self.eat(b'}') {
                return Some(Value::Object(entries));
            }
            let key = match self.peek()? {
                b'"' | b'\'' => self.string()?,
                _ => {
                    let rest = &self.text[self.at..];
                    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '.')))?;
                    if end == 0 {
                        return None;
                    }
                    self.at += end;
                    Cow::Borrowed(&rest[..end])
                }
            };
            self.skip_blank();
            if !self.eat(b':') {
                return None;
            }
            entries.push((key, self.value(depth + 1)?));
            self.skip_blank();
            if !self.eat(b',') && self.peek() != Some(b'}') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        let quote = self.peek()?;
        self.at += 1;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut owned: Option<String> = None;
        let mut copied = start;
        loop {
            let byte = *bytes.get(self.at)?;
            if byte == quote {
                let tail = &self.text[copied..self.at];
                self.at += 1;
                return Some(match owned {
                    Some(mut text) => {
                        text.push_str(tail);
                        Cow::Owned(text)
                    }
                    None => Cow::Borrowed(tail),
                });
            }
            if byte == b'\\' {
                let text = owned.get_or_insert_with(String::new);
                text.push_str(&self.text[copied..self.at]);
                self.at += 1;
                let c = self.text[self.at..].chars().next()?;
                self.at += c.len_utf8();
                match c {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    'b' | 'f' => text.push(' '),
                    'u' => text.push(self.unicode()?),
                    other => text.push(other),
                }
                copied = self.at;
            } else {
                self.at += 1;
            }
        }
    }

    /// The character of `\uXXXX`, the second half of a surrogate pair included.
    fn unicode(&mut self) -> Option<char> {
        let unit = |parser: &mut Self| -> Option<u32> {
            let digits = parser.text.get(parser.at..parser.at + 4)?;
            parser.at += 4;
            u32::from_str_radix(digits, 16).ok()
        };
        let first = unit(self)?;
        if !(0xd800..0xdc00).contains(&first) {
            return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if !self.text[self.at..].starts_with("\\u") {
            return Some(char::REPLACEMENT_CHARACTER);
        }
        self.at += 2;
        let second = unit(self)?;
        let code = 0x10000 + ((first - 0xd800) << 10) + second.wrapping_sub(0xdc00);
        Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// A number or one of the words that stand for a value.
    fn word(&mut self) -> Option<Value<'a>> {
        let rest = &self.text[self.at..];
        let end =
            rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '+' | '-' | '.' | '_'))).unwrap_or(rest.len());
        let word = &rest[..end];
        let value = match word {
            "null" | "None" | "undefined" | "NaN" | "nan" | "nil" | "Infinity" | "-Infinity" => Value::Null,
            "true" | "True" => Value::Scalar(Cow::Borrowed("true")),
            "false" | "False" => Value::Scalar(Cow::Borrowed("false")),
            _ => {
                let digits = word.trim_start_matches(['-', '+', '.']);
                let number = digits.starts_with(|c: char| c.is_ascii_digit())
                    && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E' | '_'));
                if !number {
                    return None;
                }
                Value::Scalar(Cow::Borrowed(word))
            }
        };
        self.at += end;
        Some(value)
    }
}

/// Looks for a literal that begins on a line.
pub(crate) fn detect<'a>(scan: &Scan<'a>, at: usize) -> Looked<'a> {
    let line = scan.lines[at];
    let end = scan.lines.last().map_or(line.end(), super::message::Line::end);
    let mut from = 0;
    while let Some(open) = line.text.get(from..).and_then(|rest| rest.find(['[', '{'])).map(|found| from + found) {
        let mut parser = Parser { text: &scan.text[..end], at: line.start + open };
        let parsed = parser.value(0);
        let stopped = parser.at;
        let Some(value) = parsed else {
            // Whatever begins before the mistake runs into it as well.
            from = (stopped.saturating_sub(line.start)).max(open + 1);
            if from < line.text.len() {
                continue;
            }
            let next = scan.lines.partition_point(|line| line.end() < stopped);
            return Looked::NotBefore(next.max(at + 1));
        };
        let (value, stopped) = json_lines(scan, value, stopped, end);
        let next = scan.lines.partition_point(|line| line.end() < stopped).max(at);
        if let Some((mut grid, proof)) = table_of(value, 0) {
            grid.decimal = Some(Decimal::Dot);
            let mut span = line.start + open..stopped;
            // What only names the literal is not part of the request: `data = [...]`.
            let before = line.text[..open].trim_end();
            if let Some(name) = before.strip_suffix(['=', ':']).map(str::trim_end)
                && name.split_whitespace().count() <= 2
            {
                span.start = line.start;
            }
            let after = &scan.text[stopped..end];
            span.end += after.len() - after.trim_start_matches([';', ')', ',']).len();
            return Looked::Found(Box::new(Hit { grid, lines: at..next + 1, span, proof }));
        }
        if stopped >= line.end() {
            return Looked::NotBefore(next + 1);
        }
        from = stopped - line.start;
    }
    Looked::NotBefore(at + 1)
}

/// Goes on reading objects or arrays on the lines after the first: JSON lines.
fn json_lines<'a>(scan: &Scan<'a>, first: Value<'a>, stopped: usize, end: usize) -> (Value<'a>, usize) {
    let object = match &first {
        Value::Object(_) => true,
        Value::Array(items) if items.iter().all(|item| matches!(item, Value::Scalar(_) | Value::Null)) => false,
        _ => return (first, stopped),
    };
    let mut items = vec![first];
    let mut stopped = stopped;
    while items.len() <= scan.rows_max {
        let rest = &scan.text[stopped..end];
        let start = rest.trim_start_matches([' ', '\t', '\r', '\n', ',']);
        if !start.starts_with(if object { '{' } else { '[' }) {
            break;
        }
        let mut parser = Parser { text: &scan.text[..end], at: end - start.len() };
        match parser.value(0) {
            Some(value @ (Value::Object(_) | Value::Array(_))) => items.push(value),
            _ => break,
        }
        stopped = parser.at;
    }
    if items.len() > 1 {
        return (Value::Array(items), stopped);
    }
    (items.pop().unwrap_or(Value::Null), stopped)
}

fn scalar_text<'a>(value: &Value<'a>) -> Cow<'a, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::Scalar(text) => text.clone(),
        Value::Array(items) => Cow::Owned(items.iter().map(scalar_text).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => Cow::Owned(
            entries.iter().map(|(key, value)| format!("{key}: {}", scalar_text(value))).collect::<Vec<_>>().join(", "),
        ),
    }
}

fn is_scalar(value: &Value<'_>) -> bool {
    matches!(value, Value::Null | Value::Scalar(_))
}

fn is_number(value: &Value<'_>) -> bool {
    matches!(value, Value::Scalar(text) if text.parse::<f64>().is_ok())
}

/// Objects that only wrap the table are opened this many times.
const WRAPPERS_MAX: usize = 4;

/// The rows that a literal holds.
fn table_of(value: Value<'_>, wrappers: usize) -> Option<(Grid<'_>, Proof)> {
    match value {
        Value::Array(items) => table_of_array(items),
        Value::Object(entries) => table_of_object(entries, wrappers),
        _ => None,
    }
}

fn table_of_array(items: Vec<Value<'_>>) -> Option<(Grid<'_>, Proof)> {
    if items.is_empty() {
        return None;
    }
    if items.iter().all(|item| matches!(item, Value::Object(_))) {
        let records = items
            .into_iter()
            .map(|item| if let Value::Object(entries) = item { entries } else { Vec::new() })
            .collect();
        return Some((grid_of_records(records), Proof::Form));
    }
    if items.iter().all(|item| matches!(item, Value::Array(_))) {
        let rows: Vec<Row<'_>> = items
            .iter()
            .map(
                |item| {
                    if let Value::Array(cells) = item { cells.iter().map(scalar_text).collect() } else { Vec::new() }
                },
            )
            .collect();
        let usable = rows.iter().any(|row| row.len() > 1);
        return usable.then_some((Grid { rows, ..Grid::default() }, Proof::Typed));
    }
    /// A list of fewer numbers is no data.
    const NUMBERS_MIN: usize = 3;
    let numbers = items.len() >= NUMBERS_MIN && items.iter().all(|item| is_number(item) || *item == Value::Null);
    numbers.then(|| {
        let rows = items.iter().map(|item| vec![scalar_text(item)]).collect();
        (Grid { header: Header::None, rows, ..Grid::default() }, Proof::Numbers)
    })
}

fn table_of_object<'a>(mut entries: Vec<(Cow<'a, str>, Value<'a>)>, wrappers: usize) -> Option<(Grid<'a>, Proof)> {
    if entries.is_empty() {
        return None;
    }
    if let Some(grid) = split_form(&entries).or_else(|| chart_form(&entries)) {
        return Some((grid, Proof::Form));
    }
    let scalar_array =
        |value: &Value<'_>| matches!(value, Value::Array(items) if !items.is_empty() && items.iter().all(is_scalar));
    let length = |value: &Value<'_>| if let Value::Array(items) = value { items.len() } else { 0 };
    // An object of columns.
    if entries.iter().all(|(_, value)| scalar_array(value))
        && entries.iter().all(|(_, value)| length(value) == length(&entries[0].1))
    {
        let height = length(&entries[0].1);
        if height < 2 && entries.len() < 2 {
            return None;
        }
        let mut rows: Vec<Row<'_>> = vec![entries.iter().map(|(key, _)| key.clone()).collect()];
        for index in 0..height {
            rows.push(
                entries
                    .iter()
                    .map(
                        |(_, value)| {
                            if let Value::Array(items) = value { scalar_text(&items[index]) } else { Cow::Borrowed("") }
                        },
                    )
                    .collect(),
            );
        }
        return Some((Grid { header: Header::First, rows, ..Grid::default() }, Proof::Form));
    }
    // An object of objects: rows with a name each, or columns numbered by row as pandas writes them.
    if entries.len() > 1 && entries.iter().all(|(_, value)| matches!(value, Value::Object(inner) if !inner.is_empty()))
    {
        let numbered = entries.iter().all(|(_, value)| {
            matches!(value, Value::Object(inner) if inner.iter().enumerate().all(|(index, (key, _))| key.parse() == Ok(index)))
        });
        let inner_of = |value: Value<'_>| {
            if let Value::Object(inner) = value {
                inner.into_iter().map(|(key, value)| (Cow::Owned(key.into_owned()), into_owned(value))).collect()
            } else {
                Vec::new()
            }
        };
        if numbered {
            let columns: Vec<(Cow<'static, str>, Entries<'static>)> =
                entries.into_iter().map(|(key, value)| (Cow::Owned(key.into_owned()), inner_of(value))).collect();
            let height = columns.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
            let mut rows: Vec<Row<'static>> = vec![columns.iter().map(|(key, _)| key.clone()).collect()];
            for index in 0..height {
                rows.push(
                    columns
                        .iter()
                        .map(|(_, cells)| cells.get(index).map_or(Cow::Borrowed(""), |(_, value)| scalar_text(value)))
                        .collect(),
                );
            }
            return Some((Grid { header: Header::First, rows, ..Grid::default() }, Proof::Form));
        }
        let records = entries
            .into_iter()
            .map(|(key, value)| {
                let mut record: Vec<(Cow<'static, str>, Value<'static>)> =
                    vec![(Cow::Borrowed(""), Value::Scalar(Cow::Owned(key.into_owned())))];
                record.extend(inner_of(value));
                record
            })
            .collect();
        return Some((grid_of_records(records), Proof::Form));
    }
    if entries.iter().all(|(_, value)| is_scalar(value)) {
        let numbers = entries.iter().filter(|(_, value)| is_number(value)).count();
        if entries.len() < 2 || numbers * 2 < entries.len() {
            return None;
        }
        let rows = entries.into_iter().map(|(key, value)| vec![key, scalar_text(&value)]).collect();
        return Some((Grid { header: Header::None, rows, ..Grid::default() }, Proof::Numbers));
    }
    // A wrapper: the longest list within is the table.
    if wrappers == WRAPPERS_MAX {
        return None;
    }
    let inner = |value: &Value<'_>| match value {
        Value::Array(items) if !items.is_empty() && !items.iter().all(is_scalar) => items.len() + 1,
        Value::Object(inner) if !inner.is_empty() => 1,
        _ => 0,
    };
    let (index, _) = entries
        .iter()
        .enumerate()
        .map(|(index, (_, value))| (index, inner(value)))
        .filter(|(_, size)| *size > 0)
        .max_by_key(|(index, size)| (*size, usize::MAX - index))?;
    let (key, value) = entries.swap_remove(index);
    let (mut grid, proof) = table_of(value, wrappers + 1)?;
    let generic = matches!(
        key.as_ref(),
        "data" | "rows" | "items" | "results" | "result" | "values" | "records" | "table" | "series"
    );
    if grid.title.is_none() && !generic {
        grid.title = Some(key.into_owned());
    }
    Some((grid, proof))
}

fn into_owned(value: Value<'_>) -> Value<'static> {
    match value {
        Value::Null => Value::Null,
        Value::Scalar(text) => Value::Scalar(Cow::Owned(text.into_owned())),
        Value::Array(items) => Value::Array(items.into_iter().map(into_owned).collect()),
        Value::Object(entries) => Value::Object(
            entries.into_iter().map(|(key, value)| (Cow::Owned(key.into_owned()), into_owned(value))).collect(),
        ),
    }
}

/// `{"columns": [...], "data": [[...]]}`, as pandas writes it; columns may be objects with a name.
fn split_form<'a>(entries: &[(Cow<'a, str>, Value<'a>)]) -> Option<Grid<'a>> {
    let get = |names: &[&str]| {
        entries
            .iter()
            .find(|(key, _)| names.contains(&key.as_ref()))
            .and_then(|(_, value)| if let Value::Array(items) = value { Some(items) } else { None })
    };
    let columns = get(&["columns", "headers", "header", "fields"])?;
    let data = get(&["data", "rows", "values"])?;
    let mut rows: Vec<Row<'a>> = vec![
        columns
            .iter()
            .map(|column| match column {
                Value::Object(inner) => inner
                    .iter()
                    .find(|(key, _)| key == "name" || key == "label")
                    .map_or(Cow::Borrowed(""), |(_, name)| scalar_text(name)),
                other => scalar_text(other),
            })
            .collect(),
    ];
    for row in data {
        match row {
            Value::Array(cells) => rows.push(cells.iter().map(scalar_text).collect()),
            _ => return None,
        }
    }
    (rows.len() > 1).then_some(Grid { header: Header::First, rows, ..Grid::default() })
}

/// `{"labels": [...], "datasets": [{"label": …, "data": […]}]}`, as Chart.js takes it.
fn chart_form<'a>(entries: &[(Cow<'a, str>, Value<'a>)]) -> Option<Grid<'a>> {
    let get = |entries: &[(Cow<'a, str>, Value<'a>)], name: &str| -> Option<Value<'a>> {
        entries.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    };
    let Some(Value::Array(labels)) = get(entries, "labels") else {
        return None;
    };
    let Some(Value::Array(datasets)) = get(entries, "datasets") else {
        return None;
    };
    let mut header: Row<'a> = vec![Cow::Borrowed("Label")];
    let mut columns = Vec::new();
    for dataset in datasets {
        let Value::Object(dataset) = dataset else {
            return None;
        };
        header.push(get(&dataset, "label").map_or(Cow::Borrowed(""), |label| scalar_text(&label)));
        let Some(Value::Array(values)) = get(&dataset, "data") else {
            return None;
        };
        columns.push(values);
    }
    let mut rows = vec![header];
    for (index, label) in labels.iter().enumerate() {
        let mut row = vec![scalar_text(label)];
        row.extend(columns.iter().map(|values| values.get(index).map_or(Cow::Borrowed(""), scalar_text)));
        rows.push(row);
    }
    (rows.len() > 1 && rows[0].len() > 1).then_some(Grid { header: Header::First, rows, ..Grid::default() })
}

/// Rows of records: the columns are the keys in the order in which they first appear. Nested records give columns of
/// their own, named with a dot.
fn grid_of_records<'a>(records: Vec<Vec<(Cow<'a, str>, Value<'a>)>>) -> Grid<'a> {
    /// Different keys kept; the limit on columns is checked later.
    const KEYS_MAX: usize = 2000;
    let mut keys: Vec<Cow<'a, str>> = Vec::new();
    let mut places: std::collections::HashMap<Cow<'a, str>, usize> = std::collections::HashMap::new();
    let mut rows: Vec<Row<'a>> = Vec::with_capacity(records.len() + 1);
    for record in records {
        let mut row: Row<'a> = vec![Cow::Borrowed(""); keys.len()];
        let mut put = |key: Cow<'a, str>, value: Cow<'a, str>, row: &mut Row<'a>| {
            let place = match places.get(&key) {
                Some(place) => *place,
                None if keys.len() == KEYS_MAX => return,
                None => {
                    keys.push(key.clone());
                    places.insert(key, keys.len() - 1);
                    keys.len() - 1
                }
            };
            if row.len() <= place {
                row.resize(place + 1, Cow::Borrowed(""));
            }
            row[place] = value;
        };
        for (key, value) in record {
            match value {
                Value::Object(inner) => {
                    for (inner_key, inner_value) in inner {
                        put(Cow::Owned(format!("{key}.{inner_key}")), scalar_text(&inner_value), &mut row);
                    }
                }
                value => put(key, scalar_text(&value), &mut row),
            }
        }
        rows.push(row);
    }
    let width = keys.len();
    for row in &mut rows {
        row.resize(width, Cow::Borrowed(""));
    }
    rows.insert(0, keys);
    Grid { header: Header::First, rows, ..Grid::default() }
}
