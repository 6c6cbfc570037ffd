//! Columns aligned with spaces: printed tables, pandas and R output, rulers of dashes, rst simple tables.

use std::borrow::Cow;

use super::message::{Hit, Line, Looked, Place, Proof, Scan};
use super::prose;
use crate::grid::{Grid, Header, Row};
use crate::typing::column::{Class, class_of};
use crate::typing::text::trim;

/// A piece of a line and the character columns that it covers.
#[derive(Clone, Copy, Debug)]
struct Field<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

/// Looks for aligned columns that begin at a line.
pub(crate) fn detect<'a>(scan: &Scan<'a>, at: usize) -> Looked<'a> {
    // Most lines are prose; only where the first ones could begin a table is the whole paragraph looked at.
    let head = &scan.lines[at..scan.lines.len().min(at + HEAD_LINES)];
    let head = &head[..head.iter().position(Line::is_blank).unwrap_or(head.len())];
    if !head.iter().any(|line| fields(line.text).len() > 1 || is_drawn(line.text)) {
        return Looked::NotBefore(at + 1);
    }
    let end = paragraph_end(scan, at);
    let block = &scan.lines[at..end];
    if let Some((rows, header, lines)) = by_ruler(block) {
        return hit(scan, at, rows, header, lines, Proof::Form);
    }
    if let Some((rows, header, lines)) = by_index_name(block) {
        return hit(scan, at, rows, header, lines, Proof::Typed);
    }
    if let Some((rows, header, lines)) = by_gutters(scan, block) {
        return hit(scan, at, rows, header, lines, if scan.place == Place::Prose { Proof::Typed } else { Proof::Form });
    }
    Looked::NotBefore(at + retry_after(block.len()))
}

/// Lines that show whether a table begins here: a title or a header, a rule, a row.
const HEAD_LINES: usize = 3;

/// Where the lines without an empty one between them end.
fn paragraph_end(scan: &Scan<'_>, at: usize) -> usize {
    let mut end = at;
    while end < scan.lines.len() && end - at <= scan.rows_max && !scan.lines[end].is_blank() {
        end += 1;
    }
    end
}

/// How many lines further on a table is looked for again after a paragraph was none from here. Trying a long one from
/// each of its lines would cost the square of its length.
fn retry_after(lines: usize) -> usize {
    /// Paragraphs up to this long are tried from every line.
    const SHORT_LINES: usize = 200;
    if lines > SHORT_LINES { lines / 2 } else { 1 }
}

/// Looks for lines of the same number of words that begin at a line.
pub(crate) fn detect_words<'a>(scan: &Scan<'a>, at: usize) -> Looked<'a> {
    match by_words(scan, at) {
        Some((rows, header, lines)) => hit(scan, at, rows, header, lines, Proof::Numbers),
        None => Looked::NotBefore(at + 1),
    }
}

type Rows<'a> = (Vec<Row<'a>>, Header, usize);

fn hit<'a>(scan: &Scan<'a>, at: usize, rows: Vec<Row<'a>>, header: Header, lines: usize, proof: Proof) -> Looked<'a> {
    let lines = at..at + lines;
    let grid = Grid { header, rows, ..Grid::default() };
    Looked::Found(Box::new(Hit { grid, span: scan.span(lines.clone()), lines, proof }))
}

/// Splits a line at tabs and at runs of two spaces or more.
fn fields(line: &str) -> Vec<Field<'_>> {
    pieces(line, 2)
}

/// Splits a line at runs of at least so many blanks.
fn pieces(line: &str, blanks_min: usize) -> Vec<Field<'_>> {
    let mut found: Vec<Field<'_>> = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let mut last_end = (0, 0);
    let mut blanks = 0;
    for (column, (byte, c)) in line.char_indices().enumerate() {
        if c == '\t' {
            blanks = blanks_min;
        } else if c == ' ' || c == '\u{a0}' {
            blanks += 1;
        } else {
            if blanks >= blanks_min
                && let Some((start_column, start_byte)) = open.take()
            {
                found.push(Field { text: &line[start_byte..last_end.1], start: start_column, end: last_end.0 });
            }
            open.get_or_insert((column, byte));
            blanks = 0;
            last_end = (column + 1, byte + c.len_utf8());
        }
    }
    if let Some((start_column, start_byte)) = open {
        found.push(Field { text: &line[start_byte..last_end.1], start: start_column, end: last_end.0 });
    }
    found
}

