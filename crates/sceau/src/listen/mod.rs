//! Sockets, TLS and client certificates.

mod forwarded;
mod metrics;
mod peer;
mod plain;
mod self_made;
mod serve;
mod tls;

pub use forwarded::Forwarded;
pub use metrics::metrics_router;
pub use peer::PeerCertificate;
pub use plain::Plain;
pub use serve::{Listener, Running};
pub use tls::{Tls, load};
