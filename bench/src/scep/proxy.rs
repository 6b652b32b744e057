//! The proxy: one server in front of another one's built-in authority, so that what it costs is apart from what the
//! authority costs.

use std::sync::Arc;

use domain::{
    Id,
    external_ca::{Authority, AuthorityKind},
};
use sceau::secrets::random;
use serde::Serialize;

use super::{
    client::Message,
    prepare::{self, Ticket},
    responder::{Measured, run, target},
};
use crate::{Arguments, server::House};

/// What the proxy came to.
#[derive(Clone, Debug, Serialize)]
pub struct Proxy {
    /// The authority by itself, one client: the latency without a proxy.
    pub direct: Measured,
    /// Through the proxy, one client.
    pub alone: Measured,
    /// Through the proxy, eight clients.
    pub many: Measured,
}

pub async fn measure(arguments: &Arguments) -> anyhow::Result<Proxy> {
    let behind = House::new(arguments, "behind", None)?;
    let app = behind.application().await?;
    let authority = prepare::authority(&app).await?;
    let count = arguments.exchanges;
    eprintln!("preparing {} messages for the proxy", 2 * count);
    let tickets = prepare::tickets(&app, &authority, 2 * count).await?;
    let now = app.now().seconds();
    app.store.close().await;
    let server_behind = behind.start(None)?;

    let front = House::new(arguments, "front", None)?;
    let outside = in_front(&front, &authority, &server_behind.root_pem, &tickets).await?;
    let server = front.start(None)?;
    let path = authority
        .scep_url
        .strip_prefix(&behind.settings.public_url)
        .unwrap_or_default()
        .to_owned();
    let through = move |ticket: &Ticket| format!("/scep/{}", ticket.token);
    let mut tickets = tickets.into_iter();
    let (first, rest): (Vec<Ticket>, Vec<Ticket>) =
        (tickets.by_ref().take(count / 2).collect(), tickets.collect());
    let direct = prepare::messages(&outside.certificates, first, move |_| path.clone(), now)?;
    let mut rest = prepare::messages(&outside.certificates, rest, through, now)?.into_iter();
    let mut take = |count: usize| Arc::new(rest.by_ref().take(count).collect::<Vec<Message>>());

    let direct = run(
        &server_behind,
        &target(&behind, &server_behind),
        "the authority by itself",
        Arc::new(direct),
        1,
    )
    .await?;
    let near = target(&front, &server);
    let alone = run(&server, &near, "through the proxy", take(count / 2), 1).await?;
    let many = run(&server, &near, "through the proxy", take(count), 8).await?;
    server.stop()?;
    server_behind.stop()?;
    Ok(Proxy { direct, alone, many })
}

/// Tells the server in front of the authority behind, as an outside one, and of the orders' addresses.
async fn in_front(
    front: &House,
    authority: &Authority,
    root_pem: &str,
    tickets: &[Ticket],
) -> anyhow::Result<Authority> {
    let app = front.application().await?;
    let now = app.now();
    let outside = Authority {
        id: Id::new(now, random()),
        kind: AuthorityKind::Microsoft,
        trust_pem: Some(root_pem.to_owned()),
        ..authority.clone()
    };
    let orders: Vec<_> = tickets.iter().map(|ticket| ticket.order(&outside, now)).collect();
    let (kept, orders) = (outside.clone(), Arc::new(orders));
    app.store
        .write(move |tx| {
            let (outside, orders) = (kept.clone(), orders.clone());
            Box::pin(async move {
                store::authorities::insert(tx, &outside).await?;
                for order in orders.iter() {
                    store::orders::insert(tx, order).await?;
                }
                Ok::<_, store::Error>(())
            })
        })
        .await?;
    app.store.close().await;
    Ok(outside)
}
