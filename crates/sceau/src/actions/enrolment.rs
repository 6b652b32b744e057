//! A device enrols: a person proves who they are, and the device gets an identity from Sceau's own authority.

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    Error as Refusal, Kind, Timestamp,
    device::{Device, enrolment::Identity, inventory::Inventory},
    directory::PersonLink,
    enrolment_token::EnrolmentToken,
    event::{Event, What},
    person::{Person, PersonId},
};
use serde_json::json;
use store::{Tx, audit::AuditEntry, enrolment_codes::EnrolmentCode};
use zeroize::Zeroizing;

use crate::{
    actions::{
        self, Result, activity, admission, delivery, device_removal, device_twins,
        directories::{self, Proof as DirectoryProof},
        enrolment_codes, enrolment_tokens,
        identity::{bad_request, intend, read_request, sign},
    },
    app::{App, Shared},
    login::{backoff, passwords},
    secrets::{hex, token_sha256},
};

/// In the keys of those refusals that an administrator can change.
const NOT_ADMITTED: &str = "-enrolment-admission-";

/// ProviderID of the management account on the device: its nodes below DMClient bear this name.
pub const PROVIDER: &str = "Sceau";

/// What a device sends to enrol.
#[derive(Clone, Debug)]
pub struct EnrolmentInput {
    /// MessageID of the request.
    pub message_id: String,
    /// The person, as claimed.
    pub username: String,
    /// The person's enrolment password.
    pub password: Zeroizing<String>,
    /// PKCS#10 as the device encoded it.
    pub csr: Vec<u8>,
    /// What the device says of itself.
    pub stated: Stated,
    /// Where the request came from: guessing is slowed down for each address by itself.
    pub address: String,
}

/// What a device says of itself; never proof of anything.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    /// Its name.
    pub name: Option<String>,
    /// DeviceID: the Source of its sessions.
    pub windows_id: Option<String>,
    /// Hardware id.
    pub hardware_id: Option<String>,
    /// `Full`, `Device`, or what it said.
    pub enrollment_type: String,
    /// Operating system version.
    pub os_version: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// IMEI.
    pub imei: Option<String>,
    /// Hardware address.
    pub wifi_mac: Option<String>,
}

/// An enrolled device and its identity.
#[derive(Debug)]
pub struct Enrolled {
    /// The device.
    pub device: Device,
    /// Its person.
    pub person: Person,
    /// Its identity certificate (DER).
    pub certificate: Vec<u8>,
}

/// Enrols a device. The same request again (MessageID and CSR) gets the identity already issued.
pub async fn enrol_device(app: &Shared, input: EnrolmentInput) -> Result<Enrolled> {
    if input.stated.windows_id.as_deref().is_none_or(str::is_empty) {
        return Err(bad_request("the request doesn't say which device it is for (DeviceID)").into());
    }
    let (person, proof) = if enrolment_tokens::is_token(&input.password) {
        prove_token(app, &input).await?
    } else {
        prove_person(app, &input).await?
    };
    let request = read_request(&input.csr)?;
    let (device, identity) = match store_intent(app, &person, &proof, &input).await {
        Err(actions::Error::Refused(refusal)) if refusal.key.contains(NOT_ADMITTED) => {
            note_refusal(app, &person, &input, &refusal).await?;
            return Err(refusal.into());
        }
        other => other?,
    };
    let certificate = match &identity.certificate {
        Some(certificate) => certificate.clone(),
        None => sign(app, &identity, request.public_key())?,
    };
    if identity.certificate.is_none() {
        complete(app, &device, &person, &identity, &certificate).await?;
    }
    Ok(Enrolled {
        device,
        person,
        certificate,
    })
}

/// How a person proved who they are.
#[derive(Clone, Debug)]
enum Proof {
    Password,
    /// A code, which this enrolment spends.
    Code(EnrolmentCode),
    /// A token, which counts this enrolment.
    Token(EnrolmentToken),
}

