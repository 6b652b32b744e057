//! Any message, as a person looks at it; what is shown agrees with what a proxy sees.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let seen = scep::inspect(octets);
    if let Ok(summary) = scep::peek_request(octets) {
        let seen = seen.unwrap();
        assert!(seen.is_signature_verified);
        assert_eq!(seen.transaction_id, Some(summary.transaction_id));
        assert_eq!(seen.message_type, Some(summary.message_type));
    }
});
