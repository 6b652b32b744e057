//! Windows devices: enrolment and management, with the captured messages of a real client and with hostile ones.

mod computer_identity;
mod discovery;
mod drift;
mod enrolment;
mod forwarded;
mod hostile;
mod lab_drift;
mod lab_renewal;
mod leaving;
mod legal;
mod password;
mod polling;
mod provisioning;
mod proxies;
mod refusals;
mod renewal;
mod renewal_refused;
mod repetition;
pub mod session_answers;
mod sessions;
mod tls;
mod user_scope;
