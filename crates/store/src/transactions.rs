//! SCEP transactions that passed through the proxy.

use domain::{
    Timestamp,
    external_ca::AuthorityId,
    transaction::{Owner, Transaction, TransactionRecordId},
};

use crate::{
    Error, Tx,
    row::Row,
    value::{Value, json, values},
};

const INSERT: &str = "INSERT INTO scep_transactions (id, authority_id, owner_kind, owner_id, transaction_id,
     message_type, request_sha256, state, state_values, answer, forwarded_at, answered_at, signer_sha256,
     renews_sha256, trouble)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
const UPDATE: &str = "UPDATE scep_transactions SET authority_id = $2, owner_kind = $3, owner_id = $4,
     transaction_id = $5, message_type = $6, request_sha256 = $7, state = $8, state_values = $9, answer = $10,
     forwarded_at = $11, answered_at = $12, signer_sha256 = $13, renews_sha256 = $14, trouble = $15 WHERE id = $1";
const BY_ID: &str = "SELECT * FROM scep_transactions WHERE id = $1";
const BY_OWNER: &str = "SELECT * FROM scep_transactions WHERE owner_kind = $1 AND owner_id = $2 ORDER BY id";
const BY_TRANSACTION: &str = "SELECT * FROM scep_transactions WHERE authority_id = $1 AND transaction_id = $2
     ORDER BY id DESC LIMIT 1";
// SQLite takes a partial index only where the index's own condition stands in the query word by word.
const UNANSWERED: &str = "SELECT * FROM scep_transactions
     WHERE state IN ('forwarded', 'outcome_unknown', 'not_installed') AND state = 'forwarded' AND forwarded_at < $1
     ORDER BY forwarded_at, id";
const POSSIBLY_ORPHANED: &str = "SELECT * FROM scep_transactions
     WHERE state IN ('forwarded', 'outcome_unknown', 'not_installed')
     AND state IN ('outcome_unknown', 'not_installed') ORDER BY forwarded_at, id";
const UNKNOWN_AT_OWN: &str = "SELECT * FROM scep_transactions
     WHERE state IN ('forwarded', 'outcome_unknown', 'not_installed') AND state = 'outcome_unknown'
     AND authority_id IN (SELECT authority_id FROM built_in_authorities) ORDER BY forwarded_at, id";

const COUNT_UNDECIDED: &str = "SELECT COUNT(*) AS n FROM scep_transactions WHERE authority_id = $1
     AND state IN ('forwarded', 'pending', 'outcome_unknown')";

/// Keeps a transaction that is about to be handed over. A delivery has one: a second is a conflict.
pub async fn insert(tx: &mut Tx, transaction: &Transaction) -> Result<(), Error> {
    tx.execute(INSERT, written(transaction)?).await.map(drop)
}

/// Writes a transaction anew.
pub async fn update(tx: &mut Tx, transaction: &Transaction) -> Result<(), Error> {
    tx.change("scep_transactions", UPDATE, written(transaction)?)
        .await
}

/// Finds a transaction's record.
pub async fn by_id(tx: &mut Tx, id: &TransactionRecordId) -> Result<Option<Transaction>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// The transactions of a delivery (at most one) or an order, oldest first.
pub async fn by_owner(tx: &mut Tx, owner: &Owner) -> Result<Vec<Transaction>, Error> {
    let (kind, id) = columns(owner);
    tx.all(BY_OWNER, values![kind, id], read).await
}

/// The latest transaction of that transactionID at an authority.
pub async fn by_transaction_id(
    tx: &mut Tx,
    authority_id: &AuthorityId,
    transaction_id: &str,
) -> Result<Option<Transaction>, Error> {
    tx.first(BY_TRANSACTION, values![authority_id, transaction_id], read)
        .await
}

/// Transactions that were handed over before the moment and have no answer.
pub async fn unanswered(tx: &mut Tx, before: Timestamp) -> Result<Vec<Transaction>, Error> {
    tx.all(UNANSWERED, values![before], read).await
}

/// Transactions that may have left a certificate that no device holds: nobody knows what became of them, or the
/// device didn't install what was issued.
pub async fn possibly_orphaned(tx: &mut Tx) -> Result<Vec<Transaction>, Error> {
    tx.all(POSSIBLY_ORPHANED, values![], read).await
}

/// Transactions at Sceau's own authorities of which it isn't told yet what became of them.
pub async fn unknown_at_own(tx: &mut Tx) -> Result<Vec<Transaction>, Error> {
    tx.all(UNKNOWN_AT_OWN, values![], read).await
}

/// How many requests at the authority have no answer, or none that anybody knows.
pub async fn count_undecided(tx: &mut Tx, authority: &AuthorityId) -> Result<i64, Error> {
    tx.number(COUNT_UNDECIDED, values![authority]).await
}

pub(crate) fn columns(owner: &Owner) -> (&'static str, &str) {
    match owner {
        Owner::Delivery(id) => ("delivery", id.as_str()),
        Owner::Order(id) => ("order", id.as_str()),
    }
}

fn written(transaction: &Transaction) -> Result<Vec<Value>, Error> {
    let (owner_kind, owner_id) = columns(&transaction.owner);
    Ok(values![
        transaction.id,
        transaction.authority_id,
        owner_kind,
        owner_id,
        transaction.transaction_id,
        transaction.message_type,
        transaction.request_sha256,
        transaction.state.name(),
        json(&transaction.state)?,
        transaction.answer,
        transaction.forwarded_at,
        transaction.answered_at,
        transaction.signer_sha256,
        transaction.renews_sha256,
        transaction.trouble.as_ref().map(json).transpose()?,
    ])
}

/// The owner in a row's two columns.
pub(crate) fn owner(row: &Row) -> Result<Owner, Error> {
    let kind: String = row.read("owner_kind")?;
    match kind.as_str() {
        "delivery" => Ok(Owner::Delivery(row.read("owner_id")?)),
        "order" => Ok(Owner::Order(row.read("owner_id")?)),
        _ => Err(Error::Corrupt(format!("a row that belongs to a {kind}"))),
    }
}

fn read(row: &Row) -> Result<Transaction, Error> {
    Ok(Transaction {
        id: row.read("id")?,
        authority_id: row.read("authority_id")?,
        owner: owner(row)?,
        transaction_id: row.read("transaction_id")?,
        message_type: row.read("message_type")?,
        request_sha256: row.read("request_sha256")?,
        state: row.json("state_values")?,
        answer: row.read("answer")?,
        forwarded_at: row.read("forwarded_at")?,
        answered_at: row.read("answered_at")?,
        signer_sha256: row.read("signer_sha256")?,
        renews_sha256: row.read("renews_sha256")?,
        trouble: row.json_or_none("trouble")?,
    })
}
