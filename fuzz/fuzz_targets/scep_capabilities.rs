//! The answer to GetCACaps: what was read is written and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scep::Capabilities;

fuzz_target!(|octets: &[u8]| {
    let read = Capabilities::parse(octets);
    let _ = (read.cipher(), read.digest(), read.renewal_message_type());
    assert_eq!(Capabilities::parse(&read.to_body()), read);
});
