//! Whose address it is: a delivery's or an order's.

use domain::{
    Timestamp,
    delivery::Delivery,
    event::{Event, What},
    external_ca::AuthorityId,
    order::Order,
    transaction::Owner,
};
use store::{Error, Tx};

/// Whose address it is.
pub(super) enum Holder {
    Delivery(Box<Delivery>),
    Order(Box<Order>),
}

impl Holder {
    pub(super) fn authority_id(&self) -> &AuthorityId {
        match self {
            Self::Delivery(delivery) => &delivery.authority_id,
            Self::Order(order) => &order.authority_id,
        }
    }

    pub(super) fn owner(&self) -> Owner {
        match self {
            Self::Delivery(delivery) => Owner::Delivery(delivery.id.clone()),
            Self::Order(order) => Owner::Order(order.id.clone()),
        }
    }

    /// An order has no device, so no timeline: its transactions' records tell.
    pub(super) async fn tell(&self, tx: &mut Tx, now: Timestamp, what: What) -> Result<(), Error> {
        match self {
            Self::Delivery(delivery) => tell(tx, delivery, now, what).await,
            Self::Order(_) => Ok(()),
        }
    }
}

/// Puts a step onto the timeline of a delivery's device.
pub(super) async fn tell(tx: &mut Tx, delivery: &Delivery, now: Timestamp, what: What) -> Result<(), Error> {
    let event = Event {
        device_id: delivery.device_id.clone(),
        delivery_id: Some(delivery.id.clone()),
        at: now,
        what,
    };
    store::events::append(tx, &event).await
}

/// Who has the address with the token of this SHA-256.
pub(super) async fn holder(tx: &mut Tx, hash: &str) -> Result<Option<Holder>, Error> {
    if let Some(delivery) = store::deliveries::by_token_sha256(tx, hash).await? {
        return Ok(Some(Holder::Delivery(Box::new(delivery))));
    }
    let order = store::orders::by_token_sha256(tx, hash).await?;
    Ok(order.map(|order| Holder::Order(Box::new(order))))
}
