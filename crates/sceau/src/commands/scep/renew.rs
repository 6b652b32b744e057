//! `sceau scep renew`: a new certificate in place of one that is held.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use scep::{Capability, Enrolment, Identity, MessageType};

use super::{
    Failure,
    algorithms::Algorithms,
    answer::Answer,
    challenge,
    enroll::{bits, state_beside},
    exchange::{Delivery, Task},
    files, held,
    key::{self, Key},
    peer::{Peer, Server},
    pin, request,
    state::{Places, Saved},
};

/// Flags of `sceau scep renew`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) server: Server,
    /// The certificate to renew (PEM or DER); subject, names and usages are taken from it
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// Its private key (PEM: PKCS#8 or PKCS#1, not encrypted)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Make a new private key for the new certificate, and write it to this file; else the old one is used again
    #[arg(long, value_name = "FILE")]
    new_key: Option<PathBuf>,
    /// Size of a new key
    #[arg(long, default_value_t = 2048, value_parser = bits)]
    bits: usize,
    #[command(flatten)]
    challenge: challenge::Challenge,
    #[command(flatten)]
    wanted: request::Wanted,
    #[command(flatten)]
    algorithms: Algorithms,
    #[command(flatten)]
    pin: pin::Pin,
    #[command(flatten)]
    delivery: Delivery,
    /// Where a pending request is kept [default: the key's file with .pending]
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

pub(super) async fn run(arguments: Arguments) -> Result<Answer, Failure> {
    let old = held::Held::read(&arguments.certificate)?;
    let old_key = key::read(&arguments.key)?;
    old.must_hold(&old_key, &arguments.certificate, &arguments.key)?;
    if let Some(path) = arguments.new_key.as_deref().filter(|path| path.exists()) {
        return Err(files::exists(path));
    }
    let challenge = arguments.challenge.read()?;
    let mut peer = Peer::new(&arguments.server)?;
    let capabilities = peer.capabilities().await?;
    let ca = peer.certificates().await?;
    let is_pinned = arguments.pin.check(&ca)?;
    let chosen = arguments.algorithms.choose(&capabilities);
    let new_key = arguments
        .new_key
        .as_deref()
        .map(|path| key::make(path, arguments.bits));
    let new_key = new_key.transpose()?;
    let certified = new_key.as_ref().map_or(&old_key, |made| &made.key);
    let is_renewal = capabilities.has(Capability::Renewal);
    let contents = old.contents(&arguments.wanted);
    let signer = Identity {
        certificate: old.der.clone(),
        key: old_key.clone(),
    };
    let prepared = (|| {
        let digest = chosen.digest.into();
        let csr = request::build(&old.subject, &contents, challenge.as_ref(), digest, certified)?;
        let enrolment = Enrolment::new(ca.clone(), &capabilities, &*csr, signer)
            .map_err(|error| Failure::usage(error.to_string()))?;
        Ok((chosen.apply(enrolment.as_renewal_for(&capabilities)), csr))
    })();
    let (enrolment, csr) = prepared.inspect_err(|_| {
        new_key.as_ref().map(Key::discard);
    })?;
    let key_path = arguments.new_key.clone().unwrap_or_else(|| arguments.key.clone());
    let places = Places {
        signer_key: arguments.key.clone(),
        key: key_path.clone(),
        out: arguments.delivery.out.clone(),
        chain: arguments.delivery.chain.clone(),
    };
    let url = &arguments.server.url;
    let saved = Saved::new(url, &enrolment, chosen, &ca, &csr, &old.der, places);
    let answer = Task {
        peer,
        enrolment,
        first: if is_renewal {
            MessageType::RenewalReq
        } else {
            MessageType::PkcsReq
        },
        wait: Duration::from_secs(arguments.delivery.wait),
        state: arguments.state.unwrap_or_else(|| state_beside(&key_path)),
        saved,
        key: new_key,
    }
    .run()
    .await?;
    let how = if is_renewal {
        "a RenewalReq went out, signed by the old certificate"
    } else {
        "the server doesn't advertise Renewal: a PKCSReq went out, signed by the old certificate"
    };
    Ok(pin::remark(answer.with_note(how), is_pinned, &ca))
}
