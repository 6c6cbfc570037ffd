//! Counters: for operators over HTTP, for tests, and for the playground's live strip.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

macro_rules! metrics {
    ($($(#[doc = $doc:literal])* $kind:ident $name:ident),* $(,)?) => {
        /// Everything that is counted. One for each process.
        #[derive(Debug, Default)]
        pub struct Metrics {
            $($(#[doc = $doc])* pub $name: $kind,)*
        }

        impl Metrics {
            /// All values by name, in the order of their definition.
            pub fn values(&self) -> Vec<(&'static str, i64)> {
                vec![$((stringify!($name), value(&self.$name)),)*]
            }

            fn registry(&self) -> Registry {
                let mut registry = Registry::with_prefix("plotline");
                $(registry.register(stringify!($name), concat!($($doc),*), self.$name.clone());)*
                registry
            }
        }
    };
}

metrics! {
    /// Events received from the gateway
    Counter events,
    /// Interactions received: commands, components, forms
    Counter interactions,
    /// IDENTIFYs sent
    Counter identifies,
    /// Messages dropped by gate 1, which had let the same message id through before
    Counter gate_1_drops,
    /// Commands dropped by gate 2, which had let the same pair of message and author through before
    Counter gate_2_drops,
    /// Messages dropped because the ledger had a job for them
    Counter ledger_drops,
    /// Jobs claimed
    Counter claims,
    /// Jobs taken over after a crash or an expired lease
    Counter takeovers,
    /// Messages that were missed and found again by reading the channel
    Counter backfilled,
    /// Threads started
    Counter threads,
    /// Calls to the language model
    Counter model_calls,
    /// Tokens that the model read
    Counter tokens_in,
    /// Tokens that the model wrote
    Counter tokens_out,
    /// Questions that a limit refused
    Counter refusals,
    /// Answers delivered
    Counter answers,
    /// Charts drawn
    Counter charts,
    /// Charts that were changed by their buttons and drawn again
    Counter redraws,
    /// Jobs that ended with a sentence in place of an answer
    Counter failures,
    /// Jobs that a person ended
    Counter cancellations,
    /// Jobs that panicked
    Counter panics,
    /// Jobs that are being worked on or wait for their turn in this process
    Gauge jobs_in_flight,
}

impl Metrics {
    /// All values in the text format that Prometheus reads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = encode(&mut text, &self.registry());
        text
    }
}

trait Value {
    fn value(&self) -> i64;
}

impl Value for Counter {
    fn value(&self) -> i64 {
        self.get().cast_signed()
    }
}

impl Value for Gauge {
    fn value(&self) -> i64 {
        self.get()
    }
}

fn value(metric: &impl Value) -> i64 {
    metric.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_every_counter_with_its_help() {
        let metrics = Metrics::default();
        metrics.answers.inc();
        metrics.jobs_in_flight.set(3);
        let text = metrics.text();
        assert!(text.contains("plotline_answers_total 1\n"), "{text}");
        assert!(text.contains("plotline_jobs_in_flight 3\n"), "{text}");
        assert!(
            text.contains("# HELP plotline_gate_1_drops  Messages dropped by gate 1")
                || text.contains("# HELP plotline_gate_1_drops Messages dropped by gate 1"),
            "{text}"
        );
    }
}
