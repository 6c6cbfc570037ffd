//! Printing for people and for programs that read along.
//!
//! Whoever closed the pipe (`plotline table big.csv | head`) does not want to read the rest, so that is no error. A disk that is
//! full is: what was printed is not there.

use std::fmt::{Arguments, Display};
use std::io::{ErrorKind, Write as _};
use std::sync::OnceLock;

/// What first kept standard output from taking what was printed, besides a reader who left.
static UNWRITTEN: OnceLock<String> = OnceLock::new();

/// Prints a line on standard output.
pub(super) fn line(text: impl Display) {
    out(format_args!("{text}\n"));
}

/// Prints on standard output as it stands.
pub(super) fn out(text: Arguments<'_>) {
    bytes(text.to_string().as_bytes());
}

/// Writes bytes to standard output at once.
pub(super) fn bytes(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    if let Err(error) = stdout.write_all(bytes).and_then(|()| stdout.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        // The first reason is the one to tell.
        let _ = UNWRITTEN.set(error.to_string());
    }
}

/// Prints a line on standard error. Where that is closed there is nobody to tell.
pub(super) fn complain(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Why some of what was printed did not arrive.
pub(super) fn unwritten() -> Option<&'static str> {
    UNWRITTEN.get().map(String::as_str)
}
