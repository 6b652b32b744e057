//! Answers of the enrolment server.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node, ParsingOptions};
use thiserror::Error;
use url::Url;

const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
const ENROLLMENT: &str = "http://schemas.microsoft.com/windows/management/2012/01/enrollment";
const POLICY: &str = "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy";
const TRUST: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
const SECURITY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const PROVISIONING: &str =
    "http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentProvisionDoc";

/// Why an answer brings nothing.
#[derive(Debug, Error, PartialEq, Eq, Clone)]
pub enum Problem {
    /// The server said no, with the last part of its subcode.
    #[error("the server refused with {0}")]
    Fault(String),
    #[error("the answer can't be used: {0}")]
    Unusable(String),
}

impl Problem {
    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Fault(code) => {
                matches!(
                    code.as_str(),
                    "EnrollmentServer" | "InternalServiceFault" | "InMaintenance"
                )
            }
            Self::Unusable(_) => false,
        }
    }
}

/// Where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// Without one the client goes straight to the enrolment service.
    pub policy_service: Option<Url>,
    pub enrolment_service: Url,
}

/// What the certificate request must be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub key_length: u32,
    /// Dotted; none when the policy doesn't say, which means SHA-1.
    pub hash: Option<String>,
}

/// Reads a DiscoverResponse.
///
/// # Errors
/// A fault, another mode than OnPremise, addresses that aren't https or not on one host.
pub fn discovered(body: &[u8], message_id: &str) -> Result<Discovered, Problem> {
    let text = text(body)?;
    let document = parse(text)?;
    let action = format!("{ENROLLMENT}/IDiscoveryService/DiscoverResponse");
    let result = answer(&document, &action, message_id)?
        .descendants()
        .find(|node| node.has_tag_name((ENROLLMENT, "DiscoverResult")))
        .ok_or_else(|| unusable("no DiscoverResult"))?;
    let field = |name| inner(result, ENROLLMENT, name);
    if field("AuthPolicy").as_deref() != Some("OnPremise") {
        return Err(unusable("the AuthPolicy isn't OnPremise"));
    }
    if field("EnrollmentVersion").is_none() {
        return Err(unusable("no EnrollmentVersion"));
    }
    let policy_service = field("EnrollmentPolicyServiceUrl")
        .map(|url| secure(&url))
        .transpose()?;
    let service = field("EnrollmentServiceUrl").ok_or_else(|| unusable("no EnrollmentServiceUrl"))?;
    let enrolment_service = secure(&service)?;
    if policy_service
        .as_ref()
        .is_some_and(|url| url.host_str() != enrolment_service.host_str())
    {
        return Err(unusable("policy and enrolment service aren't on one host"));
    }
    Ok(Discovered {
        policy_service,
        enrolment_service,
    })
}

/// Reads a GetPoliciesResponse.
///
/// # Errors
/// A fault, no policy, a schema other than 3.
pub fn policies(body: &[u8], message_id: &str) -> Result<Policy, Problem> {
    let text = text(body)?;
    let document = parse(text)?;
    let answer = answer(
        &document,
        &format!("{POLICY}/IPolicy/GetPoliciesResponse"),
        message_id,
    )?;
    let attributes = answer
        .descendants()
        .find(|node| node.has_tag_name((POLICY, "attributes")))
        .ok_or_else(|| unusable("no policy"))?;
    if inner(attributes, POLICY, "policySchema").as_deref() != Some("3") {
        return Err(unusable("the policySchema isn't 3"));
    }
    let key_length = attributes
        .descendants()
        .find(|node| node.has_tag_name((POLICY, "minimalKeyLength")))
        .and_then(|node| node.text()?.trim().parse().ok())
        .ok_or_else(|| unusable("no minimalKeyLength"))?;
    let reference = inner(attributes, POLICY, "hashAlgorithmOIDReference");
    let hash = reference.and_then(|reference| {
        let mut known = answer
            .descendants()
            .filter(|node| node.has_tag_name((POLICY, "oID")));
        let oid =
            known.find(|node| inner(*node, POLICY, "oIDReferenceID").as_deref() == Some(reference.as_str()));
        inner(oid?, POLICY, "value")
    });
    Ok(Policy { key_length, hash })
}

