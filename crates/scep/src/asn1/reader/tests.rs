//! The reader on what BER permits, and on what nobody should have sent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::asn1::{dotted, encode_dotted, oids, tlv};

#[test]
fn lengths_are_read_in_every_form() {
    for octets in [
        &[4, 2, 7, 8][..],
        &[4, 0x81, 2, 7, 8],
        &[4, 0x84, 0, 0, 0, 2, 7, 8],
        &[0x24, 0x80, 4, 1, 7, 4, 1, 8, 0, 0],
        &[0x24, 0x80, 0x24, 0x80, 4, 1, 7, 0, 0, 0x24, 3, 4, 1, 8, 0, 0],
        &[0x24, 6, 4, 1, 7, 4, 1, 8],
    ] {
        let with_more = [octets, &[9, 9]].concat();
        let (value, rest) = Value::take(&with_more).unwrap();
        assert_eq!(value.whole, octets);
        assert_eq!(rest, [9, 9]);
        assert_eq!(value.octet_string().unwrap().as_ref(), [7, 8]);
        for length in 0..octets.len() {
            assert_eq!(Value::take(&octets[..length]), None, "{length}");
        }
    }
}

#[test]
fn a_zero_octet_in_a_value_does_not_end_it() {
    let octets = [0x30, 0x80, 4, 2, 0, 0, 0x30, 0x80, 0, 0, 0, 0];
    assert_eq!(Value::take(&octets).unwrap().0.content, &octets[2..10]);
}

#[test]
fn lengths_that_nobody_has_are_refused() {
    for octets in [
        &[4, 0x80, 0, 0][..],
        &[4, 0x88, 0x7f, 255, 255, 255, 255, 255, 255, 255],
        &[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255],
        &[0x30, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
        &[0x30, 0xff, 0],
        &[0x3f, 0x81, 0x81, 0x81, 0x81, 1, 0],
        &[0x30, 0x80, 0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255],
    ] {
        assert_eq!(Value::take(octets), None, "{octets:x?}");
    }
    assert!(Value::take(&[0x3f, 0x81, 1, 0]).is_some());
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| {
        let opened = std::iter::repeat_n([0x24, 0x80], depth).flatten();
        let closed = std::iter::repeat_n([0, 0], depth).flatten();
        opened.chain([4, 1, 7]).chain(closed).collect::<Vec<u8>>()
    };
    let (value, _) = Value::take(&nested(32))
        .map(|(value, _)| (value.octets().is_some(), ()))
        .unwrap();
    assert!(value);
    assert_eq!(Value::take(&nested(33)), None);
    assert_eq!(Value::take(&nested(50_000)), None);
    let definite = (0..60).fold(vec![4, 1, 7], |inner, _| tlv(0x24, &inner));
    assert_eq!(Value::take(&definite).unwrap().0.octets(), None);
}

#[test]
fn identifiers_are_encoded_and_written() {
    assert_eq!(
        oids::DATA.der(),
        [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]
    );
    assert_eq!(
        oids::TRANSACTION_ID.der(),
        [6, 10, 0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x45, 1, 9, 7]
    );
    assert_eq!(oids::SHA1.content(), [0x2b, 0x0e, 3, 2, 0x1a]);
    assert_eq!(dotted(oids::TRANSACTION_ID.content()), "2.16.840.1.113733.1.9.7");
    assert_eq!(dotted(&[0x2b, 0x86]), "1.3.?");
    assert_eq!(dotted(&[]), "?");
    assert_eq!(
        dotted(&[0x2a, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
        "1.2.?"
    );
    for bad in ["", "1", "3.1", "1.40", "1.-2", "1..2", "1.2.4294967296", "a.b"] {
        assert_eq!(encode_dotted(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn a_dotted_identifier_goes_there_and_back(root in 0..3_u32, second in 0..40_u32, rest in proptest::collection::vec(any::<u32>(), 0..8)) {
        let text = [root, second].into_iter().chain(rest).map(|arc| arc.to_string()).collect::<Vec<_>>().join(".");
        prop_assert_eq!(dotted(&encode_dotted(&text).unwrap()), text);
    }

    #[test]
    fn no_octets_make_it_panic(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Some((value, rest)) = Value::take(&octets) {
            prop_assert_eq!(value.whole.len() + rest.len(), octets.len());
            let _ = (value.octets(), value.bit_string());
        }
    }
}
