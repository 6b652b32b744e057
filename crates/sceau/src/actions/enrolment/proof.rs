//! How a device proves who enrols it: a password, a one-time code, a token of many enrolments, or one of a sign-in.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Error as Refusal, Kind, Timestamp,
    device::enrolment::Identity,
    directory::PersonLink,
    enrolment_token::EnrolmentToken,
    federation::SignInToken,
    person::{Person, PersonId},
};
use serde::Deserialize;
use store::{Tx, enrolment_codes::EnrolmentCode};
use zeroize::Zeroizing;

use super::EnrolmentInput;
use crate::{
    actions::{
        self, Result,
        directories::{self, Proof as DirectoryProof},
        enrolment_codes, enrolment_tokens, federation,
    },
    app::Shared,
    login::{backoff, passwords},
    secrets::token_sha256,
};

/// How a person proved who they are.
#[derive(Clone, Debug)]
pub(super) enum Proof {
    Password,
    /// A code, which this enrolment spends.
    Code(EnrolmentCode),
    /// A token, which counts this enrolment.
    Token(EnrolmentToken),
    /// What a sign-in brought, which this enrolment spends.
    SignIn(SignInToken),
}

impl Proof {
    /// Whether it says itself how many devices it is good for, whatever its person may have.
    pub(super) fn has_own_limit(&self) -> bool {
        matches!(self, Self::Token(_))
    }

    /// Refuses what was spent on another identity than this one, whose answer may have been lost.
    pub(super) fn is_still_good_for(&self, known: &Identity) -> Result<()> {
        match self {
            Self::Code(code) if code.spent_on.as_ref() != Some(&known.id) => Err(wrong_password().into()),
            Self::SignIn(token) if token.spent_on.as_ref() != Some(&known.id) => {
                Err(worthless_sign_in().into())
            }
            Self::Code(_) | Self::SignIn(_) | Self::Token(_) | Self::Password => Ok(()),
        }
    }
}

/// Who enrols, by what the device showed.
pub(super) async fn prove(app: &Shared, input: &EnrolmentInput) -> Result<(Person, Proof)> {
    if enrolment_tokens::is_token(&input.password) || federation::is_token(&input.password) {
        prove_token(app, input).await
    } else {
        prove_person(app, input).await
    }
}

/// A token in the value of a BinarySecurityToken: base64 of the token itself, or of `{"token":"…"}`; or the token as it
/// is. None: it is none of these.
pub fn token_in_binary(value: &str) -> Option<Zeroizing<String>> {
    #[derive(Deserialize)]
    struct Wrapped {
        token: String,
    }
    let is_token = |text: &str| enrolment_tokens::is_token(text) || federation::is_token(text);
    if is_token(value) {
        return Some(Zeroizing::new(value.to_owned()));
    }
    let octets = Zeroizing::new(STANDARD.decode(value).ok()?);
    let text = std::str::from_utf8(&octets).ok()?.trim();
    if is_token(text) {
        return Some(Zeroizing::new(text.to_owned()));
    }
    let wrapped: Wrapped = serde_json::from_str(text).ok()?;
    let token = Zeroizing::new(wrapped.token);
    is_token(&token).then_some(token)
}

/// The person of a token, of many enrolments or of a sign-in. What it is good for is looked at where it is spent.
async fn prove_token(app: &Shared, input: &EnrolmentInput) -> Result<(Person, Proof)> {
    let now = app.now();
    let is_of_sign_in = federation::is_token(&input.password);
    let (kind, worthless): (_, fn() -> Refusal) = match is_of_sign_in {
        true => ("sign-in-token", worthless_sign_in),
        false => ("enrolment-token", worthless_token),
    };
    let (key, sha256) = (
        backoff::key(kind, "", &input.address),
        token_sha256(&input.password),
    );
    let found = app
        .store
        .write(move |tx| {
            let (attempts, sha256) = (key.clone(), sha256.clone());
            Box::pin(async move {
                backoff::admit(tx, &attempts, now).await?;
                let token = known_token(tx, &sha256, is_of_sign_in).await?;
                let person = match &token {
                    Some((person_id, _)) if may_enrol(tx, person_id).await? => {
                        store::people::by_id(tx, person_id).await?
                    }
                    _ => None,
                };
                let found = person.zip(token).map(|(person, (_, proof))| (person, proof));
                if found.is_none() {
                    store::login_attempts::record_failure(tx, &attempts, now).await?;
                }
                Ok::<_, actions::Error>(found)
            })
        })
        .await?;
    Ok(found.ok_or_else(worthless)?)
}

