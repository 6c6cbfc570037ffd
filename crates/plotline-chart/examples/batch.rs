//! Answers requests in JSON lines, as `plotline chart --batch` does.

use std::io;

fn main() -> io::Result<()> {
    plotline_chart::batch(io::stdin().lock(), io::BufWriter::new(io::stdout().lock()))
}
