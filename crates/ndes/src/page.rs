//! NDES's admin page. It follows the language of its server, so it is read by its structure: what stands in
//! bold, whether there is a list, the marks of its frame.

mod excerpt;
mod markup;
mod text;

use crate::Error;
use std::fmt;
use zeroize::Zeroizing;

/// The largest page that is read; NDES's has under 3 KB.
pub const MAX_PAGE_BYTES: usize = 256 * 1024;

/// What the page says. Debug doesn't print the challenge.
#[derive(Clone, PartialEq, Eq)]
pub enum AdminPage {
    /// A challenge, and the MD5 of the CA certificate. It has taken one of NDES's slots.
    Challenge {
        challenge: Zeroizing<String>,
        ca_md5: [u8; 16],
    },
    /// Every slot is taken by an unused challenge: a reason to wait.
    CacheFull,
    /// The account may not enrol with NDES's templates.
    NoPermission,
    /// NDES asks for no password (EnforcePassword 0).
    NoPasswordRequired { ca_md5: [u8; 16] },
    /// Not a page of NDES, or a new kind. `excerpt` has plain words of it, none that could be a secret.
    NotUnderstood { excerpt: String },
}

impl fmt::Debug for AdminPage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Challenge { ca_md5, .. } => formatter
                .debug_struct("Challenge")
                .field("ca_md5", ca_md5)
                .finish_non_exhaustive(),
            Self::CacheFull => formatter.write_str("CacheFull"),
            Self::NoPermission => formatter.write_str("NoPermission"),
            Self::NoPasswordRequired { ca_md5 } => formatter
                .debug_struct("NoPasswordRequired")
                .field("ca_md5", ca_md5)
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
    if bytes.len() > MAX_PAGE_BYTES {
        return Err(Error::PageTooLarge {
            actual: bytes.len(),
            limit: MAX_PAGE_BYTES,
        });
    }
    let page = text::decode(bytes);
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
                ca_md5,
            },
            (Some(ca_md5), None, None, None) => AdminPage::NoPasswordRequired { ca_md5 },
            (None, _, None, _) if markup::is_framed_by_ndes(&page) => refusal(&page),
            _ => AdminPage::NotUnderstood {
                excerpt: excerpt::of(&page),
            },
        },
    )
}

/// Sixteen bytes in four groups: the MD5. A challenge of the same length has no blanks.
fn thumbprint(text: &str) -> Option<[u8; 16]> {
    if !text.trim().contains(char::is_whitespace) {
        return None;
    }
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
