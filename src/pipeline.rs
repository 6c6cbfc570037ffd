//! One job from its claim to its end: place, placeholder, context, answer, delivery.
//!
//! Every step looks first at what the ledger already has, so the same code begins a job and goes on with one whose process died:
//! an intent is committed before each post, and a post is repeated with its nonce, or looked for, until its id is known.

mod attachments;
mod context;
mod deliver;
mod editor;
mod post;
mod redraw;
mod surface;

use std::sync::Arc;

use plotline_store::{HeldJob, Lease, LedgerError, State, Store, StoreError, Transition};

use crate::admission::Admission;
use crate::answer::{AnswerError, Answerer};
use crate::commands::answer_buttons::{STOPPED, retry_row, stop_row};
use crate::discord::rest::{MessageBody, Rest, RestError, code};
use crate::event::PlaceKind;
use crate::ids::{ChannelId, MessageId, UserId};
use crate::metrics::Metrics;
use crate::oversight::Oversight;
use crate::places::Places;
use crate::request::{Request, Task};
use crate::say;
use crate::settings::{AnswerIn, Settings};
use crate::worker::{Stop, Work, stop_for};
pub use attachments::{FetchError, Fetcher};
use surface::Surface;

/// A job that was taken over so often ends its process each time, and is given up.
const TAKEOVERS_MAX: u32 = 5;

/// A job that could not be carried out for so long (Discord or the database out of reach) is given up, in milliseconds.
const JOB_AGE_MAX_MS: i64 = 60 * 60 * 1000;

/// Carries jobs out. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    inner: Arc<Inner>,
}

struct Inner {
    rest: Rest,
    store: Store,
    places: Arc<Places>,
    answerer: Answerer,
    fetcher: Fetcher,
    admission: Admission,
    oversight: Oversight,
    metrics: Arc<Metrics>,
    bot: UserId,
}

/// The parts that a pipeline is made of.
pub struct Parts {
    /// Who the bot is.
    pub bot: UserId,
    /// Calls to Discord.
    pub rest: Rest,
    /// The ledger.
    pub store: Store,
    /// The directory of channels.
    pub places: Arc<Places>,
    /// Makes the answers.
    pub answerer: Answerer,
    /// Fetches attachments.
    pub fetcher: Fetcher,
    /// The operator's switch and prices.
    pub admission: Admission,
    /// Told of what fails and what is spent.
    pub oversight: Oversight,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

/// Where an answer goes.
#[derive(Clone, Copy, Debug)]
struct Target {
    channel: ChannelId,
    /// The question, where the answer stands beside others and has to say what it answers.
    reply_to: Option<MessageId>,
    /// Nothing of the bot's is older in this channel than the question.
    after: MessageId,
}

/// What ends a job before its answer.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Discord(#[from] RestError),
    #[error(transparent)]
    Answer(#[from] AnswerError),
    #[error("a person ended the job ({0})")]
    Cancelled(String),
    #[error("the job was interrupted too often")]
    Interrupted,
    #[error("the process that carried out a command has ended")]
    CommandCut,
    #[error("the operator has paused the bot")]
    Paused,
    #[error("the time to answer the interaction is over, and the bot cannot post there")]
    Expired,
    #[error("the message that was asked about cannot be read again")]
    Forgotten,
    #[error("the ledger's request cannot be read: {0}")]
    Unreadable(String),
}

impl Pipeline {
    /// A pipeline over these parts.
    pub fn new(parts: Parts) -> Self {
        let Parts { bot, rest, store, places, answerer, fetcher, admission, oversight, metrics } = parts;
        Self { inner: Arc::new(Inner { rest, store, places, answerer, fetcher, admission, oversight, metrics, bot }) }
    }
}

impl Work for Pipeline {
    async fn run(&self, held: HeldJob) -> Result<(), Stop> {
        let inner = &self.inner;
        if let Some(reason) = &held.job.cancel {
            return Err(Stop::Cancelled(reason.clone()));
        }
        // One that its holder gave back, for want of room or at its end, is no recovery.
        if held.job.takeovers > 0 && !held.job.parked {
            inner.oversight.recovered(&held.job);
        }
        match inner.carry_out(&held).await {
            Ok(()) => Ok(()),
            Err(trouble) => inner.end_badly(&held, trouble).await,
        }
    }

    async fn fail_after_panic(&self, held: &HeldJob) {
        // Whether the member could be told or not, the worker is done with it.
        let _ = self.inner.fail(held, say::INTERNAL, "panic", false).await;
    }

