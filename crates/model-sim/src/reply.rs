//! What the server is told to answer: a [`Reply`] is written once and spoken in either dialect.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

/// The largest number of pieces that one tool call's arguments are split into, so that a long argument stays cheap to send.
const ARGUMENT_PIECES_MAX: usize = 64;

/// The fewest bytes in a piece of a tool call's arguments: small enough that even `{"a":1}` arrives in two pieces.
const ARGUMENT_PIECE_BYTES_MIN: usize = 4;

/// One scripted answer.
///
/// An answer is a list of *chunks*: each piece of text, of reasoning, of a tool call's start and of its arguments is one chunk and is sent as
/// one event. The faults (`…_after(n)`) take place when `n` chunks have been sent, and before the next.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(crate) head: Head,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) parts: Vec<Part>,
    pub(crate) actions: Vec<(usize, Action)>,
    pub(crate) form: Form,
    pub(crate) usage: Option<(u64, u64)>,
    pub(crate) finish: Option<String>,
    calls: usize,
}

/// How the answer begins, or what stands in for one.
#[derive(Debug, Clone)]
pub(crate) enum Head {
    /// Status 200 and the parts.
    Answer,
    /// A status with an error body in the dialect's own form.
    Error { status: u16, error: ErrorBody },
    /// A status with a body as given.
    Raw { status: u16, content_type: String, body: Vec<u8> },
    /// The connection is closed without a byte of an answer.
    Close,
    /// No byte is ever sent; the connection stays open.
    Never,
}

/// The fields of an error object, in the words of the OpenAI dialect (`kind` is its `type`).
#[derive(Debug, Clone)]
pub(crate) struct ErrorBody {
    pub(crate) kind: String,
    pub(crate) code: Option<String>,
    pub(crate) param: Option<String>,
    pub(crate) message: String,
}

/// One chunk of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(String),
    Reasoning(String),
    ToolStart { id: String, name: String },
    ToolArguments(String),
}

/// Something that happens between two chunks.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// Wait.
    Delay(Duration),
    /// Wait until the gate is released.
    Hold(Gate),
    /// Break the connection in the middle of the body.
    Cut,
    /// End the body properly, without any sign that the answer is complete.
    End,
    /// Send nothing more and keep the connection open.
    Stall,
    /// Send these bytes as they are.
    Bytes(String),
    /// Send an error object of this type inside the stream, then end the body.
    Error(ErrorBody),
    /// Send the last chunk again and again, for as long as the client reads.
    Repeat,
}

/// How the stream is written; every deviation is one that a real server shows.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) content_type: Option<String>,
    pub(crate) before: String,
    pub(crate) finish_signal: bool,
    pub(crate) done_marker: bool,
    pub(crate) usage: bool,
    pub(crate) as_json: bool,
    pub(crate) crlf: bool,
    pub(crate) comments: bool,
    pub(crate) multi_line_data: bool,
    pub(crate) final_blank_line: bool,
    pub(crate) tool_index: bool,
    pub(crate) tool_id: bool,
    pub(crate) keep_open: bool,
    pub(crate) write_bytes: Option<usize>,
    pub(crate) pace: Option<Duration>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            content_type: None,
            before: String::new(),
            finish_signal: true,
            done_marker: true,
            usage: true,
            as_json: false,
            crlf: false,
            comments: false,
            multi_line_data: false,
            final_blank_line: true,
            tool_index: true,
            tool_id: true,
            keep_open: false,
            write_bytes: None,
            pace: None,
        }
    }
}

impl Reply {
    fn with_head(head: Head) -> Self {
        Self {
            head,
            headers: Vec::new(),
            parts: Vec::new(),
            actions: Vec::new(),
            form: Form::default(),
            usage: None,
            finish: None,
            calls: 0,
        }
    }

    fn error(status: u16, kind: &str, code: Option<&str>, message: &str) -> Self {
        Self::with_head(Head::Error { status, error: ErrorBody::new(kind, code, message) })
    }

    /// A complete answer without any output yet; add to it with [`Reply::then_text`] and [`Reply::tool_call`].
    pub fn empty() -> Self {
        Self::with_head(Head::Answer)
    }

