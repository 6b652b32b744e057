//! `sceau scep poll`: goes on with a pending enrolment.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use scep::MessageType;

use super::{
    Failure,
    answer::Answer,
    exchange::{Delivery, Task},
    peer::{Peer, Server},
    state::Saved,
};

/// Flags of `sceau scep poll`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) server: Server,
    /// The file in which the pending request is kept
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    #[command(flatten)]
    delivery: Delivery,
}

pub(super) async fn run(arguments: Arguments) -> Result<Answer, Failure> {
    let mut saved = Saved::read(&arguments.state)?;
    let mut peer = Peer::new(&arguments.server)?;
    let capabilities = peer.capabilities().await?;
    let enrolment = saved.resume(&capabilities)?;
    saved.url.clone_from(&arguments.server.url);
    let Delivery { out, chain, wait } = arguments.delivery;
    saved.out = out.or(saved.out);
    saved.chain = chain.or(saved.chain);
    Task {
        peer,
        enrolment,
        first: MessageType::CertPoll,
        wait: Duration::from_secs(wait),
        saved,
        state: arguments.state,
        key: None,
    }
    .run()
    .await
}
