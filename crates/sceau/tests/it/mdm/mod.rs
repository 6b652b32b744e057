//! Windows devices: enrolment and management, with the captured messages of a real client and with hostile ones.

mod computer_identity;
mod enrolment;
mod hostile;
mod leaving;
mod password;
mod provisioning;
mod repetition;
pub mod session_answers;
mod sessions;
mod tls;
