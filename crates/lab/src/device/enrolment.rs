//! How a device enrols: discovery, policy, request, and again after a lost answer.

mod renewal;

pub(crate) use renewal::renew_if_due;

use std::time::Duration;

use anyhow::Context as _;
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use thiserror::Error;
use url::Url;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::csr::device_request;
use super::machine::Machine;
use super::provisioning::{self, Identity, Provisioning};
use super::report::DeviceState;
use super::soap::{self, Policy, Problem};
use super::state::{SentRequest, uuid};
use super::tree::Format;
use crate::http::{Answer, HttpClient, public};

/// SHA-256, and SHA-256 with RSA.
const SHA_256: [&str; 2] = ["2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11"];
/// How often a device tries, and the laboratory minutes between.
const TRIES: u32 = 60;
const MINUTES_BETWEEN: f64 = 0.5;

#[derive(Debug, Error)]
enum Failure {
    /// Nobody knows what the server did with it: the same again later.
    #[error("{0}")]
    Passing(String),
    #[error("{0}")]
    Final(String),
}

/// Enrols a device that isn't; says whether it is now.
pub(crate) async fn enrol(machine: &Machine) -> bool {
    for _ in 0..TRIES {
        match attempt(machine).await {
            Ok(()) => return true,
            Err(Failure::Passing(reason)) => {
                machine.complain(format!("enrolment: {reason}"));
                machine.laboratory.wait_minutes(MINUTES_BETWEEN).await;
            }
            Err(Failure::Final(reason)) => {
                machine.complain(format!("enrolment: {reason}"));
                machine.change(|state| state.stage = DeviceState::Refused);
                return false;
            }
        }
    }
    machine.complain("enrolment: given up".to_owned());
    machine.change(|state| state.stage = DeviceState::Refused);
    false
}

async fn attempt(machine: &Machine) -> Result<(), Failure> {
    let tls = public(&machine.laboratory.trusted).map_err(final_error)?;
    let network = machine.laboratory.network.clone();
    let mut client = HttpClient::new(tls, network, Duration::from_secs(60));
    let discovery = machine
        .laboratory
        .server
        .join("/EnrollmentServer/Discovery.svc")
        .map_err(final_error)?;
    probe(&mut client, &discovery).await?;
    let message_id = message_id()?;
    let request = soap::discover(&message_id, discovery.as_str(), &machine.person.name);
    let answer = post(&mut client, &discovery, request).await?;
    let found = soap::discovered(&answer.body, &message_id).map_err(problem)?;
    let policy = ask_policy(machine, &mut client, found.policy_service.as_ref()).await?;
    let sent = prepared_request(machine, &policy).await.map_err(final_error)?;
    let service = &found.enrolment_service;
    let device = machine.look(|state| soap::Device {
        device_id: state.device_id.clone(),
        hardware_id: state.hardware_id.clone(),
        name: machine.name.clone(),
    });
    let request = soap::request_token(
        &sent.message_id,
        service.as_str(),
        &machine.person,
        &sent.csr,
        &device,
    );
    let answer = post(&mut client, service, request).await?;
    let document = soap::issued(&answer.body, &sent.message_id).map_err(problem)?;
    let provisioning = provisioning::read(&document).map_err(final_error)?;
    take(machine, provisioning).map_err(final_error)
}

/// Windows asks with GET first and wants 200 without a body.
async fn probe(client: &mut HttpClient, discovery: &Url) -> Result<(), Failure> {
    let headers = [
        ("Cache-Control", "no-cache"),
        ("Pragma", "no-cache"),
        ("User-Agent", "ENROLLClient"),
    ];
    let answer = client
        .send(Method::GET, discovery, &headers, Vec::new())
        .await
        .map_err(passing_error)?;
    if answer.status.is_server_error() {
        return Err(Failure::Passing(format!(
            "the probe was answered {}",
            answer.status
        )));
    }
    if answer.status != 200 || !answer.body.is_empty() {
        return Err(Failure::Final(format!(
            "the probe was answered {} with a body or so",
            answer.status
        )));
    }
    Ok(())
}

