//! A built-in authority made new: a root that signs once, an issuing authority below it, and the two certificates
//! of its registration authority.

use std::time::Duration;

use anyhow::Context as _;
use ca::{CertificateAuthority, IssuingKey, Order, Profile, Subject, serial};
use domain::{
    Error as Refusal, Sealed, Timestamp,
    actor::Actor,
    built_in::{AuthorityKey, BuiltInAuthority, Rules, SealedIdentity, path_of},
    error::named,
    external_ca::{Access, Authority, AuthorityId, AuthorityKind, ChallengeLimits, Health},
    operator::Permission,
    thumbprint::Sha1,
};
use serde::{Deserialize, Serialize};

use super::{keys, revocation};
use crate::{
    actions::{Error, Result, activity, authorities},
    app::Shared,
};

const DAY_SECONDS: i64 = 86_400;
const YEAR_SECONDS: u64 = 365 * 86_400;
/// Room for a common name (RFC 5280 appendix A.1).
const MAX_COMMON_NAME: usize = 64;

/// What a person chooses for a new built-in authority.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BuiltInForm {
    /// Unique name; the issuing certificate bears it, the root `NAME Root`.
    pub name: String,
    /// 2048, 3072 or 4096 bits for the issuing key; the root has 4096.
    pub key_length: u32,
    /// Years until the root ends.
    pub root_years: u32,
    /// Years until the issuing certificate ends.
    pub years: u32,
    /// How long a one-time challenge counts, in seconds.
    pub challenge_seconds: u32,
    /// What it does and takes.
    pub rules: Rules,
}

impl Default for BuiltInForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            key_length: 2048,
            root_years: 20,
            years: 10,
            challenge_seconds: 3600,
            rules: Rules::default(),
        }
    }
}

/// Keys and certificates of an authority on its way into the database.
pub(super) struct Material {
    pub(super) key: AuthorityKey,
    pub(super) authority: CertificateAuthority,
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) root_key: Option<Sealed>,
}

/// Makes a built-in authority. The keys are made on a thread of their own: a large one takes seconds.
pub async fn add_built_in(app: &Shared, actor: &Actor, form: &BuiltInForm) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    let form = checked(form)?;
    authorities::refuse_taken_name(app, &form.name, None).await?;
    let (id, now): (AuthorityId, _) = (app.fresh_id(), app.now());
    let (maker, wanted, owner) = (app.clone(), form.clone(), id.clone());
    let material = tokio::task::spawn_blocking(move || make(&maker, &owner, &wanted, now))
        .await
        .map_err(anyhow::Error::new)??;
    install(app, actor, id, &form, material, now).await
}

fn make(app: &Shared, id: &AuthorityId, form: &BuiltInForm, now: Timestamp) -> anyhow::Result<Material> {
    let root_key = IssuingKey::generate(4096)?;
    let root_secret = keys::seal(&app.secrets, id, "root_key", &root_key.to_pkcs8()?)?;
    let root_name = cut(&format!("{} Root", form.name));
    let root = CertificateAuthority::create_root(
        &root_name,
        root_key,
        now.seconds(),
        years(form.root_years),
        serial::random()?,
    )?;
    let key = IssuingKey::generate(form.key_length)?;
    let secret = keys::seal(&app.secrets, id, "signing_key", &key.to_pkcs8()?)?;
    let authority = root.create_intermediate(
        &cut(&form.name),
        key,
        now.seconds(),
        years(form.years),
        serial::random()?,
    )?;
    Ok(Material {
        key: AuthorityKey::Sealed(secret),
        authority,
        chain: vec![root.certificate().to_vec()],
        root_key: Some(root_secret),
    })
}

/// Stores an authority with its registration authority's certificates, and publishes its first revocation list.
pub(super) async fn install(
    app: &Shared,
    actor: &Actor,
    id: AuthorityId,
    form: &BuiltInForm,
    material: Material,
    now: Timestamp,
) -> Result<Authority> {
    let record = BuiltInAuthority {
        authority_id: id.clone(),
        path: free_path(app, &form.name, &id).await?,
        key: material.key,
        certificate: material.authority.certificate().to_vec(),
        chain: material.chain,
        root_key: material.root_key,
        ra_signing: registration(app, &id, &material.authority, Registration::Signing, now)?,
        ra_encryption: registration(app, &id, &material.authority, Registration::Encryption, now)?,
        rules: form.rules,
        next: None,
        version: 1,
        created_at: now,
    };
    let authority = common_record(app, form, &record, now);
    let entry = activity::about_authority(actor, &authority, "authority.add", now);
    let (kept, common) = (record.clone(), authority.clone());
    app.store
        .write(move |tx| {
            let (record, authority, entry) = (kept.clone(), common.clone(), entry.clone());
            Box::pin(async move {
                store::authorities::insert(tx, &authority).await?;
                store::built_in::insert(tx, &record).await?;
                store::audit::append(tx, &entry).await
            })
        })
        .await?;
    let opened = app
        .built_in
        .at(app, &record.path)
        .await?
        .context("an authority that was just made is not there")?;
    revocation::publish(app, &opened).await?;
    Ok(authority)
}

