//! Opens the page in the visitor's browser. Whether that works is not important: the address is printed as well.

use std::process::Stdio;

use tokio::process::Command;

/// Opens an address with the system's opener.
pub(crate) fn open(url: &str) {
    let (opener, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let started = Command::new(opener)
        .args(arguments)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        // It is waited for, so that it leaves no zombie behind.
        Ok(mut child) => {
            tokio::spawn(async move { child.wait().await });
        }
        Err(error) => tracing::info!(%error, "the browser could not be opened; open the printed address yourself"),
    }
}
