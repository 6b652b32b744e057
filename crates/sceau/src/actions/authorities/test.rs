//! Testing an authority because a person asks for it.

use domain::{
    actor::Actor,
    external_ca::{self, AuthorityForm, AuthorityId, AuthorityKind},
    operator::Permission,
};
use zeroize::Zeroizing;

use super::{
    examination::{AuthorityTest, examine},
    note, record, source,
};
use crate::{
    actions::{Error, Result, broker, built_in},
    app::Shared,
};

/// Looks at the authority and tries the sign-in; certificates that changed are stored. A person asked for it, so
/// a sign-in that was stopped is tried again, once.
pub async fn test_authority(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<AuthorityTest> {
    actor.require(Permission::Configure)?;
    let authority = super::one(app, actor, id).await?;
    if authority.kind == AuthorityKind::BuiltIn {
        return built_in::examine(app, &authority).await;
    }
    // Kept until what the sign-in came to is stored.
    let _turn = broker::asked_turn(app, id).await?;
    let found = examine(app, &authority, &source(app, &authority)?).await;
    if let Some(seen) = &found.seen {
        record::chain(app, actor, &authority, seen).await?;
    }
    note::signed_in(app, actor, id, &found.sign_in).await?;
    Ok(found.test)
}

/// The same for what was typed and is not stored; without a password the stored one, where it may serve.
pub async fn test_form(
    app: &Shared,
    actor: &Actor,
    id: Option<&AuthorityId>,
    form: &AuthorityForm,
) -> Result<AuthorityTest> {
    actor.require(Permission::Configure)?;
    let existing = match id {
        Some(id) => Some(super::one(app, actor, id).await?),
        None => None,
    };
    super::refuse_built_in(form, existing.as_ref())?;
    let checked = external_ca::check(form, existing.as_ref()).map_err(Error::Several)?;
    let password = match (&checked.password, &existing) {
        (Some(typed), _) => Zeroizing::new(typed.reveal().to_owned()),
        (None, Some(existing)) => super::open_password(app, existing)?,
        (None, None) => Zeroizing::default(),
    };
    let source = super::typed_source(&checked, password);
    let _turn = match id {
        Some(id) => Some(broker::asked_turn(app, id).await?),
        None => None,
    };
    let candidate = super::candidate(app, existing.as_ref(), &checked);
    Ok(examine(app, &candidate, &source).await.test)
}
