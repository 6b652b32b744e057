//! The devices: enrolled in this process before the server starts, then brought to where nothing is left to do.

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use domain::{actor::Actor, assignment::Scope, person::Attributes, scep_configuration::ConfigurationForm};
use lab::device::{device_request, tree::EnrolOrder};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs::default_provider};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use sceau::{
    actions::{
        assignments::{AssignmentForm, put_assignment},
        configurations::add_configuration,
        enrolment::{EnrolmentInput, Stated, enrol_device},
        enrolment_tokens::{TokenForm, make_token},
        people::{PersonForm, add_person},
    },
    app::Shared,
};
use scep::{
    CONTENT_TYPE_MESSAGE, CaCertificates, Capabilities, CsrBuilder, Enrolment, Identity, Outcome, RsaKey,
    SignerCertificate,
};
use tokio::task::JoinSet;

use super::{
    connection::Connection,
    device::{Device, tls},
};
use crate::{
    scep::prepare,
    server::{House, Server},
};

/// Keys that the devices share: making one for each of 5,000 would take minutes and measure nothing.
const KEYS: usize = 16;
/// Devices that are prepared at once.
const AT_ONCE: usize = 32;
/// Sessions after which there must be nothing left to do.
const SESSIONS: usize = 20;
/// Subject of everybody's certificate.
const NAME: &str = "bench";

/// All devices, and what they need.
pub struct Fleet {
    pub devices: Vec<Device>,
    /// The authority's certificates.
    ca: CaCertificates,
    /// A key under the certificate that Windows makes for an enrolment.
    signer: Identity,
}

impl Fleet {
    /// Enrols devices, and distributes one configuration of a built-in authority to them all.
    pub async fn enrol(house: &House, count: usize) -> anyhow::Result<Self> {
        eprintln!("enrolling {count} devices");
        let app = house.application().await?;
        let ca = distribute(&app).await?;
        let token = token(&app, count).await?;
        let keys: Vec<Vec<u8>> = (0..KEYS)
            .map(|_| Ok(::ca::IssuingKey::generate(2048)?.to_pkcs8()?.to_vec()))
            .collect::<anyhow::Result<_>>()?;
        let roots = Arc::new(roots(&house.root_pem(app.now())?)?);
        let keys = Arc::new(keys);
        let server = format!("{}/ManagementServer/MDM.svc", house.settings.management_url);
        let mut devices = Vec::with_capacity(count);
        let mut set = JoinSet::new();
        for number in 0..count {
            if set.len() >= AT_ONCE {
                devices.push(joined(&mut set).await?);
            }
            let (app, token, keys) = (app.clone(), token.clone(), keys.clone());
            let (roots, server) = (roots.clone(), server.clone());
            set.spawn(async move {
                let key = keys.get(number % KEYS).context("no key")?;
                let device_id = format!("{number:032X}");
                let identity = enrol(&app, number, &device_id, key, &token).await?;
                let tls = tls(&roots, identity, key)?;
                anyhow::Ok(Device::new(number, device_id, server, tls))
            });
        }
        while !set.is_empty() {
            devices.push(joined(&mut set).await?);
        }
        let now = app.now().seconds();
        app.store.close().await;
        Ok(Self {
            devices,
            ca,
            signer: SignerCertificate::windows(now - 600, now + 86_400).issue(RsaKey::generate(2048)?)?,
        })
    }

    /// Lets every device hold sessions until it has its certificate and nothing is left to do.
    pub async fn settle(&mut self, house: &House, server: &Server) -> anyhow::Result<()> {
        eprintln!("every device gets its certificate");
        let public = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots(&server.root_pem)?)
            .with_no_client_auth();
        let settling = Arc::new(Settling {
            management: house.settings.listen.management.port(),
            scep: house.settings.listen.public.port(),
            public: Arc::new(public),
            base: house.settings.public_url.clone(),
            ca: self.ca.clone(),
            signer: self.signer.clone(),
        });
        let mut set = JoinSet::new();
        let mut settled = Vec::with_capacity(self.devices.len());
        for device in self.devices.drain(..) {
            if set.len() >= AT_ONCE {
                settled.push(joined(&mut set).await?);
            }
            let settling = settling.clone();
            set.spawn(async move { settling.settle(device).await });
        }
        while !set.is_empty() {
            settled.push(joined(&mut set).await?);
        }
        self.devices = settled;
        Ok(())
    }
}

