//! What an authority says of itself, read again in the background when it has grown old. Meanwhile, and when nobody
//! answers, what is stored goes on being served.

use domain::{
    actor::Actor,
    external_ca::{Authority, AuthorityId, AuthorityKind},
    operator::Permission,
};

use super::{
    chain_change,
    verify::{self, Seen},
};
use crate::{actions::Result, app::Shared, outbound::Upstream};

/// Seconds for which an answer counts as fresh.
const FRESH_SECONDS: i64 = 600;
/// Seconds between two looks at an authority that doesn't answer.
const BETWEEN_LOOKS_SECONDS: i64 = 60;

/// Looks at the authority in the background if what is known of it is old; one look at a time.
pub fn refresh_soon(app: &Shared, authority: &Authority) {
    // What Sceau's own says of itself is written whenever it changes.
    if authority.kind == AuthorityKind::BuiltIn {
        return;
    }
    let now = app.now();
    let is_fresh = now < authority.checked_at.plus_seconds(FRESH_SECONDS);
    if is_fresh || !app.bells.may_look(&authority.id, now, BETWEEN_LOOKS_SECONDS) {
        return;
    }
    let (app, authority) = (app.clone(), authority.clone());
    tokio::spawn(async move {
        if let Err(error) = look_again(&app, &authority).await {
            let authority = authority.id.as_str();
            tracing::warn!(authority, %error, "an authority could not be asked what it can do: the old answer stays");
        }
    });
}

/// Reads the authority's certificates again. Another CA waits for a person to take it over.
pub async fn refresh_chain(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    let authority = super::one(app, actor, id).await?;
    // What Sceau's own says of itself is written whenever it changes.
    if authority.kind == AuthorityKind::BuiltIn {
        return Ok(authority);
    }
    let seen = verify::look(
        &app.outbound,
        &Upstream::of(&authority),
        authority.access.ca_name.as_deref(),
    )
    .await?;
    chain_change::take_in(app, actor, &authority, &seen).await?;
    super::one(app, actor, id).await
}

/// Certificates of the RA and capabilities are taken over. Another certificate of a CA waits for a person: devices are
/// told to trust those.
async fn look_again(app: &Shared, authority: &Authority) -> Result<()> {
    let seen = verify::look(
        &app.outbound,
        &Upstream::of(authority),
        authority.access.ca_name.as_deref(),
    )
    .await?;
    chain_change::take_in(app, &Actor::System, authority, &seen).await
}

/// Whether it shows a certificate of a CA that isn't stored. Only a person takes that over.
pub(super) fn is_another_authority(authority: &Authority, seen: &Seen) -> bool {
    let is_new_authority = |der: &Vec<u8>| is_ca(der) && !authority.certificates.contains(der);
    seen.issuer_sha1 != authority.issuer_sha1 || seen.certificates.iter().any(is_new_authority)
}

/// Whatever can't be read counts as one.
fn is_ca(der: &[u8]) -> bool {
    x509_parser::parse_x509_certificate(der).map_or(true, |(_, certificate)| certificate.is_ca())
}
