//! Sockets, TLS and client certificates.

mod forwarded;
mod metrics;
mod peer;
mod self_made;
mod serve;
mod tls;

pub use forwarded::Forwarded;
pub use metrics::Metrics;
pub use peer::PeerCertificate;
pub use serve::{Listener, Running};
pub use tls::{Tls, load};
