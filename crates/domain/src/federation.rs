//! Signing in for an enrolment at an OpenID provider (MS-MDE2 3.1.4.1.3.2, AuthPolicy Federated).

mod form;

pub use form::{CheckedFederation, FederationForm, check};
use serde::{Deserialize, Serialize};

use crate::{Id, Sealed, Timestamp, device::enrolment::IdentityId, person::PersonId};

/// The claim that names a person where nobody says which. OpenID Connect Core 1.0, 5.1.
pub const USUAL_CLAIM: &str = "preferred_username";
/// What is asked for where nobody says more. OpenID Connect Core 1.0, 5.4.
pub const USUAL_SCOPES: &str = "openid profile email";
/// Seconds that somebody may take to sign in at the provider.
pub const SIGN_IN_SECONDS: i64 = 900;
/// Seconds that a device has to show the token which its person's sign-in brought.
pub const TOKEN_SECONDS: i64 = 300;

/// What is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FederationSettings {
    /// Whether devices are sent to the provider.
    pub is_enabled: bool,
    /// The provider, as it names itself: an https address.
    pub issuer: String,
    /// This server, as the provider knows it.
    pub client_id: String,
    /// Which claim is the user name here.
    pub claim: String,
    /// What is asked for, separated by spaces.
    pub scopes: String,
    /// Domains whose people sign in there, in lower case; everybody's where there are none.
    pub domains: Vec<String>,
    /// Certificates (PEM) that are trusted beside the public authorities.
    pub trust_pem: Option<String>,
}

impl FederationSettings {
    /// Whether somebody signs in there who wrote this on the device: an address, or `DOMAIN\user`.
    pub fn covers(&self, written: &str) -> bool {
        let domain = match written.rsplit_once('@') {
            Some((_, domain)) => Some(domain),
            None => written.split_once('\\').map(|(domain, _)| domain),
        };
        let is_named = |domain: &str| self.domains.contains(&domain.trim().to_lowercase());
        self.is_enabled && (self.domains.is_empty() || domain.is_some_and(is_named))
    }
}

/// What is set, with its secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Federation {
    /// What is set.
    pub settings: FederationSettings,
    /// The client's secret, sealed; none for a client without (RFC 7636 stands in for it).
    pub client_secret: Option<Sealed>,
}

/// Identifies a token of a sign-in.
pub type SignInTokenId = Id<SignInToken>;

/// What a sign-in brought a device: good for one enrolment. Of the token itself only a hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInToken {
    /// Its identifier.
    pub id: SignInTokenId,
    /// Who signed in.
    pub person_id: PersonId,
    /// When.
    pub created_at: Timestamp,
    /// From when on it enrols nothing.
    pub expires_at: Timestamp,
    /// The identity that it was spent on.
    pub spent_on: Option<IdentityId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_sends_its_people_to_the_provider_and_nobody_else() {
        let mut settings = FederationSettings {
            is_enabled: true,
            domains: vec!["example.com".to_owned(), "example".to_owned()],
            ..FederationSettings::default()
        };
        for written in ["ada@example.com", "ada@EXAMPLE.com", "EXAMPLE\\ada"] {
            assert!(settings.covers(written), "{written}");
        }
        for written in ["ada@example.org", "ada@sub.example.com", "OTHER\\ada", "ada", ""] {
            assert!(!settings.covers(written), "{written}");
        }
        settings.domains.clear();
        assert!(settings.covers("ada"));
        settings.is_enabled = false;
        assert!(!settings.covers("ada@example.com"));
    }
}
