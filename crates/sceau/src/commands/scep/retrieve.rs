//! `sceau scep crl` and `sceau scep cert`: what the CA keeps, by issuer and serial number.

use std::path::PathBuf;

use clap::Args;
use scep::{CaCertificates, Capabilities, Identity, Retrieval, Retrieved, RsaKey, SignerCertificate};
use serde_json::json;

use super::{
    Exit, Failure,
    algorithms::{Algorithms, Chosen},
    answer::Answer,
    certificate::Shown,
    exchange::unwritable,
    files,
    held::Held,
    key, now,
    peer::{Peer, Server},
    pin,
    refusal::Refusal,
    revocation_list, subject,
};

/// Flags of both.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) server: Server,
    /// The serial number, hexadecimal digits; for a CRL that of any certificate of the CA
    #[arg(long, value_name = "HEX", value_parser = serial, required_unless_present = "certificate")]
    serial: Option<Serial>,
    /// A certificate (PEM or DER) whose serial number is meant
    #[arg(long, value_name = "FILE", conflicts_with = "serial")]
    certificate: Option<PathBuf>,
    /// Sign the question with this certificate of the CA, as some servers want it [default: one made for the purpose]
    #[arg(long, value_name = "FILE", requires = "signer_key")]
    signer_certificate: Option<PathBuf>,
    /// Its private key (PEM: PKCS#8 or PKCS#1, not encrypted)
    #[arg(long, value_name = "FILE", requires = "signer_certificate")]
    signer_key: Option<PathBuf>,
    #[command(flatten)]
    algorithms: Algorithms,
    #[command(flatten)]
    pin: pin::Pin,
    /// Write the answer to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write DER instead of PEM (needs --out)
    #[arg(long, requires = "out")]
    der: bool,
}

/// The content octets of a serial number.
#[derive(Clone, Debug)]
struct Serial(Vec<u8>);

/// Reads hexadecimal digits, colons and blanks between them.
fn serial(text: &str) -> Result<Serial, String> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|character| !matches!(character, ':' | ' '))
        .map(|character| character.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let mut digits = digits
        .filter(|digits| !digits.is_empty())
        .ok_or("give hexadecimal digits")?;
    if digits.len() % 2 == 1 {
        digits.insert(0, 0);
    }
    let pairs = digits.chunks_exact(2);
    let octets: Vec<u8> = pairs
        .filter_map(|pair| Some(pair.first()? << 4 | pair.last()?))
        .collect();
    let significant = octets
        .iter()
        .take_while(|octet| **octet == 0)
        .count()
        .min(octets.len() - 1);
    let mut octets = octets.into_iter().skip(significant).collect::<Vec<_>>();
    // An INTEGER whose first bit is set would be negative (X.690 §8.3).
    if octets.first().is_some_and(|first| *first >= 0x80) {
        octets.insert(0, 0);
    }
    Ok(Serial(octets))
}

impl Arguments {
    fn serial(&self) -> Result<Vec<u8>, Failure> {
        match (&self.serial, &self.certificate) {
            (Some(serial), _) => Ok(serial.0.clone()),
            (None, Some(path)) => Ok(Held::read(path)?.serial),
            (None, None) => Err(Failure::usage("--serial or --certificate is needed")),
        }
    }

    fn signer(&self) -> Result<Identity, Failure> {
        let (Some(certificate), Some(key)) = (&self.signer_certificate, &self.signer_key) else {
            return made();
        };
        let held = Held::read(certificate)?;
        let private = key::read(key)?;
        held.must_hold(&private, certificate, key)?;
        Ok(Identity {
            certificate: held.der,
            key: private,
        })
    }

    fn write(
        &self,
        label: &str,
        pem: &str,
        der: &[u8],
        words: &str,
        json: serde_json::Value,
    ) -> Result<Answer, Failure> {
        let Some(path) = &self.out else {
            return Ok(Answer::done(pem, json).with_note(words.trim_end()));
        };
        if self.der {
            files::write_octets(path, der)?;
        } else {
            files::write(path, pem)?;
        }
        Ok(Answer::done(
            format!("{words}{label}: {}\n", path.display()),
            json,
        ))
    }
}

/// A signer for this question alone.
fn made() -> Result<Identity, Failure> {
    let unusable = |error: scep::Error| Failure::local(error.to_string());
    let key = RsaKey::generate(2048).map_err(unusable)?;
    let name = subject::parse("CN=sceau scep")?;
    SignerCertificate::new(name, now() - 3600, now() + 86_400)
        .issue(key)
        .map_err(unusable)
}

/// One question and its answer; a refusal is an answer of its own.
async fn ask(
    arguments: &Arguments,
    question: impl FnOnce(CaCertificates, &Capabilities, Vec<u8>, Identity) -> Result<Retrieval, scep::Error>,
) -> Result<(Result<Retrieved, Refusal>, CaCertificates, bool), Failure> {
    let (serial, signer) = (arguments.serial()?, arguments.signer()?);
    let mut peer = Peer::new(&arguments.server)?;
    let capabilities = peer.capabilities().await?;
    let ca = peer.certificates().await?;
    let is_pinned = arguments.pin.check(&ca)?;
    let chosen: Chosen = arguments.algorithms.choose(&capabilities);
    let retrieval = question(ca.clone(), &capabilities, serial, signer)
        .map_err(|error| Failure::usage(error.to_string()))?;
    let mut retrieval = chosen.apply_to(retrieval);
    let message = retrieval.write_request().map_err(unwritable)?;
    let reply = peer.operate(&message).await?;
    let retrieved = match retrieval
        .read_reply(&reply)
        .map_err(|error| Failure::reply(&error))?
    {
        Retrieved::Failed {
            fail_info,
            text,
            microsoft_hresult: hresult,
        } => Err(Refusal {
            fail_info,
            text,
            hresult,
        }),
        other => Ok(other),
    };
    Ok((retrieved, ca, is_pinned))
}

/// GetCRL.
pub(super) async fn crl(arguments: Arguments) -> Result<Answer, Failure> {
    let serial = arguments.serial()?;
    let (retrieved, ca, is_pinned) = ask(&arguments, Retrieval::revocation_list).await?;
    let answer = match retrieved {
        Ok(Retrieved::RevocationList(der)) => {
            let shown = revocation_list::Shown::of(
                &der,
                arguments.certificate.is_some().then_some(serial.as_slice()),
                now(),
            );
            let json = json!({"status": "ok", "crl": shown});
            arguments.write("CRL", &shown.pem, &der, &shown.lines(), json)?
        }
        Ok(_) => return Err(another_kind()),
        Err(refusal) => refusal.answer(),
    };
    Ok(pin::remark(answer, is_pinned, &ca))
}

/// GetCert.
pub(super) async fn cert(arguments: Arguments) -> Result<Answer, Failure> {
    let (retrieved, ca, is_pinned) = ask(&arguments, Retrieval::certificate).await?;
    let answer = match retrieved {
        Ok(Retrieved::Certificates(certificates)) => {
            let der = certificates.first().ok_or_else(another_kind)?;
            let shown = Shown::of(der, now());
            let json = json!({"status": "ok", "certificate": shown});
            arguments.write("certificate", &shown.pem, der, &shown.lines(), json)?
        }
        Ok(_) => return Err(another_kind()),
        Err(refusal) => refusal.answer(),
    };
    Ok(pin::remark(answer, is_pinned, &ca))
}

fn another_kind() -> Failure {
    Failure::new(
        Exit::Untrusted,
        "the answer holds something else than what was asked for",
        "",
    )
}
