//! Discovery, the first thing an enrolling device asks: which authentication, and where the policy and
//! enrolment services are. MS-MDE2 3.1.

use crate::Error;
use crate::soap::{Activity, Envelope, MessageId, write_answer};
use crate::xml;
use roxmltree::Node;

const NAMESPACE: &str = "http://schemas.microsoft.com/windows/management/2012/01/enrollment";
/// Microsoft's documentation prints the namespace with a slash at its end; real devices send none.
const NAMESPACES: [&str; 2] = [
    NAMESPACE,
    "http://schemas.microsoft.com/windows/management/2012/01/enrollment/",
];
const ACTION: &str =
    "http://schemas.microsoft.com/windows/management/2012/01/enrollment/IDiscoveryService/Discover";
const ANSWER: &str =
    "http://schemas.microsoft.com/windows/management/2012/01/enrollment/IDiscoveryService/DiscoverResponse";
const MAX_TEXT: usize = 1024;
const MAX_POLICIES: usize = 16;

/// One way for a device to prove who enrols it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthPolicy {
    /// User name and password, in WS-Security.
    OnPremise,
    /// A token that the device's browser brought from the organisation's sign-in.
    Federated,
    /// A certificate that the device has already (bulk enrolment).
    Certificate,
}

impl AuthPolicy {
    pub fn name(self) -> &'static str {
        match self {
            Self::OnPremise => "OnPremise",
            Self::Federated => "Federated",
            Self::Certificate => "Certificate",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::OnPremise, Self::Federated, Self::Certificate]
            .into_iter()
            .find(|policy| policy.name() == name)
    }
}

/// What the device says of itself, unproven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoverRequest {
    pub message_id: MessageId,
    /// An address, a UPN, or `DOMAIN\user`.
    pub email_address: String,
    /// `3.0` to `7.0` as seen; empty when absent.
    pub request_version: String,
    /// `CIMClient_Windows`, `WindowsPhone`.
    pub device_type: String,
    pub application_version: Option<String>,
    /// Windows' product type, 72 for Enterprise evaluation.
    pub os_edition: Option<u32>,
    /// What the device offers; names unknown here are left out.
    pub auth_policies: Vec<AuthPolicy>,
}

impl DiscoverRequest {
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let document = xml::parse(bytes)?;
        let envelope = Envelope::of(&document)?;
        envelope.require_action(ACTION)?;
        let discover = envelope.operation(&NAMESPACES, "Discover")?;
        let request = xml::child_in(discover, &NAMESPACES, "request").ok_or(Error::missing("request"))?;
        let value = |name| xml::child_text(request, &NAMESPACES, name, MAX_TEXT);
        Ok(Self {
            message_id: envelope.message_id()?,
            email_address: value("EmailAddress")?.ok_or(Error::missing("EmailAddress"))?,
            request_version: value("RequestVersion")?.unwrap_or_default(),
            device_type: value("DeviceType")?.unwrap_or_default(),
            application_version: value("ApplicationVersion")?,
            os_edition: value("OSEdition")?.and_then(|edition| edition.parse().ok()),
            auth_policies: read_policies(request)?,
        })
    }
}

/// One sample of the documentation (certificate authentication) names its policy in the list itself.
fn read_policies(request: Node<'_, '_>) -> Result<Vec<AuthPolicy>, Error> {
    let Some(list) = xml::child_in(request, &NAMESPACES, "AuthPolicies") else {
        return Ok(Vec::new());
    };
    let offers = list
        .children()
        .filter(|node| xml::is(*node, &NAMESPACES, "AuthPolicy"));
    let offered: Vec<_> = offers.chain([list]).map(xml::trimmed).collect();
    if offered.len() > MAX_POLICIES {
        return Err(Error::TooMany {
            what: "AuthPolicy elements",
        });
    }
    Ok(offered
        .iter()
        .filter_map(|name| AuthPolicy::named(name))
        .collect())
}

/// Where the device goes on. All addresses are `https`, policy and enrolment on one host (MS-MDE2 3.1.4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoverResponse {
    pub auth_policy: AuthPolicy,
    /// `4.0` unless there is a reason.
    pub enrollment_version: String,
    pub policy_url: String,
    pub enrollment_url: String,
    /// With [`AuthPolicy::Federated`] only.
    pub authentication_url: Option<String>,
}

/// The answer to a Discover request, as one SOAP envelope to be sent with its length.
pub fn write_response(relates_to: &MessageId, response: &DiscoverResponse) -> Vec<u8> {
    write_answer(
        ANSWER,
        relates_to,
        &Activity::Correlated,
        |_| {},
        |w| {
            w.element("DiscoverResponse", &[("xmlns", NAMESPACE)], |w| {
                w.element("DiscoverResult", &[], |w| {
                    w.text("AuthPolicy", &[], response.auth_policy.name());
                    w.text("EnrollmentVersion", &[], &response.enrollment_version);
                    w.text("EnrollmentPolicyServiceUrl", &[], &response.policy_url);
                    w.text("EnrollmentServiceUrl", &[], &response.enrollment_url);
                    if let Some(url) = &response.authentication_url {
                        w.text("AuthenticationServiceUrl", &[], url);
                    }
                });
            });
        },
    )
}
