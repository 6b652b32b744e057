//! Fetching a challenge: outside any transaction, in the authority's turn.

use std::time::Instant;

use domain::{diagnosis::Outage, external_ca::Authority};

use crate::{
    actions::{Error, authorities},
    app::Shared,
    outbound::{ChallengePage, ChallengeProblem, Silence},
};

/// What came of fetching.
#[derive(Clone)]
pub struct Obtained {
    /// The page with the challenge, or why there is none.
    pub outcome: std::result::Result<ChallengePage, ChallengeProblem>,
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

/// Fetches a challenge: outside any transaction, for a device that is talking.
pub async fn fetch(app: &Shared, authority: &Authority) -> Obtained {
    let begun = Instant::now();
    let source = match authorities::source(app, authority) {
        Ok(source) => source,
        Err(error) => {
            let error = Error::Internal(error);
            let incident = error.incident().unwrap_or_default();
            let words = format!("the stored password does not open, incident {incident}");
            return Obtained::nothing(ChallengeProblem::Unreachable(
                Silence::of(Outage::Other, words).into(),
            ));
        }
    };
    // The device waits for its answer meanwhile.
    let limit = app.outbound.bounds().challenge;
    let page = app.outbound.fetch_challenge(&source, limit).await;
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
        outcome: page,
        milliseconds: Some(i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX)),
    }
}
