//! Messages of clients and servers that nobody here wrote (see `fixtures/NOTICE.md`).

use proptest::prelude::*;
use scep::{Digest, Error, FailInfo, MessageType, PkiStatus, peek_reply, peek_request};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/", $name)).as_slice()
    };
}

const CERTMONGER: &[u8] = fixture!("certmonger-req.der");
const SCEPCLIENT: &[u8] = fixture!("scepclient-req.der");
const STRONGSWAN: &[u8] = fixture!("strongswan-pss-req.der");
const MICROMDM: &[u8] = fixture!("micromdm-rep.der");
const STEP_CA: &[u8] = fixture!("stepca019-rep.der");
const NDES: &[u8] = fixture!("ndes-srv2012-getcrl-failure.der");

#[test]
fn a_request_of_certmonger_with_a_serial_of_32_octets_is_read_and_verified() {
    let summary = peek_request(CERTMONGER).unwrap();
    assert_eq!(summary.message_type, MessageType::PkcsReq);
    assert_eq!(
        summary.transaction_id.as_str(),
        "27866233844256077350326196123244092315037760034821747538366913487566366496948"
    );
    assert_eq!(summary.digest, Digest::Sha256);
    assert_eq!(summary.sender_nonce.as_bytes().len(), 16);
    assert_eq!(summary.sender_nonce.as_bytes()[..2], [0xc2, 0x41]);
    assert_eq!(summary.signer_certificate, CERTMONGER[1278..1278 + 4 + 729]);
}

#[test]
fn a_request_of_scepclient_signed_with_sha1_is_read_and_verified() {
    let summary = peek_request(SCEPCLIENT).unwrap();
    assert_eq!(summary.message_type, MessageType::PkcsReq);
    assert_eq!(summary.transaction_id.as_str(), "rzc/Zzm3EjKCQ3300DeFACspkNE=");
    assert_eq!(summary.digest, Digest::Sha1);
}

#[test]
fn a_request_of_strongswan_signed_with_pss_is_read_and_verified() {
    let summary = peek_request(STRONGSWAN).unwrap();
    assert_eq!(summary.message_type, MessageType::PkcsReq);
    assert_eq!(summary.digest, Digest::Sha256);
    let mut changed = STRONGSWAN.to_vec();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(peek_request(&changed).unwrap_err().error, Error::Signature);
}

#[test]
fn replies_of_other_servers_are_read_and_verified() {
    for reply in [MICROMDM, STEP_CA] {
        let summary = peek_reply(reply).unwrap();
        assert_eq!(summary.status, PkiStatus::Success);
        assert_eq!(summary.fail_info, None);
        assert!(summary.is_signature_verified);
    }
}

#[test]
fn a_failure_of_ndes_is_read_without_any_certificate() {
    let summary = peek_reply(NDES).unwrap();
    assert_eq!(summary.status, PkiStatus::Failure);
    assert_eq!(summary.fail_info, Some(FailInfo::BadRequest));
    assert_eq!(summary.fail_info_text, None);
    assert_eq!(summary.microsoft_hresult, Some(-2_147_024_809));
    assert_eq!(
        summary.transaction_id.as_str(),
        "9CB1CB998B7FCC0142297B492988AFB4"
    );
    assert!(!summary.is_signature_verified);
}

#[test]
fn a_reply_is_no_request_and_a_request_no_reply() {
    let refused = peek_request(STEP_CA).unwrap_err();
    assert_eq!(refused.error, Error::UnexpectedMessageType(MessageType::CertRep));
    let error = peek_reply(CERTMONGER).unwrap_err();
    assert_eq!(error, Error::UnexpectedMessageType(MessageType::PkcsReq));
}

#[test]
fn line_ends_behind_the_message_do_no_harm_but_other_octets_do() {
    let with_line_end = [CERTMONGER, b"\r\n"].concat();
    assert_eq!(peek_request(&with_line_end), peek_request(CERTMONGER));
    let with_more = [CERTMONGER, b"more"].concat();
    assert!(peek_request(&with_more).is_err());
}

#[test]
fn a_message_cut_off_anywhere_is_refused() {
    for whole in [CERTMONGER, SCEPCLIENT, STRONGSWAN, MICROMDM, STEP_CA, NDES] {
        for length in 0..whole.len() {
            assert!(peek_request(&whole[..length]).is_err(), "{length}");
            assert!(peek_reply(&whole[..length]).is_err(), "{length}");
        }
    }
}

#[test]
fn a_changed_octet_never_verifies_as_another_message() {
    let original = peek_request(CERTMONGER).unwrap();
    for position in 0..CERTMONGER.len() {
        let mut changed = CERTMONGER.to_vec();
        changed[position] ^= 0x01;
        if let Ok(summary) = peek_request(&changed) {
            let clear = (
                &summary.transaction_id,
                &summary.sender_nonce,
                summary.message_type,
            );
            assert_eq!(
                clear,
                (
                    &original.transaction_id,
                    &original.sender_nonce,
                    original.message_type
                )
            );
        }
    }
}

proptest! {
    #[test]
    fn no_octets_make_it_panic(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (peek_request(&octets), peek_reply(&octets), scep::CaCertificates::parse(&octets));
    }

    #[test]
    fn no_damage_makes_it_panic(damage in proptest::collection::vec((0..2640_usize, any::<u8>()), 1..40)) {
        let mut octets = CERTMONGER.to_vec();
        for (position, octet) in damage {
            octets[position] = octet;
        }
        let _ = (peek_request(&octets), peek_reply(&octets), scep::CaCertificates::parse(&octets));
    }
}
