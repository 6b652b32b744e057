//! What can go wrong with a directory, as distinct values; no secret stands in them. Their words are in the locales
//! under [`DirectoryProblem::key`].

use domain::{Error, Kind};
use ldap3::{LdapError, LdapResult};
use thiserror::Error as ThisError;

use super::super::{TlsFailure, TlsProblem, Unreachable};

/// Longest piece of a directory's own words that is kept.
const LONGEST: usize = 300;

/// Why Active Directory refuses an account, by the `data` of its answer (Microsoft: "LDAP error codes", the Win32
/// errors 1326 and so on in hexadecimal).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// 525: there is no such account.
    Unknown,
    /// 52e: the password is wrong. Also what a directory that says no more means.
    WrongPassword,
    /// 530 and 531: not at this hour, not from here.
    NotHere,
    /// 532: the password expired.
    PasswordExpired,
    /// 533: the account is disabled.
    Disabled,
    /// 701: the account expired.
    Expired,
    /// 773: the password must be changed first.
    MustChange,
    /// 775: the account is locked.
    Locked,
}

impl AccountState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Unknown,
        Self::WrongPassword,
        Self::NotHere,
        Self::PasswordExpired,
        Self::Disabled,
        Self::Expired,
        Self::MustChange,
        Self::Locked,
    ];

    /// Reads the code out of words such as `80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error,
    /// data 52e, v3839`.
    pub fn of(text: &str) -> Self {
        let code = text.split_once("data ").map(|(_, after)| after);
        let code = code.and_then(|after| after.split([',', ' ', '\0']).next());
        match code.map(str::to_ascii_lowercase).as_deref() {
            Some("525") => Self::Unknown,
            Some("530" | "531") => Self::NotHere,
            Some("532") => Self::PasswordExpired,
            Some("533") => Self::Disabled,
            Some("701") => Self::Expired,
            Some("773") => Self::MustChange,
            Some("775") => Self::Locked,
            _ => Self::WrongPassword,
        }
    }

    /// Key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::Unknown => "directory-account-unknown",
            Self::WrongPassword => "directory-account-wrong-password",
            Self::NotHere => "directory-account-not-here",
            Self::PasswordExpired => "directory-account-password-expired",
            Self::Disabled => "directory-account-disabled",
            Self::Expired => "directory-account-expired",
            Self::MustChange => "directory-account-must-change",
            Self::Locked => "directory-account-locked",
        }
    }
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum DirectoryProblem {
    /// Nothing could be sent.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// The server doesn't begin TLS on this port.
    #[error("{place} refuses StartTLS: {detail}")]
    NoStartTls {
        /// `host:port`.
        place: String,
        /// The server's words.
        detail: String,
    },
    /// The account isn't let in.
    #[error("the directory refuses the account: {detail}")]
    Refused {
        /// Why.
        state: AccountState,
        /// The server's words.
        detail: String,
    },
    /// An empty name or password would be an anonymous bind (RFC 4513 §5.1.2), which proves nothing.
    #[error("an empty name or password proves nothing")]
    Empty,
    /// The server gives up before the end: sizeLimitExceeded, timeLimitExceeded, adminLimitExceeded.
    #[error("the directory stopped before the end: {0}")]
    Limit(String),
    /// noSuchObject.
    #[error("the directory has no entry {0}")]
    NoBase(String),
    /// insufficientAccessRights.
    #[error("the account may not read there: {0}")]
    NotAllowed(String),
    /// The filter isn't taken.
    #[error("the filter isn't taken: {0}")]
    Filter(String),
    /// The server sends on to another.
    #[error("the directory sends on to another server: {0}")]
    Elsewhere(String),
    /// The connection ended in the middle.
    #[error("the connection ended in the middle: {0}")]
    Broken(String),
    /// No answer in time.
    #[error("the directory did not answer in time")]
    Silent,
    /// More entries than are taken in.
    #[error("the directory has more than {0} entries that the filter finds")]
    TooMany(usize),
    /// Something that is no LDAP.
    #[error("the directory answers with something that isn't understood")]
    Strange,
    /// Another result code.
    #[error("the directory answers {code}: {detail}")]
    Other {
        /// RFC 4511 appendix A.
        code: u32,
        /// The server's words.
        detail: String,
    },
}

