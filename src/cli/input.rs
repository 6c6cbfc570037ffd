//! Reading a table from a file or from standard input.

use std::io::Read as _;
use std::path::Path;

use plotline_table::{Limits, Reading, read_file};

/// What standard input is called in a sentence. Without an ending it is read as a message, unless it is a spreadsheet.
const STDIN_NAME: &str = "it";

/// What was given to read, not yet read as tables.
pub(super) struct Input {
    /// How a sentence begins that is about it.
    shown: String,
    name: String,
    bytes: Vec<u8>,
}

impl Input {
    /// Takes a file, or standard input for `-`.
    ///
    /// # Errors
    /// One sentence.
    pub(super) fn take(path: &Path, limits: &Limits) -> Result<Self, String> {
        // One byte more than is allowed tells a file that is too large from one that just fits.
        let most = limits.bytes as u64 + 1;
        let mut bytes = Vec::new();
        if path.as_os_str() == "-" {
            std::io::stdin()
                .lock()
                .take(most)
                .read_to_end(&mut bytes)
                .map_err(|error| format!("Standard input cannot be read: {error}."))?;
            return Ok(Self { shown: "Standard input".to_owned(), name: STDIN_NAME.to_owned(), bytes });
        }
        let shown = path.display().to_string();
        let file = std::fs::File::open(path).map_err(|error| format!("{shown} cannot be opened: {error}."))?;
        file.take(most).read_to_end(&mut bytes).map_err(|error| format!("{shown} cannot be read: {error}."))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { shown, name, bytes })
    }

    /// Its tables; standard input is read as a message. Both are decoded alike.
    ///
    /// # Errors
    /// One sentence.
    pub(super) fn read(&self, limits: &Limits, sheet: Option<&str>) -> Result<Reading, String> {
        read_file(&self.name, &self.bytes, limits, sheet).map_err(|error| format!("{}: {error}.", self.shown))
    }
}
