//! What a person sees of a built-in authority: rules, revocation list, and the ledger of what it issued.

use domain::{
    Timestamp,
    actor::Actor,
    built_in::{AuthorityKey, BuiltInAuthority, Rules},
    external_ca::AuthorityId,
    issuance::{Issuance, IssuanceId},
    operator::Permission,
};

use super::approve::unknown;
use crate::{actions::Result, app::Shared};

/// What a built-in authority has beside its common record.
#[derive(Clone, Debug)]
pub struct BuiltInView {
    /// Its place in URLs.
    pub path: String,
    /// Where the key lives: a token's label, or none for the database.
    pub token: Option<String>,
    /// What it does and takes.
    pub rules: Rules,
    /// Number and end of the newest revocation list.
    pub list: Option<(i64, Timestamp)>,
    /// Certificates that count now.
    pub valid: i64,
    /// Whether a next certificate is announced.
    pub has_next: bool,
    /// Whether Sceau holds the root, and so can make the next certificate.
    pub has_root: bool,
}

/// Looks at a built-in authority. None: it is another kind.
pub async fn view(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Option<BuiltInView>> {
    actor.require(Permission::Read)?;
    let (wanted, now) = (id.clone(), app.now());
    let found = app
        .store
        .read(move |tx| {
            Box::pin(async move {
                let Some(record) = store::built_in::by_id(tx, &wanted).await? else {
                    return Ok(None);
                };
                let list = store::built_in::revocation_list(tx, &wanted).await?;
                let valid = store::issuances::count_valid(tx, &wanted, now).await?;
                Ok::<_, store::Error>(Some((record, list, valid)))
            })
        })
        .await?;
    Ok(found.map(|(record, list, valid)| BuiltInView {
        token: token(&record),
        list: list.map(|list| (list.number, list.next_update)),
        valid,
        has_next: record.next.is_some(),
        has_root: record.root_key.is_some(),
        path: record.path,
        rules: record.rules,
    }))
}

fn token(record: &BuiltInAuthority) -> Option<String> {
    match &record.key {
        AuthorityKey::Sealed(_) => None,
        AuthorityKey::Pkcs11(key) => Some(key.token.clone()),
    }
}

/// What an authority issued or was asked for, newest first.
pub async fn issuances(
    app: &Shared,
    actor: &Actor,
    id: &AuthorityId,
    after: Option<IssuanceId>,
    limit: u32,
) -> Result<Vec<Issuance>> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    Ok(app
        .store
        .read(move |tx| Box::pin(async move { store::issuances::list(tx, &id, after.as_ref(), limit).await }))
        .await?)
}

/// What waits for a person, oldest first.
pub async fn pending_issuances(
    app: &Shared,
    actor: &Actor,
    id: &AuthorityId,
    limit: u32,
) -> Result<Vec<Issuance>> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    Ok(app
        .store
        .read(move |tx| Box::pin(async move { store::issuances::pending(tx, &id, limit).await }))
        .await?)
}

/// One certificate of the ledger.
pub async fn one_issuance(app: &Shared, actor: &Actor, id: &IssuanceId) -> Result<Issuance> {
    actor.require(Permission::Read)?;
    let wanted = id.clone();
    let found = app
        .store
        .read(move |tx| Box::pin(async move { store::issuances::by_id(tx, &wanted).await }))
        .await?;
    Ok(found.ok_or_else(unknown)?)
}
