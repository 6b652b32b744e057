//! The browser session's cookie.

use http::{HeaderMap, header::COOKIE};

/// `__Host-`: only over TLS, only this host, the whole site.
pub const NAME: &str = "__Host-sceau";

/// The cookie of a sign-in at a provider, for an enrolment.
pub const SIGN_IN: &str = "__Host-sceau-sign-in";

/// The `Set-Cookie` value that keeps such a sign-in for so many seconds. `Lax`: the provider sends the browser back.
pub fn set_sign_in(value: &str, seconds: i64) -> String {
    format!("{SIGN_IN}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}")
}

/// The `Set-Cookie` value that keeps a session. It ends with the browser at the latest; the server ends it earlier.
pub fn set(token: &str) -> String {
    format!("{NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

/// The `Set-Cookie` value that forgets it.
pub fn forget() -> String {
    format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

/// The value of a cookie in a request.
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
