//! Who a bearer token of the API stands for.

use domain::actor::Actor;

use crate::{actions::Result, app::Shared, secrets::token_sha256};

/// The operator of a token, if it is known and has not expired.
pub async fn actor(app: &Shared, token: &str) -> Result<Option<Actor>> {
    if token.is_empty() || token.len() > 256 {
        return Ok(None);
    }
    let (sha256, now) = (token_sha256(token), app.now());
    let operator = app
        .store
        .read(move |tx| {
            let sha256 = sha256.clone();
            Box::pin(async move { store::api_tokens::by_sha256(tx, &sha256, now).await })
        })
        .await?;
    Ok(operator.map(|operator| Actor::Operator {
        id: operator.id,
        name: operator.name,
        role: operator.role,
    }))
}
