//! What the bot makes of text on its way to and from Discord.
//!
//! From Discord: [`strip_mention`], [`render_mentions`], [`thread_name`]. To Discord, in this order: [`partial`] while
//! the answer still grows, [`neutralise`], [`dialect`] (which includes [`tables_to_blocks`]), [`split`]; [`answer`] does
//! all of it. The crate is pure: text in, text out, in time linear in the text. It knows nothing of HTTP, of a database
//! or of a model, and no input makes it panic.
//!
//! Lengths are UTF-16 code units throughout, see [`units`].
//!
//! | module | job |
//! | --- | --- |
//! | `length` | how long a text is, and cutting it to a length |
//! | `token` | Discord's `<…>` tokens |
//! | `scan` | where code, links, tokens and emphasis stand |
//! | `mention`, `name` | a member's text made readable, and a thread's name from it |
//! | `table` | Markdown tables as code blocks or lists |
//! | `split` | parts that fit into messages |

mod length;
mod mention;
mod scan;
mod split;
mod token;

pub use length::{ELLIPSIS, is_blank, truncate, units};
pub use mention::{render_mentions, strip_mention};
pub use split::{MESSAGE_UNITS_MAX, split};
pub use token::Mention;
