//! Reading a table from a file or from standard input.

use std::io::Read as _;
use std::path::Path;

use plotline_table::{Limits, Reading, read_file, read_text};

/// The tables of a file, or of standard input for `-`, which is read as a message.
///
/// # Errors
/// One sentence.
pub(super) fn read(path: &Path, limits: &Limits, sheet: Option<&str>) -> Result<Reading, String> {
    // One byte more than is allowed tells a file that is too large from one that just fits.
    let most = limits.bytes as u64 + 1;
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(|error| format!("Standard input cannot be read: {error}."))?;
        let text = String::from_utf8_lossy(&bytes);
        return read_text(&text, limits).map_err(|error| format!("Standard input: {error}."));
    }
    let file = std::fs::File::open(path).map_err(|error| format!("{} cannot be opened: {error}.", path.display()))?;
    file.take(most).read_to_end(&mut bytes).map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    read_file(&name, &bytes, limits, sheet).map_err(|error| format!("{}: {error}.", path.display()))
}
