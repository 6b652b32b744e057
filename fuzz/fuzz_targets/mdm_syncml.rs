//! A package of OMA-DM.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let _ = ms_mdm::syncml::Message::read(octets);
});
