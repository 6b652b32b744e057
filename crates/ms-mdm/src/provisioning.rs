//! The provisioning document (`wap-provisioningdoc`) that ends an enrolment or a renewal: the certificates to
//! keep, when to renew, where the management server is and how often to call it.
//!
//! Only CertificateStore, the w7 APPLICATION and DMClient are allowed in it (Microsoft, certificate renewal).

mod application;
mod store;

pub use application::{AppAuth, Application, DmAccount};
pub use store::{IdentityStore, Renewal, StoredCertificate};

use crate::xml::XmlWriter;

/// The whole document of a first enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisioningDocument {
    /// The root that device identities chain to.
    pub root: StoredCertificate,
    /// At most one; further ones go over OMA-DM.
    pub intermediate: Option<StoredCertificate>,
    /// The device's new certificate.
    pub identity: StoredCertificate,
    pub identity_store: IdentityStore,
    pub renewal: Renewal,
    pub application: Application,
    pub account: DmAccount,
}

impl ProvisioningDocument {
    /// The document as XML, to be wrapped by [`crate::enroll::write_response`].
    pub fn write(&self) -> Vec<u8> {
        document(|w| {
            characteristic(w, "CertificateStore", |w| {
                store::write_trusted(w, "Root", &self.root);
                if let Some(intermediate) = &self.intermediate {
                    store::write_trusted(w, "CA", intermediate);
                }
            });
            characteristic(w, "CertificateStore", |w| {
                characteristic(w, "My", |w| {
                    store::write_identity(w, self.identity_store, &self.identity);
                    self.renewal.write(w);
                });
            });
            self.application.write(w, self.identity_store);
            self.account.write(w, &self.application.provider_id);
        })
    }
}

/// The document of a renewal: the new certificate and the provider it is for, nothing more.
pub fn renewal_document(
    identity: &StoredCertificate,
    identity_store: IdentityStore,
    provider_id: &str,
    new_root: Option<&StoredCertificate>,
) -> Vec<u8> {
    document(|w| {
        characteristic(w, "CertificateStore", |w| {
            if let Some(root) = new_root {
                store::write_trusted(w, "Root", root);
            }
            characteristic(w, "My", |w| store::write_renewed(w, identity_store, identity));
        });
        characteristic(w, "APPLICATION", |w| parm(w, "PROVIDER-ID", provider_id));
    })
}

fn document(content: impl FnOnce(&mut XmlWriter)) -> Vec<u8> {
    let mut writer = XmlWriter::with_declaration();
    writer.element("wap-provisioningdoc", &[("version", "1.1")], content);
    writer.finish()
}

fn characteristic(w: &mut XmlWriter, kind: &str, content: impl FnOnce(&mut XmlWriter)) {
    w.element("characteristic", &[("type", kind)], content);
}

fn parm(w: &mut XmlWriter, name: &str, value: &str) {
    w.empty("parm", &[("name", name), ("value", value)]);
}

fn typed_parm(w: &mut XmlWriter, name: &str, value: &str, datatype: &str) {
    w.empty(
        "parm",
        &[("name", name), ("value", value), ("datatype", datatype)],
    );
}
