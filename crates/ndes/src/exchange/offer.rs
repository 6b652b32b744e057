/// A way to sign in over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    Ntlm,
    /// NTLM under the name of Negotiate.
    Negotiate,
    /// A ticket under the name of Negotiate: it proves the account at once.
    Kerberos,
    /// Name and password in clear.
    Basic,
}

impl Scheme {
    /// As it stands in `Authorization` and `WWW-Authenticate`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ntlm => "NTLM",
            Self::Negotiate | Self::Kerberos => "Negotiate",
            Self::Basic => "Basic",
        }
    }
}

pub(super) struct Offer {
    pub(super) scheme: Scheme,
    /// The server's token in base64, when the sign-in goes on.
    pub(super) token: Option<String>,
}

const MAX_TOKEN: usize = 64 * 1024;

/// The schemes that `WWW-Authenticate` offers, one a header or several in one behind commas. Those that aren't
/// known, and parameters such as Basic's realm, are left out.
pub(super) fn read(values: &[&str]) -> Vec<Offer> {
    values
        .iter()
        .flat_map(|value| outside_quotes(value))
        .filter_map(|part| offer(&part))
        .collect()
}

fn offer(part: &str) -> Option<Offer> {
    let mut words = part.split_whitespace();
    let name = words.next()?;
    let scheme = [Scheme::Ntlm, Scheme::Negotiate, Scheme::Basic]
        .into_iter()
        .find(|scheme| scheme.name().eq_ignore_ascii_case(name))?;
    let token = words
        .next()
        .filter(|token| scheme != Scheme::Basic && is_base64(token))
        .map(str::to_owned);
    Some(Offer { scheme, token })
}

fn is_base64(token: &str) -> bool {
    token.len() <= MAX_TOKEN
        && token
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
}

/// Splits at commas that stand outside quoted strings.
fn outside_quotes(value: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut is_quoted = false;
    for character in value.chars() {
        if character == '"' {
            is_quoted = !is_quoted;
        }
        if character == ',' && !is_quoted {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    parts
}