/// Whose a token is, and the token, whatever became of it.
async fn known_token(tx: &mut Tx, sha256: &str, is_of_sign_in: bool) -> Result<Option<(PersonId, Proof)>> {
    if is_of_sign_in {
        let token = store::federation::token_by_sha256(tx, sha256).await?;
        return Ok(token.map(|token| (token.person_id.clone(), Proof::SignIn(token))));
    }
    let token = store::enrolment_tokens::by_sha256(tx, sha256).await?;
    Ok(token.map(|token| (token.person_id.clone(), Proof::Token(token))))
}

fn worthless_sign_in() -> Refusal {
    Refusal::new(
        Kind::Forbidden,
        "error-enrolment-sign-in",
        "this sign-in was used already, or was too long ago: sign in again",
    )
}

fn worthless_token() -> Refusal {
    Refusal::new(
        Kind::Forbidden,
        "error-enrolment-token",
        "this enrolment token is worth nothing: it is unknown, used up, withdrawn, or has ended",
    )
}

/// Checks the password, ours or a directory's, or the one-time code, slower and slower after failures.
async fn prove_person(app: &Shared, input: &EnrolmentInput) -> Result<(Person, Proof)> {
    let now = app.now();
    let account = account(&input.username).to_owned();
    // By the account: with a domain of one's own choice before it, each guess would count by itself.
    let key = backoff::key("enrolment", &account, &input.address);
    let (name, attempts) = (input.username.clone(), key.clone());
    let found = app
        .store
        .write(move |tx| {
            let (name, account, attempts) = (name.clone(), account.clone(), attempts.clone());
            Box::pin(async move {
                backoff::admit(tx, &attempts, now).await?;
                // Counted before it is looked at, so that guessing many times at once is slowed down as well.
                store::login_attempts::record_failure(tx, &attempts, now).await?;
                let found = match store::people::enrolment_password(tx, &name).await? {
                    None if account != name => store::people::enrolment_password(tx, &account).await?,
                    found => found,
                };
                let Some((person, hash)) = found else {
                    return Ok::<_, actions::Error>(None);
                };
                let link = store::directories::person_link(tx, &person.id).await?;
                let (hash, code) = match may_enrol(tx, &person.id).await? {
                    true => (
                        hash,
                        store::enrolment_codes::of_person(tx, &person.id, now).await?,
                    ),
                    false => (None, None),
                };
                Ok(Some((person, hash, link, code)))
            })
        })
        .await?;
    let (found, code) = match found {
        Some((person, hash, link, code)) => (Some((person, hash, link)), code),
        None => (None, None),
    };
    let known = found.as_ref().map(|(person, ..)| person.clone());
    // Before a directory is asked, which counts what it refuses. Whoever has no code takes as long.
    let proved = match by_code(input, code).await? {
        Some(code) => found.map(|(person, ..)| (person, Proof::Code(code))),
        None => by_password(app, input, found)
            .await?
            .map(|person| (person, Proof::Password)),
    };
    let Some(proved) = proved else {
        // Names that nobody bears are left out: strangers would fill the log with what they like.
        if let Some(person) = known {
            super::note_refusal(app, &person, input, &wrong_password()).await?;
        }
        return Err(wrong_password().into());
    };
    forget_failures(app, &key).await?;
    Ok(proved)
}

/// Whether a person may: not one whose account a directory or a SCIM source disabled, or doesn't have any more.
pub(in crate::actions) async fn may_enrol(tx: &mut Tx, person: &PersonId) -> Result<bool> {
    let link = store::directories::person_link(tx, person).await?;
    let tie = store::scim::people::of(tx, person).await?;
    Ok(
        link.is_none_or(|link| !link.is_disabled && link.gone_at.is_none())
            && tie.is_none_or(|tie| tie.may_enrol()),
    )
}

