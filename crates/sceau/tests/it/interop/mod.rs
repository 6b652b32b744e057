//! Other people's SCEP clients at Sceau's own addresses: each story is a real enrolment, and OpenSSL judges what came
//! of it. `docs/protocols/scep-interop.md` is the table of what is told here.

mod certmonger;
mod front;
mod keys;
mod openssl;
mod scepclient;
mod strongswan;

use std::path::{Path, PathBuf};

use domain::operator::Role;
use lab::ndes::NdesOptions;
use scep::{Digest, MessageType};
use serde_json::{Value, json};

use crate::{api, laboratory::Laboratory, world::World};
use front::{Front, Spoken};

/// A CA behind one of Sceau's doors, reachable for programs.
struct Side {
    world: World,
    token: String,
    /// Id of the CA.
    authority: String,
    laboratory: Laboratory,
    front: Front,
}

/// What an order gives.
struct Order {
    scep_url: String,
    challenge: String,
}

impl Side {
    /// The proxy in front of the laboratory's NDES.
    async fn proxy() -> Self {
        Self::proxy_with(|_| {}).await
    }

    async fn proxy_with(change: impl FnOnce(&mut NdesOptions)) -> Self {
        let laboratory = Laboratory::start_with(|options| {
            // Issuing takes a second of these minutes.
            options.minute_seconds = 6.0;
            change(options);
        })
        .await;
        let world = World::new().await;
        let token = world.token(Role::Owner).await;
        let authority = api::add(&world, &token, &laboratory).await.text_of("id");
        let front = Front::before(&world).await;
        Self {
            world,
            token,
            authority,
            laboratory,
            front,
        }
    }

    /// An order for this common name and the DNS name `{name}.example`.
    async fn order(&self, name: &str) -> Order {
        self.order_with(
            name,
            &json!([{ "kind": "dns", "value": format!("{name}.example") }]),
        )
        .await
    }

    /// An order for this common name alone.
    async fn order_without_names(&self, name: &str) -> Order {
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
        let public = &self.world.app.settings.public_url;
        Order {
            scep_url: placed.text_of("scep_url").replace(public, &self.front.address),
            challenge: placed.text_of("challenge"),
        }
    }

    /// The certificate that everything has to chain to, as PEM.
    fn anchor(&self) -> PathBuf {
        self.laboratory.folder().join("ca.pem")
    }

    /// How many certificates were issued to clients.
    fn issued(&self) -> usize {
        self.laboratory.issued().len()
    }

    async fn end(self) {
        self.front.end();
        self.laboratory.stop().await;
    }
}

/// A challenge that isn't the order's: one character of it is another.
fn wrong(challenge: &str) -> String {
    let first = if challenge.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", challenge.get(1..).unwrap())
}

/// Asserts that the last message was of this kind and in these algorithms.
fn assert_spoken(side: &Side, kind: MessageType, digest: Digest, cipher: &str) {
    let last = side.front.spoken().pop().expect("a message");
    let expected = Spoken {
        kind,
        digest,
        cipher: Some(cipher.to_owned()),
    };
    assert_eq!(last, expected);
}

/// Runs a program in a folder; gives whether it was content, and what it said.
async fn program(folder: &Path, name: &str, arguments: &[&str]) -> (bool, String) {
    let output = tokio::process::Command::new(name)
        .args(arguments)
        .current_dir(folder)
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(std::time::Duration::from_secs(120), output)
        .await
        .unwrap_or_else(|_| panic!("{name} {arguments:?} doesn't end"))
        .unwrap_or_else(|error| panic!("the tests need {name} (`tests/packages.sh`): {error}"));
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}
