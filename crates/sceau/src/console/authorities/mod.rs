//! Admin > Infrastructure > Certificate Management.

pub(super) mod built_in;
pub(super) mod built_in_form;
mod edit;
mod form;
mod full_test;
pub(super) mod issuances;
mod list;
mod remove;
mod show;
mod test;
pub(super) mod watched;

use domain::{
    Timestamp,
    external_ca::{AuthorityId, AuthorityKind, Health},
};

pub(super) use edit::{add, change, edit, new};
pub(super) use form::AuthorityPage;
#[cfg(test)]
pub(super) use full_test::FullTestPage;
pub(super) use full_test::{ask as ask_full_test, full_test};
pub(super) use list::list;
#[cfg(test)]
pub(super) use list::{AuthoritiesPage, Row};
#[cfg(test)]
pub(super) use remove::RemovePage;
pub(super) use remove::{ask as ask_removal, remove};
pub(super) use show::show;
#[cfg(test)]
pub(super) use show::shown;
pub(super) use test::{Findings, findings, findings_of, test};
pub(super) use watched::Watched;

use super::{
    page::{Page, Section},
    respond::Problem,
    visitor::Visitor,
};
use crate::actions::authorities::ChainRole;

/// Where these pages are.
pub(super) const BASE: &str = "/admin/infrastructure/certificate-management";

/// A state as a coloured word.
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) key: &'static str,
}

pub(super) fn mark(health: &Health, now: Timestamp) -> Mark {
    let is_resting = health.quiet_until.is_some_and(|until| until > now);
    let (class, key) = match health {
        _ if health.is_sign_in_stopped => ("status-red", "authority-health-stopped"),
        _ if is_resting => ("status-orange", "authority-health-quiet"),
        _ if health.last_challenge_at.is_some() => ("status-green", "authority-health-good"),
        _ => ("", "authority-health-unknown"),
    };
    Mark { class, key }
}

fn known(visitor: &Visitor, id: &str) -> Result<AuthorityId, Problem> {
    AuthorityId::parse(id).map_err(|_| Problem::missing(&visitor.page(Section::Authorities)))
}

impl Page {
    /// The types that a new authority may have: value and key of its words.
    pub(super) fn authority_kinds(&self) -> [(&'static str, &'static str); 4] {
        [
            ("microsoft", self.authority_kind(&AuthorityKind::Microsoft)),
            ("ejbca", self.authority_kind(&AuthorityKind::Ejbca)),
            ("generic_scep", self.authority_kind(&AuthorityKind::GenericScep)),
            ("built_in", self.authority_kind(&AuthorityKind::BuiltIn)),
        ]
    }

    /// Key of the words of a type.
    pub(super) fn authority_kind(&self, kind: &AuthorityKind) -> &'static str {
        match kind {
            AuthorityKind::Microsoft => "authority-kind-microsoft",
            AuthorityKind::Ejbca => "authority-kind-ejbca",
            AuthorityKind::GenericScep => "authority-kind-generic-scep",
            AuthorityKind::BuiltIn => "authority-kind-built-in",
        }
    }

    /// What a certificate of the chain does, in words.
    pub(super) fn role_in_chain(&self, role: &ChainRole) -> String {
        self.t(&format!("chain-role-{}", role.name()))
    }
}