/// The record that configurations, deliveries and orders know.
pub(super) fn common_record(
    app: &Shared,
    form: &BuiltInForm,
    record: &BuiltInAuthority,
    now: Timestamp,
) -> Authority {
    Authority {
        id: record.authority_id.clone(),
        name: form.name.clone(),
        kind: AuthorityKind::BuiltIn,
        scep_url: format!("{}/ca/{}/scep", app.settings.public_url, record.path),
        username: String::new(),
        password: Sealed(Vec::new()),
        challenge_url: String::new(),
        is_plain_http_accepted: false,
        trust_pem: None,
        limits: challenge_limits(form.challenge_seconds),
        access: Access::default(),
        static_challenge: None,
        capabilities: String::from_utf8_lossy(&keys::capabilities(false).to_body()).into_owned(),
        certificates: keys::published(record),
        issuer_sha1: Sha1::of(&record.certificate),
        checked_at: now,
        health: Health::default(),
        proved_by: None,
        created_at: now,
        updated_at: now,
    }
}

/// How long its challenges count; they cost nothing, so their number is no matter.
pub(super) fn challenge_limits(seconds: u32) -> ChallengeLimits {
    ChallengeLimits {
        max_unused: 10_000,
        lifetime_seconds: seconds,
        safe_life_seconds: seconds - seconds / 20,
        ..ChallengeLimits::default()
    }
}

/// A part of the registration authority, as NDES has it: one certificate that signs, one that is encrypted to.
#[derive(Clone, Copy)]
pub(super) enum Registration {
    /// Signs answers.
    Signing,
    /// Opens requests.
    Encryption,
}

impl Registration {
    /// The column of its key.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Signing => "ra_signing_key",
            Self::Encryption => "ra_encryption_key",
        }
    }

    /// Its certificate, which lives as long as the issuing one: nothing runs out unseen.
    pub(super) fn certify(
        self,
        authority: &CertificateAuthority,
        key: &IssuingKey,
        now: Timestamp,
    ) -> anyhow::Result<Vec<u8>> {
        let (profile, name) = match self {
            Self::Signing => (Profile::registration_signing(), "SCEP signing"),
            Self::Encryption => (Profile::registration_encryption(), "SCEP encryption"),
        };
        let order = Order::new(
            profile,
            Subject::common_name(name),
            key.spki(),
            serial::random()?,
            now.plus_seconds(-DAY_SECONDS).seconds(),
            authority.not_after(),
        );
        Ok(authority.prepare(order)?.lint()?.sign()?.der)
    }
}

fn registration(
    app: &Shared,
    id: &AuthorityId,
    authority: &CertificateAuthority,
    part: Registration,
    now: Timestamp,
) -> anyhow::Result<SealedIdentity> {
    let key = IssuingKey::generate(2048)?;
    Ok(SealedIdentity {
        certificate: part.certify(authority, &key, now)?,
        key: keys::seal(&app.secrets, id, part.column(), &key.to_pkcs8()?)?,
    })
}

/// The authority's place in URLs: its name, or its name and a part of its identifier where that is taken.
async fn free_path(app: &Shared, name: &str, id: &AuthorityId) -> Result<String> {
    let path = path_of(name);
    let wanted = path.clone();
    let taken = app
        .store
        .read(move |tx| Box::pin(async move { store::built_in::version(tx, &wanted).await }))
        .await?;
    let end = id.as_str().get(24..).unwrap_or_default();
    Ok(if taken.is_some() {
        format!("{path}-{end}")
    } else {
        path
    })
}

pub(in crate::actions) fn checked(form: &BuiltInForm) -> Result<BuiltInForm> {
    let mut errors = Vec::new();
    let name = named("name", &form.name).unwrap_or_else(|error| {
        errors.push(error);
        String::new()
    });
    if !matches!(form.key_length, 2048 | 3072 | 4096) {
        errors.push(
            Refusal::invalid("key_length", "the key has 2048, 3072 or 4096 bits")
                .keyed("error-ca-key-length"),
        );
    }
    if !(1..=30).contains(&form.root_years) || !(1..=form.root_years).contains(&form.years) {
        let detail = "the root lives 1 to 30 years, the issuing certificate no longer than the root";
        errors.push(Refusal::invalid("years", detail).keyed("error-ca-years"));
    }
    if !(60..=604_800).contains(&form.challenge_seconds) {
        let detail = "a challenge counts for 60 to 604800 seconds";
        errors.push(Refusal::invalid("challenge_seconds", detail).keyed("error-ca-challenge-seconds"));
    }
    if !(1..=8760).contains(&form.rules.crl_hours) {
        let detail = "a revocation list counts for 1 to 8760 hours";
        errors.push(Refusal::invalid("crl_hours", detail).keyed("error-ca-crl-hours"));
    }
    if errors.is_empty() {
        Ok(BuiltInForm { name, ..form.clone() })
    } else {
        Err(Error::Several(errors))
    }
}

fn cut(name: &str) -> String {
    name.chars().take(MAX_COMMON_NAME).collect()
}

pub(super) fn years(number: u32) -> Duration {
    Duration::from_secs(u64::from(number) * YEAR_SECONDS)
}
