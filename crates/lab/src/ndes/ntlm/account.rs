//! The one account that the look-alike knows.

use zeroize::Zeroizing;

/// `DOMAIN\user` and a password.
pub(crate) struct Account {
    domain: String,
    user: String,
    password: Zeroizing<String>,
}

impl Account {
    pub(crate) fn new(name: &str, password: Zeroizing<String>) -> Self {
        let (domain, user) = name.split_once('\\').unwrap_or(("", name));
        Self {
            domain: domain.to_owned(),
            user: user.to_owned(),
            password,
        }
    }

    /// Whether these are its names: `DOMAIN` and `user`, or no domain and `user@DOMAIN`, in any
    /// letter case as Windows has it.
    pub(super) fn is_named(&self, domain: &str, user: &str) -> bool {
        let is_plain = same(user, &self.user) && same(domain, &self.domain);
        let is_principal = domain.is_empty() && same(user, &format!("{}@{}", self.user, self.domain));
        is_plain || is_principal
    }

    pub(super) fn password(&self) -> &str {
        &self.password
    }

    /// Whether these are a name and the password as Basic carries them (RFC 7617 §2): `DOMAIN\user:password`, UTF-8.
    pub(crate) fn is_proved_by(&self, pair: &str) -> bool {
        let Some((name, password)) = pair.split_once(':') else {
            return false;
        };
        let (domain, user) = name.split_once('\\').unwrap_or(("", name));
        self.is_named(domain, user) && password == self.password()
    }
}

fn same(left: &str, right: &str) -> bool {
    left.to_uppercase() == right.to_uppercase()
}
