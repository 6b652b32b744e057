//! The three requests of MS-MDE2: discovery, policy, enrolment.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ms_mdm::{discovery, enroll, policy, soap};

fuzz_target!(|octets: &[u8]| {
    let _ = soap::message_id(octets);
    let _ = discovery::DiscoverRequest::read(octets);
    let _ = policy::GetPoliciesRequest::read(octets);
    let _ = enroll::EnrollmentRequest::read(octets);
});
