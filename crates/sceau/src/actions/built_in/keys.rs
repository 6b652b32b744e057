//! Authorities as they are used: keys opened once and kept, looked at again when they may have changed.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use ca::{CertificateAuthority, IssuingKey, SigningKey};
use domain::{
    Sealed,
    built_in::{AuthorityKey, BuiltInAuthority, Rules, SealedIdentity},
    external_ca::AuthorityId,
};
use scep::{Capabilities, Capability, Identity, MessageType, Policy, RsaKey};

use crate::{actions::Result, app::Shared, secrets::Place, secrets::Secrets};

/// Another node may have changed an authority: its version is looked at again after this time.
const FRESH: Duration = Duration::from_secs(2);

/// The opened authorities of this process, by their place in URLs.
#[derive(Default)]
pub struct BuiltInAuthorities(RwLock<HashMap<String, (Instant, Arc<Opened>)>>);

/// A built-in authority with its keys open.
pub struct Opened {
    /// The common record's identifier.
    pub authority_id: AuthorityId,
    /// Its place in URLs.
    pub path: String,
    /// What it does and takes.
    pub rules: Rules,
    /// Signs certificates and revocation lists.
    pub authority: CertificateAuthority,
    /// Signs SCEP answers.
    pub ra_signing: Identity,
    /// Opens SCEP requests.
    pub ra_encryption: Identity,
    /// What requests it takes.
    pub policy: Policy,
    /// The issuing certificate and those above it, DER.
    pub chain: Vec<Vec<u8>>,
    /// The body of GetCACaps.
    pub capabilities: Vec<u8>,
    /// The body of GetCACert and its content type.
    pub certificates: (Vec<u8>, &'static str),
    /// The body of GetNextCACert, where a next certificate is announced.
    pub next: Option<Vec<u8>>,
    /// Where its revocation list and certificate are published.
    pub urls: Urls,
    version: i64,
}

/// Where an authority publishes.
#[derive(Clone, Debug)]
pub struct Urls {
    /// The revocation list (RFC 5280 §4.2.1.13).
    pub revocation_list: String,
    /// The issuing certificate (RFC 5280 §4.2.2.1).
    pub certificate: String,
}

impl Urls {
    /// The addresses under the server's public one.
    pub fn of(public_url: &str, path: &str) -> Self {
        Self {
            revocation_list: format!("{public_url}/ca/{path}/crl"),
            certificate: format!("{public_url}/ca/{path}/certificate"),
        }
    }
}

impl BuiltInAuthorities {
    /// The authority at this place, its keys open. None: there is no such authority.
    pub async fn at(&self, app: &Shared, path: &str) -> Result<Option<Arc<Opened>>> {
        if let Some((seen, opened)) = self.known(path) {
            if seen.elapsed() < FRESH {
                return Ok(Some(opened));
            }
            let wanted = path.to_owned();
            let version = app
                .store
                .read(move |tx| Box::pin(async move { store::built_in::version(tx, &wanted).await }))
                .await?;
            if version == Some(opened.version) {
                self.keep(path, &opened);
                return Ok(Some(opened));
            }
        }
        let wanted = path.to_owned();
        let record = app
            .store
            .read(move |tx| Box::pin(async move { store::built_in::by_path(tx, &wanted).await }))
            .await?;
        match record {
            Some(record) => {
                let opened = Arc::new(open(&app.secrets, &app.settings.public_url, &record)?);
                self.keep(path, &opened);
                Ok(Some(opened))
            }
            None => {
                self.forget(path);
                Ok(None)
            }
        }
    }

    /// The authority of this identifier.
    pub async fn of(&self, app: &Shared, id: &AuthorityId) -> Result<Option<Arc<Opened>>> {
        let wanted = id.clone();
        let record = app
            .store
            .read(move |tx| Box::pin(async move { store::built_in::by_id(tx, &wanted).await }))
            .await?;
        match record {
            Some(record) => self.at(app, &record.path).await,
            None => Ok(None),
        }
    }

    /// Looks again at the next use: it was changed here.
    pub fn forget(&self, path: &str) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(path);
    }

    fn known(&self, path: &str) -> Option<(Instant, Arc<Opened>)> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(path).cloned()
    }

    fn keep(&self, path: &str, opened: &Arc<Opened>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(path.to_owned(), (Instant::now(), opened.clone()));
    }
}