fn roots(pem: &str) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes())?)?;
    Ok(roots)
}

async fn joined(set: &mut JoinSet<anyhow::Result<Device>>) -> anyhow::Result<Device> {
    set.join_next().await.context("nothing runs")??
}

/// What the devices need to come to where nothing is left to do.
pub struct Settling {
    management: u16,
    scep: u16,
    public: Arc<ClientConfig>,
    base: String,
    ca: CaCertificates,
    signer: Identity,
}

impl Settling {
    async fn settle(&self, mut device: Device) -> anyhow::Result<Device> {
        let mut connection = Connection::open(self.management, &device.tls).await?;
        for _ in 0..SESSIONS {
            let messages = device.session(&mut connection, self).await?;
            if messages == 1 && device.has_certificate {
                return Ok(device);
            }
        }
        anyhow::bail!("{} always has something to do", device.device_id)
    }

    /// Gets what the device was told to enrol for.
    pub async fn obtain(&self, order: &EnrolOrder) -> anyhow::Result<Vec<u8>> {
        let url = order.server_urls.first().context("an order without an address")?;
        let path = url.strip_prefix(&self.base).context("another server's address")?;
        let csr = CsrBuilder::new(prepare::subject(NAME))
            .challenge(&order.challenge)
            .build(&self.signer.key)?;
        let mut enrolment = Enrolment::new(
            self.ca.clone(),
            &Capabilities::default(),
            csr,
            self.signer.clone(),
        )?
        .with_cipher(scep::Cipher::Aes256)
        .with_digest(scep::Digest::Sha256);
        let message = enrolment.write_request()?;
        let path = format!("{path}/pkiclient.exe?operation=PKIOperation");
        let mut connection = Connection::open(self.scep, &self.public).await?;
        let body = connection.post(&path, CONTENT_TYPE_MESSAGE, message).await?;
        match enrolment.read_reply(&body)? {
            Outcome::Issued(certificates) => {
                let first = certificates.into_iter().next();
                first.context("issued without a certificate")
            }
            _ => anyhow::bail!("the certificate wasn't issued"),
        }
    }
}

/// A built-in authority whose certificates every device is to have.
async fn distribute(app: &Shared) -> anyhow::Result<CaCertificates> {
    let authority = prepare::authority(app).await?;
    let form = ConfigurationForm {
        name: "Bench".to_owned(),
        authority_id: authority.id.to_string(),
        subject: format!("CN={NAME}"),
        ..ConfigurationForm::default()
    };
    let saved = add_configuration(app, &Actor::CommandLine, &form).await?;
    let form = AssignmentForm {
        is_enabled: true,
        scope: Scope::All,
    };
    put_assignment(app, &Actor::CommandLine, &saved.configuration.id, form).await?;
    Ok(CaCertificates::from_certificates(
        authority.certificates.iter().cloned(),
    )?)
}

/// What enrols all devices.
async fn token(app: &Shared, count: usize) -> anyhow::Result<String> {
    let form = PersonForm {
        username: "bench@example.com".to_owned(),
        password: None,
        attributes: Attributes::default(),
    };
    let person = add_person(app, &Actor::CommandLine, form).await?;
    let form = TokenForm {
        name: "Bench".to_owned(),
        person_id: person.id,
        devices: count.try_into()?,
        days: 1,
    };
    let made = make_token(app, &Actor::CommandLine, form).await?;
    Ok(made.token.to_string())
}

async fn enrol(
    app: &Shared,
    number: usize,
    device_id: &str,
    key: &[u8],
    token: &str,
) -> anyhow::Result<Vec<u8>> {
    let key_id = format!("00000000-0000-4000-8000-{number:012}");
    let input = EnrolmentInput {
        message_id: key_id.clone(),
        username: String::new(),
        password: token.to_owned().into(),
        csr: device_request(key, &key_id, device_id)?,
        stated: Stated {
            name: Some(format!("BENCH-{number:05}")),
            windows_id: Some(device_id.to_owned()),
            hardware_id: Some(format!("{number:064X}")),
            enrollment_type: "Device".to_owned(),
            os_version: Some("10.0.19045.1".to_owned()),
            ..Stated::default()
        },
        address: "127.0.0.1".to_owned(),
    };
    let enrolled = enrol_device(app, input).await?;
    ensure!(!enrolled.certificate.is_empty(), "no identity");
    Ok(enrolled.certificate)
}
