//! Sceau's own authorities: made or imported, opened from what is sealed, answering SCEP, revoking.

mod approve;
mod challenge;
mod change;
mod create;
mod enrol;
mod holder;
mod import;
mod keys;
mod next;
mod refusal;
mod respond;
mod revocation;
mod sign;
mod template;
mod test;
mod view;

pub use approve::{Decision, decide};
pub use challenge::mint;
pub use change::{BuiltInChange, change_built_in};
pub(in crate::actions) use create::checked as check_form;
pub use create::{BuiltInForm, add_built_in};
pub use holder::{ForDevice, with_devices};
pub use import::{ImportForm, KeyFile, import_built_in};
pub use keys::{BuiltInAuthorities, Opened};
pub use next::{activate_next, announce_next};
pub use refusal::{Reason, Refused};
pub use respond::{Answer, answer, answer_as};
pub use revocation::{publish_due, publish_of, revocation_list, revoke};
pub use sign::{Unsigned, resume};
pub(in crate::actions) use test::examine;
pub use view::{BuiltInView, issuances, one_issuance, pending_issuances, view};
