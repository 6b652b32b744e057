//! One-time codes: a person types one on the device instead of a password, and it is worth nothing afterwards.

use domain::{Error as Refusal, Kind, Timestamp, actor::Actor, operator::Permission, person::PersonId};
use serde_json::json;
use store::enrolment_codes::EnrolmentCode;
use zeroize::Zeroizing;

use super::{Result, activity, people};
use crate::{app::Shared, login::passwords, secrets::random};

/// Characters of a code: 50 random bits.
const LENGTH: usize = 10;
/// Crockford's base 32: no I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Hours that a code is good for where nobody says otherwise.
pub const USUAL_HOURS: u32 = 24;
/// Hours at most.
pub const MOST_HOURS: u32 = 7 * 24;

/// A code that was made; it is shown this once.
pub struct FreshCode {
    /// The code, in two groups.
    pub code: Zeroizing<String>,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

/// What is known of a person's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownCode {
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
    /// Whether a device was enrolled with it.
    pub is_spent: bool,
}

/// Makes a code for a person; the one before is worth nothing any more.
pub async fn make_code(app: &Shared, actor: &Actor, person: &PersonId, hours: u32) -> Result<FreshCode> {
    actor.require(Permission::Devices)?;
    if !(1..=MOST_HOURS).contains(&hours) {
        let refusal = Refusal::invalid("hours", format!("a code is good for 1 to {MOST_HOURS} hours"));
        return Err(refusal
            .keyed("error-code-hours")
            .with("most", MOST_HOURS.to_string())
            .into());
    }
    let person = people::one_person(app, actor, person).await?;
    let now = app.now();
    let expires_at = now.plus_seconds(i64::from(hours) * 3600);
    let plain = fresh();
    let code = EnrolmentCode {
        person_id: person.id.clone(),
        hash: passwords::hash(plain.clone()).await?,
        created_at: now,
        expires_at,
        spent_on: None,
    };
    let mut entry = activity::entry(actor, now, "person.code", ("person", person.id.as_str()));
    entry.after =
        activity::written(&json!({ "username": person.username, "code": "changed", "hours": hours }));
    app.store
        .write(move |tx| {
            let (code, entry) = (code.clone(), entry.clone());
            Box::pin(async move {
                store::enrolment_codes::put(tx, &code).await?;
                store::audit::append(tx, &entry).await
            })
        })
        .await?;
    Ok(FreshCode {
        code: shown(&plain),
        expires_at,
    })
}

/// The code that a person has.
pub async fn code_of(app: &Shared, actor: &Actor, person: &PersonId) -> Result<Option<KnownCode>> {
    actor.require(Permission::Read)?;
    let (person, now) = (person.clone(), app.now());
    let code = app
        .store
        .read(move |tx| Box::pin(async move { store::enrolment_codes::of_person(tx, &person, now).await }))
        .await?;
    Ok(code.map(|code| KnownCode {
        created_at: code.created_at,
        expires_at: code.expires_at,
        is_spent: code.spent_on.is_some(),
    }))
}

/// Takes a person's code back.
pub async fn take_code_back(app: &Shared, actor: &Actor, person: &PersonId) -> Result<()> {
    actor.require(Permission::Devices)?;
    let person = people::one_person(app, actor, person).await?;
    let mut entry = activity::entry(
        actor,
        app.now(),
        "person.code-withdraw",
        ("person", person.id.as_str()),
    );
    entry.before = activity::written(&json!({ "username": person.username }));
    app.store
        .write(move |tx| {
            let (person, entry) = (person.id.clone(), entry.clone());
            Box::pin(async move {
                if !store::enrolment_codes::delete(tx, &person).await? {
                    return Err(none().into());
                }
                Ok::<_, super::Error>(store::audit::append(tx, &entry).await?)
            })
        })
        .await
}

/// There is no code of this person.
pub fn none() -> Refusal {
    Refusal::new(Kind::NotFound, "error-code-none", "this person has no code")
}

fn fresh() -> Zeroizing<String> {
    let octets = Zeroizing::new(random::<LENGTH>());
    // 256 is a multiple of 32: each character is as likely as the others.
    let character = |octet: &u8| {
        ALPHABET
            .get(usize::from(octet % 32))
            .map(|letter| char::from(*letter))
    };
    Zeroizing::new(octets.iter().filter_map(character).collect())
}

fn shown(code: &str) -> Zeroizing<String> {
    let (first, last) = code.split_at(code.len() / 2);
    Zeroizing::new(format!("{first}-{last}"))
}

/// What was typed, as a code is hashed: case, blanks and dashes don't count, and letters that look like a digit are
/// that digit. None: it is no code.
pub(super) fn typed(text: &str) -> Option<Zeroizing<String>> {
    let mut code = Zeroizing::new(String::with_capacity(LENGTH));
    for letter in text
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
    {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        if code.len() == LENGTH || !ALPHABET.iter().any(|known| char::from(*known) == letter) {
            return None;
        }
        code.push(letter);
    }
    (code.len() == LENGTH).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for _ in 0..50 {
            let code = fresh();
            assert_eq!(typed(&shown(&code)).as_deref(), Some(&*code));
            assert_eq!(
                typed(&format!(" {} ", code.to_lowercase())).as_deref(),
                Some(&*code)
            );
        }
        assert_eq!(
            typed("oOiIlL 23 45").as_deref().map(String::as_str),
            Some("0011112345")
        );
    }

    #[test]
    fn what_is_no_code_is_none() {
        for text in [
            "",
            "ABCDE-FGHJ",
            "ABCDE-FGHJK-M",
            "ABCDE-FGHJU",
            "ABCDE_FGHJK",
            "ABCDÉ-FGHJK",
        ] {
            assert_eq!(typed(text), None, "{text}");
        }
    }
}
