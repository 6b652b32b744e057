//! Windows devices: enrolment and management, with the captured messages of a real client and with hostile ones.

pub mod admission;
mod codes;
mod computer_identity;
mod discovery;
mod enrolment;
mod forwarded;
mod hostile;
mod lab_renewal;
mod large;
mod leaving;
mod legal;
mod packages;
mod password;
pub mod password;
mod polling;
mod provisioning;
mod proxies;
mod references;
mod refusals;
mod renewal;
mod renewal_refused;
mod repetition;
pub mod session_answers;
mod sessions;
mod tls;
mod tokens;
mod user_scope;
