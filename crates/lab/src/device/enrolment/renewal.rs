//! A device renews its identity by itself (ROBO): discovery at the address for renewals, over TLS with the identity in
//! use, and a request that the same identity signed.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Failure, final_error, fits, message_id, post, problem};
use crate::device::csr::{device_request, signed_request};
use crate::device::machine::Machine;
use crate::device::provisioning::{self, Identity};
use crate::device::session;
use crate::device::soap;
use crate::device::state::{SentRequest, uuid};
use crate::device::tree::Format;

const RENEW: &str = "./Vendor/MSFT/CertificateStore/My/WSTEP/Renew";
const STORE: &str = "./Vendor/MSFT/CertificateStore/My/User";
/// Name of the next identity's key until its certificate is there.
const KEY: &str = "renewal";
const KEY_BITS: u32 = 2048;
const DAY_SECONDS: i64 = 86_400;

/// Renews the identity if its end is near; what fails is tried again before the next session.
pub(crate) async fn renew_if_due(machine: &Machine) {
    let renewed = match address_if_due(machine) {
        Ok(Some(discovery)) => renew(machine, &discovery).await,
        Ok(None) => return,
        Err(error) => Err(final_error(error)),
    };
    if let Err(failure) = renewed {
        machine.complain(format!("renewal: {failure}"));
    }
}

/// Where to renew, once RenewPeriod has begun. Windows doesn't renew by itself what has ended (Microsoft, certificate
/// renewal).
fn address_if_due(machine: &Machine) -> anyhow::Result<Option<Url>> {
    let node = |name: &str| {
        machine.look(|state| {
            let value = state.tree.value(&format!("{RENEW}/{name}"));
            value.map(str::to_owned)
        })
    };
    if node("ROBOSupport").as_deref() != Some("true") {
        return Ok(None);
    }
    let period: i64 = node("RenewPeriod").context("no RenewPeriod")?.parse()?;
    let identity = machine.folder.identity()?;
    let (_, identity) = X509Certificate::from_der(&identity).context("the identity can't be read")?;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let left = identity.validity().not_after.timestamp() - now;
    if left <= 0 || left > period * DAY_SECONDS {
        return Ok(None);
    }
    let address = match node("ServerURL") {
        Some(address) => Url::parse(&address)?,
        None => machine
            .laboratory
            .server
            .join("/EnrollmentServer/Discovery.svc")?,
    };
    Ok(Some(address))
}

async fn renew(machine: &Machine, discovery: &Url) -> Result<(), Failure> {
    let mut client = session::client(machine).map_err(final_error)?;
    let id = message_id()?;
    let request = soap::discover(&id, discovery.as_str(), &machine.person.name);
    let answer = post(&mut client, discovery, request).await?;
    let found = soap::discovered(&answer.body, &id).map_err(problem)?;
    let sent = prepared_request(machine).await.map_err(final_error)?;
    let service = &found.enrolment_service;
    let request = soap::renew_token(
        &sent.message_id,
        service.as_str(),
        &machine.person.name,
        &sent.csr,
    );
    let answer = post(&mut client, service, request).await?;
    let document = soap::issued(&answer.body, &sent.message_id).map_err(problem)?;
    let provider = machine.look(|state| state.account.as_ref().map(|account| account.provider_id.clone()));
    let identity = provisioning::renewed(&document, &provider.unwrap_or_default()).map_err(final_error)?;
    take(machine, &identity).map_err(final_error)
}

/// The request that was sent before and perhaps answered, or a new one with its key.
async fn prepared_request(machine: &Machine) -> anyhow::Result<SentRequest> {
    if let Some(sent) = machine.look(|state| state.renewal.clone()) {
        return Ok(sent);
    }
    let key = machine.laboratory.make_identity_key(KEY_BITS).await?;
    let pkcs8 = key.to_pkcs8()?;
    let (key_id, device_id) = machine.look(|state| (state.key_id.clone(), state.device_id.clone()));
    let csr = device_request(&pkcs8, &key_id, &device_id)?;
    let signed = signed_request(&csr, &machine.folder.identity()?, &machine.identity_key()?)?;
    machine.folder.keep_key(KEY, &pkcs8)?;
    let sent = SentRequest {
        message_id: format!("urn:uuid:{}", uuid()?),
        csr: STANDARD.encode(signed),
    };
    machine.change(|state| state.renewal = Some(sent.clone()));
    Ok(sent)
}

/// The client deletes the old certificate (Microsoft, certificate renewal).
fn take(machine: &Machine, identity: &Identity) -> anyhow::Result<()> {
    let pkcs8 = machine.folder.key(KEY)?;
    fits(identity, &pkcs8)?;
    machine.folder.keep_key("identity", &pkcs8)?;
    machine.folder.keep_identity(&identity.der)?;
    machine.change(|state| {
        let path = format!("{STORE}/{}/EncodedCertificate", identity.sha1);
        state.tree.set(path, Format::B64, STANDARD.encode(&identity.der));
        state.renewal = None;
    });
    Ok(())
}
