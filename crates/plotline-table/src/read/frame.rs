//! What surrounds tables in files: titles above, remarks below, empty rows between several of them.

use crate::grid::Row;
use crate::header_row::first_row_is_header;
use crate::typing::text::trim;

/// One table's rows, with what stood above it.
#[derive(Debug, Default)]
pub(crate) struct Framed<'a> {
    /// A single cell above the table.
    pub(crate) title: Option<String>,
    /// The rows.
    pub(crate) rows: Vec<Row<'a>>,
    /// What was left out.
    pub(crate) notes: Vec<String>,
}

fn filled(row: &Row<'_>) -> usize {
    row.iter().filter(|cell| !trim(cell).is_empty()).count()
}

/// Splits the rows of a file or a sheet into tables.
pub(crate) fn tables(rows: Vec<Row<'_>>) -> Vec<Framed<'_>> {
    let wide = rows.iter().any(|row| filled(row) > 1);
    let mut blocks: Vec<Vec<Row<'_>>> = vec![Vec::new()];
    for row in rows {
        if filled(&row) == 0 {
            if blocks.last().is_some_and(|block| !block.is_empty()) {
                blocks.push(Vec::new());
            }
        } else if let Some(block) = blocks.last_mut() {
            block.push(row);
        }
    }
    blocks.retain(|block| !block.is_empty());
    let mut found: Vec<Framed<'_>> = Vec::new();
    let mut heading: Option<String> = None;
    for mut block in blocks {
        // Rows of one cell above a wider table are its title.
        let lead = if wide { block.iter().take_while(|row| filled(row) == 1).count() } else { 0 };
        if lead > 0 && (lead < block.len() || found.is_empty() || block.len() < 3) {
            let mut above = block.drain(..lead);
            let first = above.next().and_then(|row| row.into_iter().find(|cell| !trim(cell).is_empty()));
            drop(above);
            heading = heading.or(first.map(|cell| trim(&cell).to_owned()));
            if block.is_empty() {
                continue;
            }
        }
        let starts_anew = block.len() > 1 && first_row_is_header(&block) || heading.is_some();
        match found.last_mut() {
            Some(last) if !starts_anew => last.rows.append(&mut block),
            _ => found.push(Framed { title: heading.take(), rows: block, notes: Vec::new() }),
        }
    }
    if let (Some(remark), Some(last)) = (heading, found.last_mut()) {
        last.notes.push(format!("A remark below the table was left out: {}.", crate::typing::column::quoted(&remark)));
    }
    for framed in &mut found {
        drop_remarks(framed);
    }
    found
}

/// Drops remarks at the end: rows of one cell below a table of several columns.
fn drop_remarks(framed: &mut Framed<'_>) {
    let width = framed.rows.first().map_or(0, filled);
    /// In a narrow table one cell may be a row with gaps.
    const WIDTH_MIN: usize = 3;
    while width >= WIDTH_MIN && framed.rows.len() > 2 {
        let remark = framed
            .rows
            .last()
            .filter(|row| filled(row) == 1)
            .and_then(|row| row.first())
            .map(|cell| trim(cell).to_owned());
        let Some(remark) = remark.filter(|text| text.contains(' ') && text.contains(char::is_alphabetic)) else {
            return;
        };
        framed
            .notes
            .push(format!("A remark below the table was left out: {}.", crate::typing::column::quoted(&remark)));
        framed.rows.pop();
    }
}
