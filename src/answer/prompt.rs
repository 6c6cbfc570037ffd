//! The conversation as the model gets it, within the budget of tokens.

use plotline_model::{ChatMessage, estimate_tokens};

use super::{InputFile, Question, Speaker, Turn};

/// A file's text is cut to this share of the budget, so that the question itself always fits.
const FILE_SHARE: usize = 2;

/// The conversation, and how many of its oldest messages were left out.
pub(super) struct Conversation {
    pub(super) messages: Vec<ChatMessage>,
    pub(super) dropped: usize,
}

/// Puts a question and what was said before it into at most `budget` tokens. The oldest messages go first; the question stays, its
/// files cut where they alone are too long.
pub(super) fn conversation(question: &Question, budget: usize) -> Conversation {
    let file_budget = budget / FILE_SHARE;
    let asked = ChatMessage::User {
        name: Some(question.asker.clone()),
        text: cut(&with_files(&question.text, &question.files, file_budget), budget),
    };
    let mut left = budget.saturating_sub(size(&asked));
    let mut messages = vec![asked];
    let mut dropped = 0;
    for (index, turn) in question.history.iter().enumerate().rev() {
        let message = said(turn, file_budget);
        let tokens = size(&message);
        if tokens > left {
            dropped = index + 1;
            break;
        }
        left -= tokens;
        messages.push(message);
    }
    messages.reverse();
    Conversation { messages, dropped }
}

fn said(turn: &Turn, file_budget: usize) -> ChatMessage {
    let text = with_files(&turn.text, &turn.files, file_budget);
    match &turn.speaker {
        Speaker::Bot => ChatMessage::assistant(text),
        Speaker::Member(name) => ChatMessage::User { name: Some(name.clone()), text },
    }
}

fn size(message: &ChatMessage) -> usize {
    /// What services add around each message.
    const AROUND: usize = 4;
    AROUND
        + match message {
            ChatMessage::User { name, text } => estimate_tokens(text) + name.as_deref().map_or(0, estimate_tokens),
            ChatMessage::Assistant { text, .. } | ChatMessage::ToolResult { text, .. } => estimate_tokens(text),
        }
}

/// A text with its files behind it. A spreadsheet is named only: its bytes are no text.
fn with_files(text: &str, files: &[InputFile], budget: usize) -> String {
    let mut whole = text.to_owned();
    for file in files {
        let content =
            std::str::from_utf8(&file.bytes).map_or_else(|_| "(not text)".to_owned(), |content| cut(content, budget));
        whole.push_str(&format!("\n\n[file {}]\n{content}\n[end of file]", file.name));
    }
    whole
}

/// The beginning of a text within a budget of tokens, marked where it was cut.
fn cut(text: &str, budget: usize) -> String {
    if estimate_tokens(text) <= budget {
        return text.to_owned();
    }
    let share = budget as f64 / estimate_tokens(text).max(1) as f64;
    let mut end = (text.len() as f64 * share) as usize;
    while end > 0 && (!text.is_char_boundary(end) || estimate_tokens(&text[..end]) > budget) {
        end -= 1 + end / 64;
        end = text.floor_char_boundary(end);
    }
    format!("{} … (cut: too long)", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(speaker: Speaker, text: &str) -> Turn {
        Turn { speaker, author: None, text: text.to_owned(), files: Vec::new() }
    }

    fn question(text: &str, history: Vec<Turn>) -> Question {
        Question { asker: "Ann".to_owned(), text: text.to_owned(), history, ..Question::default() }
    }

    #[test]
    fn everything_is_kept_while_it_fits() {
        let history = vec![turn(Speaker::Member("Ben".into()), "first"), turn(Speaker::Bot, "second")];
        let conversation = conversation(&question("third", history), 1000);
        assert_eq!(conversation.dropped, 0);
        assert_eq!(
            conversation.messages,
            [
                ChatMessage::User { name: Some("Ben".into()), text: "first".into() },
                ChatMessage::assistant("second"),
                ChatMessage::User { name: Some("Ann".into()), text: "third".into() },
            ]
        );
    }

    #[test]
    fn the_oldest_messages_are_dropped_first_and_counted() {
        let history = (0..50)
            .map(|n| turn(Speaker::Member("Ben".into()), &format!("message {n} {}", "word ".repeat(40))))
            .collect();
        let conversation = conversation(&question("the question", history), 500);
        assert!(conversation.dropped > 30, "{}", conversation.dropped);
        assert_eq!(conversation.messages.len(), 51 - conversation.dropped);
        let total: usize = conversation.messages.iter().map(size).sum();
        assert!(total <= 500, "{total}");
        assert!(matches!(conversation.messages.last(), Some(ChatMessage::User { text, .. }) if text == "the question"));
    }

    #[test]
    fn a_file_that_is_too_long_is_cut_and_says_so() {
        let mut long = question("what is in it?", Vec::new());
        long.files.push(InputFile { name: "a.txt".into(), bytes: "ärger ".repeat(20_000).into() });
        let conversation = conversation(&long, 400);
        let ChatMessage::User { text, .. } = &conversation.messages[0] else { panic!("the question is a member's") };
        assert!(text.starts_with("what is in it?\n\n[file a.txt]\närger"), "{}", &text[..60]);
        assert!(text.contains("… (cut: too long)"));
        assert!(estimate_tokens(text) < 500);
    }
}