/// The person of an enrolment token. What it is good for is looked at where it is counted.
async fn prove_token(app: &Shared, input: &EnrolmentInput) -> Result<(Person, Proof)> {
    let now = app.now();
    let key = backoff::key("enrolment-token", "", &input.address);
    let (attempts, sha256) = (key.clone(), token_sha256(&input.password));
    let found = app
        .store
        .write(move |tx| {
            let (attempts, sha256) = (attempts.clone(), sha256.clone());
            Box::pin(async move {
                backoff::admit(tx, &attempts, now).await?;
                let token = store::enrolment_tokens::by_sha256(tx, &sha256).await?;
                let person = match &token {
                    Some(token) if may_enrol(tx, &token.person_id).await? => {
                        store::people::by_id(tx, &token.person_id).await?
                    }
                    _ => None,
                };
                let found = person.zip(token);
                if found.is_none() {
                    store::login_attempts::record_failure(tx, &attempts, now).await?;
                }
                Ok::<_, actions::Error>(found)
            })
        })
        .await?;
    let (person, token) = found.ok_or_else(worthless_token)?;
    Ok((person, Proof::Token(token)))
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
                let code = match may_enrol(tx, &person.id).await? {
                    true => store::enrolment_codes::of_person(tx, &person.id, now).await?,
                    false => None,
                };
                Ok(Some((person, hash, link, code)))
            })
        })
        .await?;
    let (found, code) = match found {
        Some((person, hash, link, code)) => (Some((person, hash, link)), code),
        None => (None, None),
    };
    // Before a directory is asked, which counts what it refuses. Whoever has no code takes as long.
    let proved = match by_code(input, code).await? {
        Some(code) => found.map(|(person, ..)| (person, Proof::Code(code))),
        None => by_password(app, input, found)
            .await?
            .map(|person| (person, Proof::Password)),
    };
    let Some(proved) = proved else {
        return Err(wrong_password().into());
    };
    forget_failures(app, &key).await?;
    Ok(proved)
}

/// Whether a person may: not one whose account a directory disabled, or doesn't have any more.
pub(super) async fn may_enrol(tx: &mut Tx, person: &PersonId) -> Result<bool> {
    let link = store::directories::person_link(tx, person).await?;
    Ok(link.is_none_or(|link| !link.is_disabled && link.gone_at.is_none()))
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

/// Somebody who proved who they are was not admitted: whoever can change that finds it under Activity.
async fn note_refusal(app: &Shared, person: &Person, input: &EnrolmentInput, why: &Refusal) -> Result<()> {
    let entry = AuditEntry {
        at: app.now(),
        actor: format!("person:{}", person.username),
        action: "device.enrol-refused".to_owned(),
        target_kind: "person".to_owned(),
        target_id: person.id.to_string(),
        before: None,
        after: activity::written(&json!({ "device": input.stated.name, "why": why.detail })),
        source_ip: Some(input.address.clone()).filter(|address| !address.is_empty()),
    };
    Ok(app
        .store
        .write(move |tx| {
            let entry = entry.clone();
            Box::pin(async move { store::audit::append(tx, &entry).await })
        })
        .await?)
}

/// The account in `DOMAIN\account`, as Windows' form takes it (MS-MDE2 3.1.4.1.3.1, EmailAddress).
fn account(username: &str) -> &str {
    username
        .rsplit_once('\\')
        .map_or(username, |(_, account)| account)
}

/// Finds the identity that the same request got before, or stores the intent to issue one.
async fn store_intent(
    app: &Shared,
    person: &Person,
    proof: &Proof,
    input: &EnrolmentInput,
) -> Result<(Device, Identity)> {
    let now = app.now();
    let fresh_device = new_device(app, person, &input.stated, now);
    let fresh = intend(&fresh_device.id, None, &input.message_id, &input.csr, now)?;
    let (person, proof) = (person.clone(), proof.clone());
    app.store
        .write(move |tx| {
            let (person, proof) = (person.clone(), proof.clone());
            let (mut device, mut identity) = (fresh_device.clone(), fresh.clone());
            Box::pin(async move {
                if let Some(known) =
                    store::identities::by_message(tx, &identity.message_id, &identity.csr_sha256).await?
                {
                    let device = store::devices::by_id(tx, &known.device_id).await?;
                    let device = device.filter(|device| device.person_id.as_ref() == Some(&person.id));
                    let device =
                        device.ok_or_else(|| bad_request("this request was made by another person"))?;
                    // A spent code is good for what it was spent on, whose answer may have been lost.
                    return match proof {
                        Proof::Code(code) if code.spent_on.as_ref() != Some(&known.id) => {
                            Err(wrong_password().into())
                        }
                        Proof::Code(_) | Proof::Token(_) | Proof::Password => Ok((device, known)),
                    };
                }
                let has_own_limit = matches!(proof, Proof::Token(_));
                admission::admit(tx, &person, &device, has_own_limit).await?;
                spend(tx, &proof, &identity, now).await?;
                let known = store::devices::by_windows_id(tx, &person.id, &device.windows_id).await?;
                if let Some(known) = known {
                    device.id = known.id.clone();
                    device_removal::superseded(tx, &known, now).await?;
                    enrol_again(tx, &device, now).await?;
                } else {
                    store::devices::insert(tx, &device).await?;
                }
                identity.device_id = device.id.clone();
                store::identities::insert_intent(tx, &identity).await?;
                Ok((device, identity))
            })
        })
        .await
}

/// Spends what is good for one enrolment, or for so many.
async fn spend(tx: &mut Tx, proof: &Proof, identity: &Identity, now: Timestamp) -> Result<()> {
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
    }
}

