//! Leaves out reasoning that a server puts into the answer's text.
//!
//! Local servers often pass on a reasoning model's `<think>…</think>` as text. Only a block at the very beginning counts: further down, the
//! same letters are something that the model talks about. A block that is never closed hides everything, which is what it says.

/// The tags in use: `<think>` by nearly all models, `<thinking>` by a few.
const TAGS: [(&str, &str); 2] = [("<think>", "</think>"), ("<thinking>", "</thinking>")];

/// Filters the text of one answer as it comes in.
#[derive(Debug, Default)]
pub(crate) struct ThinkFilter {
    state: State,
}

#[derive(Debug)]
enum State {
    /// What has come could still become an opening tag.
    Start(String),
    /// Within reasoning; the end of what has come, which could be part of the closing tag.
    Inside { close: &'static str, tail: String },
    /// Between the closing tag and the answer: white space is left out.
    After,
    /// In the answer.
    Answer,
}

impl Default for State {
    fn default() -> Self {
        Self::Start(String::new())
    }
}

impl ThinkFilter {
    /// Takes the next piece of text and gives what of it belongs to the answer.
    pub(crate) fn push(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        loop {
            match &mut self.state {
                State::Start(held) => {
                    held.push_str(&text);
                    let begun = held.trim_start();
                    if let Some((open, close)) = TAGS.iter().find(|(open, _)| begun.starts_with(open)) {
                        text = begun.split_at(open.len()).1.to_owned();
                        self.state = State::Inside { close, tail: String::new() };
                    } else if TAGS.iter().any(|(open, _)| open.starts_with(begun)) {
                        return String::new();
                    } else {
                        let visible = std::mem::take(held);
                        self.state = State::Answer;
                        return visible;
                    }
                }
                State::Inside { close, tail } => {
                    tail.push_str(&text);
                    let Some((_, rest)) = tail.split_once(*close) else {
                        let keep_from = tail.floor_char_boundary(tail.len().saturating_sub(close.len() - 1));
                        tail.drain(..keep_from);
                        return String::new();
                    };
                    text = rest.to_owned();
                    self.state = State::After;
                }
                State::After => {
                    let visible = text.trim_start().to_owned();
                    if !visible.is_empty() {
                        self.state = State::Answer;
                    }
                    return visible;
                }
                State::Answer => return text,
            }
        }
    }

    /// What was held back at the end of the answer although it was no tag after all.
    pub(crate) fn finish(&mut self) -> String {
        match std::mem::replace(&mut self.state, State::Answer) {
            State::Start(held) if !held.trim().is_empty() => held,
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ThinkFilter;

    fn visible(pieces: &[&str]) -> String {
        let mut filter = ThinkFilter::default();
        let mut visible: String = pieces.iter().map(|piece| filter.push(piece)).collect();
        visible.push_str(&filter.finish());
        visible
    }

    #[test]
    fn how_the_text_is_split_makes_no_difference() {
        let texts = [
            "<think>考え < / </think> </thin</think>\n\nÄnswer <think>kept</think>",
            "  <thinking>a</think>b</thinking>  Answer",
            "<think></think>",
            "<think>never closed </thin",
            "<thinker>no tag</thinker>",
            " \n plain 🌍 text",
            "<",
            "",
        ];
        for text in texts {
            let whole = visible(&[text]);
            let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            for (number, first) in bounds.iter().enumerate() {
                for second in &bounds[number..] {
                    assert_eq!(visible(&[&text[..*first], &text[*first..*second], &text[*second..]]), whole, "{text}");
                }
            }
            let letters: Vec<&str> = bounds.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect();
            assert_eq!(visible(&letters), whole, "{text}");
        }
        assert_eq!(visible(&[texts[0]]), "</thin</think>\n\nÄnswer <think>kept</think>");
        assert_eq!(visible(&[texts[1]]), "Answer");
    }
}
