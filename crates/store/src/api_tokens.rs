//! Bearer tokens of the API, each an operator's.

use domain::{
    Timestamp,
    operator::{Operator, OperatorId},
};

use crate::{Error, Tx, operators, value::values};

/// A token; only its hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// SHA-256 (hex) of the token.
    pub token_sha256: String,
    /// Whose it is.
    pub operator_id: OperatorId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
}

const INSERT: &str =
    "INSERT INTO api_tokens (token_sha256, operator_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
const OWNER: &str =
    "SELECT operators.* FROM api_tokens JOIN operators ON operators.id = api_tokens.operator_id
     WHERE token_sha256 = $1 AND (expires_at IS NULL OR expires_at > $2)";
const DELETE_OF_OPERATOR: &str = "DELETE FROM api_tokens WHERE operator_id = $1";

/// Keeps a token.
pub async fn insert(tx: &mut Tx, token: &ApiToken) -> Result<(), Error> {
    let values = values![
        token.token_sha256,
        token.operator_id,
        token.created_at,
        token.expires_at
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// Whose token it is; none when it is unknown or expired.
pub async fn by_sha256(tx: &mut Tx, token_sha256: &str, now: Timestamp) -> Result<Option<Operator>, Error> {
    tx.first(OWNER, values![token_sha256, now], operators::read).await
}

/// Withdraws all tokens of an operator and says how many there were.
pub async fn delete_of_operator(tx: &mut Tx, operator_id: &OperatorId) -> Result<u64, Error> {
    tx.execute(DELETE_OF_OPERATOR, values![operator_id]).await
}
