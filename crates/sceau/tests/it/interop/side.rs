//! The doors at which the stories are told: the proxy in front of the laboratory's NDES, the responder of a built-in
//! authority, and the proxy in front of that one.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    actor::Actor, built_in::Rules, external_ca::Authority, issuance::IssuanceState, operator::Role,
};
use lab::ndes::NdesOptions;
use sceau::actions::built_in::{self, BuiltInForm, Decision};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::front::Front;
use crate::{api, laboratory::Laboratory, world::World};

/// A CA behind one of Sceau's doors, reachable for programs.
pub(super) struct Side {
    pub(super) world: World,
    pub(super) token: String,
    pub(super) front: Front,
    /// Id of the CA.
    authority: String,
    door: Door,
    folder: TempDir,
}

enum Door {
    Proxy(Laboratory),
    Responder(Box<Authority>),
    /// The same authority, behind the proxy.
    Order(Box<Authority>),
}

/// What an order gives.
pub(super) struct Order {
    pub(super) id: String,
    pub(super) scep_url: String,
    pub(super) challenge: String,
}

impl Side {
    /// The proxy in front of the laboratory's NDES.
    pub(super) async fn proxy() -> Self {
        Self::proxy_with(|_| {}).await
    }

    pub(super) async fn proxy_with(change: impl FnOnce(&mut NdesOptions)) -> Self {
        let laboratory = Laboratory::start_with(|options| {
            // Issuing takes a second of these minutes.
            options.minute_seconds = 6.0;
            change(options);
        })
        .await;
        let world = World::new().await;
        let token = world.token(Role::Owner).await;
        let authority = api::add(&world, &token, &laboratory).await.text_of("id");
        let folder = tempfile::tempdir().unwrap();
        for name in ["root.pem", "issuing.pem"] {
            std::fs::copy(laboratory.folder().join("ca.pem"), folder.path().join(name)).unwrap();
        }
        Self {
            front: Front::before(&world).await,
            world,
            token,
            authority,
            door: Door::Proxy(laboratory),
            folder,
        }
    }

    /// The responder of a new built-in authority.
    pub(super) async fn responder() -> Self {
        Self::responder_with(Rules::default()).await
    }

    pub(super) async fn responder_with(rules: Rules) -> Self {
        let world = World::new().await;
        let token = world.token(Role::Owner).await;
        let form = BuiltInForm {
            name: "Sceau Test CA".to_owned(),
            rules,
            ..BuiltInForm::default()
        };
        let authority = built_in::add_built_in(&world.app, &Actor::CommandLine, &form).await;
        let authority = authority.unwrap();
        let folder = tempfile::tempdir().unwrap();
        // The registration authority's two, the issuing one, the root.
        let [_, _, issuing, root] = authority.certificates.as_slice() else {
            panic!("{} certificates", authority.certificates.len());
        };
        write_pem(&folder.path().join("issuing.pem"), issuing);
        write_pem(&folder.path().join("root.pem"), root);
        Self {
            front: Front::before(&world).await,
            world,
            token,
            authority: authority.id.as_str().to_owned(),
            door: Door::Responder(Box::new(authority)),
            folder,
        }
    }

    /// The orders' own addresses in front of a new built-in authority.
    pub(super) async fn orders_with(rules: Rules) -> Self {
        let mut side = Self::responder_with(rules).await;
        if let Door::Responder(authority) = side.door {
            side.door = Door::Order(authority);
        }
        side
    }

    /// An order for this common name and the DNS name `{name}.example`.
    pub(super) async fn order(&self, name: &str) -> Order {
        self.order_with(
            name,
            &json!([{ "kind": "dns", "value": format!("{name}.example") }]),
        )
        .await
    }

    /// An order for this common name alone.
    pub(super) async fn order_without_names(&self, name: &str) -> Order {
        self.order_with(name, &json!([])).await
    }

    async fn order_with(&self, name: &str, sans: &Value) -> Order {
        let order = json!({
            "authority": self.authority,
            "subject": format!("CN={name}"),
            "sans": sans,
            "key_usage": ["digital_signature", "key_encipherment"],
        });
        let placed = self.world.post(&self.token, "/orders", &order).await.expect(201);
        let url = match &self.door {
            Door::Proxy(_) | Door::Order(_) => placed.text_of("scep_url"),
            // The order's own address goes through the proxy: here it is the responder's.
            Door::Responder(authority) => authority.scep_url.clone(),
        };
        Order {
            id: placed.text_of("id"),
            scep_url: url.replace(&self.world.app.settings.public_url, &self.front.address),
            challenge: placed.text_of("challenge"),
        }
    }

    /// The certificate that everything has to chain to, as PEM.
    pub(super) fn root(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }

    /// The one that signs what clients get; NDES's is its own root.
    pub(super) fn issuing(&self) -> PathBuf {
        self.folder.path().join("issuing.pem")
    }

    /// How many certificates were issued to clients.
    pub(super) async fn issued(&self) -> usize {
        match &self.door {
            Door::Proxy(laboratory) => laboratory.issued().len(),
            Door::Responder(authority) | Door::Order(authority) => {
                let app = &self.world.app;
                let ledger = built_in::issuances(app, &Actor::CommandLine, &authority.id, None, 1000).await;
                let is_issued = |state| state == IssuanceState::Issued;
                let ledger = ledger.unwrap();
                ledger.iter().filter(|kept| is_issued(kept.state)).count()
            }
        }
    }

    /// Waits until a request waits for a person, who decides then.
    pub(super) async fn decide(&self, decision: Decision) {
        for _ in 0..600 {
            if self.has_decided(decision).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nothing waits for a person");
    }

    /// Decides on a request, if one waits.
    async fn has_decided(&self, decision: Decision) -> bool {
        let authority = match &self.door {
            Door::Responder(authority) | Door::Order(authority) => authority,
            Door::Proxy(laboratory) => {
                let is_waiting = laboratory.has_waiting();
                match decision {
                    Decision::Approve if is_waiting => laboratory.approve(),
                    Decision::Refuse if is_waiting => laboratory.deny(),
                    _ => {}
                }
                return is_waiting;
            }
        };
        let app = &self.world.app;
        let pending = built_in::pending_issuances(app, &Actor::CommandLine, &authority.id, 10).await;
        let pending = pending.unwrap();
        if let Some(waiting) = pending.first() {
            built_in::decide(app, &Actor::CommandLine, &waiting.id, decision)
                .await
                .unwrap();
        }
        !pending.is_empty()
    }

    pub(super) async fn end(self) {
        self.front.end();
        if let Door::Proxy(laboratory) = self.door {
            laboratory.stop().await;
        }
    }
}

fn write_pem(path: &Path, der: &[u8]) {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = (0..body.len())
        .step_by(64)
        .map(|at| body.get(at..body.len().min(at + 64)).unwrap())
        .collect();
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    );
    std::fs::write(path, pem).unwrap();
}
