//! The request of a full test, as a client of SCEP sends it.

use std::time::{Duration, Instant};

use domain::{
    external_ca::Authority,
    scep_configuration::{San, SanKind, ScepSettings},
    subject::alternative_names,
};
use scep::{
    CaCertificates, Capabilities, CsrBuilder, Enrolment, ExtendedKeyUsage, GeneralName, KeyUsage, Outcome,
    RsaKey, SignerCertificate,
};

use super::super::examination::{AuthorityTest, Step, StepResult, TestStep};
use crate::{
    app::Shared,
    outbound::{OutboundError, Upstream},
    secrets::{hex, random},
};

/// For clocks that aren't the same.
const BACKDATED_SECONDS: i64 = 3600;
/// How long the certificate counts that signs the messages.
const SIGNER_SECONDS: i64 = 86_400;
/// How often a request that waits is asked for.
const POLLS: usize = 2;
/// The pause before each.
const PAUSE: Duration = Duration::from_secs(2);

/// What came of it.
pub(super) struct Enrolled {
    pub(super) step: TestStep,
    /// The authority may have seen the challenge.
    pub(super) was_presented: bool,
    /// What was given, where something was.
    pub(super) issued: Option<Issued>,
}

/// A certificate (DER), and the names that were asked for.
pub(super) struct Issued {
    pub(super) der: Vec<u8>,
    pub(super) subject: String,
    /// In the form of the CSP.
    pub(super) sans: String,
}

pub(super) async fn enrol(
    app: &Shared,
    authority: &Authority,
    settings: &ScepSettings,
    found: &AuthorityTest,
    challenge: &str,
) -> Enrolled {
    let begun = Instant::now();
    let failed = |key| TestStep::new(Step::Enrolment, StepResult::Failed, key);
    let capabilities = Capabilities::parse(found.capabilities.join("\n").as_bytes());
    let common_name = format!("Sceau connection test {}", hex(&random::<4>()));
    let now = app.now().seconds();
    let sans = names(&settings.sans, &common_name);
    let asked = alternative_names::literal(&sans);
    let (wishes, name, text) = (settings.clone(), common_name.clone(), challenge.to_owned());
    let text = zeroize::Zeroizing::new(text);
    let (known, certificates) = (capabilities.clone(), authority.certificates.clone());
    // A key takes a moment of a processor.
    let prepared = tokio::task::spawn_blocking(move || {
        prepare(&wishes, (&name, sans), &text, &known, certificates, now)
    });
    let Ok(Ok(enrolment)) = prepared.await else {
        return Enrolled {
            step: failed("test-enrolment-impossible"),
            was_presented: false,
            issued: None,
        };
    };
    let upstream = Upstream {
        capabilities: found.capabilities.join("\n"),
        ..Upstream::of(authority)
    };
    let (answered, was_presented) = converse(app, &upstream, enrolment).await;
    let took = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    let (step, issued) = match answered {
        Ok(Outcome::Issued(certificates)) => (
            TestStep::new(Step::Enrolment, StepResult::Good, "test-enrolment-issued"),
            certificates.into_iter().next(),
        ),
        Ok(Outcome::Pending) => {
            let told = TestStep::new(Step::Enrolment, StepResult::Warning, "test-enrolment-pending");
            (told, None)
        }
        Ok(Outcome::Failed {
            fail_info,
            text,
            microsoft_hresult,
        }) => {
            let code = microsoft_hresult.map(|code| format!("0x{:08X}", code.cast_unsigned()));
            let info = fail_info.map(|info| format!("failInfo {}", info as u8));
            let told = failed("test-enrolment-refused")
                .with("code", code.or(info).unwrap_or_default())
                .with("text", text.unwrap_or_default());
            (told, None)
        }
        Err(key) => (failed(key), None),
    };
    Enrolled {
        step: step.took(took),
        was_presented,
        issued: issued.map(|der| Issued {
            der,
            subject: format!("CN={common_name}"),
            sans: asked,
        }),
    }
}

