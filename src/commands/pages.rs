//! Lists that are longer than a message.

/// What of a message's 2000 characters lines may take; the rest is for headings.
const LINES_CHARS_MAX: usize = 1_800;

/// Puts lines onto pages that fit a message. A line that is longer than a page is cut.
pub(super) fn pages(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut pages: Vec<String> = Vec::new();
    let mut used = 0;
    for mut line in lines {
        if line.chars().count() > LINES_CHARS_MAX {
            line = line.chars().take(LINES_CHARS_MAX - 1).chain(['…']).collect();
        }
        let length = line.chars().count() + 1;
        match pages.last_mut() {
            Some(page) if used + length <= LINES_CHARS_MAX => {
                page.push('\n');
                page.push_str(&line);
                used += length;
            }
            _ => {
                pages.push(line);
                used = length;
            }
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_on_one_page_and_every_page_fits() {
        let lines: Vec<String> = (0..200).map(|number| format!("line {number} {}", "ü".repeat(number % 90))).collect();
        let pages = pages(lines.clone());
        assert!(pages.len() > 3 && pages.iter().all(|page| page.chars().count() <= LINES_CHARS_MAX));
        assert_eq!(pages.join("\n"), lines.join("\n"));
        assert_eq!(super::pages(["x".repeat(5_000)])[0].chars().count(), LINES_CHARS_MAX);
        assert!(super::pages([]).is_empty());
    }
}
