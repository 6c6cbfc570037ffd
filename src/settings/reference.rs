//! The settings as tables in Markdown: `docs/ADMIN.md` has this text.

use std::fmt::Write as _;

use super::spec::{Group, Kind, SPECS, Spec};
use super::value::Number;

/// Every setting: what it does, what it takes, its default, and whether a channel can have its own.
pub fn reference() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "\n### {}\n\n| setting | what it does | takes | default | per channel |\n| --- | --- | --- | --- | --- |\n",
            group.title()
        );
        for spec in SPECS.iter().filter(|spec| spec.group == group) {
            let own = if spec.per_channel { "yes" } else { "" };
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} | {own} |",
                spec.name,
                spec.help,
                takes(spec),
                spec.default_label()
            );
        }
    }
    text
}

fn takes(spec: &Spec) -> String {
    match spec.kind {
        Kind::Choice(choices) => choices.iter().map(|choice| choice.label).collect::<Vec<_>>().join("; "),
        Kind::Integer { min, max, unit } => format!("{min} to {} {unit}", Number(max as f64)),
        Kind::Decimal { min, max } => format!("{min} to {max}"),
        Kind::Money { max } => format!("0 to {}", Number(max)),
        Kind::Channels => "channels".to_owned(),
        Kind::Roles => "roles".to_owned(),
        Kind::Channel => "a channel".to_owned(),
        Kind::RoleQuotas { max } => format!("for a role, 0 to {} questions", Number(max as f64)),
        Kind::Text { chars_max } => format!("a text of up to {} characters", Number(chars_max as f64)),
        Kind::Model => "one of the operator's models".to_owned(),
        Kind::Zone => "a time zone".to_owned(),
    }
}
