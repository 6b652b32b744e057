//! Addresses of directories, and distinguished names to compare.

/// Where a directory listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS from the first octet; else StartTLS (RFC 4511 §4.14).
    pub is_ldaps: bool,
}

impl Place {
    /// Reads `ldaps://host[:port]` or `ldap://host[:port]`.
    pub fn parse(address: &str) -> Option<Self> {
        let (is_ldaps, place) = match address.strip_prefix("ldaps://") {
            Some(place) => (true, place),
            None => (false, address.strip_prefix("ldap://")?),
        };
        let (host, port) = match place.split_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (place, if is_ldaps { 636 } else { 389 }),
        };
        (!host.is_empty()).then(|| Self {
            host: host.to_owned(),
            port,
            is_ldaps,
        })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// A distinguished name (RFC 4514) in one form, to find out whether two are the same entry: directories differ in
/// case, in blanks and in how they escape. Values are compared without regard to case, as RFC 4517 says of nearly
/// all that stand in names.
pub fn normal_name(name: &str) -> String {
    let rdns = split(name);
    let parts: Vec<String> = rdns
        .iter()
        .map(|(kind, value)| format!("{kind}={value}"))
        .collect();
    parts.join(",")
}

/// The nearest organisational unit in a name.
pub fn organisational_unit(name: &str) -> Option<String> {
    let mut rest = name;
    while let Some(at) = unescaped_comma(rest) {
        let (_, after) = rest.split_at_checked(at + 1)?;
        rest = after.trim_start();
        let (kind, _) = rest.split_once('=')?;
        if kind.trim().eq_ignore_ascii_case("ou") {
            let end = unescaped_comma(rest).unwrap_or(rest.len());
            let own = rest.get(..end)?;
            let (_, value) = own.split_once('=')?;
            return Some(unescaped(value.trim())).filter(|value| !value.is_empty());
        }
    }
    None
}

fn unescaped_comma(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ',' => return Some(at),
            _ => {}
        }
    }
    None
}

/// The RDNs as type and value; several values of one RDN (`+`) stay together with their signs.
fn split(name: &str) -> Vec<(String, String)> {
    let mut rdns = Vec::new();
    let mut rest = name;
    loop {
        let end = unescaped_comma(rest).unwrap_or(rest.len());
        let (own, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let (kind, value) = own.split_once('=').unwrap_or((own, ""));
        rdns.push((
            kind.trim().to_lowercase(),
            unescaped(value.trim()).to_lowercase().trim().to_owned(),
        ));
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None => return rdns,
        }
    }
}

/// A value without its escapes: `\2C` and `\,` are both a comma.
fn unescaped(value: &str) -> String {
    let mut octets = Vec::with_capacity(value.len());
    let mut given = value.bytes().peekable();
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|d| u8::try_from(d).ok());
    while let Some(octet) = given.next() {
        if octet != b'\\' {
            octets.push(octet);
            continue;
        }
        let Some(first) = given.next() else { break };
        let second = given.peek().copied();
        match digit(first).zip(second.and_then(digit)) {
            Some((high, low)) => {
                given.next();
                octets.push(high << 4 | low);
            }
            None => octets.push(first),
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_entry_are_the_same() {
        let one = normal_name(r"CN=Müller\, Anna,OU=Ventes, DC=Example,DC=com");
        assert_eq!(one, normal_name(r"cn=müller\2C anna,ou=ventes,dc=example,dc=com"));
        assert_eq!(
            one,
            normal_name(r"cn=M\C3\BCller\2c Anna , ou = Ventes,dc=example,dc=com")
        );
        assert_ne!(one, normal_name(r"cn=müller,ou=anna,ou=ventes,dc=example,dc=com"));
    }

    #[test]
    fn the_nearest_unit_is_found_and_the_entrys_own_name_is_none() {
        let unit = |name| organisational_unit(name);
        assert_eq!(
            unit(r"CN=a\,OU=no,OU=Sales\2B,OU=All,DC=x").as_deref(),
            Some("Sales+")
        );
        assert_eq!(unit("OU=own,DC=x"), None);
        assert_eq!(unit("CN=a,CN=Users,DC=x"), None);
    }

    #[test]
    fn addresses_are_read_with_their_ports() {
        let place = Place::parse("ldap://dc1.example.com").unwrap();
        assert_eq!((place.port, place.is_ldaps), (389, false));
        assert_eq!(Place::parse("ldaps://h:1636").unwrap().port, 1636);
        assert_eq!(Place::parse("ldaps://h").unwrap().port, 636);
        assert_eq!(Place::parse("http://h"), None);
        assert_eq!(Place::parse("ldap://h:x"), None);
    }
}
