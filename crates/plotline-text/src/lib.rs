//! What the bot makes of text on its way to and from Discord.
//!
//! From Discord: [`strip_mention`], [`render_mentions`], [`thread_name`]. To Discord: [`answer`], which is
//! [`partial`] while the answer still grows, then [`dialect`] (with [`tables_to_blocks`]), [`neutralise`] and
//! [`split`], in this order. The crate is pure: text in, text out, in time linear in the text. It knows nothing of
//! HTTP, of a database or of a model, and no input makes it panic.
//!
//! ```
//! use plotline_text::{Progress, answer, strip_mention, thread_name};
//!
//! let question = strip_mention("<@80351110224678912> which month was best?", 80351110224678912);
//! assert_eq!(thread_name(&question), "which month was best?");
//! assert_eq!(answer("It was **Ap", Progress::Growing), ["It was **Ap** ▌"]);
//! assert_eq!(answer("It was **April**.", Progress::Complete), ["It was **April**."]);
//! ```
//!
//! Lengths are UTF-16 code units throughout, see [`units`].
//!
//! | module | job |
//! | --- | --- |
//! | `length` | how long a text is, and cutting it to a length |
//! | `token` | Discord's `<…>` tokens |
//! | `scan` | where code, links, tokens and emphasis stand, as Discord sees them |
//! | `fence` | code blocks, as Markdown has them |
//! | `plain` | text without its markup |
//! | `mention`, `name` | a member's text made readable, and a thread's name from it |
//! | `table` | Markdown tables as code blocks or lists |
//! | `dialect` | Markdown as Discord shows it |
//! | `neutral` | links that say where they lead |
//! | `partial` | an unfinished answer made fit to be shown |
//! | `split` | parts that fit into messages |
//! | `answer` | all of it, in order |

mod answer;
mod dialect;
mod fence;
mod length;
mod mention;
mod name;
mod neutral;
mod partial;
mod plain;
mod scan;
mod split;
mod table;
mod token;

pub use answer::{Progress, TYPING_MARK, answer};
pub use dialect::dialect;
pub use length::{ELLIPSIS, is_blank, truncate, units};
pub use mention::{render_mentions, strip_mention};
pub use name::{THREAD_NAME_FALLBACK, THREAD_NAME_UNITS_MAX, thread_name, thread_name_with};
pub use neutral::neutralise;
pub use partial::partial;
pub use split::{MESSAGE_UNITS_MAX, split};
pub use table::{PHONE_WIDTH, tables_to_blocks};
pub use token::Mention;