/// The code, if that is what was typed.
async fn by_code(input: &EnrolmentInput, code: Option<EnrolmentCode>) -> Result<Option<EnrolmentCode>> {
    let Some(typed) = enrolment_codes::typed(&input.password) else {
        return Ok(None);
    };
    let hash = code.as_ref().map(|code| code.hash.clone());
    let is_right = passwords::verify(typed, hash).await?;
    Ok(code.filter(|_| is_right))
}

async fn by_password(
    app: &Shared,
    input: &EnrolmentInput,
    found: Option<(Person, Option<String>, Option<PersonLink>)>,
) -> Result<Option<Person>> {
    match found {
        Some((person, hash, None)) if hash.is_some() => Ok(passwords::verify(input.password.clone(), hash)
            .await?
            .then_some(person)),
        found => by_directory(app, input, found.and_then(|(.., link)| link)).await,
    }
}

/// What a directory says, where there is no password here. Who is tied to an entry is proved by its directory alone.
async fn by_directory(
    app: &Shared,
    input: &EnrolmentInput,
    link: Option<PersonLink>,
) -> Result<Option<Person>> {
    let only = link.as_ref().map(|link| &link.directory_id);
    match directories::prove(app, (&input.username, &input.address), &input.password, only).await {
        Ok(DirectoryProof::Person(person)) => Ok(Some(*person)),
        Ok(DirectoryProof::Refused) => Ok(None),
        Ok(DirectoryProof::Unknown) => {
            // As long as for a wrong password.
            passwords::verify(input.password.clone(), None).await?;
            Ok(None)
        }
        Err(error) => {
            let is_outside = error.refusals().iter().any(|one| one.kind == Kind::Outside);
            if is_outside {
                // Nobody looked at the password: it was no guess.
                let key = backoff::key("enrolment", account(&input.username), &input.address);
                forget_failures(app, &key).await?;
            }
            Err(error)
        }
    }
}

async fn forget_failures(app: &Shared, key: &str) -> Result<()> {
    let key = key.to_owned();
    app.store
        .write(move |tx| {
            let key = key.clone();
            Box::pin(async move { Ok(store::login_attempts::clear(tx, &key).await?) })
        })
        .await
}

fn wrong_password() -> Refusal {
    Refusal::new(
        Kind::Forbidden,
        "error-enrolment-password",
        "the user name or the password is wrong",
    )
}

/// The account in `DOMAIN\account`, as Windows' form takes it (MS-MDE2 3.1.4.1.3.1, EmailAddress).
fn account(username: &str) -> &str {
    username
        .rsplit_once('\\')
        .map_or(username, |(_, account)| account)
}

/// Spends what is good for one enrolment, or for so many.
pub(super) async fn spend(tx: &mut Tx, proof: &Proof, identity: &Identity, now: Timestamp) -> Result<()> {
    match proof {
        Proof::Password => Ok(()),
        Proof::Code(code) => match store::enrolment_codes::spend(tx, code, &identity.id, now).await? {
            true => Ok(()),
            false => Err(wrong_password().into()),
        },
        Proof::Token(token) => match store::enrolment_tokens::count_use(tx, &token.id, now).await? {
            true => Ok(()),
            false => Err(worthless_token().into()),
        },
        Proof::SignIn(token) => match store::federation::spend_token(tx, token, &identity.id, now).await? {
            true => Ok(()),
            false => Err(worthless_sign_in().into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_bare_in_base64_and_in_json() {
        let token = "sceau-enrol-00ff".to_owned();
        let json = format!(r#"{{"token":"{token}","site":"Berne"}}"#);
        for value in [token.clone(), STANDARD.encode(&token), STANDARD.encode(&json)] {
            assert_eq!(token_in_binary(&value).as_deref(), Some(&token), "{value}");
        }
        for value in [
            "",
            "token",
            "e30=",
            &STANDARD.encode("{\"token\":\"other\"}"),
            &STANDARD.encode([0xff, 0xfe]),
        ] {
            assert_eq!(token_in_binary(value), None, "{value}");
        }
    }
}