    /// A complete answer, streamed word by word.
    pub fn text(text: &str) -> Self {
        Self::empty().then_text(text)
    }

    /// A complete answer, streamed in exactly these chunks.
    pub fn chunks<S: Into<String>>(chunks: impl IntoIterator<Item = S>) -> Self {
        let mut reply = Self::empty();
        reply.parts.extend(chunks.into_iter().map(|chunk| Part::Text(chunk.into())));
        reply
    }

    /// An answer that never ends: this chunk again and again.
    pub fn endless(chunk: &str) -> Self {
        Self::chunks([chunk]).action(1, Action::Repeat)
    }

    /// The connection is closed without an answer.
    pub fn cut() -> Self {
        Self::with_head(Head::Close)
    }

    /// The request is taken and never answered; the connection stays open.
    pub fn never() -> Self {
        Self::with_head(Head::Never)
    }

    /// 429, too many requests; see [`Reply::retry_after`].
    pub fn rate_limited() -> Self {
        Self::error(429, "rate_limit_error", Some("rate_limit_exceeded"), "Rate limit reached.")
    }

    /// 429 because the account has no credit left, which waiting does not cure.
    pub fn out_of_credit() -> Self {
        Self::error(429, "insufficient_quota", Some("insufficient_quota"), "You exceeded your current quota.")
    }

    /// 500, 502, 503 or another failure of the server.
    pub fn server_error(status: u16) -> Self {
        Self::error(status, "api_error", None, "The server had an error.")
    }

    /// 529, Anthropic's "overloaded".
    pub fn overloaded() -> Self {
        Self::error(529, "overloaded_error", None, "Overloaded")
    }

    /// 401, the key is not accepted. The message quotes the start of a key, as real servers do.
    pub fn unauthorized() -> Self {
        Self::error(401, "authentication_error", Some("invalid_api_key"), "Incorrect API key provided: sk-te***.")
    }

    /// 404, there is no such model.
    pub fn model_not_found() -> Self {
        Self::error(404, "not_found_error", Some("model_not_found"), "The model does not exist.")
    }

    /// 400, the conversation is longer than the model takes.
    pub fn context_too_long() -> Self {
        Self::error(400, "invalid_request_error", Some("context_length_exceeded"), "prompt is too long")
    }

    /// 400, a parameter that this model does not take (`max_tokens`, `temperature`, `stream_options`, `tools` …).
    pub fn unsupported_parameter(parameter: &str) -> Self {
        let message = format!("Unsupported parameter: '{parameter}' is not supported with this model.");
        let mut reply = Self::error(400, "invalid_request_error", Some("unsupported_parameter"), &message);
        if let Head::Error { error, .. } = &mut reply.head {
            error.param = Some(parameter.to_owned());
        }
        reply
    }

    /// Any other failure, with this message.
    pub fn failure(status: u16, message: &str) -> Self {
        Self::error(status, "invalid_request_error", None, message)
    }

    /// Any status and body, written as given.
    pub fn raw(status: u16, content_type: &str, body: &str) -> Self {
        Self::raw_bytes(status, content_type, body.as_bytes())
    }

    /// As [`Reply::raw`], for a body that need not be text.
    pub fn raw_bytes(status: u16, content_type: &str, body: &[u8]) -> Self {
        Self::with_head(Head::Raw { status, content_type: content_type.to_owned(), body: body.to_owned() })
    }

    /// Adds text, streamed word by word.
    #[must_use]
    pub fn then_text(mut self, text: &str) -> Self {
        self.parts.extend(text.split_inclusive(char::is_whitespace).map(|word| Part::Text(word.to_owned())));
        self
    }

    /// Adds reasoning that is not part of the answer, as one chunk.
    #[must_use]
    pub fn reasoning(mut self, text: &str) -> Self {
        self.parts.push(Part::Reasoning(text.to_owned()));
        self
    }

    /// Adds a tool call with the id `call_1`, `call_2` … whose arguments arrive in several pieces.
    #[must_use]
    pub fn tool_call(self, name: &str, arguments: &Value) -> Self {
        self.tool_call_raw(name, &arguments.to_string())
    }

