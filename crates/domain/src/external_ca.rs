//! External certificate authorities.

mod access;
mod form;

pub use access::{Access, kdc_address};
pub use form::{
    AuthorityForm, CheckedAuthority, Password, check, check_static_challenge, edit_needs_secret,
    trusts_others,
};

use serde::{Deserialize, Serialize};

use crate::{
    delivery::DeliveryId, diagnosis::Cause, id::Id, order::OrderId, sealed::Sealed, thumbprint::Sha1,
    time::Timestamp,
};

/// Identifies an authority.
pub type AuthorityId = Id<Authority>;

/// A certificate authority reached by SCEP: one outside, or Sceau's own (see [`crate::built_in`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Its identifier.
    pub id: AuthorityId,
    /// Unique name.
    pub name: String,
    /// What stands behind the URL.
    pub kind: AuthorityKind,
    /// Where SCEP is spoken, without `/pkiclient.exe`.
    pub scep_url: String,
    /// `DOMAIN\user` or `user@domain`.
    pub username: String,
    /// The password, sealed.
    pub password: Sealed,
    /// The page that gives challenges, with its trailing slash.
    pub challenge_url: String,
    /// Plain http to the challenge URL was consented to by a person.
    pub is_plain_http_accepted: bool,
    /// Certificates (PEM) trusted for the authority's https; beside the public ones where its access says so.
    pub trust_pem: Option<String>,
    /// How its challenges behave.
    pub limits: ChallengeLimits,
    /// How it is signed in to and looked at.
    pub access: Access,
    /// The one challenge of an authority that has a fixed one, sealed.
    pub static_challenge: Option<Sealed>,
    /// What GetCACaps answered, one keyword a line.
    pub capabilities: String,
    /// The certificates of GetCACert, DER, as received.
    pub certificates: Vec<Vec<u8>>,
    /// The certificate that issued the RA certificates: what Windows checks.
    pub issuer_sha1: Sha1,
    /// When GetCACert was last read.
    pub checked_at: Timestamp,
    /// What is known to be wrong with it now.
    pub health: Health,
    /// What last proved that the account gets challenges.
    pub proved_by: Option<ProvedBy>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What stands behind the SCEP URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorityKind {
    /// Microsoft NDES.
    Microsoft,
    /// EJBCA, with an alias's fixed challenge.
    Ejbca,
    /// Any other SCEP server with a fixed challenge.
    GenericScep,
    /// Sceau's own authority.
    BuiltIn,
}

/// Where the challenges of an authority come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeWay {
    /// A page gives them one by one, to an account.
    Page,
    /// There is one for all requests, known to the authority and to Sceau.
    Static,
    /// Sceau gives them itself.
    Own,
}

impl AuthorityKind {
    /// Where its challenges come from.
    pub fn challenge_way(self) -> ChallengeWay {
        match self {
            Self::Microsoft => ChallengeWay::Page,
            Self::Ejbca | Self::GenericScep => ChallengeWay::Static,
            Self::BuiltIn => ChallengeWay::Own,
        }
    }
}

/// What proved that an account gets challenges: nothing but a challenge does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProvedBy {
    /// One was obtained for this delivery.
    Delivery(DeliveryId),
    /// One was obtained for this order.
    Order(OrderId),
    /// A full test took one.
    Test,
}

/// How an authority's challenges behave. NDES: 5 unused ones, 60 minutes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChallengeLimits {
    /// How many unused challenges the authority holds (`PasswordMax`).
    pub max_unused: u32,
    /// Seconds until an unused challenge dies (`PasswordValidity`).
    pub lifetime_seconds: u32,
    /// Seconds for which a challenge is still worth delivering.
    pub safe_life_seconds: u32,
    /// Seconds to wait after "the cache is full".
    pub backoff_seconds: u32,
    /// Seconds to leave an authority alone that doesn't answer.
    pub breaker_seconds: u32,
}

impl Default for ChallengeLimits {
    fn default() -> Self {
        Self {
            max_unused: 5,
            lifetime_seconds: 3600,
            safe_life_seconds: 3420,
            backoff_seconds: 60,
            breaker_seconds: 60,
        }
    }
}

/// What is known to be wrong with an authority now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    /// A complete sign-in was refused: none is tried again until a person acts.
    pub is_sign_in_stopped: bool,
    /// No challenge is asked for before this moment, for the reason in `cause`.
    pub quiet_until: Option<Timestamp>,
    /// Why.
    pub cause: Option<Cause>,
    /// When a challenge was last obtained: the only proof of permission.
    pub last_challenge_at: Option<Timestamp>,
}