/// Whether a line only draws: dashes or equals signs, in one run or in several.
fn is_drawn(line: &str) -> bool {
    let text = trim(line);
    text.len() > 1
        && text.chars().all(|c| matches!(c, '-' | '=' | ' ' | '─' | '━' | '═' | '—' | '\t'))
        && text.contains(|c| c != ' ')
}

/// A table with a ruler of several runs of dashes: they say exactly where the columns are.
fn by_ruler<'a>(block: &[Line<'a>]) -> Option<Rows<'a>> {
    /// Lines above the ruler: rst draws one above the header too, and a title may stand over all.
    const RULER_LINE_MAX: usize = 2;
    let is_ruler = |line: &Line<'_>| is_drawn(line.text) && pieces(line.text, 1).len() > 1;
    let ruler = block.iter().take(RULER_LINE_MAX + 1).position(is_ruler)?;
    let columns: Vec<(usize, usize)> =
        pieces(block[ruler].text, 1).iter().map(|field| (field.start, field.end)).collect();
    let mut rows: Vec<Row<'a>> = Vec::new();
    let mut taken = ruler + 1;
    if ruler > 0 {
        rows.push(cut(block[ruler - 1].text, &columns));
    }
    let header_first = ruler > 0 || block.get(2).is_some_and(is_ruler);
    for line in &block[ruler + 1..] {
        taken += 1;
        if !is_drawn(line.text) {
            if pieces(line.text, 1).len() > 1 && prose::sentence_score(line.text) > 1 {
                taken -= 1;
                break;
            }
            rows.push(cut(line.text, &columns));
        }
    }
    let skip = ruler.saturating_sub(1);
    // A title above the header is not part of the table, yet it is on the lines that the table takes.
    (skip == 0 && rows.len() > 1).then_some((rows, if header_first { Header::First } else { Header::Unknown }, taken))
}

/// Cuts a line in the middle between columns; a word is never cut.
fn cut<'a>(line: &'a str, columns: &[(usize, usize)]) -> Row<'a> {
    let mut cells: Vec<Option<(usize, usize)>> = vec![None; columns.len()];
    let base = line.as_ptr() as usize;
    for word in pieces(line, 1) {
        let column = column_of(&word, columns);
        let start = word.text.as_ptr() as usize - base;
        let end = start + word.text.len();
        cells[column] = Some(cells[column].map_or((start, end), |(first, _)| (first, end)));
    }
    cells.into_iter().map(|cell| Cow::Borrowed(cell.map_or("", |(start, end)| &line[start..end]))).collect()
}

/// The column that a word overlaps most, or else the nearest.
fn column_of(word: &Field<'_>, columns: &[(usize, usize)]) -> usize {
    let overlap = |(start, end): (usize, usize)| word.end.min(end).saturating_sub(word.start.max(start));
    let distance = |(start, end): (usize, usize)| start.saturating_sub(word.end).max(word.start.saturating_sub(end));
    (0..columns.len())
        .max_by(|a, b| {
            let (left, right) = (columns[*a], columns[*b]);
            overlap(left).cmp(&overlap(right)).then(distance(right).cmp(&distance(left))).then(b.cmp(a))
        })
        .unwrap_or(0)
}

/// A printed frame whose index has a name: pandas writes it on a line of its own below the other headers.
fn by_index_name<'a>(block: &[Line<'a>]) -> Option<Rows<'a>> {
    let [header, index, first, ..] = block else {
        return None;
    };
    let names = pieces(header.text, 1);
    let index = pieces(index.text, 1);
    let width = fields(first.text).len();
    let named = header.text.starts_with(' ') && index.len() == 1 && index[0].start == 0 && names.len() + 1 == width;
    if !named || width < 2 {
        return None;
    }
    let mut rows: Vec<Row<'a>> = vec![index.iter().chain(&names).map(|name| Cow::Borrowed(name.text)).collect()];
    rows.extend(
        block[2..]
            .iter()
            .map(|line| fields(line.text))
            .take_while(|fields| fields.len() == width)
            .map(|fields| fields.iter().map(|field| Cow::Borrowed(field.text)).collect::<Row<'a>>()),
    );
    let lines = rows.len() + 1;
    (rows.len() > 1).then_some((rows, Header::First, lines))
}