    async fn clean_up(&self, held: &HeldJob, reason: &str) {
        self.inner.clean_up(held, reason).await;
    }
}

impl Inner {
    async fn carry_out(&self, held: &HeldJob) -> Result<(), Trouble> {
        if held.job.takeovers > TAKEOVERS_MAX || self.store.now_ms().await? - held.job.created_ms > JOB_AGE_MAX_MS {
            return Err(Trouble::Interrupted);
        }
        let (request, settings) = read(held)?;
        match request.task {
            Task::Redraw(change) => return self.redraw(held, &request, change).await,
            Task::Command => return self.interrupted_command(held, &request).await,
            Task::Answer | Task::Chart { .. } | Task::ChartMessage => {}
        }
        let (target, surface) = self.placeholder(held, &request, &settings).await?;
        if held.job.state < State::Answering {
            self.advance(&held.lease, &Transition::Answering).await?;
        }
        let saved = self.store.job(held.job.id).await?.and_then(|job| job.answer);
        let finished = match saved.and_then(|saved| deliver::Finished::read(saved.0)) {
            Some(finished) => finished,
            None => self.answer(held, &request, &settings, &surface).await?,
        };
        self.deliver(held, &request, target, surface, &finished).await?;
        self.advance(&held.lease, &Transition::Delivered).await?;
        self.metrics.answers.inc();
        tracing::info!(job = %held.job.id, author = %held.job.author_id, channel = %target.channel, "answered");
        Ok(())
    }

    /// A command whose process has ended: where its answer was shown it is done; else the member is told, since nobody knows how far it
    /// came.
    async fn interrupted_command(&self, held: &HeldJob, request: &Request) -> Result<(), Trouble> {
        if let Some(response) = &request.response
            && let Some(surface) = self.response(held, response).await?
            && !surface.is_loading(&self.rest).await?
        {
            return self.advance(&held.lease, &Transition::Delivered).await;
        }
        Err(Trouble::CommandCut)
    }

    /// The thread, where there is to be one, and the message that becomes the answer.
    async fn placeholder(
        &self,
        held: &HeldJob,
        request: &Request,
        settings: &Settings,
    ) -> Result<(Target, Surface), Trouble> {
        let placeholder = self.growing(held, request, say::PLACEHOLDER);
        let begun = held.job.state >= State::Placeholder;
        let Some(response) = &request.response else {
            let target = self.target(held, request, settings).await?;
            if let Some(answer) = held.job.answer_id {
                return Ok((target, Surface::message(target.channel, answer)));
            }
            let answer = self.post(held, target, 0, placeholder).await?;
            self.advance(&held.lease, &Transition::Placeholder { message_id: answer }).await?;
            return Ok((target, Surface::message(target.channel, answer)));
        };
        let target = Target { channel: held.job.channel_id, reply_to: None, after: request.message.id };
        let surface = match self.response(held, response).await? {
            Some(surface) => surface,
            None => self.after_expiry(held, request, response, &placeholder).await?,
        };
        if !begun {
            self.advance(&held.lease, &Transition::Placeholder { message_id: surface.message }).await?;
            // Until then Discord shows "is thinking", or what failed; without a model the answer itself is there at once.
            if self.answerer.has_model() && request.task != Task::ChartMessage {
                match surface.edit(&self.rest, &placeholder).await {
                    Err(error) if !error.is_expired() => return Err(error.into()),
                    _ => {}
                }
            }
        }
        Ok((target, surface))
    }

    /// An answer that is not complete: with a button to stop it where a model is at work.
    fn growing(&self, held: &HeldJob, request: &Request, text: &str) -> MessageBody {
        let mut body = MessageBody::text(text);
        if self.answerer.has_model() && request.task != Task::ChartMessage {
            body.components = vec![stop_row(held.job.id)];
        }
        body
    }

