//! What the removal of an authority would do, and the removal itself.

use domain::{
    actor::Actor,
    built_in::AuthorityKey,
    external_ca::{AuthorityId, AuthorityKind, ChallengeWay},
    operator::Permission,
    scep_configuration::ConfigurationId,
};

use super::record;
use crate::{actions::Result, app::Shared};

/// What the removal of an authority would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The authority's name: whoever removes it writes it down.
    pub name: String,
    /// The configurations that name it. While there is one, it stays.
    pub configurations: Vec<NamedBy>,
    /// Certificates of a built-in one that still count. While there is one, it stays.
    pub valid_certificates: i64,
    /// Its challenges that are out or being fetched.
    pub held_slots: i64,
    /// Deliveries that wait for one of its challenges.
    pub waiting: i64,
    /// Orders whose address is still good and was not used.
    pub open_orders: i64,
    /// Requests without an answer, or without one that anybody knows.
    pub open_requests: i64,
    /// All of that in the order in which it is told, and what is done in any case.
    pub what: Vec<Consequence>,
}

/// A configuration that names the authority, and how far it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedBy {
    /// The configuration.
    pub id: ConfigurationId,
    /// Its name.
    pub name: String,
    /// Devices that it is for, or was delivered to.
    pub devices: i64,
    /// Those among them without an end yet.
    pub waiting: i64,
    /// Those among them with a verified certificate.
    pub verified: i64,
}

/// Something that the removal does, or that keeps it from being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// Key of its words.
    pub key: &'static str,
    /// How many it concerns, where it is counted.
    pub count: Option<i64>,
    /// It keeps the authority from being removed.
    pub is_in_the_way: bool,
}

impl Removal {
    /// Whether nothing is in the way.
    pub fn is_possible(&self) -> bool {
        !self.what.iter().any(|consequence| consequence.is_in_the_way)
    }
}

/// Tells what the removal would do. Nothing is changed.
pub async fn removal(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Removal> {
    actor.require(Permission::Read)?;
    let (id, now) = (id.clone(), app.now());
    app.store
        .read(move |tx| {
            let id = id.clone();
            Box::pin(async move {
                let Some(authority) = store::authorities::by_id(tx, &id).await? else {
                    return Err(super::unknown());
                };
                let mut configurations = Vec::new();
                for configuration in store::configurations::of_authority(tx, &id).await? {
                    let counts = store::deliveries::counts(tx, Some(&configuration.id)).await?;
                    configurations.push(NamedBy::of(configuration.id, configuration.name, &counts));
                }
                let held = store::challenges::slots(tx, &id).await?.len();
                let own = store::built_in::by_id(tx, &id).await?;
                let mut removal = Removal {
                    name: authority.name,
                    configurations,
                    valid_certificates: store::issuances::count_valid(tx, &id, now).await?,
                    held_slots: i64::try_from(held).unwrap_or(i64::MAX),
                    waiting: store::challenge_queue::count(tx, &id).await?,
                    open_orders: store::orders::count_open(tx, &id, now).await?,
                    open_requests: store::transactions::count_undecided(tx, &id).await?,
                    what: Vec::new(),
                };
                let is_in_token = own.is_some_and(|own| matches!(own.key, AuthorityKey::Pkcs11(_)));
                removal.what = consequences(&removal, authority.kind, is_in_token);
                Ok(removal)
            })
        })
        .await
}

/// Removes an authority that no configuration names, and one of Sceau's own only when nothing counts that it issued.
/// What it issued stays in the ledger. `confirm`: its name, from who knows what [`removal`] tells.
pub async fn remove_authority(app: &Shared, actor: &Actor, id: &AuthorityId, confirm: &str) -> Result<()> {
    actor.require(Permission::Configure)?;
    record::removed(app, actor, id, confirm).await
}

impl NamedBy {
    fn of(id: ConfigurationId, name: String, counts: &[(String, i64)]) -> Self {
        let sum = |states: &[&str]| {
            counts
                .iter()
                .filter(|(state, _)| states.contains(&state.as_str()))
                .map(|(_, count)| count)
                .sum()
        };
        Self {
            id,
            name,
            devices: counts
                .iter()
                .filter(|(state, _)| state != "removed")
                .map(|(_, count)| count)
                .sum(),
            waiting: sum(&[
                "waiting_for_device",
                "waiting_for_challenge",
                "sent",
                "enrolling",
                "pending_at_ca",
            ]),
            verified: sum(&["verified"]),
        }
    }
}

fn consequences(removal: &Removal, kind: AuthorityKind, is_in_token: bool) -> Vec<Consequence> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let counted = [
        (
            "removal-configurations",
            count(removal.configurations.len()),
            true,
        ),
        ("removal-valid-certificates", removal.valid_certificates, true),
        ("removal-waiting", removal.waiting, false),
        ("removal-slots", removal.held_slots, false),
        ("removal-orders", removal.open_orders, false),
        ("removal-requests", removal.open_requests, false),
    ];
    let mut what: Vec<Consequence> = counted
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(key, count, is_in_the_way)| Consequence {
            key,
            count: Some(count),
            is_in_the_way,
        })
        .collect();
    let secret = match (kind.challenge_way(), is_in_token) {
        (ChallengeWay::Page, _) => "removal-password",
        (ChallengeWay::Static, _) => "removal-static-challenge",
        (ChallengeWay::Own, false) => "removal-key",
        (ChallengeWay::Own, true) => "removal-key-in-token",
    };
    what.extend([secret, "removal-history"].map(|key| Consequence {
        key,
        count: None,
        is_in_the_way: false,
    }));
    what
}
