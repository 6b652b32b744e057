//! `sceau scep enroll`: a first certificate.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use scep::{Enrolment, MessageType, SignerCertificate};

use super::{
    Failure,
    algorithms::Algorithms,
    answer::Answer,
    challenge,
    exchange::{Delivery, Task},
    key::{Key, KeySource},
    now,
    peer::{Peer, Server},
    pin, request,
    state::{Places, Saved},
    subject,
};

/// How long the certificate lives that signs the messages: longer than people take to decide.
const SIGNER_SECONDS: i64 = 365 * 86_400;
/// For clocks that aren't the same.
const BACKDATED_SECONDS: i64 = 3600;

/// Flags of `sceau scep enroll`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) server: Server,
    /// The subject, an X.500 string as Windows reads it, such as CN=printer.contoso.test,O=Contoso
    #[arg(long, value_name = "NAME")]
    subject: String,
    #[command(flatten)]
    challenge: challenge::Challenge,
    #[command(flatten)]
    key: KeySource,
    /// Size of a new key
    #[arg(long, default_value_t = 2048, value_parser = bits)]
    bits: usize,
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

/// The sizes that keys are made in.
pub(super) fn bits(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(bits @ (2048 | 3072 | 4096 | 8192)) => Ok(bits),
        _ => Err("2048, 3072, 4096 or 8192".to_owned()),
    }
}

/// The usual place of a state file.
pub(super) fn state_beside(key: &std::path::Path) -> PathBuf {
    let mut name = key.as_os_str().to_owned();
    name.push(".pending");
    PathBuf::from(name)
}

pub(super) async fn run(arguments: Arguments) -> Result<Answer, Failure> {
    let subject = subject::parse(&arguments.subject)?;
    arguments.key.check()?;
    let challenge = arguments.challenge.read()?;
    let mut peer = Peer::new(&arguments.server)?;
    let capabilities = peer.capabilities().await?;
    let ca = peer.certificates().await?;
    let is_pinned = arguments.pin.check(&ca)?;
    let chosen = arguments.algorithms.choose(&capabilities);
    let key = arguments.key.open(arguments.bits)?;
    let prepared = (|| {
        let contents = arguments.wanted.contents();
        let csr = request::build(
            &subject,
            &contents,
            challenge.as_ref(),
            chosen.digest.into(),
            &key.key,
        )?;
        let signer =
            SignerCertificate::new(subject.clone(), now() - BACKDATED_SECONDS, now() + SIGNER_SECONDS)
                .issue(key.key.clone())
                .map_err(|error| Failure::usage(error.to_string()))?;
        let signer_certificate = signer.certificate.clone();
        let enrolment = Enrolment::new(ca.clone(), &capabilities, &*csr, signer)
            .map_err(|error| Failure::usage(error.to_string()))?;
        Ok((chosen.apply(enrolment), csr, signer_certificate))
    })();
    let (enrolment, csr, signer_certificate) = prepared.inspect_err(|_| {
        key.discard();
    })?;
    let places = Places {
        signer_key: key.path.clone(),
        key: key.path.clone(),
        out: arguments.delivery.out.clone(),
        chain: arguments.delivery.chain.clone(),
    };
    let url = &arguments.server.url;
    let saved = Saved::new(url, &enrolment, chosen, &ca, &csr, &signer_certificate, places);
    let answer = Task {
        peer,
        enrolment,
        first: MessageType::PkcsReq,
        wait: Duration::from_secs(arguments.delivery.wait),
        state: arguments.state.unwrap_or_else(|| state_beside(&key.path)),
        saved,
        key: Some(key).filter(Key::is_made_here),
    }
    .run()
    .await?;
    Ok(pin::remark(answer, is_pinned, &ca))
}
