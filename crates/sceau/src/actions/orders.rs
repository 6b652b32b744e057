//! Orders: one SCEP URL and one challenge for a named subject, shown once, for devices managed elsewhere.

mod waiting;

use domain::{
    Error as Refusal, Id, Kind, Timestamp,
    actor::Actor,
    challenge::ChallengeId,
    external_ca::{Authority, AuthorityId, AuthorityKind, ChallengeWay, ProvedBy},
    issuance::WantedCertificate,
    operator::Permission,
    order::{Order, OrderId},
    scep_configuration::{San, ValidityUnit},
    subject,
    thumbprint::Sha1,
    transaction::{Owner, Transaction},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::audit::AuditEntry;
use zeroize::Zeroizing;

use super::{activity, authorities, broker, built_in};
use crate::{
    actions::{Error, Result},
    app::Shared,
    outbound::ChallengePage,
    secrets::{random_token, token_sha256},
};

/// What is ordered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderForm {
    /// From which authority.
    pub authority: AuthorityId,
    /// X.500 subject, without variables.
    pub subject: String,
    /// Alternative names, without variables.
    #[serde(default)]
    pub sans: Vec<San>,
    /// What the key is for; NDES chooses its template by what the request says.
    #[serde(default)]
    pub key_usage: Vec<KeyUsage>,
    /// How long the certificate should live; with NDES a wish.
    #[serde(default)]
    pub validity: Option<Validity>,
}

impl OrderForm {
    /// The bits of key usage as certificates have them; none where the order doesn't say.
    fn key_usage_bits(&self) -> Option<u8> {
        let bit = |usage: &KeyUsage| match usage {
            KeyUsage::DigitalSignature => 0x80,
            KeyUsage::KeyEncipherment => 0x20,
        };
        let bits = self.key_usage.iter().map(bit).fold(0, |all: u8, bit| all | bit);
        (bits != 0).then_some(bits)
    }
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyUsage {
    /// digitalSignature.
    DigitalSignature,
    /// keyEncipherment.
    KeyEncipherment,
}

/// A length of time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// How many.
    pub number: u32,
    /// Of what.
    pub unit: ValidityUnit,
}

/// The one answer in which a challenge is ever shown.
#[derive(Debug)]
pub struct PlacedOrder {
    /// The order.
    pub id: OrderId,
    /// Where the client speaks SCEP.
    pub scep_url: String,
    /// The challenge.
    pub challenge: Secret,
    /// The authority's thumbprint, for the client to compare.
    pub ca_sha1: Sha1,
    /// Until when the client must come.
    pub expires_at: Timestamp,
}