async fn post(client: &mut HttpClient, url: &Url, body: String) -> Result<Answer, Failure> {
    let headers = [
        ("Content-Type", "application/soap+xml; charset=utf-8"),
        ("User-Agent", "ENROLLClient"),
    ];
    let answer = client
        .send(Method::POST, url, &headers, body.into_bytes())
        .await
        .map_err(passing_error)?;
    let is_soap = answer.is_of_type(soap::MEDIA_TYPE);
    if let Some(fault) = answer.wire_fault() {
        return Err(Failure::Final(fault.to_owned()));
    }
    // A fault comes with 400 or 500; without one the server is in trouble.
    if answer.status != 200 && !is_soap {
        let text = format!("{} was answered {}", url.path(), answer.status);
        return Err(if answer.status.is_client_error() {
            Failure::Final(text)
        } else {
            Failure::Passing(text)
        });
    }
    if !is_soap {
        return Err(Failure::Final("the answer isn't application/soap+xml".to_owned()));
    }
    Ok(answer)
}

async fn ask_policy(
    machine: &Machine,
    client: &mut HttpClient,
    service: Option<&Url>,
) -> Result<Policy, Failure> {
    let Some(service) = service else {
        return Err(Failure::Final(
            "without a policy service Windows signs with SHA-1, which the laboratory can't".to_owned(),
        ));
    };
    let message_id = message_id()?;
    let request = soap::get_policies(&message_id, service.as_str(), &machine.person);
    let answer = post(client, service, request).await?;
    let policy = soap::policies(&answer.body, &message_id).map_err(problem)?;
    if !policy.hash.as_deref().is_some_and(|hash| SHA_256.contains(&hash)) {
        let text = "the policy offers no SHA-256, and the laboratory can't sign with SHA-1";
        return Err(Failure::Final(text.to_owned()));
    }
    Ok(policy)
}

/// The request that was sent before, or a new one with its key: never two for one device.
async fn prepared_request(machine: &Machine, policy: &Policy) -> anyhow::Result<SentRequest> {
    if let Some(sent) = machine.look(|state| state.request.clone()) {
        return Ok(sent);
    }
    let key = machine
        .laboratory
        .make_identity_key(policy.key_length.max(2048))
        .await?;
    let pkcs8 = key.to_pkcs8()?;
    let (key_id, device_id) = machine.look(|state| (state.key_id.clone(), state.device_id.clone()));
    let csr = device_request(&pkcs8, &key_id, &device_id)?;
    machine.folder.keep_key("identity", &pkcs8)?;
    let sent = SentRequest {
        message_id: format!("urn:uuid:{}", uuid()?),
        csr: STANDARD.encode(csr),
    };
    machine.change(|state| state.request = Some(sent.clone()));
    Ok(sent)
}

fn take(machine: &Machine, provisioning: Provisioning) -> anyhow::Result<()> {
    let Provisioning {
        account,
        identity,
        trusted,
        nodes,
    } = provisioning;
    fits(&identity, &machine.identity_key()?)?;
    machine.folder.keep_identity(&identity.der)?;
    for certificate in &trusted {
        machine
            .folder
            .trust(certificate.store, &certificate.sha1, &certificate.der)?;
    }
    machine.change(|state| {
        for (path, format, value) in nodes {
            state.tree.set(path, format, value);
        }
        let store = "./Vendor/MSFT/CertificateStore/My/User";
        let path = format!("{store}/{}/EncodedCertificate", identity.sha1);
        state.tree.set(path, Format::B64, STANDARD.encode(&identity.der));
        state.account = Some(account);
        state.request = None;
        state.stage = DeviceState::Enrolled;
    });
    Ok(())
}

/// Whether the identity is for this key (PKCS#8).
fn fits(identity: &Identity, pkcs8: &[u8]) -> anyhow::Result<()> {
    let key = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| anyhow::anyhow!("the device's key is broken"))?;
    let (_, certificate) = X509Certificate::from_der(&identity.der).context("the identity can't be read")?;
    let certified = certificate.public_key().subject_public_key.data.as_ref();
    anyhow::ensure!(
        certified == key.public_key().as_ref(),
        "the identity is for another key"
    );
    Ok(())
}

fn message_id() -> Result<String, Failure> {
    Ok(format!("urn:uuid:{}", uuid().map_err(final_error)?))
}

fn problem(problem: Problem) -> Failure {
    if problem.is_passing() {
        passing_error(problem)
    } else {
        final_error(problem)
    }
}

fn passing_error(error: impl std::fmt::Display) -> Failure {
    Failure::Passing(error.to_string())
}

fn final_error(error: impl std::fmt::Display) -> Failure {
    Failure::Final(error.to_string())
}
