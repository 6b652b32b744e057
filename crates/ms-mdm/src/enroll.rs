//! Enrolment itself (MS-WSTEP): the device sends a certificate request, the answer wraps a provisioning
//! document. A renewal is the same with its request inside a PKCS#7 signed by the certificate in use.

mod context;
mod instant;
mod request;

pub use context::{AdditionalContext, EnrollmentType};
pub use request::{EnrollmentRequest, RequestType};

pub use crate::soap::Credentials;

use crate::soap::{Activity, MessageId, SECURITY, write_answer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) const TRUST: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
const ENROLLMENT: &str = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment";
const ANSWER: &str = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RSTRC/wstep";
const TOKEN_TYPE: &str =
    "http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentToken";
const PROVISION_DOCUMENT: &str =
    "http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentProvisionDoc";
const BASE64: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#base64binary";
const FIVE_MINUTES_MS: i64 = 300_000;

/// The answer to an enrolment or renewal: MS-WSTEP's RequestSecurityTokenResponseCollection around a
/// provisioning document. `now_ms` (milliseconds since 1970, UTC) dates its `u:Timestamp`, which spans the five
/// minutes before and after.
pub fn write_response(relates_to: &MessageId, provisioning_document: &[u8], now_ms: i64) -> Vec<u8> {
    let token = STANDARD.encode(provisioning_document);
    let created = instant::iso8601(now_ms.saturating_sub(FIVE_MINUTES_MS));
    let expires = instant::iso8601(now_ms.saturating_add(FIVE_MINUTES_MS));
    let timestamp = |w: &mut crate::xml::XmlWriter| {
        w.element(
            "o:Security",
            &[("s:mustUnderstand", "1"), ("xmlns:o", SECURITY)],
            |w| {
                w.element("u:Timestamp", &[("u:Id", "_0")], |w| {
                    w.text("u:Created", &[], &created);
                    w.text("u:Expires", &[], &expires);
                });
            },
        );
    };
    write_answer(ANSWER, relates_to, &Activity::Absent, timestamp, |w| {
        w.element(
            "RequestSecurityTokenResponseCollection",
            &[("xmlns", TRUST)],
            |w| {
                w.element("RequestSecurityTokenResponse", &[], |w| {
                    w.text("TokenType", &[], TOKEN_TYPE);
                    w.text("DispositionMessage", &[("xmlns", ENROLLMENT)], "");
                    w.element("RequestedSecurityToken", &[], |w| {
                        let kinds = [
                            ("xmlns", SECURITY),
                            ("ValueType", PROVISION_DOCUMENT),
                            ("EncodingType", BASE64),
                        ];
                        w.text("BinarySecurityToken", &kinds, &token);
                    });
                    w.text("RequestID", &[("xmlns", ENROLLMENT)], "0");
                });
            },
        );
    })
}
