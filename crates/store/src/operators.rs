//! Operators and the hashes of their passwords.

use domain::operator::{Operator, OperatorId};

use crate::{Error, Tx, row::Row, value::values};

const INSERT: &str = "INSERT INTO operators (id, name, name_key, role, password_hash, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)";
const BY_ID: &str = "SELECT * FROM operators WHERE id = $1";
const BY_NAME: &str = "SELECT * FROM operators WHERE name_key = $1";
const LIST: &str = "SELECT * FROM operators ORDER BY name_key";
const COUNT: &str = "SELECT COUNT(*) AS n FROM operators";
const SET_PASSWORD: &str = "UPDATE operators SET password_hash = $2 WHERE id = $1";
const SET_ROLE: &str = "UPDATE operators SET role = $2 WHERE id = $1";
const DELETE: &str = "DELETE FROM operators WHERE id = $1";

/// Adds an operator; a name that differs only in case is a conflict.
pub async fn insert(tx: &mut Tx, operator: &Operator, password_hash: &str) -> Result<(), Error> {
    let values = values![
        operator.id,
        operator.name,
        operator.name.to_lowercase(),
        operator.role.name(),
        password_hash,
        operator.created_at,
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// Finds an operator.
pub async fn by_id(tx: &mut Tx, id: &OperatorId) -> Result<Option<Operator>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// Finds an operator by name without regard to case, with the hash of the password.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<(Operator, String)>, Error> {
    let with_hash = |row: &Row| Ok((read(row)?, row.read("password_hash")?));
    tx.first(BY_NAME, values![name.to_lowercase()], with_hash).await
}

/// All operators by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Operator>, Error> {
    tx.all(LIST, values![], read).await
}

/// How many operators there are.
pub async fn count(tx: &mut Tx) -> Result<i64, Error> {
    tx.number(COUNT, values![]).await
}

/// Sets the hash of an operator's password.
pub async fn set_password(tx: &mut Tx, id: &OperatorId, password_hash: &str) -> Result<(), Error> {
    tx.change("operators", SET_PASSWORD, values![id, password_hash])
        .await
}

/// Gives an operator another role.
pub async fn set_role(tx: &mut Tx, id: &OperatorId, role: domain::operator::Role) -> Result<(), Error> {
    tx.change("operators", SET_ROLE, values![id, role.name()]).await
}

/// Removes an operator with all sessions, one-time logins and tokens.
pub async fn delete(tx: &mut Tx, id: &OperatorId) -> Result<(), Error> {
    tx.change("operators", DELETE, values![id]).await
}

/// Reads an operator from the columns of its table.
pub(crate) fn read(row: &Row) -> Result<Operator, Error> {
    Ok(Operator {
        id: row.read("id")?,
        name: row.read("name")?,
        role: row.word("role")?,
        created_at: row.read("created_at")?,
    })
}
