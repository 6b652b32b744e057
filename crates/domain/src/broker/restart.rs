//! Whether an authority forgot the challenges that it gave: NDES keeps them in memory alone.

use crate::{delivery::DeliveryId, time::Timestamp};

/// A challenge that was presented for the first time, and what the authority made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// For which delivery; none for an order.
    pub delivery: Option<DeliveryId>,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// When the authority answered.
    pub at: Timestamp,
    /// Whether the authority refused it as it refuses one that it doesn't know.
    pub is_refused: bool,
}

/// Decides whether an authority forgot what it gave, and until when. `known` is until when that is known already,
/// `trouble` when the authority was last left alone for its trouble.
///
/// Two deliveries whose living challenges were refused say so, or one with an outage since its challenge was taken; not
/// where an older challenge was accepted later, for then nothing was forgotten. What was never accepted since the last
/// time proves nothing: an authority that refuses everything has another fault.
pub fn forgotten_until(
    presented: &[Presented],
    known: Option<Timestamp>,
    trouble: Option<Timestamp>,
) -> Option<Timestamp> {
    let is_new = |one: &&Presented| known.is_none_or(|known| one.taken_at > known);
    let accepted = || presented.iter().filter(|one| !one.is_refused).filter(is_new);
    if known.is_some() && accepted().next().is_none() {
        return None;
    }
    let is_credible = |refused: &&Presented| {
        !accepted().any(|one| one.taken_at <= refused.taken_at && one.at >= refused.at)
    };
    let refused = || {
        let refused = presented.iter().filter(|one| one.is_refused);
        refused.filter(is_new).filter(is_credible)
    };
    let first = refused().next()?;
    let are_two = refused().any(|other| other.delivery != first.delivery);
    let was_down = refused().any(|one| trouble.is_some_and(|at| at > one.taken_at));
    (are_two || was_down)
        .then(|| refused().map(|one| one.taken_at).max())
        .flatten()
}
