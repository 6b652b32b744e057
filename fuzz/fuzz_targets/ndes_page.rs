//! NDES's admin page.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let _ = ndes::page::read(octets);
});
