//! Whose turn it is to sign in to an authority. A repeated wrong password locks the account, and a password that was right
//! a moment ago may be changed now, so sign-ins go one by one, over all nodes.

use std::time::Duration;

use anyhow::anyhow;
use domain::external_ca::AuthorityId;
use tokio::{runtime::Handle, sync::OwnedMutexGuard};

use crate::{actions::Result, app::Shared, secrets::random_token};

/// Longer than the longest sign-in and what is stored of it: a node that died holds up nobody for longer.
const LEASE_SECONDS: i64 = 30;
/// How often another node's turn is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How often at most: longer than the lease.
const LOOKS: u32 = 400;

/// The authority's turn to be signed in to, kept until what it came to is stored.
pub struct SignInTurn {
    /// None once it is given back.
    held: Option<(OwnedMutexGuard<()>, Option<Lease>)>,
}

/// What keeps the other nodes out.
struct Lease {
    app: Shared,
    authority: AuthorityId,
    holder: String,
}

impl Drop for SignInTurn {
    fn drop(&mut self) {
        let Some((guard, Some(lease))) = self.held.take() else {
            return;
        };
        // Without a runtime the process is ending: the lease lapses.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                lease.give_back().await;
                drop(guard);
            });
        }
    }
}

impl Lease {
    async fn give_back(self) {
        let Self {
            app,
            authority,
            holder,
        } = self;
        let given = app
            .store
            .write(move |tx| {
                let (authority, holder) = (authority.clone(), holder.clone());
                Box::pin(async move { store::sign_in_turns::give_back(tx, &authority, &holder).await })
            })
            .await;
        if let Err(error) = given {
            tracing::warn!(%error, "a turn to sign in was not given back: it lapses");
        }
    }
}

/// Waits for the authority's turn, also when sign-ins are stopped: a person asks.
pub async fn asked_turn(app: &Shared, authority: &AuthorityId) -> Result<SignInTurn> {
    let guard = app.bells.sign_in_turn(authority).await;
    over_all_nodes(app, authority, guard).await
}

/// Keeps the other nodes out too.
async fn over_all_nodes(
    app: &Shared,
    authority: &AuthorityId,
    guard: OwnedMutexGuard<()>,
) -> Result<SignInTurn> {
    // An embedded database has no other node.
    if app.store.is_embedded() {
        return Ok(SignInTurn {
            held: Some((guard, None)),
        });
    }
    let holder = random_token().to_string();
    for _ in 0..LOOKS {
        let now = app.now();
        let (wanted, by) = (authority.clone(), holder.clone());
        let is_ours = app
            .store
            .write(move |tx| {
                let (wanted, by, until) = (wanted.clone(), by.clone(), now.plus_seconds(LEASE_SECONDS));
                Box::pin(async move { store::sign_in_turns::claim(tx, &wanted, &by, until, now).await })
            })
            .await?;
        if is_ours {
            let lease = Lease {
                app: app.clone(),
                authority: authority.clone(),
                holder,
            };
            return Ok(SignInTurn {
                held: Some((guard, Some(lease))),
            });
        }
        tokio::time::sleep(LOOK).await;
    }
    Err(anyhow!("other nodes have signed in to the authority for too long").into())
}

/// Waits for the authority's turn. None when sign-ins are stopped: one more after a refusal could lock the account.
pub async fn sign_in_turn(app: &Shared, authority: &AuthorityId) -> Result<Option<SignInTurn>> {
    let turn = asked_turn(app, authority).await?;
    Ok((!is_stopped(app, authority).await?).then_some(turn))
}

async fn is_stopped(app: &Shared, authority: &AuthorityId) -> Result<bool> {
    let wanted = authority.clone();
    let known = app
        .store
        .read(move |tx| Box::pin(async move { store::authorities::by_id(tx, &wanted).await }))
        .await?;
    Ok(known.is_some_and(|known| known.health.is_sign_in_stopped))
}