/// Reads a RequestSecurityTokenResponseCollection: the provisioning document as text.
///
/// # Errors
/// A fault, or no document of the right type.
pub fn issued(body: &[u8], message_id: &str) -> Result<String, Problem> {
    let text = text(body)?;
    let document = parse(text)?;
    let action = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RSTRC/wstep";
    let answer = answer(&document, action, message_id)?;
    let token = answer
        .children()
        .find(|node| node.has_tag_name((TRUST, "RequestSecurityTokenResponseCollection")))
        .and_then(|node| {
            node.descendants()
                .find(|node| node.has_tag_name((TRUST, "RequestedSecurityToken")))
        })
        .and_then(|node| {
            node.children()
                .find(|node| node.has_tag_name((SECURITY, "BinarySecurityToken")))
        })
        .ok_or_else(|| unusable("no BinarySecurityToken"))?;
    if token.attribute("ValueType") != Some(PROVISIONING) {
        return Err(unusable("the token isn't a provisioning document"));
    }
    let encoded: String = token.text().unwrap_or_default().split_whitespace().collect();
    let decoded = STANDARD
        .decode(encoded)
        .map_err(|_| unusable("the token isn't base64"))?;
    String::from_utf8(decoded).map_err(|_| unusable("the provisioning document isn't UTF-8"))
}

fn text(body: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(body).map_err(|_| unusable("it isn't UTF-8"))
}

fn parse(text: &str) -> Result<Document<'_>, Problem> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: 5_000,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| unusable(&error.to_string()))
}

/// The body, once the header fits.
fn answer<'a, 'i>(
    document: &'a Document<'i>,
    action: &str,
    message_id: &str,
) -> Result<Node<'a, 'i>, Problem> {
    let root = document.root_element();
    if !root.has_tag_name((SOAP, "Envelope")) {
        return Err(unusable("it isn't a SOAP 1.2 envelope"));
    }
    let part = |name| root.children().find(|node| node.has_tag_name((SOAP, name)));
    let body = part("Body").ok_or_else(|| unusable("no Body"))?;
    if let Some(fault) = body.children().find(|node| node.has_tag_name((SOAP, "Fault"))) {
        return Err(Problem::Fault(subcode(fault)));
    }
    let header = part("Header").ok_or_else(|| unusable("no Header"))?;
    if inner(header, ADDRESSING, "Action").as_deref() != Some(action) {
        return Err(unusable("another Action"));
    }
    if inner(header, ADDRESSING, "RelatesTo").as_deref() != Some(message_id) {
        return Err(unusable("RelatesTo isn't the request's MessageID"));
    }
    Ok(body)
}

fn subcode(fault: Node<'_, '_>) -> String {
    // An ErrorType in the detail is more exact than the subcode.
    let detail = fault
        .descendants()
        .find(|node| node.tag_name().name() == "ErrorType");
    let code = fault
        .descendants()
        .find(|node| node.has_tag_name((SOAP, "Subcode")))
        .and_then(|node| node.descendants().find(|node| node.has_tag_name((SOAP, "Value"))));
    let text = detail
        .or(code)
        .and_then(|node| node.text())
        .unwrap_or("no subcode")
        .trim();
    text.rsplit(':').next().unwrap_or(text).to_owned()
}

fn inner(node: Node<'_, '_>, namespace: &str, name: &str) -> Option<String> {
    let child = node
        .children()
        .find(|child| child.has_tag_name((namespace, name)))?;
    child
        .text()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn secure(text: &str) -> Result<Url, Problem> {
    let url = Url::parse(text).map_err(|_| unusable("a service has no address"))?;
    if url.scheme() == "https" {
        Ok(url)
    } else {
        Err(unusable("a service isn't https"))
    }
}

fn unusable(reason: &str) -> Problem {
    Problem::Unusable(reason.to_owned())
}