    /// Adds a tool call whose arguments are this text, JSON or not.
    #[must_use]
    pub fn tool_call_raw(mut self, name: &str, arguments: &str) -> Self {
        self.calls += 1;
        self.parts.push(Part::ToolStart { id: format!("call_{}", self.calls), name: name.to_owned() });
        self.parts.extend(pieces(arguments).into_iter().map(Part::ToolArguments));
        self
    }

    /// Reports these token counts instead of made-up ones.
    #[must_use]
    pub fn usage(mut self, input: u64, output: u64) -> Self {
        self.usage = Some((input, output));
        self
    }

    /// Reports no token counts.
    #[must_use]
    pub fn without_usage(mut self) -> Self {
        self.form.usage = false;
        self
    }

    /// Gives this as the reason for the end (`finish_reason`, `stop_reason`), in the words of the dialect.
    #[must_use]
    pub fn finish(mut self, reason: &str) -> Self {
        self.finish = Some(reason.to_owned());
        self
    }

    /// Leaves out `data: [DONE]` (`message_stop`).
    #[must_use]
    pub fn without_done(mut self) -> Self {
        self.form.done_marker = false;
        self
    }

    /// Leaves out the reason for the end (and usage with it): the body just ends, properly, after the last chunk and the done marker.
    #[must_use]
    pub fn without_finish(mut self) -> Self {
        self.form.finish_signal = false;
        self
    }

    /// Leaves the connection open after everything was sent.
    #[must_use]
    pub fn keep_open(mut self) -> Self {
        self.form.keep_open = true;
        self
    }

    /// Answers with one JSON body although a stream was asked for.
    #[must_use]
    pub fn as_json(mut self) -> Self {
        self.form.as_json = true;
        self
    }

    /// Announces another content type than the one that is sent.
    #[must_use]
    pub fn content_type(mut self, content_type: &str) -> Self {
        self.form.content_type = Some(content_type.to_owned());
        self
    }

    /// Ends lines with CR LF.
    #[must_use]
    pub fn crlf(mut self) -> Self {
        self.form.crlf = true;
        self
    }

    /// Sends a keep-alive (a comment line; in Anthropic's dialect a `ping` event too) before every chunk.
    #[must_use]
    pub fn keep_alives(mut self) -> Self {
        self.form.comments = true;
        self
    }

    /// Spreads each event's JSON over several `data:` lines.
    #[must_use]
    pub fn multi_line_data(mut self) -> Self {
        self.form.multi_line_data = true;
        self
    }

    /// Leaves out the blank line that ends the last event.
    #[must_use]
    pub fn without_final_blank_line(mut self) -> Self {
        self.form.final_blank_line = false;
        self
    }

    /// Leaves out the index of tool calls (OpenAI dialect), so that only ids tell them apart.
    #[must_use]
    pub fn without_tool_index(mut self) -> Self {
        self.form.tool_index = false;
        self
    }

    /// Sends empty ids for tool calls.
    #[must_use]
    pub fn without_tool_id(mut self) -> Self {
        self.form.tool_id = false;
        self
    }

    /// Writes the body in pieces of this many bytes, which splits events and characters.
    #[must_use]
    pub fn write_bytes(mut self, bytes: usize) -> Self {
        self.form.write_bytes = Some(bytes.max(1));
        self
    }

    /// Waits this long before each chunk.
    #[must_use]
    pub fn pace(mut self, pause: Duration) -> Self {
        self.form.pace = Some(pause);
        self
    }

    /// Sends `retry-after` with this value, in seconds or as an HTTP date.
    #[must_use]
    pub fn retry_after(self, value: &str) -> Self {
        self.header("retry-after", value)
    }

    /// Sends a further response header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Waits when `chunks` chunks have been sent.
    #[must_use]
    pub fn delay_after(self, chunks: usize, pause: Duration) -> Self {
        self.action(chunks, Action::Delay(pause))
    }

