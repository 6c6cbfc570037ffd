//! From a question to its answer: the same for a mention in Discord and for `plotline ask` in a terminal.
//!
//! Knows the model and the built-in answerer, tables and charts; knows nothing of Discord or the database.

mod chart;
mod chart_call;
mod model;
mod offline;
mod prompt;

pub(crate) use chart::file_name;

use std::sync::Arc;

use bytes::Bytes;
use plotline_chart::chart::Kind;
use plotline_chart::spec::ChartSpec;
use plotline_draw::Renderer;
use plotline_model::{Model, ModelError, Usage};
use plotline_table::Table;
use tokio::sync::watch;

use crate::config::{AnswerConfig, ConfigError};
use crate::metrics::Metrics;
use crate::say;
use crate::settings::{Look, Manner};

/// A question with everything that belongs to it.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The name of who asks.
    pub asker: String,
    /// What was asked, without the mention of the bot and with names in place of ids.
    pub text: String,
    /// Files that came with it.
    pub files: Vec<InputFile>,
    /// What was said before, oldest first.
    pub history: Vec<Turn>,
    /// What to tell the member besides the answer: files that could not be read.
    pub notes: Vec<String>,
    /// The bot's id, for the example in its hello.
    pub bot_mention: String,
    /// How to answer: the server's settings.
    pub manner: Manner,
    /// Nothing is asked but a chart, which needs no model.
    pub only_chart: bool,
    /// The kind of chart that was picked from a list, whatever the words say.
    pub kind: Option<Kind>,
    /// When it was asked (milliseconds since 1970), for "this year" and "next Monday".
    pub asked_ms: Option<i64>,
}

/// A file with a table or text in it.
#[derive(Clone, Debug)]
pub struct InputFile {
    /// Its name, whose ending tells the format.
    pub name: String,
    /// Its content, bounded by whoever read it.
    pub bytes: Bytes,
}

/// Something that was said before.
#[derive(Clone, Debug)]
pub struct Turn {
    /// By whom.
    pub speaker: Speaker,
    /// What.
    pub text: String,
    /// Files that came with it.
    pub files: Vec<InputFile>,
}

/// Who said something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The bot itself.
    Bot,
    /// A member, by name.
    Member(String),
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Markdown, of any length.
    pub text: String,
    /// The chart that belongs to it.
    pub chart: Option<DrawnChart>,
}

/// A chart, drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnChart {
    /// The picture.
    pub png: Bytes,
    /// A file name made from the title, without an ending.
    pub name: String,
    /// What the picture shows, in words; at most 1024 characters.
    pub alt: String,
    /// What was drawn, with every decision made.
    pub spec: ChartSpec,
    /// What it was drawn from.
    pub table: Table,
    /// What it looks like.
    pub look: Look,
    /// The values are the model's own, and the chart says so.
    pub supplied: bool,
    /// The text of the answer is the chart's caption and nothing else.
    pub captioned: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The model failed.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The model answered with nothing.
    #[error("the model's answer was empty")]
    Empty,
    /// No further model call may be made; whoever counts them knows why.
    #[error("no further model call may be made")]
    Stopped,
    /// The model's service withheld the answer.
    #[error("the model's service withheld the answer")]
    Withheld,
}

impl AnswerError {
    /// One sentence for the member.
    pub fn for_member(&self) -> String {
        match self {
            Self::Model(error) => error.for_member(),
            Self::Stopped => say::INTERRUPTED.to_owned(),
            Self::Empty => {
                "The language model gave an empty answer. Please ask again, perhaps in other words.".to_owned()
            }
            Self::Withheld => "The language model's service withheld its answer. Please ask in other words.".to_owned(),
        }
    }

    /// A short code for the ledger.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Model(error) => error.kind(),
            Self::Stopped => "interrupted",
            Self::Empty => "model_empty",
            Self::Withheld => "model_withheld",
        }
    }
}

/// Counts model calls: each is committed before it is made, so that a crash in the middle costs at most one more.
pub trait Calls: Sync {
    /// Called before each call.
    ///
    /// # Errors
    /// [`AnswerError::Stopped`] when it may not be made.
    fn begin(&self) -> impl Future<Output = Result<(), AnswerError>> + Send;

    /// Called with what a call cost, where the service told.
    fn used(&self, model: &str, usage: Usage) -> impl Future<Output = ()> + Send;
}

/// Counts nothing: for a person at a terminal.
impl Calls for () {
    async fn begin(&self) -> Result<(), AnswerError> {
        Ok(())
    }

    async fn used(&self, _model: &str, _usage: Usage) {}
}

/// Makes answers. Cheap to clone.
#[derive(Clone)]
pub struct Answerer {
    inner: Arc<Inner>,
}

struct Inner {
    config: AnswerConfig,
    model: Option<Model>,
    metrics: Arc<Metrics>,
    renderer: Renderer,
}

impl Answerer {
    /// An answerer with the configured model, or the built-in one.
    ///
    /// # Errors
    /// When the model's client cannot be made; the sentence names the variable.
    pub fn new(config: AnswerConfig, metrics: Arc<Metrics>) -> Result<Self, ConfigError> {
        let model = config.model.clone().map(Model::new).transpose().map_err(|error| crate::config::named(&error))?;
        Ok(Self { inner: Arc::new(Inner { config, model, metrics, renderer: Renderer::new() }) })
    }

    /// Whether a language model answers.
    pub fn has_model(&self) -> bool {
        self.inner.model.is_some()
    }

    /// Answers. Each model call is announced to `calls`. While it grows, the text so far is put into `shown`, which is dropped when the
    /// answer is complete.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub async fn answer(
        &self,
        question: &Question,
        calls: &impl Calls,
        shown: watch::Sender<String>,
    ) -> Result<Answer, AnswerError> {
        let inner = &self.inner;
        let mut answer = match &inner.model {
            _ if question.only_chart => inner.only_chart(question).await,
            _ if is_empty(question) => Answer { text: say::hello(&question.bot_mention), chart: None },
            Some(model) => inner.ask(model, question, calls, &shown).await?,
            None => inner.answer_offline(question).await,
        };
        for note in &question.notes {
            answer.text = format!("{}\n{note}", answer.text.trim_end());
        }
        Ok(answer)
    }
}

/// A mention alone: nothing asked, nothing attached, nothing before it to go on from.
fn is_empty(question: &Question) -> bool {
    plotline_text::is_blank(&question.text) && question.files.is_empty() && question.history.is_empty()
}
