//! Changes to the chart before: `as a pie`, `only 2024`, `sort it`, `by month instead`.

use super::{Reading, Request};
use crate::spec::ChartSpec;

/// The previous chart with the changes that the request asks for; `None` where the request stands on its own.
pub(super) fn read(_request: &Request<'_>, _previous: &ChartSpec) -> Option<Reading> {
    None
}