/// Strips row numbers that stand one space before the first column, as pandas prints them beside a wide column.
fn strip_row_numbers(rows: &mut [Row<'_>]) {
    let Some((_, data)) = rows.split_first_mut() else {
        return;
    };
    let numbered = data.iter().enumerate().all(|(index, row)| {
        row[0].split_once(' ').is_some_and(|(number, rest)| number.parse() == Ok(index) && !rest.trim().is_empty())
    });
    /// One number is no numbering.
    const ROWS_MIN: usize = 2;
    if numbered && data.len() >= ROWS_MIN {
        for row in data {
            if let Cow::Borrowed(text) = row[0]
                && let Some((_, rest)) = text.split_once(' ')
            {
                row[0] = Cow::Borrowed(trim(rest));
            }
        }
    }
}

/// A table whose columns are at least two spaces apart in most lines.
fn by_gutters<'a>(scan: &Scan<'a>, block: &[Line<'a>]) -> Option<Rows<'a>> {
    let split: Vec<Vec<Field<'a>>> = block.iter().map(|line| fields(line.text)).collect();
    // The first line may be a header whose columns are only one space apart.
    let first_wide = split.iter().take(2).position(|fields| fields.len() > 1)?;
    let run = split[first_wide..]
        .iter()
        .zip(&block[first_wide..])
        .take_while(|(fields, line)| fields.len() > 1 || is_drawn(line.text) || pieces(line.text, 1).len() > 1)
        .count();
    let split = &split[first_wide..first_wide + run];
    let counts: Vec<usize> = split.iter().map(Vec::len).filter(|count| *count > 1).collect();
    let (width, agreeing) = super::delimited::modal(&counts)?;
    // One line that happens to have two spaces is no table.
    if counts.len() < 2 && !(first_wide == 1 && scan.place != Place::Prose) || agreeing * 2 < counts.len() {
        return None;
    }
    let mut extents = vec![(usize::MAX, 0_usize); width];
    for fields in split.iter().filter(|fields| fields.len() == width) {
        for (extent, field) in extents.iter_mut().zip(fields) {
            *extent = (extent.0.min(field.start), extent.1.max(field.end));
        }
    }
    let apart = extents.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    let mut rows: Vec<Row<'a>> = Vec::new();
    let mut lines = first_wide;
    if first_wide == 1 {
        match header_words(block[0].text, width, &extents, apart) {
            Some(row) => rows.push(row),
            // The scan comes back to the next line by itself.
            None => return None,
        }
    }
    for (index, fields) in split.iter().enumerate() {
        let line = &block[first_wide + index];
        if is_drawn(line.text) {
            lines += 1;
            continue;
        }
        let row = if fields.len() == width {
            fields.iter().map(|field| Cow::Borrowed(field.text)).collect()
        } else if apart && let Some(row) = place_words(line.text, &extents) {
            row
        } else {
            break;
        };
        let sentence = prose::sentence_score(line.text) > 1;
        if sentence && fields.len() != width {
            break;
        }
        rows.push(row);
        lines += 1;
    }
    while rows.len() > 2
        && prose::sentence_score(block[lines - 1].text) > 1
        && split[lines - 1 - first_wide].len() < width
    {
        rows.pop();
        lines -= 1;
    }
    strip_row_numbers(&mut rows);
    // `Jan:   100` is a name and a value.
    let named = rows.iter().all(|row| row[0].ends_with([':', '=']));
    (rows.len() > 1 && !named).then_some((rows, Header::Unknown, lines))
}

/// A header whose words stand one space apart, above columns that are known.
fn header_words<'a>(line: &'a str, width: usize, extents: &[(usize, usize)], apart: bool) -> Option<Row<'a>> {
    if prose::sentence_score(line) > 0 {
        return None;
    }
    let words = pieces(line, 1);
    if words.len() == width {
        return Some(words.iter().map(|word| Cow::Borrowed(word.text)).collect());
    }
    // Row names have no header of their own.
    if words.len() + 1 == width && line.starts_with(' ') {
        return Some(
            std::iter::once(Cow::Borrowed("")).chain(words.iter().map(|word| Cow::Borrowed(word.text))).collect(),
        );
    }
    let row = apart.then(|| place_words(line, extents)).flatten()?;
    (row.iter().filter(|cell| !cell.is_empty()).count() + 1 >= width && words.len() >= width).then_some(row)
}