impl DirectoryProblem {
    /// Whether the account was refused: a further try could lock it.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Empty)
    }

    /// Whether another server of the same directory may do better.
    pub(super) fn is_of_the_server(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::NoStartTls { .. } | Self::Silent | Self::Broken(_)
        ) || matches!(self, Self::Other { code: 51 | 52, .. })
    }

    /// Key of its sentence in the locales.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Unreachable(unreachable) => match unreachable {
                Unreachable::Name(_) => "directory-problem-name",
                Unreachable::Refused(_) => "directory-problem-refused",
                Unreachable::TimedOut(_) => "directory-problem-timeout",
                Unreachable::Tls(failure) => failure.problem.key(),
                _ => "directory-problem-network",
            },
            Self::NoStartTls { .. } => "directory-problem-no-starttls",
            Self::Refused { state, .. } => state.key(),
            Self::Empty => "directory-problem-empty",
            Self::Limit(_) => "directory-problem-limit",
            Self::NoBase(_) => "directory-problem-no-base",
            Self::NotAllowed(_) => "directory-problem-not-allowed",
            Self::Filter(_) => "directory-problem-filter",
            Self::Elsewhere(_) => "directory-problem-elsewhere",
            Self::Broken(_) => "directory-problem-broken",
            Self::Silent => "directory-problem-silent",
            Self::TooMany(_) => "directory-problem-too-many",
            Self::Strange => "directory-problem-strange",
            Self::Other { .. } => "directory-problem-other",
        }
    }

    /// The values of its sentence.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Unreachable(unreachable) => match unreachable {
                Unreachable::Name(place) | Unreachable::Refused(place) | Unreachable::TimedOut(place) => {
                    vec![("place", place.clone())]
                }
                Unreachable::Tls(failure) => {
                    let mut values = failure.problem.values();
                    values.push(("host", failure.host.clone()));
                    values
                }
                other => vec![("detail", other.to_string())],
            },
            Self::NoStartTls { place, detail } => vec![("place", place.clone()), ("detail", detail.clone())],
            Self::Refused { detail, .. }
            | Self::Limit(detail)
            | Self::NoBase(detail)
            | Self::NotAllowed(detail)
            | Self::Filter(detail)
            | Self::Elsewhere(detail)
            | Self::Broken(detail) => vec![("detail", detail.clone())],
            Self::TooMany(most) => vec![("most", most.to_string())],
            Self::Other { code, detail } => vec![("code", code.to_string()), ("detail", detail.clone())],
            Self::Empty | Self::Silent | Self::Strange => Vec::new(),
        }
    }

    /// The same as the product's refusal.
    pub fn error(&self) -> Error {
        let mut error = Error::new(Kind::Outside, self.key(), self.to_string());
        for (name, value) in self.values() {
            error = error.with(name, value);
        }
        error
    }

    /// What a result code other than success means. `asked`: the base of a search.
    pub(super) fn of_result(result: &LdapResult, asked: &str) -> Self {
        let detail = clipped(&result.text);
        match result.rc {
            3 | 4 | 11 => Self::Limit(format!("{} {detail}", result.rc).trim().to_owned()),
            10 => Self::Elsewhere(clipped(&result.refs.join(" "))),
            32 | 34 => Self::NoBase(asked.to_owned()),
            49 => Self::Refused {
                state: AccountState::of(&result.text),
                detail,
            },
            50 => Self::NotAllowed(detail),
            18 | 21 | 87 => Self::Filter(detail),
            code => Self::Other { code, detail },
        }
    }

    /// What the library's error means. `place` is `host:port`.
    pub(super) fn of_error(error: &LdapError, place: &str) -> Self {
        match error {
            LdapError::Io { source } => Self::of_io(source, place),
            LdapError::Rustls { source } => Self::tls(place, TlsProblem::Other(source.to_string())),
            LdapError::DNSName { .. } | LdapError::UrlParsing { .. } => {
                Self::Unreachable(Unreachable::Address(format!("{place} is no usable address")))
            }
            LdapError::Timeout { .. } => Self::Silent,
            LdapError::FilterParsing => Self::Filter(String::new()),
            LdapError::LdapResult { result } => Self::of_result(result, ""),
            // The task of the connection ended, with or without a word.
            other => Self::Broken(clipped(&other.to_string())),
        }
    }

    fn of_io(error: &std::io::Error, place: &str) -> Self {
        let is_tls = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            .is_some();
        if is_tls {
            return Self::tls(place, TlsProblem::of(error));
        }
        Self::Broken(clipped(&error.to_string()))
    }

    fn tls(place: &str, problem: TlsProblem) -> Self {
        Self::Unreachable(Unreachable::Tls(Box::new(TlsFailure {
            host: place.to_owned(),
            problem,
        })))
    }
}

/// A server's words, without what can't be shown and not without end.
fn clipped(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_active_directory_are_understood() {
        let said = |code| {
            format!(
                "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data {code}, v3839\0"
            )
        };
        let known = [
            ("525", AccountState::Unknown),
            ("52e", AccountState::WrongPassword),
            ("530", AccountState::NotHere),
            ("531", AccountState::NotHere),
            ("532", AccountState::PasswordExpired),
            ("533", AccountState::Disabled),
            ("701", AccountState::Expired),
            ("773", AccountState::MustChange),
            ("775", AccountState::Locked),
        ];
        for (code, state) in known {
            assert_eq!(AccountState::of(&said(code)), state, "{code}");
        }
        assert_eq!(
            AccountState::of(""),
            AccountState::WrongPassword,
            "OpenLDAP says nothing"
        );
    }
}
