//! One enrolment over SCEP: what follows an accepted `Exec …/Install/Enroll`.

mod chain;
mod exchange;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ::scep::{
    CaCertificates, Capabilities, CsrBuilder, Digest, Enrolment, ExtendedKeyUsage, KeyUsage, Outcome, RsaKey,
    SecretBytes, SignerCertificate,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use self::chain::Anchors;
use self::exchange::ScepServer;
use super::alternative_names;
use super::effect::forget;
use super::hex;
use super::hresult::Hresult;
use super::machine::Machine;
use super::report::HeldCertificate;
use super::subject::{Name, is_printable};
use super::tree::{EnrolOrder, Format, SCEP, TrustStore};

/// A certificate that came, with its key.
struct Installed {
    der: Vec<u8>,
    pkcs8: SecretBytes,
    /// The address that answered.
    respondent: String,
}

/// Why an attempt failed: the code for `ErrorCode`, and words for the report.
struct Failed(Hresult, String);

/// Runs the attempt to its end and says in the tree how it went.
///
/// Windows doesn't repeat an attempt after a network or HTTP error: that takes another Exec.
pub(crate) async fn run(machine: Arc<Machine>, order: EnrolOrder) {
    let result = Box::pin(enrol(&machine, &order)).await;
    let unique_id = order.unique_id.as_str();
    match result {
        Ok(installed) => install(&machine, unique_id, &installed),
        Err(Failed(code, words)) => machine.change(|state| {
            state.tree.set_scep_state(unique_id, 16, code.signed());
            state.complain(format!("{unique_id}: {code}: {words}"));
        }),
    }
}

async fn enrol(machine: &Machine, order: &EnrolOrder) -> Result<Installed, Failed> {
    let request = request(order)?;
    let mut failure = Failed(Hresult::INVALID_ARGUMENT, "no server address".to_owned());
    for url in &order.server_urls {
        match at_server(machine, order, &request, url).await {
            Ok(installed) => return Ok(installed),
            Err(next) => failure = next,
        }
    }
    Err(failure)
}

/// The certificate request, but for the key.
fn request(order: &EnrolOrder) -> Result<CsrBuilder, Failed> {
    // Anything but PrintableString characters fails without a word about the cause.
    if !is_printable(&order.challenge) {
        return Err(Failed(
            Hresult::UNSPECIFIED,
            "the challenge isn't a PrintableString".to_owned(),
        ));
    }
    if !order.hashes.iter().any(|family| family == "SHA-2") {
        let words = format!(
            "hash families {:?}: the laboratory signs with SHA-256",
            order.hashes
        );
        return Err(Failed(Hresult::KEY_NOT_SUPPORTED, words));
    }
    let subject = Name::parse(&order.subject)
        .and_then(|name| name.to_der())
        .map_err(|error| Failed(Hresult::INVALID_X500_STRING, error.to_string()))?;
    let names = alternative_names::parse(&order.alternative_names).ok_or_else(|| {
        Failed(
            Hresult::INVALID_ARGUMENT,
            "the alternative names can't be read".to_owned(),
        )
    })?;
    let bits = u8::try_from(order.key_usage & 0xff).unwrap_or_default();
    let mut request = CsrBuilder::new(subject)
        .challenge(&order.challenge)
        .key_usage(KeyUsage(bits))
        .digest(Digest::Sha256);
    for name in names {
        request = request.name(name);
    }
    for usage in &order.extended_key_usages {
        let usage = ExtendedKeyUsage::new(usage)
            .map_err(|error| Failed(Hresult::INVALID_ARGUMENT, error.to_string()))?;
        request = request.extended_key_usage(usage);
    }
    Ok(request)
}

async fn at_server(
    machine: &Machine,
    order: &EnrolOrder,
    request: &CsrBuilder,
    url: &str,
) -> Result<Installed, Failed> {
    let mut server = ScepServer::at(machine, url)?;
    let capabilities = server.capabilities().await?;
    let certificates = server.certificates().await?;
    let anchors = Anchors::of(machine, &certificates);
    // The hash is compared before any key is made and before the challenge goes out.
    anchors.check_signers(&certificates, &order.ca_thumbprint)?;
    let key = machine
        .laboratory
        .make_certificate_key(order.key_length)
        .await
        .map_err(|error| Failed(Hresult::KEY_NOT_SUPPORTED, error.to_string()))?;
    let pkcs8 = key.to_pkcs8().map_err(exchange::scep_error)?;
    let mut enrolment = enrolment(certificates, &capabilities, request, key).map_err(exchange::scep_error)?;
    let message = enrolment.write_request().map_err(exchange::scep_error)?;
    let reply = server.operate(&capabilities, message).await?;
    let mut outcome = enrolment.read_reply(&reply).map_err(exchange::scep_error)?;
    let mut polls = 0;
    while outcome == Outcome::Pending {
        // RetryCount and RetryDelay (minutes) are for this alone.
        if polls == order.retry_count {
            return Err(Failed(
                Hresult::WAITED_IN_VAIN,
                "still pending after the last retry".to_owned(),
            ));
        }
        polls += 1;
        machine.change(|state| state.tree.set_scep_state(&order.unique_id, 2, 0));
        machine
            .laboratory
            .wait_minutes(f64::from(order.retry_delay))
            .await;
        let poll = enrolment.write_poll().map_err(exchange::scep_error)?;
        let reply = server.operate(&capabilities, poll).await?;
        outcome = enrolment.read_reply(&reply).map_err(exchange::scep_error)?;
    }
    let der = issued(outcome, &anchors)?;
    Ok(Installed {
        der,
        pkcs8,
        respondent: url.to_owned(),
    })
}

fn enrolment(
    certificates: CaCertificates,
    capabilities: &Capabilities,
    request: &CsrBuilder,
    key: RsaKey,
) -> Result<Enrolment, ::scep::Error> {
    let csr = request.build(&key)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let year = i64::try_from(Duration::from_hours(365 * 24).as_secs()).unwrap_or_default();
    let signer = SignerCertificate::windows(now - 3600, now + year).issue(key)?;
    Enrolment::new(certificates, capabilities, csr, signer)
}

fn issued(outcome: Outcome, anchors: &Anchors) -> Result<Vec<u8>, Failed> {
    match outcome {
        Outcome::Issued(certificates) => {
            let der = certificates.first().cloned().unwrap_or_default();
            anchors.check_issued(&der, &certificates)?;
            Ok(der)
        }
        Outcome::Failed {
            fail_info,
            text,
            microsoft_hresult,
        } => {
            let code = microsoft_hresult.map_or(Hresult::ENROLL_DENIED, |code| Hresult(code.cast_unsigned()));
            Err(Failed(
                code,
                format!("the CA refused: {fail_info:?} {}", text.unwrap_or_default()),
            ))
        }
        Outcome::Pending => Err(Failed(Hresult::BAD_MESSAGE, "still pending".to_owned())),
    }
}

/// Puts certificate and key into the store, unless the node went away meanwhile.
fn install(machine: &Machine, unique_id: &str, installed: &Installed) {
    let sha1 = chain::sha1(&installed.der);
    let Ok((_, certificate)) = X509Certificate::from_der(&installed.der) else {
        return;
    };
    let serial = certificate.raw_serial();
    let held = HeldCertificate {
        sha1: sha1.clone(),
        subject: certificate.subject().to_string(),
        serial: hex(serial.strip_prefix(&[0]).unwrap_or(serial)),
        node: unique_id.to_owned(),
    };
    machine.change(|state| {
        if !state.tree.contains(&format!("{SCEP}/{unique_id}")) {
            return state.complain(format!(
                "{unique_id}: deleted while it enrolled; {sha1} isn't kept"
            ));
        }
        forget(machine, state, unique_id);
        if let Err(error) = machine.folder.install(&sha1, &installed.der, &installed.pkcs8) {
            return state.complain(format!("{unique_id}: {error:#}"));
        }
        state.certificates.push(held);
        state.tree.set_scep_state(unique_id, 1, 0);
        state.tree.set_scep_text(unique_id, "CertThumbprint", &sha1);
        state
            .tree
            .set_scep_text(unique_id, "RespondentServerUrl", &installed.respondent);
        if machine.shows_certificates {
            let path = format!("./Vendor/MSFT/CertificateStore/My/System/{sha1}/EncodedCertificate");
            state.tree.set(path, Format::B64, STANDARD.encode(&installed.der));
        }
    });
}

/// After a restart: what ran is over, what was half installed goes, and what someone removed by
/// hand is gone.
pub(crate) fn recover(machine: &Machine) {
    machine.change(|state| {
        for sha1 in machine.folder.installed() {
            if !state.certificates.iter().any(|held| held.sha1 == sha1) {
                machine.folder.uninstall(&sha1);
                state.complain(format!(
                    "{sha1} was half installed when the device was switched off"
                ));
            }
        }
        for unique_id in state.tree.scep_nodes() {
            if matches!(state.tree.scep(&unique_id, "Status"), Some("32" | "2")) {
                state
                    .tree
                    .set_scep_state(&unique_id, 16, Hresult::ABORTED.signed());
                state.complain(format!(
                    "{unique_id}: {}: the device was switched off",
                    Hresult::ABORTED
                ));
            }
        }
    });
    notice_removed(machine);
}

/// A certificate whose file is gone makes its node a failed one.
pub(crate) fn notice_removed(machine: &Machine) {
    let gone: Vec<HeldCertificate> = machine.look(|state| {
        state
            .certificates
            .iter()
            .filter(|held| !machine.folder.holds(&held.sha1))
            .cloned()
            .collect()
    });
    if gone.is_empty() {
        return;
    }
    machine.change(|state| {
        for held in gone {
            forget(machine, state, &held.node);
            state
                .tree
                .set_scep_state(&held.node, 16, Hresult::NOT_FOUND.signed());
            state.tree.set_scep_text(&held.node, "CertThumbprint", "");
        }
    });
}

/// The certificates that the device was sent, by store.
fn sent(machine: &Machine, store: TrustStore) -> Vec<Vec<u8>> {
    machine
        .folder
        .trusted(store)
        .iter()
        .map(|der| der.to_vec())
        .collect()
}