    /// Holds the stream when `chunks` chunks have been sent, until the gate is released.
    #[must_use]
    pub fn hold_after(self, chunks: usize, gate: &Gate) -> Self {
        self.action(chunks, Action::Hold(gate.clone()))
    }

    /// Breaks the connection when `chunks` chunks have been sent: the body stops without its end.
    #[must_use]
    pub fn cut_after(self, chunks: usize) -> Self {
        self.action(chunks, Action::Cut)
    }

    /// Ends the body when `chunks` chunks have been sent: proper HTTP, but nothing says that the answer is complete.
    #[must_use]
    pub fn end_after(self, chunks: usize) -> Self {
        self.action(chunks, Action::End)
    }

    /// Sends nothing more when `chunks` chunks have been sent, and keeps the connection open.
    #[must_use]
    pub fn stall_after(self, chunks: usize) -> Self {
        self.action(chunks, Action::Stall)
    }

    /// Sends an event whose data is broken JSON when `chunks` chunks have been sent.
    #[must_use]
    pub fn malformed_json_after(self, chunks: usize) -> Self {
        self.bytes_after(chunks, "data: {\"choices\": [{\"delta\": {\"conte\n\n")
    }

    /// Sends bytes that are no event stream when `chunks` chunks have been sent.
    #[must_use]
    pub fn malformed_sse_after(self, chunks: usize) -> Self {
        self.bytes_after(chunks, "\u{0}\u{1}: <<< upstream proxy noise >>>\r\n\ndata\n\n")
    }

    /// Sends these bytes as they are before everything else.
    #[must_use]
    pub fn bytes_before(mut self, bytes: &str) -> Self {
        bytes.clone_into(&mut self.form.before);
        self
    }

    /// Sends these bytes as they are when `chunks` chunks have been sent.
    #[must_use]
    pub fn bytes_after(self, chunks: usize, bytes: &str) -> Self {
        self.action(chunks, Action::Bytes(bytes.to_owned()))
    }

    /// Sends an error object of this type inside the stream when `chunks` chunks have been sent, and ends the body.
    #[must_use]
    pub fn error_after(self, chunks: usize, kind: &str) -> Self {
        self.action(chunks, Action::Error(ErrorBody::new(kind, None, "An error inside the stream.")))
    }

    fn action(mut self, chunks: usize, action: Action) -> Self {
        self.actions.push((chunks, action));
        self
    }
}

impl ErrorBody {
    pub(crate) fn new(kind: &str, code: Option<&str>, message: &str) -> Self {
        Self { kind: kind.to_owned(), code: code.map(str::to_owned), param: None, message: message.to_owned() }
    }
}

/// Splits arguments into pieces without cutting a character.
fn pieces(arguments: &str) -> Vec<String> {
    let piece_bytes = (arguments.len() / ARGUMENT_PIECES_MAX).max(ARGUMENT_PIECE_BYTES_MIN);
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for character in arguments.chars() {
        piece.push(character);
        if piece.len() >= piece_bytes {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// Holds a stream at a point until it is released; shows when that point was reached.
///
/// One gate may stand in several replies: it counts every stream that came to it, and releasing it releases them all, also those still to come.
#[derive(Debug, Clone)]
pub struct Gate {
    state: Arc<watch::Sender<GateState>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct GateState {
    reached: usize,
    released: bool,
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self { state: Arc::new(watch::Sender::new(GateState::default())) }
    }

    /// Opens the gate for good.
    pub fn release(&self) {
        self.state.send_modify(|state| state.released = true);
    }

    /// How many streams have come to the gate so far.
    pub fn reached(&self) -> usize {
        self.state.borrow().reached
    }

    /// Waits until a stream has come to the gate.
    pub async fn wait_reached(&self) {
        self.until(|state| state.reached > 0).await;
    }

    pub(crate) async fn pass(&self) {
        self.state.send_modify(|state| state.reached += 1);
        self.until(|state| state.released).await;
    }

    async fn until(&self, met: impl FnMut(&GateState) -> bool) {
        // The sender is held by `self`, so the channel cannot close while this waits.
        let _ = self.state.subscribe().wait_for(met).await;
    }
}
