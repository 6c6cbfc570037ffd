//! Rules about the source itself: who may know whom, and what has to be written down.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every Rust file below a folder of the repository.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    found.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

fn manifest(of: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("crates").join(of).join("Cargo.toml")).unwrap()
}

#[test]
fn only_the_discord_module_knows_serenity() {
    let others: Vec<_> = sources("src")
        .into_iter()
        .filter(|(path, text)| {
            !path.components().any(|part| part.as_os_str() == "discord") && text.contains("serenity::")
        })
        .map(|(path, _)| path)
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn only_the_store_knows_sqlx_and_only_the_model_client_knows_its_protocols() {
    let others: Vec<_> = sources("src")
        .into_iter()
        .filter(|(_, text)| text.contains("sqlx") || text.contains("chat/completions"))
        .map(|(path, _)| path)
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn tables_charts_and_texts_are_pure() {
    for of in ["plotline-table", "plotline-chart", "plotline-draw", "plotline-text"] {
        let dependencies = manifest(of);
        let dependencies = dependencies.split("[dev-dependencies]").next().unwrap();
        for impure in ["tokio", "serenity", "sqlx", "reqwest", "plotline-store", "plotline-model", "discord-sim"] {
            assert!(!dependencies.contains(impure), "{of} depends on {impure}");
        }
    }
}

#[test]
fn the_answer_knows_neither_discord_nor_the_database() {
    for (path, text) in sources("src/answer") {
        for foreign in ["crate::discord", "crate::pipeline", "crate::event", "plotline_store"] {
            assert!(!text.contains(foreign), "{} uses {foreign}", path.display());
        }
    }
}

#[test]
fn the_simulators_know_nothing_of_the_bot() {
    for of in ["discord-sim", "model-sim"] {
        assert!(!manifest(of).contains("plotline-"), "{of} depends on a crate of the bot");
    }
}

/// Both ways: what is read is explained, and what is explained is read.
#[test]
fn every_variable_is_in_the_example_and_every_example_is_a_variable() {
    let mut read = BTreeSet::new();
    for (_, text) in sources("src") {
        let shipped = text.split("#[cfg(test)]").next().unwrap();
        for (at, _) in shipped.match_indices('"') {
            let name: String = shipped[at + 1..]
                .chars()
                .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_')
                .collect();
            let quoted = shipped[at + 1 + name.len()..].starts_with('"');
            let looked_up = ["text(", "secret(", "number(", "parsed(", "seconds("]
                .iter()
                .any(|call| shipped[..at].trim_end().ends_with(call));
            if quoted && looked_up && name.len() > 2 {
                read.insert(name);
            }
        }
    }
    let example = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".env.example")).unwrap();
    let explained: BTreeSet<String> = example
        .lines()
        .filter_map(|line| line.trim_start_matches('#').split_once('='))
        .map(|(name, _)| name.to_owned())
        .filter(|name| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
        .collect();
    assert!(read.len() > 20, "the variables were not found: {read:?}");
    assert_eq!(read, explained);
}

/// `UPDATE_DOCS=1 cargo test --test it architecture` writes it anew.
#[test]
fn the_reference_of_commands_is_current() {
    is_current("docs/COMMANDS.md", |_| plotline::commands::reference(plotline::commands::table()));
}

/// The tables of settings stand between two marks in the admins' page.
#[test]
fn the_tables_of_settings_are_current() {
    const MARKS: [&str; 2] = ["<!-- settings: made from the definitions -->\n", "<!-- end of the settings -->"];
    is_current("docs/ADMIN.md", |page| {
        let (before, rest) = page.split_once(MARKS[0]).expect("the mark of the beginning");
        let (_, after) = rest.split_once(MARKS[1]).expect("the mark of the end");
        format!("{before}{}{}\n{}{after}", MARKS[0], plotline::settings::reference(), MARKS[1])
    });
}

/// Compares a page with what it should be, made from what it is; or writes it.
fn is_current(page: &str, wanted: impl FnOnce(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let wanted = wanted(&written);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, wanted).unwrap();
        return;
    }
    assert_eq!(written, wanted, "{page} is not what the definitions say");
}
