//! Fetching a challenge: outside any transaction, one sign-in at a time.

use std::time::{Duration, Instant};

use domain::external_ca::{Authority, AuthorityId};
use tokio::sync::OwnedMutexGuard;
use zeroize::Zeroizing;

use crate::{
    actions::{Error, Result, authorities},
    app::Shared,
    outbound::ChallengeProblem,
};

/// The device waits for its answer meanwhile.
const FETCH_LIMIT: Duration = Duration::from_secs(5);

/// What came of fetching.
#[derive(Clone)]
pub struct Obtained {
    /// The challenge, or why there is none.
    pub outcome: std::result::Result<Zeroizing<String>, ChallengeProblem>,
    /// How long it took; none when nobody was asked.
    pub milliseconds: Option<i64>,
}

impl Obtained {
    /// Nothing, for a reason that is known without asking.
    pub fn nothing(problem: ChallengeProblem) -> Self {
        Self {
            outcome: Err(problem),
            milliseconds: None,
        }
    }
}

/// The authority's turn to be signed in to, kept until what it came to is stored.
pub struct SignInTurn {
    _held: OwnedMutexGuard<()>,
}

/// Waits for the authority's turn. None when sign-ins are stopped: several wrong passwords at once, or one more after a
/// refusal, could lock the account.
pub async fn sign_in_turn(app: &Shared, authority: &AuthorityId) -> Result<Option<SignInTurn>> {
    let turn = app.bells.sign_in_turn(authority).await;
    let wanted = authority.clone();
    let known = app
        .store
        .read(move |tx| Box::pin(async move { store::authorities::by_id(tx, &wanted).await }))
        .await?;
    let is_stopped = known.is_some_and(|known| known.health.is_sign_in_stopped);
    Ok((!is_stopped).then_some(SignInTurn { _held: turn }))
}

/// Fetches a challenge: outside any transaction, for a device that is talking.
pub async fn fetch(app: &Shared, authority: &Authority) -> Obtained {
    let begun = Instant::now();
    let source = match authorities::source(app, authority) {
        Ok(source) => source,
        Err(error) => {
            let error = Error::Internal(error);
            let incident = error.incident().unwrap_or_default();
            return Obtained::nothing(ChallengeProblem::Unreachable(format!(
                "the stored password does not open, incident {incident}"
            )));
        }
    };
    let page = app.outbound.fetch_challenge(&source, FETCH_LIMIT).await;
    if let Some(md5) = page
        .as_ref()
        .ok()
        .and_then(|page| page.foreign_thumbprint(&authority.certificates))
    {
        // Windows compares the SHA-1 of its order, not this: the challenge is good, but somebody should look.
        tracing::warn!(
            authority = %authority.id,
            md5,
            "the challenge page names the thumbprint of a certificate that GetCACert doesn't give"
        );
    }
    Obtained {
        outcome: page.map(|page| page.challenge),
        milliseconds: Some(i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX)),
    }
}
