//! Erasing what is kept of a person or of a device, row by row. What the ledger and the audit keep is emptied elsewhere:
//! `issuances::erase`, `audit::empty`.

use domain::{device::Device, person::PersonId};

use crate::{Error, Tx, tx::Connection, value::values};

// In the order in which rows refer to one another. The ledger of challenges counts: its rows stay, and lose whose they
// were.
const OF_DEVICE: [&str; 15] = [
    "DELETE FROM challenge_queue WHERE device_id = $1",
    "DELETE FROM one_time_challenges WHERE owner_kind = 'delivery'
     AND owner_id IN (SELECT id FROM deliveries WHERE device_id = $1)",
    "DELETE FROM scep_transactions WHERE owner_kind = 'delivery'
     AND owner_id IN (SELECT id FROM deliveries WHERE device_id = $1)",
    "UPDATE challenges SET delivery_id = NULL WHERE delivery_id IN (SELECT id FROM deliveries WHERE device_id = $1)",
    "UPDATE authority_attempts SET delivery_id = NULL
     WHERE delivery_id IN (SELECT id FROM deliveries WHERE device_id = $1)",
    "DELETE FROM events WHERE device_id = $1",
    "DELETE FROM certificates WHERE device_id = $1",
    "DELETE FROM deliveries WHERE device_id = $1",
    "DELETE FROM sent_commands WHERE device_id = $1",
    "DELETE FROM mdm_sessions WHERE device_id = $1",
    "DELETE FROM dm_accounts WHERE device_id = $1",
    "UPDATE enrolment_codes SET spent_on = NULL
     WHERE spent_on IN (SELECT id FROM identities WHERE device_id = $1)",
    "DELETE FROM identities WHERE device_id = $1",
    "DELETE FROM jobs WHERE about = $1 AND state = 'queued'",
    // Its stores, its trust, its channel and its places in groups go with it.
    "DELETE FROM devices WHERE id = $1",
];
// What the timelines of others tell of a device that says the same of its hardware.
const TOLD_BY_OTHERS: &str = "DELETE FROM events WHERE device_id IN
     (SELECT id FROM devices WHERE hardware_id = $1) AND what LIKE $2";
const OF_PERSON: [&str; 4] = [
    "DELETE FROM enrolment_codes WHERE person_id = $1",
    "DELETE FROM enrolment_tokens WHERE person_id = $1",
    "DELETE FROM sign_in_tokens WHERE person_id = $1",
    // Where the person comes from and the places in groups go with the person.
    "DELETE FROM people WHERE id = $1",
];
const REFUSALS: &str = "DELETE FROM directory_refusals
     WHERE LOWER(username) = $1 OR LOWER(username) LIKE $2 ESCAPE '!'";
const ATTEMPTS: &str = "DELETE FROM login_attempts WHERE who LIKE $1 ESCAPE '!'";

/// Erases a device and what is kept of it.
pub async fn device(tx: &mut Tx, device: &Device) -> Result<(), Error> {
    if let Some(hardware_id) = &device.hardware_id {
        let other = format!("%\"other\":\"{}\"%", device.id);
        tx.execute(TOLD_BY_OTHERS, values![hardware_id, other]).await?;
    }
    for statement in OF_DEVICE {
        tx.execute(statement, values![device.id]).await?;
    }
    Ok(())
}

/// Erases a person whose devices are erased, with codes and tokens.
pub async fn person(tx: &mut Tx, id: &PersonId) -> Result<(), Error> {
    for statement in OF_PERSON {
        tx.execute(statement, values![id]).await?;
    }
    Ok(())
}

/// Erases the sign-ins under a name (lower case) that directories refused, also those with a domain before it.
pub async fn refused_sign_ins(tx: &mut Tx, name: &str) -> Result<(), Error> {
    let with_domain = format!("%\\{}", literal(name));
    tx.execute(REFUSALS, values![name, with_domain]).await.map(drop)
}

/// Erases the wrong passwords that were counted under what begins so.
pub async fn wrong_passwords(tx: &mut Tx, beginning: &str) -> Result<(), Error> {
    let pattern = format!("{}%", literal(beginning));
    tx.execute(ATTEMPTS, values![pattern]).await.map(drop)
}

/// Whether SQLite overwrites what is deleted from here on, where it would only mark its room as free. PostgreSQL has no
/// such choice.
pub async fn overwrite(tx: &mut Tx, is_wanted: bool) -> Result<(), Error> {
    if !matches!(tx.connection, Connection::Embedded(_)) {
        return Ok(());
    }
    let pragma = match is_wanted {
        true => "PRAGMA secure_delete = on",
        false => "PRAGMA secure_delete = off",
    };
    tx.rows(pragma, values![]).await.map(drop)
}

/// The text as it is, for `LIKE … ESCAPE '!'`.
fn literal(text: &str) -> String {
    text.chars()
        .flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c]))
        .collect()
}
