//! Refusals, as MS-MDE2 2.2.10 (Faults) has them: a SOAP 1.2 fault whose subcode, or whose detail, Windows
//! turns into an HRESULT that the person sees.

use super::{ADDRESSING, DIAGNOSTICS, ENVELOPE, MessageId, SECURITY};
use crate::xml::XmlWriter;

const ENROLLMENT: &str = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment";
const ACTION: &str = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RSTRC/wstep";
/// Where `a:InternalServiceFault` comes from: the dispatcher of Windows Communication Foundation.
const DISPATCHER: &str = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher";

/// Why an enrolment service refuses. MS-MDE2 2.2.10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subcode {
    /// The message can't be read.
    MessageFormat,
    /// The user isn't recognised.
    Authentication,
    /// The user may not enrol.
    Authorization,
    /// No certificate could be issued.
    CertificateRequest,
    /// The management server failed, its database for example.
    EnrollmentServer,
    /// Something unexpected.
    InternalServiceFault,
    /// The security header can't be read.
    InvalidSecurity,
    /// The user has too many devices.
    DeviceCapReached,
    /// This platform or version isn't supported.
    DeviceNotSupported,
    /// Management isn't supported at all.
    NotSupported,
    /// The device may not renew: it must enrol again.
    NotEligibleToRenew,
    /// The account is in maintenance: later.
    InMaintenance,
    /// The user's licence stands in the way.
    UserLicense,
    /// What the device sent is rejected.
    InvalidEnrollmentData,
}

impl Subcode {
    pub const ALL: [Self; 14] = [
        Self::MessageFormat,
        Self::Authentication,
        Self::Authorization,
        Self::CertificateRequest,
        Self::EnrollmentServer,
        Self::InternalServiceFault,
        Self::InvalidSecurity,
        Self::DeviceCapReached,
        Self::DeviceNotSupported,
        Self::NotSupported,
        Self::NotEligibleToRenew,
        Self::InMaintenance,
        Self::UserLicense,
        Self::InvalidEnrollmentData,
    ];

    /// The HRESULT that Windows shows for it.
    pub fn hresult(self) -> u32 {
        match self {
            Self::MessageFormat => 0x8018_0001,
            Self::Authentication => 0x8018_0002,
            Self::Authorization => 0x8018_0003,
            Self::CertificateRequest => 0x8018_0004,
            Self::EnrollmentServer => 0x8018_0005,
            Self::InternalServiceFault => 0x8018_0006,
            Self::InvalidSecurity => 0x8018_0007,
            Self::DeviceCapReached => 0x8018_0013,
            Self::DeviceNotSupported => 0x8018_0014,
            Self::NotSupported => 0x8018_0015,
            Self::NotEligibleToRenew => 0x8018_0016,
            Self::InMaintenance => 0x8018_0017,
            Self::UserLicense => 0x8018_0018,
            Self::InvalidEnrollmentData => 0x8018_0019,
        }
    }

    /// Its name, without a prefix.
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageFormat => "MessageFormat",
            Self::Authentication => "Authentication",
            Self::Authorization => "Authorization",
            Self::CertificateRequest => "CertificateRequest",
            Self::EnrollmentServer => "EnrollmentServer",
            Self::InternalServiceFault => "InternalServiceFault",
            Self::InvalidSecurity => "InvalidSecurity",
            Self::DeviceCapReached => "DeviceCapReached",
            Self::DeviceNotSupported => "DeviceNotSupported",
            Self::NotSupported => "NotSupported",
            Self::NotEligibleToRenew => "NotEligibleToRenew",
            Self::InMaintenance => "InMaintenance",
            Self::UserLicense => "UserLicense",
            Self::InvalidEnrollmentData => "InvalidEnrollmentData",
        }
    }

    /// The later ones stand in the detail as `ErrorType`, under the subcode `s:Authorization`.
    fn stands_in_detail(self) -> bool {
        self.hresult() >= 0x8018_0013
    }
}

/// A refusal. `reason` is shown to the person by some versions of Windows: plain words, no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub subcode: Subcode,
    pub reason: String,
    /// The language of the reason, as in `en-US`.
    pub language: &'static str,
    /// The incident number under which the server's log tells more. A UUID in Microsoft's sample.
    pub trace_id: Option<String>,
    /// `None` when the request couldn't be read as far as its `MessageID`.
    pub relates_to: Option<MessageId>,
}

impl Fault {
    /// The SOAP envelope, sent with HTTP status 500 as SOAP 1.2 has it.
    pub fn write(&self) -> Vec<u8> {
        let mut writer = XmlWriter::new();
        writer.element(
            "s:Envelope",
            &[("xmlns:s", ENVELOPE), ("xmlns:a", ADDRESSING)],
            |w| {
                w.element("s:Header", &[], |w| self.write_header(w));
                w.element("s:Body", &[], |w| {
                    w.element("s:Fault", &[], |w| self.write_fault(w));
                });
            },
        );
        writer.finish()
    }

    fn write_header(&self, w: &mut XmlWriter) {
        w.text("a:Action", &[("s:mustUnderstand", "1")], ACTION);
        if let Some(trace_id) = &self.trace_id {
            w.text(
                "ActivityId",
                &[("CorrelationId", trace_id), ("xmlns", DIAGNOSTICS)],
                trace_id,
            );
        }
        if let Some(relates_to) = &self.relates_to {
            w.text("a:RelatesTo", &[], relates_to.as_str());
        }
    }

    fn write_fault(&self, w: &mut XmlWriter) {
        w.element("s:Code", &[], |w| {
            w.text("s:Value", &[], "s:Receiver");
            w.element("s:Subcode", &[], |w| self.write_subcode(w));
        });
        w.element("s:Reason", &[], |w| {
            w.text("s:Text", &[("xml:lang", self.language)], &self.reason);
        });
        if self.subcode.stands_in_detail() {
            w.element("s:Detail", &[], |w| {
                w.element("DeviceEnrollmentServiceError", &[("xmlns", ENROLLMENT)], |w| {
                    w.text("ErrorType", &[], self.subcode.name());
                    w.text("Message", &[], &self.reason);
                    w.text("TraceId", &[], self.trace_id.as_deref().unwrap_or_default());
                });
            });
        }
    }

    fn write_subcode(&self, w: &mut XmlWriter) {
        match self.subcode {
            Subcode::InternalServiceFault => {
                w.text("s:Value", &[("xmlns:a", DISPATCHER)], "a:InternalServiceFault");
            }
            Subcode::InvalidSecurity => w.text("s:Value", &[("xmlns:a", SECURITY)], "a:InvalidSecurity"),
            later if later.stands_in_detail() => w.text("s:Value", &[], "s:Authorization"),
            plain => w.text("s:Value", &[], &format!("s:{}", plain.name())),
        }
    }
}
