//! Sockets, TLS and client certificates.

mod metrics;
mod peer;
mod self_made;
mod serve;
mod tls;

pub use metrics::Metrics;
pub use peer::PeerCertificate;
pub use serve::{Listener, Running};
pub use tls::{Tls, load};
