//! The certificate policy of enrolment (MS-XCEP GetPolicies): which key and which hash the device's request
//! has to have. A device that gets no answer here takes RSA 2048 with SHA-1.

use crate::Error;
use crate::soap::{Activity, Credentials, Envelope, MessageId, write_answer};
use crate::xml::{self, XmlWriter};

const NAMESPACE: &str = "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy";
const ACTION: &str = "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy/IPolicy/GetPolicies";
const ANSWER: &str =
    "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy/IPolicy/GetPoliciesResponse";

/// The shortest RSA key that is asked for, in bits.
pub const MINIMAL_KEY_BITS: u32 = 2048;
/// id-sha256 (NIST), the hash that the device signs its request with.
pub const HASH_OID: &str = "2.16.840.1.101.3.4.2.1";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetPoliciesRequest {
    pub message_id: MessageId,
    pub credentials: Credentials,
}

impl GetPoliciesRequest {
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let document = xml::parse(bytes)?;
        let envelope = Envelope::of(&document)?;
        envelope.require_action(ACTION)?;
        envelope.operation(&[NAMESPACE], "GetPolicies")?;
        Ok(Self {
            message_id: envelope.message_id()?,
            credentials: envelope.credentials()?,
        })
    }
}

/// The answer: one policy, RSA of at least 2048 bits, SHA-256. MS-XCEP 3.1.4.1.2 fixes the order of its fields;
/// those without a value are `xsi:nil`.
pub fn write_response(relates_to: &MessageId) -> Vec<u8> {
    write_answer(
        ANSWER,
        relates_to,
        &Activity::Absent,
        |_| {},
        |w| {
            w.element("GetPoliciesResponse", &[("xmlns", NAMESPACE)], |w| {
                w.element("response", &[], |w| {
                    w.empty("policyID", &[]);
                    nil(
                        w,
                        &["policyFriendlyName", "nextUpdateHours", "policiesNotChanged"],
                    );
                    w.element("policies", &[], |w| w.element("policy", &[], write_policy));
                });
                nil(w, &["cAs"]);
                w.element("oIDs", &[], |w| w.element("oID", &[], write_hash_oid));
            });
        },
    )
}

fn write_policy(w: &mut XmlWriter) {
    w.text("policyOIDReference", &[], "0");
    nil(w, &["cAs"]);
    w.element("attributes", &[], |w| {
        w.text("commonName", &[], "DeviceManagement");
        w.text("policySchema", &[], "3");
        w.element("certificateValidity", &[], |w| {
            w.text("validityPeriodSeconds", &[], "31536000");
            w.text("renewalPeriodSeconds", &[], "3628800");
        });
        w.element("permission", &[], |w| {
            w.text("enroll", &[], "true");
            w.text("autoEnroll", &[], "false");
        });
        w.element("privateKeyAttributes", &[], |w| {
            w.text("minimalKeyLength", &[], &MINIMAL_KEY_BITS.to_string());
            nil(
                w,
                &[
                    "keySpec",
                    "keyUsageProperty",
                    "permissions",
                    "algorithmOIDReference",
                    "cryptoProviders",
                ],
            );
        });
        w.element("revision", &[], |w| {
            w.text("majorRevision", &[], "101");
            w.text("minorRevision", &[], "0");
        });
        nil(
            w,
            &[
                "supersededPolicies",
                "privateKeyFlags",
                "subjectNameFlags",
                "enrollmentFlags",
                "generalFlags",
            ],
        );
        w.text("hashAlgorithmOIDReference", &[], "0");
        nil(w, &["rARequirements", "keyArchivalAttributes", "extensions"]);
    });
}

/// The object identifier that `hashAlgorithmOIDReference` points to; group 1 is hash algorithms.
fn write_hash_oid(w: &mut XmlWriter) {
    w.text("value", &[], HASH_OID);
    w.text("group", &[], "1");
    w.text("oIDReferenceID", &[], "0");
    w.text("defaultName", &[], "szOID_NIST_sha256");
}

fn nil(w: &mut XmlWriter, names: &[&str]) {
    for name in names {
        w.empty(name, &[("xsi:nil", "true")]);
    }
}
