//! The crate as its users see it: requests in English, charts out.

mod batch;
mod captions;
mod follow_ups;
mod properties;
mod requests;
mod resolving;
mod schema;
mod support;