/// The same machine of the same person enrols anew: its old identities end, and what it held is not known.
async fn enrol_again(tx: &mut Tx, device: &Device, now: Timestamp) -> Result<()> {
    for old in store::identities::of_device(tx, &device.id).await? {
        store::identities::revoke(tx, &old.id, now).await?;
    }
    store::devices::update(tx, device).await?;
    store::trust::forget(tx, &device.id).await?;
    store::mdm_sessions::forget(tx, &device.id).await?;
    delivery::forget_node_state(tx, &device.id, now).await
}

fn new_device(app: &App, person: &Person, stated: &Stated, now: Timestamp) -> Device {
    Device {
        id: app.fresh_id(),
        name: stated.name.clone().unwrap_or_else(|| "Windows".to_owned()),
        person_id: Some(person.id.clone()),
        windows_id: stated.windows_id.clone().unwrap_or_default(),
        hardware_id: stated.hardware_id.clone(),
        enrollment_type: stated.enrollment_type.clone(),
        os_version: stated.os_version.clone(),
        manufacturer: None,
        model: None,
        serial_number: None,
        language: stated.language.clone(),
        imei: stated.imei.clone(),
        wifi_mac: stated.wifi_mac.clone(),
        inventory: Inventory::default(),
        is_polling_fast: false,
        enrolled_at: now,
        last_seen_at: now,
        unenrolled_at: None,
        left_how: None,
        removal: None,
    }
}

async fn complete(
    app: &Shared,
    device: &Device,
    person: &Person,
    identity: &Identity,
    certificate: &[u8],
) -> Result<()> {
    let now = app.now();
    let sha256 = hex(digest(&SHA256, certificate).as_ref());
    let (device, username, id, certificate) = (
        device.clone(),
        person.username.clone(),
        identity.id.clone(),
        certificate.to_vec(),
    );
    app.store
        .write(move |tx| {
            let (device, username, id) = (device.clone(), username.clone(), id.clone());
            let (sha256, certificate) = (sha256.clone(), certificate.clone());
            Box::pin(async move {
                store::identities::complete(tx, &id, &certificate, &sha256).await?;
                let enrolled = What::Enrolled {
                    username: username.clone(),
                };
                let event = Event {
                    device_id: device.id.clone(),
                    delivery_id: None,
                    at: now,
                    what: enrolled,
                };
                store::events::append(tx, &event).await?;
                let entry = AuditEntry {
                    at: now,
                    actor: format!("person:{username}"),
                    action: "device.enrol".to_owned(),
                    target_kind: "device".to_owned(),
                    target_id: device.id.to_string(),
                    before: None,
                    after: serde_json::to_string(&device).ok(),
                    source_ip: None,
                };
                store::audit::append(tx, &entry).await?;
                device_twins::note_enrolment(tx, &device, now).await?;
                delivery::plan_for_device(tx, &device, now).await.map(drop)
            })
        })
        .await
}