fn prepare(
    settings: &ScepSettings,
    (common_name, sans): (&str, Vec<San>),
    challenge: &str,
    capabilities: &Capabilities,
    certificates: Vec<Vec<u8>>,
    now: i64,
) -> Result<Enrolment, scep::Error> {
    let key = RsaKey::generate(usize::from(settings.key_length))?;
    let mut request = CsrBuilder::new(subject(common_name))
        .challenge(challenge)
        .digest(capabilities.digest())
        .key_usage(KeyUsage(settings.key_usage_bits()));
    for san in sans {
        request = match san.kind {
            SanKind::Email => request.name(GeneralName::Email(san.value)),
            SanKind::Dns => request.name(GeneralName::Dns(san.value)),
            SanKind::Uri => request.name(GeneralName::Uri(san.value)),
            SanKind::Upn => request.name(GeneralName::Upn(san.value)),
            SanKind::Ip | SanKind::Sid => request,
        };
    }
    for usage in &settings.ekus {
        request = request.extended_key_usage(ExtendedKeyUsage::new(usage)?);
    }
    let csr = zeroize::Zeroizing::new(request.build(&key)?);
    let signer = SignerCertificate::windows(now - BACKDATED_SECONDS, now + SIGNER_SECONDS).issue(key)?;
    let known = CaCertificates::from_certificates(certificates)?;
    Enrolment::new(known, capabilities, &*csr, signer)
}

/// A name of the test's own for each kind that the configuration orders. An address or a security identifier of nobody
/// can't be made up.
fn names(ordered: &[San], common_name: &str) -> Vec<San> {
    let host = format!("{}.test", common_name.to_lowercase().replace(' ', "-"));
    [
        (SanKind::Email, format!("test@{host}")),
        (SanKind::Dns, host.clone()),
        (SanKind::Uri, format!("https://{host}/")),
        (SanKind::Upn, format!("test@{host}")),
    ]
    .into_iter()
    .filter(|(kind, _)| ordered.iter().any(|san| san.kind == *kind))
    .map(|(kind, value)| San { kind, value })
    .collect()
}

/// `CN=…` as DER: the name has characters of PrintableString alone, and is short.
fn subject(common_name: &str) -> Vec<u8> {
    let element = |tag: u8, content: &[u8]| {
        let mut octets = vec![tag, u8::try_from(content.len()).unwrap_or(u8::MAX)];
        octets.extend_from_slice(content);
        octets
    };
    // 2.5.4.3 commonName.
    let kind = element(0x06, &[0x55, 0x04, 0x03]);
    let value = element(0x13, common_name.as_bytes());
    let pair = element(0x30, &[kind, value].concat());
    element(0x30, &element(0x31, &pair))
}

/// The outcome or the key of what went wrong, and whether the challenge may have been seen.
async fn converse(
    app: &Shared,
    upstream: &Upstream,
    mut enrolment: Enrolment,
) -> (Result<Outcome, &'static str>, bool) {
    let Ok(message) = enrolment.write_request() else {
        return (Err("test-enrolment-impossible"), false);
    };
    let mut outcome = match send(app, upstream, &enrolment, message).await {
        Ok(outcome) => outcome,
        Err((key, was_sent)) => return (Err(key), was_sent),
    };
    for _ in 0..POLLS {
        if outcome != Outcome::Pending {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        let Ok(message) = enrolment.write_poll() else {
            break;
        };
        match send(app, upstream, &enrolment, message).await {
            Ok(next) => outcome = next,
            // A server that is away for a moment: the request still waits there.
            Err(_) => break,
        }
    }
    (Ok(outcome), true)
}

async fn send(
    app: &Shared,
    upstream: &Upstream,
    enrolment: &Enrolment,
    message: Vec<u8>,
) -> Result<Outcome, (&'static str, bool)> {
    let answer = app
        .outbound
        .scep_post(upstream, message)
        .await
        .map_err(|error| match error {
            OutboundError::Unreachable(_) => ("test-enrolment-unreachable", false),
            _ => ("test-enrolment-unanswered", true),
        })?;
    if answer.status != 200 {
        return Err(("test-enrolment-no-scep", true));
    }
    enrolment.read_reply(&answer.body).map_err(|error| match error {
        scep::Error::Algorithm(_) => ("test-enrolment-algorithm", true),
        _ => ("test-enrolment-untrusted", true),
    })
}
