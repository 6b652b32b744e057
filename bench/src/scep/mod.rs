//! SCEP: enrolments at a built-in authority, and what a proxy adds.

mod client;
pub mod prepare;
mod proxy;
mod report;
mod responder;

use serde::Serialize;

use crate::Arguments;

/// What SCEP came to.
#[derive(Clone, Debug, Serialize)]
pub struct Scep {
    responder: responder::Responder,
    proxy: proxy::Proxy,
}

pub async fn measure(arguments: &Arguments) -> anyhow::Result<Scep> {
    Ok(Scep {
        responder: responder::measure(arguments).await?,
        proxy: proxy::measure(arguments).await?,
    })
}