/// Puts each word of a line into the column that it stands in. `None` where a word stands in two.
fn place_words<'a>(line: &'a str, extents: &[(usize, usize)]) -> Option<Row<'a>> {
    let straddles =
        |word: &Field<'_>| extents.iter().filter(|(start, end)| word.start < *end && *start < word.end).count() > 1;
    if pieces(line, 1).iter().any(straddles) {
        return None;
    }
    // Whole fields are placed first, so that the words of one cell stay together.
    let mut cells: Vec<Option<(usize, usize)>> = vec![None; extents.len()];
    let base = line.as_ptr() as usize;
    let mut filled = 0;
    for field in fields(line) {
        let covered = extents.iter().filter(|(start, end)| field.start < *end && *start < field.end).count();
        let parts = if covered > 1 {
            pieces(line, 1).into_iter().filter(|word| word.start >= field.start && word.end <= field.end).collect()
        } else {
            vec![field]
        };
        for part in parts {
            let column = column_of(&part, extents);
            let start = part.text.as_ptr() as usize - base;
            let end = start + part.text.len();
            filled += usize::from(cells[column].is_none());
            cells[column] = Some(cells[column].map_or((start, end), |(first, _)| (first, end)));
        }
    }
    (filled > 1 || extents.len() > 2 && filled > 0).then(|| {
        cells.into_iter().map(|cell| Cow::Borrowed(cell.map_or("", |(start, end)| &line[start..end]))).collect()
    })
}

/// A table whose lines all have the same number of words, or one more than the header, as R prints it.
fn by_words<'a>(scan: &Scan<'a>, at: usize) -> Option<Rows<'a>> {
    /// The longest line that is split into words, in bytes.
    const LINE_BYTES_MAX: usize = 2000;
    let block = &scan.lines[at..];
    if scan.place == Place::Code || block[0].text.len() > LINE_BYTES_MAX {
        return None;
    }
    let words = |line: &Line<'a>| -> Row<'a> { line.text.split_whitespace().map(Cow::Borrowed).collect() };
    let first = words(&block[0]);
    let second = words(block.get(1)?);
    let width = second.len();
    let indexed = first.len() + 1 == width && matches!(second[0].as_ref(), "0" | "1");
    if width < 2 || !(first.len() == width || indexed) {
        return None;
    }
    // Sentences of the same length are not a table.
    let sentence = |line: &Line<'_>| prose::sentence_score(line.text) > 0 || prose::has_function_word(line.text);
    let mut rows = vec![first];
    for line in &block[1..] {
        let row = words(line);
        // Rows that cannot be one are not collected, so that a long text is not read again from each of its lines.
        if scan.place == Place::Prose && rows.len() <= 2 && sentence(line) {
            return None;
        }
        if row.len() != width
            || rows.len() > scan.rows_max
            || !row.iter().any(|cell| matches!(class_of(cell), Class::Integer | Class::Number))
            || prose::sentence_score(line.text) > 1
        {
            break;
        }
        rows.push(row);
    }
    let lines = rows.len();
    if scan.place == Place::Prose && block[..lines].iter().any(sentence) {
        return None;
    }
    let numeric = |cell: &Cow<'_, str>| matches!(class_of(cell), Class::Integer | Class::Number);
    // `Jan 5, Feb 7,` is a list of pairs.
    if rows.iter().flatten().any(|cell| cell.ends_with([',', ';', ':'])) {
        return None;
    }
    let every_row = rows[1..].iter().all(|row| row.iter().any(numeric));
    // With two words each it is a list of names and values, which is read elsewhere with more care.
    if !every_row || width == 2 && !numeric(&rows[lines - 1][1]) {
        return None;
    }
    if indexed {
        rows[0].insert(0, Cow::Borrowed(""));
    }
    (lines > 1).then_some((rows, Header::Unknown, lines))
}
