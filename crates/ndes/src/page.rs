//! NDES's admin page. It follows the language of its server, so it is read by its structure: what stands in
//! bold, whether there is a list, the marks of its frame.

mod excerpt;
mod markup;
mod policy;
mod text;

pub use policy::Operation;

use crate::Error;
use std::fmt;
use zeroize::Zeroizing;

/// The largest page that is read; NDES's has under 3 KB.
pub const MAX_PAGE_BYTES: usize = 256 * 1024;

/// What the page says. Debug doesn't print the challenge.
#[derive(Clone, PartialEq, Eq)]
pub enum AdminPage {
    /// A challenge, and the MD5 of the CA certificate, which a policy module doesn't give with it. It has taken one of
    /// NDES's slots.
    Challenge {
        challenge: Zeroizing<String>,
        ca_md5: Option<[u8; 16]>,
        lifetime: Lifetime,
    },
    /// Every slot is taken by an unused challenge: a reason to wait.
    CacheFull,
    /// The account may not enrol with NDES's templates.
    NoPermission,
    /// NDES asks for no password (EnforcePassword 0).
    NoPasswordRequired { ca_md5: [u8; 16] },
    /// NDES's page ended before its challenge or its refusal could be read. One of its slots may be taken.
    Truncated,
    /// The MD5 of the CA certificate alone, as a policy module gives it.
    Thumbprint([u8; 16]),
    /// A policy module answered in place of the page: it refused, or gave something that wasn't asked for. `excerpt`
    /// has plain words of it, none that could be a secret.
    PolicyModule { excerpt: String },
    /// Not a page of NDES, or a new kind. `excerpt` has plain words of it, none that could be a secret.
    NotUnderstood { excerpt: String },
}

/// How long a challenge lives, as far as its page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// So many minutes, for one enrolment.
    Minutes(u32),
    /// The whole page names none: most likely the challenge is the same for everyone (UseSinglePassword 1). Only two
    /// pages with the same one prove it.
    Reusable,
    /// The page ended before its sentence, or it is a policy module's, which has none.
    Unknown,
}

impl fmt::Debug for AdminPage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Challenge { ca_md5, lifetime, .. } => formatter
                .debug_struct("Challenge")
                .field("ca_md5", ca_md5)
                .field("lifetime", lifetime)
                .finish_non_exhaustive(),
            Self::CacheFull => formatter.write_str("CacheFull"),
            Self::NoPermission => formatter.write_str("NoPermission"),
            Self::NoPasswordRequired { ca_md5 } => formatter
                .debug_struct("NoPasswordRequired")
                .field("ca_md5", ca_md5)
                .finish(),
            Self::Truncated => formatter.write_str("Truncated"),
            Self::Thumbprint(md5) => formatter.debug_tuple("Thumbprint").field(md5).finish(),
            Self::PolicyModule { excerpt } => formatter
                .debug_struct("PolicyModule")
                .field("excerpt", excerpt)
                .finish(),
            Self::NotUnderstood { excerpt } => formatter
                .debug_struct("NotUnderstood")
                .field("excerpt", excerpt)
                .finish(),
        }
    }
}

/// Reads a page as it came, whatever its headers and its meta tag say of the encoding. An error only when it is
/// too large.
pub fn read(bytes: &[u8]) -> Result<AdminPage, Error> {
    let page = decoded(bytes)?;
    let bold = markup::bold(&page);
    let mut thumbprints = bold.iter().filter_map(|text| thumbprint(text));
    let mut challenges = bold.iter().filter(|text| is_challenge(text));
    Ok(
        match (
            thumbprints.next(),
            thumbprints.next(),
            challenges.next(),
            challenges.next(),
        ) {
            (Some(ca_md5), None, Some(challenge), None) => AdminPage::Challenge {
                challenge: challenge.clone(),
                ca_md5: Some(ca_md5),
                lifetime: lifetime(&page, challenge),
            },
            (_, None, None, None) if is_cut_off(&page) => AdminPage::Truncated,
            (Some(ca_md5), None, None, None) => AdminPage::NoPasswordRequired { ca_md5 },
            (None, _, None, _) if markup::is_framed_by_ndes(&page) => refusal(&page),
            // The value is a secret: only that there was one is told.
            (None, None, None, None) if policy::is_reply(&page) => AdminPage::PolicyModule {
                excerpt: "[…]".to_owned(),
            },
            _ => AdminPage::NotUnderstood {
                excerpt: excerpt::of(&page),
            },
        },
    )
}

/// Reads what a policy module answered to this operation.
pub fn read_reply(operation: Operation, bytes: &[u8]) -> Result<AdminPage, Error> {
    let reply = decoded(bytes)?;
    match policy::read(operation, &reply) {
        Some(read) => Ok(read),
        // A server without a module passes the query over and shows its page.
        None => read(bytes),
    }
}

fn decoded(bytes: &[u8]) -> Result<Zeroizing<String>, Error> {
    if bytes.len() > MAX_PAGE_BYTES {
        return Err(Error::PageTooLarge {
            actual: bytes.len(),
            limit: MAX_PAGE_BYTES,
        });
    }
    Ok(text::decode(bytes))
}

/// Whether NDES's frame began and the page has no end.
fn is_cut_off(page: &str) -> bool {
    markup::is_begun_by_ndes(page) && !markup::has_end(page)
}

/// The number of minutes is the first one after the challenge, in any language. A page without its end may have lost
/// digits, or all of them.
fn lifetime(page: &str, challenge: &str) -> Lifetime {
    if !markup::has_end(page) {
        return Lifetime::Unknown;
    }
    markup::number_after(page, challenge).map_or(Lifetime::Reusable, Lifetime::Minutes)
}

/// Sixteen bytes in four groups: the MD5. A challenge of the same length has no blanks.
fn thumbprint(text: &str) -> Option<[u8; 16]> {
    if !text.trim().contains(char::is_whitespace) {
        return None;
    }
    hexadecimal(text)
}

/// Sixteen bytes, blanks passed over.
fn hexadecimal(text: &str) -> Option<[u8; 16]> {
    let mut digits = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16));
    let mut md5 = [0_u8; 16];
    for byte in &mut md5 {
        let (high, low) = (digits.next()??, digits.next()??);
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    digits.next().is_none().then_some(md5)
}

/// Hexadecimal digits in one run: 16 by default, twice PasswordLength in general.
fn is_challenge(text: &str) -> bool {
    (8..=64).contains(&text.len())
        && text.len().is_multiple_of(2)
        && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Words of the languages that they are known in tell the two apart; in any other, the full cache is the one
/// that advises by a list.
fn refusal(page: &str) -> AdminPage {
    const CACHE: [&str; 5] = ["cache", "zwischenspeicher", "caché", "キャッシュ", "缓存"];
    const PERMISSION: [&str; 7] = [
        "permission",
        "autorisation",
        "berechtigung",
        "permiso",
        "autorizz",
        "アクセス許可",
        "权限",
    ];
    let words = markup::without_tags(page).to_lowercase();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    match (says(&CACHE), says(&PERMISSION)) {
        (true, false) => AdminPage::CacheFull,
        (false, true) => AdminPage::NoPermission,
        _ if markup::has_list(page) => AdminPage::CacheFull,
        _ => AdminPage::NoPermission,
    }
}
