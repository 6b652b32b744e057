//! The authenticator of a ticket that is bound to a TLS connection.
//!
//! `sspi` puts KERB_AP_OPTIONS_CBT (MS-KILE 2.2.2) beside the binding, in two octets where four are wanted: MIT's library
//! refuses the whole ticket. The option says that a client knows of bindings, which the binding itself says too; MIT's own
//! clients leave it out, and so does this one.

use picky_asn1_der::{from_bytes, to_vec};
use picky_krb::{
    constants::key_usages::AP_REQ_AUTHENTICATOR,
    crypto::CipherSuite,
    data_types::Authenticator,
    gss_api::{ApplicationTag0, GssApiNegInit, KrbMessage},
    messages::ApReq,
};
use zeroize::Zeroizing;

/// The same token with no authorization data in its authenticator; none if it isn't one. `key`: the session's.
pub(super) fn without_options(token: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let mut opening: ApplicationTag0<GssApiNegInit> = from_bytes(token).ok()?;
    let inner = opening.0.neg_token_init.0.mech_token.0.as_mut()?;
    let mut message = KrbMessage::<ApReq>::decode_application_krb_message(&inner.0.0).ok()?;
    let sealed = &mut message.0.krb_msg.0.authenticator.0;
    let [kind] = sealed.etype.0.0.as_slice() else {
        return None;
    };
    let cipher = CipherSuite::try_from(usize::from(*kind)).ok()?.cipher();
    let clear = cipher
        .decrypt(key, AP_REQ_AUTHENTICATOR, &sealed.cipher.0.0)
        .map(Zeroizing::new)
        .ok()?;
    let mut authenticator: Authenticator = from_bytes(&clear).ok()?;
    authenticator.0.authorization_data = None.into();
    let clear = to_vec(&authenticator).map(Zeroizing::new).ok()?;
    sealed.cipher.0.0 = cipher.encrypt(key, AP_REQ_AUTHENTICATOR, &clear).ok()?;
    inner.0.0 = to_vec(&message).ok()?;
    to_vec(&opening).ok()
}
