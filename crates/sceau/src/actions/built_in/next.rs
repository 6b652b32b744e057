//! The issuing certificate that follows: announced first (GetNextCACert, RFC 8894 §4.7), then taken into use.

use ca::{CertificateAuthority, IssuingKey, serial};
use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    built_in::{BuiltInAuthority, SealedIdentity},
    external_ca::{Authority, AuthorityId},
    operator::Permission,
    thumbprint::Sha1,
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{create, create::Registration, keys};
use crate::{
    actions::{Error, Result, activity, authorities},
    app::Shared,
};

/// Makes the next issuing certificate under the same root and announces it to clients. It holds the same key: what
/// was issued before, and the revocation lists, verify under either certificate.
pub async fn announce_next(app: &Shared, actor: &Actor, id: &AuthorityId, years: u32) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    if !(1..=30).contains(&years) {
        return Err(Refusal::invalid("years", "1 to 30 years")
            .keyed("error-ca-years")
            .into());
    }
    let record = record(app, id).await?;
    let next = make(app, &record, years, app.now())?;
    change(app, actor, id, "authority.announce", move |record| {
        record.next = Some(next.clone());
        Ok(())
    })
    .await
}

/// Takes the announced certificate into use. Devices compare its thumbprint: configurations name it from now on.
pub async fn activate_next(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    let record = record(app, id).await?;
    let next = record.next.clone().ok_or_else(|| {
        Refusal::new(
            Kind::State,
            "error-ca-no-next",
            "no next certificate of this authority is announced",
        )
    })?;
    let key = keys::signing_key(&app.secrets, id, &record.key)?;
    let authority = CertificateAuthority::open(next.clone(), key).map_err(anyhow::Error::new)?;
    let now = app.now();
    let signing = certified(
        app,
        id,
        &authority,
        &record.ra_signing,
        Registration::Signing,
        now,
    )?;
    let encryption = certified(
        app,
        id,
        &authority,
        &record.ra_encryption,
        Registration::Encryption,
        now,
    )?;
    change(app, actor, id, "authority.activate", move |record| {
        record.certificate.clone_from(&next);
        record.ra_signing = signing.clone();
        record.ra_encryption = encryption.clone();
        record.next = None;
        Ok(())
    })
    .await
}

/// The same key of the registration authority, certified until the new end.
fn certified(
    app: &Shared,
    id: &AuthorityId,
    authority: &CertificateAuthority,
    present: &SealedIdentity,
    part: Registration,
    now: Timestamp,
) -> Result<SealedIdentity> {
    let secret = app.secrets.open(keys::place(id, part.column()), &present.key)?;
    let key = IssuingKey::from_pkcs8(&secret).map_err(anyhow::Error::new)?;
    Ok(SealedIdentity {
        certificate: part.certify(authority, &key, now)?,
        key: present.key.clone(),
    })
}

fn make(app: &Shared, record: &BuiltInAuthority, years: u32, now: Timestamp) -> Result<Vec<u8>> {
    let id = &record.authority_id;
    let (Some(sealed), Some(root)) = (&record.root_key, record.chain.first()) else {
        let detail =
            "the root of this authority isn't here, so Sceau can't make its next issuing certificate";
        return Err(Refusal::new(Kind::State, "error-ca-no-root", detail).into());
    };
    let root_key = app.secrets.open(keys::place(id, "root_key"), sealed)?;
    let root_key = IssuingKey::from_pkcs8(&root_key).map_err(anyhow::Error::new)?;
    let root = CertificateAuthority::open(root.clone(), root_key).map_err(anyhow::Error::new)?;
    let (_, present) = X509Certificate::from_der(&record.certificate).map_err(anyhow::Error::new)?;
    let name = present
        .subject()
        .iter_common_name()
        .next()
        .and_then(|name| name.as_str().ok());
    let name =
        name.ok_or_else(|| Error::Internal(anyhow::anyhow!("an issuing certificate without a name")))?;
    let next = root
        .create_intermediate(
            name,
            keys::signing_key(&app.secrets, id, &record.key)?,
            now.seconds(),
            create::years(years),
            serial::random().map_err(anyhow::Error::new)?,
        )
        .map_err(anyhow::Error::new)?;
    Ok(next.certificate().to_vec())
}

async fn record(app: &Shared, id: &AuthorityId) -> Result<BuiltInAuthority> {
    let wanted = id.clone();
    let found = app
        .store
        .read(move |tx| Box::pin(async move { store::built_in::by_id(tx, &wanted).await }))
        .await?;
    found.ok_or_else(authorities::unknown)
}

/// Changes an authority and what the common record says of it, in one transaction.
async fn change(
    app: &Shared,
    actor: &Actor,
    id: &AuthorityId,
    action: &'static str,
    work: impl Fn(&mut BuiltInAuthority) -> Result<()> + Clone + Send + Sync + 'static,
) -> Result<Authority> {
    let (now, wanted, actor) = (app.now(), id.clone(), actor.clone());
    let (authority, path) = app
        .store
        .write(move |tx| {
            let (id, actor, work) = (wanted.clone(), actor.clone(), work.clone());
            Box::pin(async move {
                let mut record = store::built_in::by_id(tx, &id)
                    .await?
                    .ok_or_else(authorities::unknown)?;
                let mut authority = store::authorities::by_id(tx, &id)
                    .await?
                    .ok_or_else(authorities::unknown)?;
                work(&mut record)?;
                record.version += 1;
                store::built_in::update(tx, &record).await?;
                authority.certificates = keys::published(&record);
                authority.issuer_sha1 = Sha1::of(&record.certificate);
                authority.capabilities =
                    String::from_utf8_lossy(&keys::capabilities(record.next.is_some()).to_body())
                        .into_owned();
                authority.checked_at = now;
                authority.updated_at = now;
                store::authorities::update(tx, &authority).await?;
                let entry = activity::about_authority(&actor, &authority, action, now);
                store::audit::append(tx, &entry).await?;
                Ok::<_, crate::actions::Error>((authority, record.path))
            })
        })
        .await?;
    app.built_in.forget(&path);
    Ok(authority)
}
