//! NTLMv2's proof of a password (MS-NLMP 3.3.2), the message integrity code and the channel's
//! bindings.

use hmac::{Hmac, Mac as _};
use md4::{Digest as _, Md4};
use md5::Md5;
use rc4::consts::U16;
use rc4::{KeyInit as _, Rc4, StreamCipher as _};
use zeroize::Zeroizing;

use super::account::Account;
use super::message::{self, Authenticate, Challenge, KEY_EXCHANGE};

/// The three messages of one exchange and the channel they came through.
pub(super) struct Exchange<'a> {
    pub(super) negotiate: &'a [u8],
    pub(super) challenge: &'a Challenge,
    pub(super) authenticate: &'a Authenticate,
    pub(super) channel_binding: Option<[u8; 16]>,
    /// Whether a client that isn't bound to the channel is refused.
    pub(super) is_binding_required: bool,
}

/// Whether the last message proves the account's password for this challenge. The shorter
/// responses of NTLM version 1 prove nothing here.
pub(super) fn is_proved(account: &Account, exchange: &Exchange<'_>) -> bool {
    let last = exchange.authenticate;
    if !account.is_named(&last.domain, &last.user) {
        return false;
    }
    let Some((proof, proved)) = last.response.split_at_checked(16) else {
        return false;
    };
    // NTLMv2_CLIENT_CHALLENGE (MS-NLMP 2.2.2.7): version 1.1 and 28 octets before its pairs.
    let Some(pairs) = proved.starts_with(&[1, 1]).then(|| proved.get(28..)).flatten() else {
        return false;
    };
    let key = response_key(account, last);
    let Some(expected) = keyed(&key[..], &[&exchange.challenge.nonce(), proved]) else {
        return false;
    };
    expected.clone().verify_slice(proof).is_ok()
        && is_bound(pairs, exchange)
        && is_intact(pairs, &key[..], proof, exchange)
}

/// NTOWFv2: the password's MD4, keyed over the upper-case user and the domain as it was sent.
fn response_key(account: &Account, last: &Authenticate) -> Zeroizing<Vec<u8>> {
    let password = Zeroizing::new(message::utf16(account.password()));
    let hash = Zeroizing::new(Md4::digest(&password[..]).to_vec());
    let name = message::utf16(&format!("{}{}", last.user.to_uppercase(), last.domain));
    let key = keyed(&hash[..], &[&name]).map(|code| code.finalize().into_bytes().to_vec());
    Zeroizing::new(key.unwrap_or_default())
}

/// Bindings are compared where both sides have them, as "When Supported" of Windows has it, or must be there, as
/// "Required" has it. Sixteen zeros are how a client says that it has none.
fn is_bound(pairs: &[u8], exchange: &Exchange<'_>) -> bool {
    let sent = message::av_pair(pairs, message::CHANNEL_BINDINGS).filter(|sent| *sent != [0; 16]);
    match (sent, exchange.channel_binding) {
        (Some(sent), Some(ours)) => sent == ours,
        _ => !exchange.is_binding_required,
    }
}

/// Bit 2 of MsvAvFlags says that the last message carries a code over all three (MS-NLMP 3.2.5.1.2).
fn is_intact(pairs: &[u8], key: &[u8], proof: &[u8], exchange: &Exchange<'_>) -> bool {
    let has_code = message::av_pair(pairs, message::FLAGS)
        .and_then(|flags| flags.first())
        .is_some_and(|flags| flags & 2 != 0);
    if !has_code {
        return true;
    }
    let last = exchange.authenticate;
    let Some((code, without)) = last.integrity() else {
        return false;
    };
    exported_key(key, proof, last)
        .and_then(|key| {
            keyed(
                &key[..],
                &[exchange.negotiate, exchange.challenge.message(), &without],
            )
        })
        .is_some_and(|expected| expected.verify_slice(&code).is_ok())
}

/// The session's key: the client's own under RC4 where it sent one, else the base key.
fn exported_key(key: &[u8], proof: &[u8], last: &Authenticate) -> Option<Zeroizing<Vec<u8>>> {
    let base = Zeroizing::new(keyed(key, &[proof])?.finalize().into_bytes().to_vec());
    if last.flags & KEY_EXCHANGE == 0 {
        return Some(base);
    }
    let mut exported = Zeroizing::new(last.session_key.clone());
    if exported.len() != 16 {
        return None;
    }
    Rc4::<U16>::new_from_slice(&base)
        .ok()?
        .apply_keystream(&mut exported);
    Some(exported)
}

fn keyed(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Md5>> {
    let mut code = <Hmac<Md5> as hmac::Mac>::new_from_slice(key).ok()?;
    for part in parts {
        code.update(part);
    }
    Some(code)
}
