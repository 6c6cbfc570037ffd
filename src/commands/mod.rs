//! Slash commands, message commands, buttons, menus and forms.
//!
//! One table of definitions ([`table`]) says what there is; registration, dispatch and `docs/COMMANDS.md` come from it. A handler gets a
//! [`Context`] and gives a [`Reply`]; it never talks to Discord about the interaction itself, so that every interaction is acknowledged
//! in time and once, in one place (`dispatch`).
//!
//! Whatever calls a model or draws into a channel is a job in the ledger ([`Reply::Job`]); the rest is answered directly.

pub mod answer_buttons;
mod audit;
mod chart_buttons;
mod components;
mod config;
mod context;
mod custom_id;
pub mod definition;
mod dispatch;
mod help;
mod members;
mod operator;
mod pages;
mod privacy;
mod reference;
mod register;
mod reply;
mod thread;
mod usage;
mod why;

use std::sync::LazyLock;

pub use chart_buttons::chart_rows;
pub use components::{Look, MenuChoice, button, menu, row};
pub use context::{Begin, Context, Order};
pub use custom_id::{CUSTOM_ID_MAX, CustomId, custom_id};
use definition::{Command, Conduct, Handler};
pub(crate) use dispatch::handle;
pub use reference::reference;
pub use register::{Registration, register};
pub use reply::{Outcome, Problem, Reply};

/// What a component or form does.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// The verb of its name; see [`custom_id`].
    pub verb: &'static str,
    /// Does it.
    pub run: Handler,
    /// What is shown when it takes long.
    pub meanwhile: Meanwhile,
    /// As [`definition::Leaf::conduct`].
    pub conduct: Conduct,
}

/// What is shown when a component or form takes long.
#[derive(Clone, Copy, Debug)]
pub enum Meanwhile {
    /// "is thinking", for the member alone where this says so, else for everybody: as the answer will be.
    Thinking(fn(&Context) -> bool),
    /// Nothing: the component's message changes when it is done.
    Message,
}

/// All commands.
pub fn table() -> &'static [Command] {
    static TABLE: LazyLock<Vec<Command>> = LazyLock::new(|| {
        let mut commands = members::commands();
        commands.extend([help::command(), why::command(), usage::command(), privacy::command(), thread::command()]);
        commands.extend([config::command(), audit::command(), operator::command()]);
        commands
    });
    &TABLE
}

/// All components and forms.
fn actions() -> &'static [Action] {
    static ACTIONS: LazyLock<Vec<Action>> = LazyLock::new(|| {
        let own = [config::actions(), audit::actions(), privacy::actions()];
        members::actions().into_iter().chain(chart_buttons::actions()).chain(own.into_iter().flatten()).collect()
    });
    &ACTIONS
}

#[cfg(test)]
mod tests {
    use super::definition::{Body, CommandKind, Leaf, OptKind};
    use super::*;

    fn leaves(command: &Command) -> Vec<(&str, &Leaf)> {
        match &command.body {
            Body::Leaf(leaf) => vec![(command.description, leaf)],
            Body::Subs(subs) => subs.iter().map(|sub| (sub.description, &sub.leaf)).collect(),
        }
    }

    /// Source: the naming rules and limits of application commands.
    #[test]
    fn every_definition_keeps_to_discords_limits() {
        let count = |kind| table().iter().filter(|command| command.kind == kind).count();
        assert!(count(CommandKind::Slash) <= 100 && count(CommandKind::Message) <= 15);
        for command in table() {
            assert!((1..=32).contains(&command.name.chars().count()), "{}", command.name);
            if command.kind == CommandKind::Slash {
                assert_eq!(command.name, command.name.to_lowercase());
                assert!((1..=100).contains(&command.description.chars().count()), "{}", command.name);
            }
            for (description, leaf) in leaves(command) {
                assert!((1..=100).contains(&description.chars().count()), "{}", command.name);
                assert!(leaf.options.len() <= 25);
                let required = leaf.options.iter().take_while(|option| option.required).count();
                assert!(leaf.options[required..].iter().all(|option| !option.required), "required ones come first");
                for option in &leaf.options {
                    assert!((1..=32).contains(&option.name.chars().count()));
                    assert!((1..=100).contains(&option.description.chars().count()), "{}", option.name);
                    if let OptKind::Choice(choices) = &option.kind {
                        assert!(!choices.is_empty() && choices.len() <= 25, "{}", option.name);
                    }
                    assert!(option.kind != OptKind::Proposed || leaf.complete.is_some(), "{}", option.name);
                }
            }
        }
    }

    #[test]
    fn each_verb_has_one_meaning() {
        let mut verbs: Vec<&str> = actions().iter().map(|action| action.verb).collect();
        verbs.sort_unstable();
        verbs.windows(2).for_each(|pair| assert_ne!(pair[0], pair[1]));
    }

    #[test]
    fn a_path_leads_to_its_leaf() {
        assert!(table().iter().any(|command| command.leaf("ask").is_some()));
        assert!(table().iter().all(|command| command.leaf("ask now").is_none() && command.leaf("").is_none()));
    }
}
