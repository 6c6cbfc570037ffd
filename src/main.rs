//! The `plotline` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    plotline::cli::main()
}
