//! A PKCS#10 as the built-in CA reads it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    if let Ok(request) = ca::CertificateRequest::read(octets) {
        let _ = request.signature_is_valid();
        assert!(!request.public_key().is_empty());
    }
});
