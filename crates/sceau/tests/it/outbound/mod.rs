//! The only HTTP client, against the laboratory's NDES and against servers that misbehave on purpose.

pub mod apache;
mod binding;
mod challenges;
mod directory;
mod kerberos;
mod pages;
pub mod proxy;
mod realm;
mod samba;
mod scep;
pub mod script;
mod sign_in;
mod tls;
