//! What a run needs beforehand: an authority, one challenge and one message for each certificate.

use std::{sync::Arc, thread};

use bytes::Bytes;
use domain::{
    Id, Timestamp,
    actor::Actor,
    external_ca::Authority,
    issuance::WantedCertificate,
    order::{Order, OrderId},
    scep_configuration::{San, SanKind},
    transaction::Owner,
};
use sceau::{
    actions::built_in::{self, BuiltInForm},
    app::Shared,
    secrets::{random, random_token, token_sha256},
};
use scep::{
    CaCertificates, Capabilities, Cipher, CsrBuilder, Digest, Enrolment, ExtendedKeyUsage, GeneralName,
    Identity, KeyUsage, RsaKey, SignerCertificate, TransactionId,
};

use super::client::Message;

/// Keys that the clients share: making one for each of 100,000 would take an hour and measure nothing.
const KEYS: usize = 16;
/// Challenges that are stored at once.
const BATCH: usize = 1000;

/// An authority with RSA keys of 2048 bits throughout.
pub async fn authority(app: &Shared) -> anyhow::Result<Authority> {
    let form = BuiltInForm {
        name: "Bench".to_owned(),
        challenge_seconds: 86_400,
        ..BuiltInForm::default()
    };
    Ok(built_in::add_built_in(app, &Actor::CommandLine, &form).await?)
}

/// A challenge for the certificate of this number.
pub struct Ticket {
    number: usize,
    challenge: String,
    /// The order's token: its own address at a proxy.
    pub token: String,
}

impl Ticket {
    /// The order at whose address a proxy takes this ticket's message.
    pub fn order(&self, authority: &Authority, now: Timestamp) -> Order {
        Order {
            id: Id::new(now, random()),
            authority_id: authority.id.clone(),
            subject: format!("CN=device-{:06}", self.number),
            sans: Vec::new(),
            token_sha256: token_sha256(&self.token),
            operator_id: None,
            created_at: now,
            expires_at: now.plus_seconds(86_400),
        }
    }
}

/// Stores so many challenges.
pub async fn tickets(app: &Shared, authority: &Authority, count: usize) -> anyhow::Result<Vec<Ticket>> {
    let mut all = Vec::with_capacity(count);
    for first in (0..count).step_by(BATCH) {
        let (authority, now, last) = (authority.clone(), app.now(), count.min(first + BATCH));
        let batch = app
            .store
            .write(move |tx| {
                let authority = authority.clone();
                Box::pin(async move {
                    let mut batch = Vec::new();
                    for number in first..last {
                        let order: OrderId = Id::new(now, random());
                        let owner = Owner::Order(order);
                        let challenge = built_in::mint(tx, &authority, &owner, &wanted(number), now).await?;
                        batch.push(Ticket {
                            number,
                            challenge: challenge.to_string(),
                            token: random_token().to_string(),
                        });
                    }
                    Ok::<_, sceau::actions::Error>(batch)
                })
            })
            .await?;
        all.extend(batch);
    }
    Ok(all)
}

fn wanted(number: usize) -> WantedCertificate {
    WantedCertificate {
        subject: format!("CN=device-{number:06}"),
        sans: vec![San {
            kind: SanKind::Dns,
            value: format!("device-{number:06}.example.com"),
        }],
        key_usage_bits: 0xa0,
        ekus: vec!["1.3.6.1.5.5.7.3.2".to_owned()],
        key_length: Some(2048),
        validity_seconds: 365 * 86_400,
    }
}

/// One message for each ticket: AES-256, SHA-256, RSA-2048, as Windows asks. On all cores.
pub fn messages(
    ca: &[Vec<u8>],
    tickets: Vec<Ticket>,
    path: impl Fn(&Ticket) -> String + Send + Sync + 'static,
    now: i64,
) -> anyhow::Result<Vec<Message>> {
    let ca = CaCertificates::from_certificates(ca.iter().cloned())?;
    let signers: Vec<Identity> = (0..KEYS)
        .map(|_| SignerCertificate::windows(now - 600, now + 86_400).issue(RsaKey::generate(2048)?))
        .collect::<Result<_, _>>()?;
    let shared = Arc::new((ca, signers, path));
    let threads = thread::available_parallelism()?.get();
    let share = tickets.len().div_ceil(threads).max(1);
    let mut rest = tickets.into_iter().peekable();
    let mut running = Vec::new();
    while rest.peek().is_some() {
        let part: Vec<Ticket> = rest.by_ref().take(share).collect();
        let shared = shared.clone();
        running.push(thread::spawn(move || {
            let (ca, signers, path) = &*shared;
            part.iter()
                .map(|ticket| message(ca, signers, ticket, path(ticket)))
                .collect::<anyhow::Result<Vec<_>>>()
        }));
    }
    let mut all = Vec::new();
    for thread in running {
        all.extend(
            thread
                .join()
                .map_err(|_| anyhow::anyhow!("a thread broke off"))??,
        );
    }
    Ok(all)
}

fn message(
    ca: &CaCertificates,
    signers: &[Identity],
    ticket: &Ticket,
    path: String,
) -> anyhow::Result<Message> {
    let number = ticket.number;
    let signer = signers
        .get(number % signers.len())
        .ok_or_else(|| anyhow::anyhow!("no key"))?;
    let csr = CsrBuilder::new(subject(&format!("device-{number:06}")))
        .challenge(&ticket.challenge)
        .key_usage(KeyUsage::BOTH)
        .extended_key_usage(ExtendedKeyUsage::client_authentication())
        .name(GeneralName::Dns(format!("device-{number:06}.example.com")))
        .build(&signer.key)?;
    let mut enrolment = Enrolment::new(ca.clone(), &Capabilities::default(), csr, signer.clone())?
        .with_transaction_id(TransactionId::new(format!(
            "{:040X}",
            u128::from_be_bytes(random::<16>())
        ))?)
        .with_cipher(Cipher::Aes256)
        .with_digest(Digest::Sha256);
    Ok(Message {
        path,
        body: Bytes::from(enrolment.write_request()?),
    })
}

/// `CN=` and a short name, as DER.
pub fn subject(name: &str) -> Vec<u8> {
    let length = name.len() as u8;
    let mut der = vec![
        0x30,
        length + 11,
        0x31,
        length + 9,
        0x30,
        length + 7,
        6,
        3,
        0x55,
        4,
        3,
        0x0c,
        length,
    ];
    der.extend_from_slice(name.as_bytes());
    der
}
