//! The answer to GetCACert: what was read is written and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scep::CaCertificates;

fuzz_target!(|octets: &[u8]| {
    if let Ok(all) = CaCertificates::parse(octets) {
        let (body, _) = all.to_degenerate_body().unwrap();
        assert_eq!(CaCertificates::parse(&body).unwrap(), all);
        assert!(!all.chain().is_empty());
    }
});
