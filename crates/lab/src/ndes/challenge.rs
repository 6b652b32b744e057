//! The password cache of an NDES: in memory alone, small, and each challenge good for one use.

use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use zeroize::Zeroizing;

/// Octets of a challenge (PasswordLength): shown as twice as many hexadecimal digits.
const OCTETS: usize = 8;

pub(super) struct Challenges {
    most: usize,
    lifetime: Duration,
    single: Option<Zeroizing<String>>,
    unused: Vec<Unused>,
}

struct Unused {
    text: Zeroizing<String>,
    /// None for one that outlives the clock.
    ends: Option<Instant>,
}

impl Unused {
    fn is_alive(&self, now: Instant) -> bool {
        self.ends.is_none_or(|ends| ends > now)
    }
}

/// What the page of challenges has to say.
pub(super) enum Offer {
    OneTime(Zeroizing<String>),
    /// The one for everyone (UseSinglePassword).
    Reusable(Zeroizing<String>),
    CacheFull,
    /// The account lacks Enroll on a template.
    NoPermission,
    /// Requests need none (EnforcePassword = 0).
    NoPassword,
}

impl Challenges {
    pub(super) fn new(most: usize, lifetime: Duration, single: Option<Zeroizing<String>>) -> Self {
        Self {
            most,
            lifetime,
            single,
            unused: Vec::new(),
        }
    }

    /// A new challenge, or word that as many as fit are waiting to be used.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub(super) fn offer(&mut self, now: Instant) -> anyhow::Result<Offer> {
        if let Some(single) = &self.single {
            return Ok(Offer::Reusable(single.clone()));
        }
        self.unused.retain(|unused| unused.is_alive(now));
        if self.unused.len() >= self.most {
            return Ok(Offer::CacheFull);
        }
        let text = random()?;
        self.unused.push(Unused {
            text: text.clone(),
            ends: now.checked_add(self.lifetime),
        });
        Ok(Offer::OneTime(text))
    }

    /// Forgets all that are unused: they are kept in memory alone.
    pub(super) fn forget(&mut self) {
        self.unused.clear();
    }

    /// The same challenge for everyone from now on.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub(super) fn use_one(&mut self) -> anyhow::Result<()> {
        if self.single.is_none() {
            self.single = Some(random()?);
        }
        Ok(())
    }

    /// Uses a challenge up, whatever becomes of the request that named it; whether it was good.
    pub(super) fn spend(&mut self, challenge: &str, now: Instant) -> bool {
        if let Some(single) = &self.single {
            return single.as_str() == challenge;
        }
        let place = self
            .unused
            .iter()
            .position(|unused| unused.text.as_str() == challenge);
        place.is_some_and(|place| self.unused.swap_remove(place).is_alive(now))
    }
}

fn random() -> anyhow::Result<Zeroizing<String>> {
    let mut octets = Zeroizing::new([0_u8; OCTETS]);
    rand::fill(&mut octets[..])?;
    let text: String = octets.iter().map(|octet| format!("{octet:02X}")).collect();
    Ok(Zeroizing::new(text))
}
