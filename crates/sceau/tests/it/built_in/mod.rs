//! Built-in authorities: SCEP at their own address, challenges, renewals, approval, revocation.

mod approval;
pub mod client;
mod commands;
mod crash;
pub mod delivery;
mod enrolment;
mod hostile;
mod next;
mod nodes;
pub mod openssl;
mod over_api;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod renewal;
mod retrieval;
mod unanswered;

use domain::{actor::Actor, built_in::Rules, external_ca::Authority, issuance::Issuance};
use sceau::actions::{
    built_in::{self, BuiltInForm},
    orders::{OrderForm, PlacedOrder, place_order},
};

use crate::world::World;

/// A server with one built-in authority.
pub struct House {
    pub world: World,
    pub authority: Authority,
}

impl House {
    async fn new() -> Self {
        Self::with(Rules::default()).await
    }

    async fn with(rules: Rules) -> Self {
        let world = World::new().await;
        let form = BuiltInForm {
            name: "Sceau Test CA".to_owned(),
            rules,
            ..BuiltInForm::default()
        };
        let authority = built_in::add_built_in(&world.app, &Actor::CommandLine, &form)
            .await
            .unwrap();
        Self { world, authority }
    }

    /// Path of the authority's own address.
    pub fn path(&self) -> &str {
        let url = &self.authority.scep_url;
        url.strip_prefix(&self.world.app.settings.public_url).unwrap()
    }

    pub async fn order(&self, subject: &str) -> PlacedOrder {
        let form = OrderForm {
            authority: self.authority.id.clone(),
            subject: subject.to_owned(),
            sans: Vec::new(),
            key_usage: Vec::new(),
            validity: None,
        };
        place_order(&self.world.app, &Actor::CommandLine, form)
            .await
            .unwrap()
    }

    /// The ledger, newest first.
    pub async fn ledger(&self) -> Vec<Issuance> {
        built_in::issuances(
            &self.world.app,
            &Actor::CommandLine,
            &self.authority.id,
            None,
            1000,
        )
        .await
        .unwrap()
    }
}