/// A challenge on its way to whoever ordered it.
pub struct Secret(pub Zeroizing<String>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Places an order. The challenge is taken outside any transaction, and what is begun goes on to its end even if the caller
/// goes away; what merely waits for its turn ends with the caller.
pub async fn place_order(app: &Shared, actor: &Actor, form: OrderForm) -> Result<PlacedOrder> {
    actor.require(Permission::Order)?;
    let form = checked(form)?;
    let authority = authorities::by_id(app, &form.authority)
        .await
        .map_err(at_authority)?;
    if authority.kind.challenge_way() == ChallengeWay::Page {
        return waiting::place_in_turn(app, actor, &form, &authority.id).await;
    }
    let (app, actor) = (app.clone(), actor.clone());
    let placing = tokio::spawn(async move { place(&app, &actor, &form, &authority).await });
    placing
        .await
        .map_err(|error| Error::Internal(anyhow::Error::new(error)))?
}

/// One order, without its challenge.
pub async fn one_order(app: &Shared, actor: &Actor, id: &OrderId) -> Result<Order> {
    actor.require(Permission::Read)?;
    let wanted = id.clone();
    app.store
        .read(move |tx| {
            let wanted = wanted.clone();
            Box::pin(async move { store::orders::by_id(tx, &wanted).await })
        })
        .await?
        .ok_or_else(|| Refusal::new(Kind::NotFound, "error-order-not-found", "there is no such order").into())
}

/// What passed at an order's address, oldest first.
pub async fn transactions_of(app: &Shared, actor: &Actor, id: &OrderId) -> Result<Vec<Transaction>> {
    actor.require(Permission::Read)?;
    let owner = Owner::Order(id.clone());
    Ok(app
        .store
        .read(move |tx| {
            let owner = owner.clone();
            Box::pin(async move { store::transactions::by_owner(tx, &owner).await })
        })
        .await?)
}

/// Orders, newest first, without their challenges.
pub async fn list_orders(
    app: &Shared,
    actor: &Actor,
    after: Option<OrderId>,
    limit: u32,
) -> Result<Vec<Order>> {
    actor.require(Permission::Read)?;
    Ok(app
        .store
        .read(move |tx| {
            let after = after.clone();
            Box::pin(async move { store::orders::list(tx, after.as_ref(), limit).await })
        })
        .await?)
}

/// The entry of an order's challenge in the ledger: it bears the order's own identifier.
pub fn ledger_id(order: &OrderId) -> Result<ChallengeId> {
    Ok(Id::parse(order.as_str())?)
}

/// At an authority whose challenges don't run out.
async fn place(app: &Shared, actor: &Actor, form: &OrderForm, authority: &Authority) -> Result<PlacedOrder> {
    let id: OrderId = app.fresh_id();
    if authority.kind == AuthorityKind::BuiltIn {
        return place_own(app, actor, form, authority, id).await;
    }
    let challenge = authorities::static_challenge(app, authority)?;
    place_fixed(app, actor, form, authority, id, challenge).await
}

/// Sceau's own authority gives its challenge in the same transaction.
async fn place_own(
    app: &Shared,
    actor: &Actor,
    form: &OrderForm,
    authority: &Authority,
    id: OrderId,
) -> Result<PlacedOrder> {
    let (order, token) = order_of(app, actor, form, authority, id);
    let wanted = WantedCertificate::of_order(
        &order,
        form.key_usage_bits(),
        form.validity.map(|validity| (validity.number, validity.unit)),
    );
    let entry = audit_entry(actor, form, authority, &order);
    let (kept, issuer) = (order.clone(), authority.clone());
    let challenge = app
        .store
        .write(move |tx| {
            let (order, authority, entry) = (kept.clone(), issuer.clone(), entry.clone());
            let wanted = wanted.clone();
            Box::pin(async move {
                store::orders::insert(tx, &order).await?;
                store::audit::append(tx, &entry).await?;
                let owner = Owner::Order(order.id.clone());
                built_in::mint(tx, &authority, &owner, &wanted, order.created_at).await
            })
        })
        .await?;
    Ok(placed(app, authority, &order, &token, challenge))
}

/// An authority with one challenge for everybody is asked for nothing: there is no slot and no entry in the ledger.
async fn place_fixed(
    app: &Shared,
    actor: &Actor,
    form: &OrderForm,
    authority: &Authority,
    id: OrderId,
    challenge: Zeroizing<String>,
) -> Result<PlacedOrder> {
    let (order, token) = order_of(app, actor, form, authority, id);
    let placed = placed(app, authority, &order, &token, challenge);
    let entry = audit_entry(actor, form, authority, &order);
    app.store
        .write(move |tx| {
            let (order, entry) = (order.clone(), entry.clone());
            Box::pin(async move {
                store::orders::insert(tx, &order).await?;
                store::audit::append(tx, &entry).await
            })
        })
        .await?;
    Ok(placed)
}

async fn store_order(
    app: &Shared,
    actor: &Actor,
    form: &OrderForm,
    authority: &Authority,
    id: OrderId,
    wish_sha256: &str,
    page: ChallengePage,
) -> Result<PlacedOrder> {
    let (order, token) = order_of(app, actor, form, authority, id);
    let placed = placed(app, authority, &order, &token, page.challenge.clone());
    let entry = audit_entry(actor, form, authority, &order);
    let now = order.created_at;
    let held_until = now.plus_seconds(authority.limits.lifetime_seconds.into());
    let (ledger, wish) = (ledger_id(&order.id)?, wish_sha256.to_owned());
    let writer = app.clone();
    app.store
        .write(move |tx| {
            let (order, entry, ledger) = (order.clone(), entry.clone(), ledger.clone());
            let (app, page, wish) = (writer.clone(), page.clone(), wish.clone());
            Box::pin(async move {
                store::order_queue::leave(tx, &wish).await?;
                store::challenges::taken(tx, &ledger, now, held_until).await?;
                broker::page_seen(tx, &app, &order.authority_id, &page, now).await?;
                store::orders::insert(tx, &order).await?;
                Ok::<_, Error>(store::audit::append(tx, &entry).await?)
            })
        })
        .await?;
    let proof = ProvedBy::Order(placed.id.clone());
    authorities::challenge_asked(app, &authority.id, Ok(&proof)).await?;
    Ok(placed)
}

/// The order's record, and the token of its address.
fn order_of(
    app: &Shared,
    actor: &Actor,
    form: &OrderForm,
    authority: &Authority,
    id: OrderId,
) -> (Order, Zeroizing<String>) {
    let (now, token) = (app.now(), random_token());
    let order = Order {
        id,
        authority_id: authority.id.clone(),
        subject: form.subject.clone(),
        sans: form.sans.clone(),
        token_sha256: token_sha256(&token),
        operator_id: match actor {
            Actor::Operator { id, .. } => Some(id.clone()),
            _ => None,
        },
        created_at: now,
        expires_at: now.plus_seconds(authority.limits.safe_life_seconds.into()),
    };
    (order, token)
}

fn placed(
    app: &Shared,
    authority: &Authority,
    order: &Order,
    token: &str,
    challenge: Zeroizing<String>,
) -> PlacedOrder {
    PlacedOrder {
        id: order.id.clone(),
        scep_url: format!("{}/scep/{token}", app.settings.public_url),
        challenge: Secret(challenge),
        ca_sha1: authority.issuer_sha1,
        expires_at: order.expires_at,
    }
}

fn audit_entry(actor: &Actor, form: &OrderForm, authority: &Authority, order: &Order) -> AuditEntry {
    let after = json!({
        "authority": authority.name,
        "subject": order.subject,
        "sans": order.sans,
        "key_usage": form.key_usage,
        "validity": form.validity,
        "expires_at": order.expires_at,
    });
    AuditEntry {
        after: activity::written(&after),
        ..activity::entry(
            actor,
            order.created_at,
            "order.place",
            ("order", order.id.as_str()),
        )
    }
}

fn checked(mut form: OrderForm) -> Result<OrderForm> {
    let mut errors = Vec::new();
    match subject::check_literal(&form.subject) {
        Ok(_) if form.subject.contains("${") => {
            errors.push(Refusal::invalid("subject", "an order's subject has no variables"));
        }
        Ok(subject) => form.subject = subject,
        Err(error) => errors.push(error.at("subject")),
    }
    if let Err(wrong) = subject::alternative_names::check(&form.sans) {
        errors.extend(wrong);
    }
    if form.sans.len() > 20 || form.sans.iter().any(|san| san.value.contains('$')) {
        errors.push(Refusal::invalid(
            "sans",
            "an order has at most 20 alternative names, and no variables in them",
        ));
    }
    if form
        .validity
        .is_some_and(|validity| !(1..=3650).contains(&validity.number))
    {
        errors.push(Refusal::invalid("validity", "a validity is 1 to 3650 units"));
    }
    if errors.is_empty() {
        Ok(form)
    } else {
        Err(Error::Several(errors))
    }
}

fn at_authority(error: Error) -> Error {
    match error {
        Error::Refused(refusal) if refusal.kind == Kind::NotFound => {
            let mut refusal = refusal.at("authority");
            refusal.kind = Kind::Invalid;
            refusal.into()
        }
        other => other,
    }
}
