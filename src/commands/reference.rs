//! The reference of all commands, as Markdown: `docs/COMMANDS.md` is this text.

use std::fmt::Write as _;

use super::definition::{Audience, Body, Command, CommandKind, Leaf};

/// The reference of these commands.
pub fn reference(commands: &[Command]) -> String {
    let mut text = String::from(
        "# Commands\n\nMade from the definitions in `src/commands`; do not edit it by hand. Options in *italics* may be left out.\n",
    );
    for command in commands {
        let title = match command.kind {
            CommandKind::Slash => format!("/{}", command.name),
            CommandKind::Message => format!("{} (in the Apps menu of a message)", command.name),
        };
        // Writing to a String does not fail.
        let _ = write!(text, "\n## {title}\n\n{}\n\n{} {}\n", command.description, audience(command), places(command));
        match &command.body {
            Body::Leaf(leaf) => options(&mut text, leaf),
            Body::Subs(subs) => {
                for sub in subs {
                    let path = sub.path().collect::<Vec<_>>().join(" ");
                    let _ = write!(text, "\n### /{} {path}\n\n{}\n", command.name, sub.description);
                    options(&mut text, &sub.leaf);
                }
            }
        }
    }
    text
}

fn audience(command: &Command) -> &'static str {
    match command.audience {
        Audience::Everyone => "For everyone.",
        Audience::Managers => "For members with Manage Server.",
        Audience::Operator => "For the operator, in the operator's server.",
    }
}

fn places(command: &Command) -> &'static str {
    if command.anywhere {
        "In servers, in direct messages, and as an app that you installed for yourself."
    } else {
        "In servers."
    }
}

fn options(text: &mut String, leaf: &Leaf) {
    if leaf.options.is_empty() {
        return;
    }
    text.push_str("\n| option | takes | |\n| --- | --- | --- |\n");
    for option in &leaf.options {
        let name = if option.required { format!("`{}`", option.name) } else { format!("*{}*", option.name) };
        let _ = writeln!(text, "| {name} | {} | {} |", option.takes(), option.description);
    }
}
