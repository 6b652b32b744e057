//! The answer to GetNextCACert: nothing is believed that the present CA didn't sign.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scep::CaCertificates;

const SIGNED: &[u8] = include_bytes!("../corpus/scep_next_ca/signed");
static CURRENT: LazyLock<CaCertificates> =
    LazyLock::new(|| CaCertificates::parse(include_bytes!("../fixtures/ca.certificate.der")).unwrap());

fuzz_target!(|octets: &[u8]| {
    if let Ok(next) = CaCertificates::parse_next(octets, &CURRENT) {
        assert_eq!(next, CaCertificates::parse_next(SIGNED, &CURRENT).unwrap());
    }
});
