use super::SECURITY;
use crate::Error;
use crate::xml;
use roxmltree::Node;
use std::fmt;
use zeroize::Zeroizing;

const MAX_USERNAME: usize = 1024;
const MAX_PASSWORD: usize = 4096;
const MAX_TOKEN: usize = 256 * 1024;
const MAX_VALUE_TYPE: usize = 512;

/// What a request's `wsse:Security` header proves its sender with. Debug prints no secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// OnPremise: WS-Security `UsernameToken` with `#PasswordText`.
    UsernamePassword {
        username: String,
        password: Zeroizing<String>,
    },
    /// Federated, or certificate: a `BinarySecurityToken`, its text as sent (base64), blanks removed.
    BinaryToken {
        value_type: String,
        value: Zeroizing<String>,
    },
    /// No token: a renewal, which its TLS client certificate and its PKCS#7 prove.
    None,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UsernamePassword { username, .. } => formatter
                .debug_struct("UsernamePassword")
                .field("username", username)
                .finish_non_exhaustive(),
            Self::BinaryToken { value_type, .. } => formatter
                .debug_struct("BinaryToken")
                .field("value_type", value_type)
                .finish_non_exhaustive(),
            Self::None => formatter.write_str("None"),
        }
    }
}

pub(super) fn read(header: Node<'_, '_>) -> Result<Credentials, Error> {
    let Some(security) = xml::child_in(header, &[SECURITY], "Security") else {
        return Ok(Credentials::None);
    };
    if let Some(token) = xml::child_in(security, &[SECURITY], "UsernameToken") {
        return read_username_token(token);
    }
    let Some(token) = xml::child_in(security, &[SECURITY], "BinarySecurityToken") else {
        return Ok(Credentials::None);
    };
    // Un-prefixed on the wire; one sample of the documentation puts a prefix before it.
    let value_type = token
        .attributes()
        .find(|attribute| attribute.name() == "ValueType");
    let value_type = value_type
        .map(|attribute| attribute.value().trim())
        .unwrap_or_default();
    let text = Zeroizing::new(xml::text(token));
    let value: Zeroizing<String> = Zeroizing::new(text.split_whitespace().collect());
    if value_type.len() > MAX_VALUE_TYPE || value.len() > MAX_TOKEN {
        return Err(Error::invalid("BinarySecurityToken", "it is too long"));
    }
    Ok(Credentials::BinaryToken {
        value_type: value_type.to_owned(),
        value,
    })
}

fn read_username_token(token: Node<'_, '_>) -> Result<Credentials, Error> {
    let username =
        xml::child_text(token, &[SECURITY], "Username", MAX_USERNAME)?.ok_or(Error::missing("Username"))?;
    // A renewal's is blank (Microsoft, certificate renewal), or not there: its PKCS#7 proves it.
    let password = xml::child_in(token, &[SECURITY], "Password");
    let password = Zeroizing::new(password.map(xml::text).unwrap_or_default());
    if password.len() > MAX_PASSWORD {
        return Err(Error::invalid("Password", "it is too long"));
    }
    let password = Zeroizing::new(without_indentation(&password).to_owned());
    Ok(Credentials::UsernamePassword { username, password })
}

/// Takes line ends and the blanks beyond them off both ends (Microsoft's samples wrap and indent values), and
/// leaves alone blanks that a person may have typed.
fn without_indentation(text: &str) -> &str {
    let at_start = text.trim_start();
    let led = text.strip_suffix(at_start).unwrap_or_default();
    let text = if led.contains('\n') { at_start } else { text };
    let at_end = text.trim_end();
    let trailed = text.strip_prefix(at_end).unwrap_or_default();
    if trailed.contains('\n') { at_end } else { text }
}