/// Opens an authority's keys.
fn open(secrets: &Secrets, public_url: &str, record: &BuiltInAuthority) -> anyhow::Result<Opened> {
    let id = &record.authority_id;
    let key = signing_key(secrets, id, &record.key)?;
    let authority = CertificateAuthority::open(record.certificate.clone(), key)?;
    let ra_signing = identity(secrets, id, "ra_signing_key", &record.ra_signing)?;
    let ra_encryption = identity(secrets, id, "ra_encryption_key", &record.ra_encryption)?;
    let chain: Vec<Vec<u8>> = std::iter::once(record.certificate.clone())
        .chain(record.chain.iter().cloned())
        .collect();
    let next = record
        .next
        .as_ref()
        .map(|next| {
            let all: Vec<Vec<u8>> = std::iter::once(next).chain(&record.chain).cloned().collect();
            scep::write_next_ca(&all, &ra_signing)
        })
        .transpose()?;
    Ok(Opened {
        authority_id: id.clone(),
        path: record.path.clone(),
        rules: record.rules,
        policy: policy(record.rules),
        capabilities: capabilities(next.is_some()).to_body(),
        certificates: scep::CaCertificates::from_certificates(published(record))?.to_body()?,
        authority,
        ra_signing,
        ra_encryption,
        chain,
        next,
        urls: Urls::of(public_url, &record.path),
        version: record.version,
    })
}

/// What GetCACert shows: the registration authority's two certificates as NDES has them, then the chain.
pub fn published(record: &BuiltInAuthority) -> Vec<Vec<u8>> {
    [
        &record.ra_signing.certificate,
        &record.ra_encryption.certificate,
        &record.certificate,
    ]
    .into_iter()
    .chain(&record.chain)
    .cloned()
    .collect()
}

/// What GetCACaps says. strongSwan 5.9.8 takes the numbers of its keywords for the bits of a mask: it sees AES where
/// SHA-384 stands, triple DES where AES does, SHA-256 where triple DES does.
pub fn capabilities(has_next: bool) -> Capabilities {
    use Capability as C;
    let mut all = vec![
        C::Aes,
        C::Des3,
        C::PostPkiOperation,
        C::Renewal,
        C::Sha1,
        C::Sha256,
        C::Sha384,
        C::Sha512,
        C::ScepStandard,
    ];
    if has_next {
        all.push(C::GetNextCaCert);
    }
    Capabilities::new(all)
}

fn policy(rules: Rules) -> Policy {
    use MessageType::{CertPoll, GetCert, GetCrl, PkcsReq, RenewalReq};
    Policy {
        message_types: vec![PkcsReq, RenewalReq, CertPoll, GetCert, GetCrl],
        permits_sha1: true,
        permits_md5: rules.is_legacy,
        permits_single_des: rules.is_legacy,
    }
}

fn identity(
    secrets: &Secrets,
    id: &AuthorityId,
    column: &'static str,
    sealed: &SealedIdentity,
) -> anyhow::Result<Identity> {
    let key = secrets.open(place(id, column), &sealed.key)?;
    Ok(Identity {
        certificate: sealed.certificate.clone(),
        key: RsaKey::from_pkcs8(&key)?,
    })
}

/// Opens the key that signs certificates, wherever it lives.
pub fn signing_key(
    secrets: &Secrets,
    id: &AuthorityId,
    key: &AuthorityKey,
) -> anyhow::Result<Arc<dyn SigningKey>> {
    match key {
        AuthorityKey::Sealed(sealed) => {
            let opened = secrets
                .open(place(id, "signing_key"), sealed)
                .context("the key of a built-in authority does not open")?;
            Ok(IssuingKey::from_pkcs8(&opened)?.into())
        }
        AuthorityKey::Pkcs11(token) => token_key(secrets, id, token),
    }
}

#[cfg(feature = "pkcs11")]
fn token_key(
    secrets: &Secrets,
    id: &AuthorityId,
    token: &domain::built_in::TokenKey,
) -> anyhow::Result<Arc<dyn SigningKey>> {
    let pin = secrets.open(place(id, "pin"), &token.pin)?;
    let pin = std::str::from_utf8(&pin)?;
    let address = ca::TokenAddress {
        module: std::path::PathBuf::from(&token.module),
        token: ca::Token::Label(token.token.clone()),
        key: token.key.clone(),
    };
    let key = ca::TokenKey::open(address, pin)
        .with_context(|| format!("the key “{}” in the token “{}”", token.key, token.token))?;
    Ok(Arc::new(key))
}

#[cfg(not(feature = "pkcs11"))]
fn token_key(
    _: &Secrets,
    _: &AuthorityId,
    token: &domain::built_in::TokenKey,
) -> anyhow::Result<Arc<dyn SigningKey>> {
    anyhow::bail!(
        "the key of this authority lives in the token “{}”, and this server was built without PKCS#11",
        token.token
    )
}

/// Seals a key of an authority.
pub fn seal(secrets: &Secrets, id: &AuthorityId, column: &'static str, key: &[u8]) -> anyhow::Result<Sealed> {
    secrets.seal(place(id, column), key)
}

/// Where a key of an authority lives.
pub fn place<'a>(id: &'a AuthorityId, column: &'static str) -> Place<'a> {
    Place {
        table: "built_in_authorities",
        column,
        row: id.as_str(),
    }
}
