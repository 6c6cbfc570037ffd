//! Handing over a picture: as a file, and in the terminal where that can show it.

use std::io::IsTerminal as _;
use std::path::Path;

use super::{inline_image, print};

/// Writes the file, shows it where the terminal can, and prints where it is.
///
/// # Errors
/// A sentence, when the file cannot be written.
pub(super) fn put(file: &Path, bytes: &[u8]) -> Result<(), String> {
    write(file, bytes)?;
    let is_png = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    if is_png && std::io::stdout().is_terminal() {
        print::bytes(&inline_image::escape(bytes, |name| std::env::var(name).ok()));
    }
    print::line(file.display());
    Ok(())
}

/// Writes the file.
///
/// # Errors
/// A sentence, when it cannot be written.
pub(super) fn write(file: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(file, bytes).map_err(|error| format!("{} cannot be written: {error}.", file.display()))
}
