//! The crypto provider that TLS connections use.

use rustls::crypto::{CryptoProvider, ring};

/// Makes ring the process's crypto provider, unless one is installed already.
///
/// reqwest is built without a provider of its own, since ring builds faster and needs no C toolchain beyond the usual; without one,
/// building a client panics. [`Model::new`](crate::Model::new) calls this; a binary with other TLS clients calls it first thing in `main`.
/// Calling it again does nothing.
pub fn install() {
    if CryptoProvider::get_default().is_none() {
        // An error means that another thread was quicker, and then a provider is there.
        let _ = ring::default_provider().install_default();
    }
}
