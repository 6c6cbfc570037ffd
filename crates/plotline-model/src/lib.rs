//! The client of a language model: one small type over two dialects.
//!
//! A [`Model`] takes a [`ChatRequest`] and gives a [`ModelStream`] of [`ModelEvent`]s, whether the server speaks the OpenAI-compatible
//! dialect (`POST …/chat/completions`) or Anthropic's Messages (`POST …/messages`). The crate knows nothing of Discord, charts or a database.
//!
//! ```no_run
//! use plotline_model::{ChatMessage, ChatRequest, Model, ModelConfig, ModelEvent, Provider};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let model = Model::new(ModelConfig::new(Provider::OpenAi, "http://127.0.0.1:11434", None, "llama3.2")?)?;
//! let request = ChatRequest { messages: vec![ChatMessage::user("Hello")], max_tokens: 500, ..ChatRequest::default() };
//! let mut answer = model.stream(&request).await?;
//! while let Some(event) = answer.next().await {
//!     match event? {
//!         ModelEvent::Text(_more) => { /* show it */ }
//!         ModelEvent::ToolCall(_call) => { /* run it and ask again with its result */ }
//!         ModelEvent::Done { .. } => { /* the answer is complete */ }
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//! - **At most one answer.** A call is tried again only while no event of it has been handed out; after the first event, a failure is final.
//!   Every HTTP request sent is counted ([`ModelStream::attempts`]).
//! - **No cut answer passes for a whole one.** A stream is complete when the server said so (see [`Failure::Cut`]).
//! - **Everything ends.** Four time limits ([`Timeouts`]), a bound on bytes, on tool calls and on attempts; dropping the stream closes the connection.
//! - **No secret leaves.** The key is in no `Debug`, `Display` or log; errors quote the service's own words only where
//!   [`ModelError::service_message`] is asked for. Redirects are never followed, because they would carry the key along.
//!
//! # Map
//! [`config`] settings and base URL · [`request`] what is asked · `turns` the conversation in the form that services insist on ·
//! `openai` and `anthropic` the dialects · `assembly` and `think` pieces put together · `body` and `reading` one response · `call` attempts,
//! with `retry`, `quirks` and `report` · [`error`] what can go wrong, for members and for operators · [`tokens`] the size of a text · [`tls`] the crypto provider.

mod anthropic;
mod assembly;
mod body;
mod call;
pub mod check;
mod client;
pub mod config;
pub mod error;
mod openai;
mod quirks;
mod reading;
mod report;
pub mod request;
mod retry;
mod stream;
mod think;
pub mod tls;
pub mod tokens;
mod turns;

pub use reqwest::Url;
pub use secrecy::SecretString;

pub use crate::check::Check;
pub use crate::client::Model;
pub use crate::config::{Backoff, ConfigError, ModelConfig, Provider, Timeouts};
pub use crate::error::{Failure, ModelError, Wait};
pub use crate::request::{ChatMessage, ChatRequest, Finish, ModelEvent, Tool, ToolCall, ToolChoice, Usage};
pub use crate::stream::{Answer, ModelStream};
pub use crate::tokens::estimate_tokens;
