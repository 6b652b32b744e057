//! Testing an authority because a person asks for it.

use domain::{
    actor::Actor,
    external_ca::{self, AuthorityForm, AuthorityId, AuthorityKind, ChallengeWay},
    operator::Permission,
    scep_configuration::Configuration,
};
use zeroize::Zeroizing;

use super::{
    chain_change,
    examination::{AuthorityTest, examine},
    note, source,
};
use crate::{
    actions::{Error, Result, broker, built_in},
    app::Shared,
};

/// Looks at the authority and tries the sign-in. New certificates of the RA are stored; another CA is told of and waits
/// for a person to take it over (see `chain_change`). A person asked for it, so a sign-in that was stopped is tried
/// again, once.
pub async fn test_authority(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<AuthorityTest> {
    actor.require(Permission::Configure)?;
    let authority = super::one(app, actor, id).await?;
    if authority.kind == AuthorityKind::BuiltIn {
        return built_in::examine(app, &authority).await;
    }
    let configurations = configurations_of(app, id).await?;
    // Nobody else signs in until what it came to is stored: two wrong passwords at once could lock the account.
    let _turn = broker::asked_turn(app, id).await?;
    let source = match authority.kind.challenge_way() {
        ChallengeWay::Page => Some(source(app, &authority)?),
        ChallengeWay::Static | ChallengeWay::Own => None,
    };
    let found = examine(app, &authority, source.as_ref(), true, &configurations).await;
    if let Some(seen) = &found.seen {
        chain_change::take_in(app, actor, &authority, seen).await?;
    }
    if let Some(sign_in) = &found.sign_in {
        note::signed_in(app, actor, id, sign_in).await?;
    }
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
    let typed = checked
        .password
        .as_ref()
        .map(|typed| Zeroizing::new(typed.reveal().to_owned()));
    let is_stored = typed.is_none();
    let password = match (typed, &existing) {
        (Some(typed), _) => typed,
        (None, Some(existing)) if checked.kind.challenge_way() == ChallengeWay::Page => {
            super::open_password(app, existing)?
        }
        (None, _) => Zeroizing::default(),
    };
    let source =
        (checked.kind.challenge_way() == ChallengeWay::Page).then(|| super::typed_source(&checked, password));
    let _turn = match id {
        Some(id) => Some(broker::asked_turn(app, id).await?),
        None => None,
    };
    let candidate = super::candidate(app, existing.as_ref(), &checked);
    let configurations = match &existing {
        Some(existing) => configurations_of(app, &existing.id).await?,
        None => Vec::new(),
    };
    let found = examine(
        app,
        &candidate,
        source.as_ref(),
        existing.is_some(),
        &configurations,
    )
    .await;
    // The stored password was tried: what it came to counts for everyone.
    if let (true, Some(existing), Some(sign_in)) = (is_stored, &existing, &found.sign_in) {
        note::signed_in(app, actor, &existing.id, sign_in).await?;
    }
    Ok(found.test)
}

/// The configurations that name the authority.
pub(super) async fn configurations_of(app: &Shared, id: &AuthorityId) -> Result<Vec<Configuration>> {
    let listed = app
        .store
        .read(|tx| Box::pin(async move { store::configurations::list(tx).await }))
        .await?;
    Ok(listed
        .into_iter()
        .map(|listed| listed.configuration)
        .filter(|configuration| configuration.authority_id == *id)
        .collect())
}
