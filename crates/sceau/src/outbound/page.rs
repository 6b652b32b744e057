//! What the page of challenges gives, and what trying the sign-in shows.

use std::fmt;

use ::ndes::Lifetime;
use domain::thumbprint;
use zeroize::Zeroizing;

use super::TicketProblem;

/// What the page of challenges gave.
#[derive(Clone)]
pub struct ChallengePage {
    /// The challenge.
    pub challenge: Zeroizing<String>,
    /// MD5 of the CA certificate that the page names, upper-case hex; a policy module names none.
    pub ca_md5: Option<String>,
    /// How long the challenge lives, as far as the page says.
    pub lifetime: Lifetime,
}

impl ChallengePage {
    /// The thumbprint that the page names, if it is that of none of these certificates (DER): then the page is another
    /// authority's, or the authority was renewed.
    pub fn foreign_thumbprint(&self, certificates: &[Vec<u8>]) -> Option<&str> {
        let named = self.ca_md5.as_deref()?;
        let is_known = certificates
            .iter()
            .any(|der| thumbprint::md5(der).eq_ignore_ascii_case(named));
        (!is_known).then_some(named)
    }
}

impl fmt::Debug for ChallengePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChallengePage")
            .field("ca_md5", &self.ca_md5)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// What a sign-in at the address without its slash showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeOutcome {
    /// The sign-in was asked for, given and accepted, and no page came.
    Proved,
    /// The same by NTLM, since Kerberos, which is preferred, can't be used.
    ProvedByNtlm(TicketProblem),
    /// The address answers without asking for it: a front end may do that by itself.
    NotProved,
    /// NDES's page came in place of a redirection.
    TookAPage {
        /// What the page held.
        page: ProbedPage,
        /// Whether the sign-in was asked for.
        is_proved: bool,
    },
}

impl ProbeOutcome {
    /// Whether the sign-in was asked for and accepted.
    pub fn is_proved(self) -> bool {
        match self {
            Self::Proved | Self::ProvedByNtlm(_) => true,
            Self::NotProved => false,
            Self::TookAPage { is_proved, .. } => is_proved,
        }
    }
}

/// What a page held that nobody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbedPage {
    /// A challenge, which nobody will use: it holds one of the authority's slots for its whole life.
    Challenge,
    /// There was no room for one.
    CacheFull,
    /// None is needed.
    NoChallenge,
}