    /// Where the answer goes; starts the thread.
    async fn target(&self, held: &HeldJob, request: &Request, settings: &Settings) -> Result<Target, Trouble> {
        let message = &request.message;
        let in_place = Target { channel: message.channel, reply_to: Some(message.id), after: message.id };
        let in_thread = |channel| Target { channel, reply_to: None, after: message.id };
        if let Some(thread) = held.job.thread_id {
            return Ok(in_thread(thread));
        }
        if held.job.state != State::Claimed || message.guild.is_none() {
            return Ok(in_place);
        }
        let place = self.places.find(message.channel, &self.rest).await?;
        if place.kind != PlaceKind::Text || settings.answer_in == AnswerIn::Channel {
            let _ = self.rest.typing(message.channel).await;
            return Ok(in_place);
        }
        let _ = self.rest.typing(message.channel).await;
        let name = thread_name(&self.readable(&message.content, message));
        match self.rest.start_thread(message.channel, message.id, &name, settings.auto_archive.minutes()).await {
            Ok(thread) => {
                if thread.created {
                    self.metrics.threads.inc();
                }
                self.advance(&held.lease, &Transition::Thread { thread_id: thread.id }).await?;
                Ok(in_thread(thread.id))
            }
            // Without the permission to open threads an answer in the channel is better than none.
            Err(error) if matches!(error.code(), code::MISSING_PERMISSIONS | code::MISSING_ACCESS) => {
                tracing::warn!(%error, channel = %message.channel, "no thread can be started here; answering in the channel");
                Ok(in_place)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn advance(&self, lease: &Lease, step: &Transition) -> Result<(), Trouble> {
        let standing = self.store.advance(lease, step).await?;
        match standing.cancel {
            Some(reason) if !standing.state.is_final() => Err(Trouble::Cancelled(reason)),
            _ => Ok(()),
        }
    }

    /// Decides what becomes of a job that met trouble.
    async fn end_badly(&self, held: &HeldJob, trouble: Trouble) -> Result<(), Stop> {
        let (sentence, reason) = match &trouble {
            Trouble::Ledger(error) => return Err(stop_for(error)),
            Trouble::Cancelled(reason) => return Err(Stop::Cancelled(reason.clone())),
            Trouble::Store(_) => return Err(Stop::Parked),
            Trouble::Discord(error) if error.is_gone() => return Err(Stop::Cancelled("deleted".to_owned())),
            Trouble::Discord(RestError::Refused { .. } | RestError::Unreadable(_)) => {
                (say::INTERNAL.to_owned(), "discord_refused")
            }
            // Out of reach: the job waits in the ledger, until it is too old.
            Trouble::Discord(_) => return Err(Stop::Parked),
            Trouble::Answer(error) => (error.for_member(), error.reason()),
            Trouble::Interrupted => (say::INTERRUPTED.to_owned(), "interrupted"),
            Trouble::CommandCut => (say::COMMAND_CUT.to_owned(), "command_cut"),
            Trouble::Paused => (say::PAUSED.to_owned(), "paused"),
            Trouble::Expired => (say::INTERRUPTED.to_owned(), "expired"),
            Trouble::Forgotten => (say::MESSAGE_FORGOTTEN.to_owned(), "forgotten"),
            Trouble::Unreadable(_) => (say::INTERNAL.to_owned(), "unreadable"),
        };
        tracing::error!(job = %held.job.id, error = %trouble, reason, "a job failed");
        let outage = matches!(&trouble, Trouble::Answer(AnswerError::Model(error)) if error.is_outage());
        self.fail(held, &sentence, reason, outage).await
    }

    /// Tells the member in the place of the answer, and ends the job. `outage`: the model's service is out of order for everybody.
    async fn fail(&self, held: &HeldJob, sentence: &str, reason: &str, outage: bool) -> Result<(), Stop> {
        self.metrics.failures.inc();
        if let Err(error) = self.tell(held, sentence).await {
            match error {
                Trouble::Ledger(error) => return Err(stop_for(&error)),
                Trouble::Discord(RestError::Unavailable { .. } | RestError::Braked(_)) if reason != "interrupted" => {
                    return Err(Stop::Parked);
                }
                error => tracing::warn!(job = %held.job.id, %error, "the member could not be told"),
            }
        }
        match self.store.advance(&held.lease, &Transition::Failed { reason: reason.to_owned() }).await {
            Ok(_) => {
                self.oversight.failed(&held.job, reason, outage);
                Ok(())
            }
            Err(error) => Err(stop_for(&error)),
        }
    }

    async fn tell(&self, held: &HeldJob, sentence: &str) -> Result<(), Trouble> {
        let job = self.store.job(held.job.id).await?.ok_or(LedgerError::Fenced(held.job.id))?;
        let channel = job.thread_id.unwrap_or(job.channel_id);
        let request = read(held).ok().map(|(request, _)| request);
        let mut body = MessageBody::text(sentence);
        // A command is used again by whoever knows what they wanted.
        if request.as_ref().is_none_or(|request| request.task != Task::Command) {
            body.components = vec![retry_row(job.id)];
        }
        if let Some(request) = request
            && let Some(response) = &request.response
        {
            let now = HeldJob { job: job.clone(), lease: held.lease.clone() };
            let surface = match self.response(&now, response).await? {
                Some(surface) => surface,
                None => self.after_expiry(&now, &request, response, &body).await?,
            };
            // A chart that could not be changed stays as it is; only a word beside it would help, and nobody waits for one.
            if !matches!(request.task, Task::Redraw(_)) {
                surface.edit(&self.rest, &body).await?;
            }
            return Ok(());
        }
        if let Some(answer) = job.answer_id {
            self.rest.edit_message(channel, answer, &body).await?;
            return Ok(());
        }
        let question = job.message_id.unwrap_or(MessageId(0));
        let reply_to = job.thread_id.is_none().then_some(job.message_id).flatten();
        let target = Target { channel, reply_to, after: question };
        let answer = self.post(held, target, 0, body.clone()).await?;
        // The placeholder may have been posted before, with the same nonce: then it is there and has to be changed.
        self.rest.edit_message(channel, answer, &body).await?;
        Ok(())
    }

    async fn clean_up(&self, held: &HeldJob, reason: &str) {
        self.metrics.cancellations.inc();
        let left = if reason == STOPPED { self.stopped(held).await } else { self.take_away(held).await };
        if let Err(error) = left {
            tracing::debug!(job = %held.job.id, %error, "the unfinished message of a cancelled job could not be changed or taken away");
        }
        match self.store.advance(&held.lease, &Transition::Cancelled { reason: reason.to_owned() }).await {
            Ok(_) => tracing::info!(job = %held.job.id, reason, "a job was cancelled"),
            Err(error) => {
                tracing::warn!(job = %held.job.id, %error, "a cancelled job could not be ended; it is taken up again")
            }
        }
    }

    /// Deletes what there is of an answer, its reason committed first so that the deletion is not taken for a person's.
    async fn take_away(&self, held: &HeldJob) -> Result<(), Trouble> {
        let Some(mut job) = self.store.job(held.job.id).await? else { return Ok(()) };
        let channel = job.thread_id.unwrap_or(job.channel_id);
        // A member who had their data erased had the token erased as well; it is needed once more, to take away what they still see.
        job.interaction = job.interaction.or_else(|| held.job.interaction.clone());
        if let Some(surface) = self.response_of(held, job.clone()).await? {
            // What stood in the message before belongs to another answer.
            if !surface.replaces {
                self.store.note_own_deletion(surface.message, "job_cancelled").await?;
                surface.delete(&self.rest).await?;
            }
        }
        let posted = self.store.parts(job.id).await?.into_iter().filter_map(|part| part.message_id);
        for message in posted {
            self.store.note_own_deletion(message, "job_cancelled").await?;
            self.rest.delete_message(channel, message).await?;
        }
        Ok(())
    }

    /// Keeps what is shown of an answer that was stopped, marked as that.
    async fn stopped(&self, held: &HeldJob) -> Result<(), Trouble> {
        let Some(job) = self.store.job(held.job.id).await? else { return Ok(()) };
        let channel = job.thread_id.unwrap_or(job.channel_id);
        let surface = match self.response_of(held, job.clone()).await? {
            Some(surface) => Some(surface),
            None => job.answer_id.map(|answer| Surface::message(channel, answer)),
        };
        match surface {
            Some(surface) => self.mark_stopped(&surface).await,
            None => Ok(()),
        }
    }

    /// The response that a job of an interaction writes; none for a message's.
    async fn response_of(&self, held: &HeldJob, job: plotline_store::Job) -> Result<Option<Surface>, Trouble> {
        let Ok((Request { response: Some(response), .. }, _)) = read(held) else { return Ok(None) };
        self.response(&HeldJob { job, lease: held.lease.clone() }, &response).await
    }

    /// A message's text as a person reads it: without the mention of the bot, with names in place of ids.
    fn readable(&self, content: &str, message: &crate::event::Message) -> String {
        let mut content = plotline_text::strip_mention(content, self.bot.0);
        // Members often mention the role that Discord made for the bot and mean the bot.
        if let Some(role) = message.guild.and_then(|guild| self.places.bot_role(guild)) {
            content = content.replace(&format!("<@&{role}>"), "").trim().to_owned();
        }
        context::with_names(&content, message, &self.places)
    }
}

/// Names a thread after what is asked, not after the table that came with it.
fn thread_name(question: &str) -> String {
    match plotline_table::read_text(question, &plotline_table::Limits::default()) {
        Ok(reading) if !reading.tables.is_empty() => {
            plotline_text::thread_name(&plotline_table::prose(question, &reading))
        }
        _ => plotline_text::thread_name(question),
    }
}

fn read(held: &HeldJob) -> Result<(Request, Settings), Trouble> {
    let unreadable = |what: &str| Trouble::Unreadable(what.to_owned());
    let request = held.job.request.clone().ok_or_else(|| unreadable("it was erased"))?;
    let request = serde_json::from_value(request.0).map_err(|error| Trouble::Unreadable(error.to_string()))?;
    let settings =
        held.job.settings.clone().and_then(|settings| serde_json::from_value(settings.0).ok()).unwrap_or_default();
    Ok((request, settings))
}
