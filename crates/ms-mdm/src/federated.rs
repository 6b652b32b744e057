//! The way of a device's browser through the organisation's sign-in and back. MS-MDE2 3.1.4.1.3.2; Microsoft,
//! "Federated authentication device enrollment".

/// Octets of the address at most: a package's SID, and room.
const LONGEST: usize = 512;

/// Where the device's browser is sent back to with its token: the application that opened it, `appru` in its query. The
/// form that the browser posts there has one field, `wresult`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnAddress(String);

/// The field of the form that brings the token.
pub const RESULT: &str = "wresult";

impl ReturnAddress {
    /// Takes an address of an application, `ms-app://` and a package's SID. None: it leads anywhere else, and a token
    /// would be given away.
    pub fn read(text: &str) -> Option<Self> {
        let rest = text
            .get(..9)
            .filter(|scheme| scheme.eq_ignore_ascii_case("ms-app://"))
            .and_then(|_| text.get(9..))?;
        let is_of_sid = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
        let is_good = text.len() <= LONGEST
            && rest.starts_with(|c: char| c.is_ascii_alphanumeric())
            && rest.chars().all(is_of_sid);
        is_good.then(|| Self(text.to_owned()))
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_back_to_an_application_and_nowhere_else() {
        for good in [
            "ms-app://windows.immersivecontrolpanel",
            "ms-app://s-1-15-2-1910091885-1573563583-1104941280",
            "MS-APP://S-1-15-2-1/",
        ] {
            assert_eq!(ReturnAddress::read(good).unwrap().as_str(), good);
        }
        let long = format!("ms-app://{}", "a".repeat(LONGEST));
        for bad in [
            "",
            "ms-app",
            "ms-app://",
            "ms-app:///x",
            "https://attacker.example/",
            "javascript:alert(1)",
            "ms-app://x\"onload=",
            "ms-app://x?y",
            "ms-app://x y",
            " ms-app://x",
            "ms-appx://x",
            "ms-app://ü",
            &long,
        ] {
            assert_eq!(ReturnAddress::read(bad), None, "{bad}");
        }
    }
}
