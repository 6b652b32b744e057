//! Reads the provisioning document that ends an enrolment, as strictly as a device would.

mod account;
mod certificates;
mod settings;

use roxmltree::{Document, Node, ParsingOptions};
use thiserror::Error;

use super::tree::{Format, TrustStore};

/// Why a device doesn't take the document.
#[derive(Debug, Error, PartialEq, Eq, Clone)]
#[error("the provisioning document is refused: {0}")]
pub struct Refusal(pub String);

/// What a document brings.
#[derive(Debug, Clone)]
pub struct Provisioning {
    pub account: Account,
    pub identity: Identity,
    pub trusted: Vec<Trusted>,
    /// Paths, formats and values for the management tree.
    pub nodes: Vec<(String, Format, String)>,
}

/// The `w7` APPLICATION.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Account {
    pub provider_id: String,
    /// Where the management server is, as it was written.
    pub address: String,
    /// CONNRETRYFREQ: how often a message is sent again.
    pub retries: u32,
    /// INITIALBACKOFFTIME and MAXBACKOFFTIME, milliseconds.
    pub backoff: (u32, u32),
}

/// The device's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Upper-case hex.
    pub sha1: String,
    pub der: Vec<u8>,
}

/// A certificate for a store of trusted ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    pub store: TrustStore,
    pub sha1: String,
    pub der: Vec<u8>,
}

/// Reads a document.
///
/// # Errors
/// Everything that the facts say a device, or its documentation, wants and the document lacks.
pub fn read(text: &str) -> Result<Provisioning, Refusal> {
    let top = whole(text)?;
    for part in &top.parts {
        // Nothing else is allowed at enrolment; EnterpriseAppManagement went with Windows 10.
        if !matches!(
            part.kind.as_str(),
            "CertificateStore" | "APPLICATION" | "DMClient"
        ) {
            return Err(refuse(format!("{} isn't allowed at enrolment", part.kind)));
        }
    }
    let applications: Vec<&Characteristic> = top.named("APPLICATION").collect();
    let [application] = applications.as_slice() else {
        return Err(refuse("it wants exactly one APPLICATION"));
    };
    let stores: Vec<&Characteristic> = top.named("CertificateStore").collect();
    let identity = certificates::identity(&stores)?;
    let account = account::read(application, &identity)?;
    let mut nodes = settings::renewal(&stores)?;
    for client in top.named("DMClient") {
        nodes.extend(settings::client(client, &account.provider_id)?);
    }
    Ok(Provisioning {
        trusted: certificates::trusted(&stores)?,
        account,
        identity,
        nodes,
    })
}

/// Reads the document of a renewal: the new certificate, and the provider it is for.
///
/// # Errors
/// Whatever else stands in it, another provider, not exactly one certificate.
pub fn renewed(text: &str, provider_id: &str) -> Result<Identity, Refusal> {
    let top = whole(text)?;
    let (mut stores, mut applications) = (Vec::new(), Vec::new());
    for part in &top.parts {
        match part.kind.as_str() {
            "CertificateStore" => stores.push(part),
            "APPLICATION" => applications.push(part),
            other => return Err(refuse(format!("{other} has no place in a renewal"))),
        }
    }
    let [application] = applications.as_slice() else {
        return Err(refuse("it wants exactly one APPLICATION"));
    };
    if application.wanted("PROVIDER-ID")? != provider_id {
        return Err(refuse("PROVIDER-ID is another"));
    }
    certificates::renewed(&stores)
}

fn whole(text: &str) -> Result<Characteristic, Refusal> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: 5_000,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| refuse(error.to_string()))?;
    let root = document.root_element();
    if !root.has_tag_name("wap-provisioningdoc") || root.attribute("version") != Some("1.1") {
        return Err(refuse("it isn't a wap-provisioningdoc of version 1.1"));
    }
    Characteristic::read(root, 0)
}

fn refuse(reason: impl Into<String>) -> Refusal {
    Refusal(reason.into())
}

/// An element `characteristic`, or the document itself.
#[derive(Debug)]
struct Characteristic {
    kind: String,
    values: Vec<Parameter>,
    parts: Vec<Characteristic>,
}

/// An element `parm`.
#[derive(Debug)]
struct Parameter {
    name: String,
    value: Option<String>,
    datatype: Option<String>,
}

impl Characteristic {
    fn read(node: Node<'_, '_>, depth: usize) -> Result<Self, Refusal> {
        if depth > 8 {
            return Err(refuse("it is nested too deeply"));
        }
        let mut found = Self {
            kind: node.attribute("type").unwrap_or_default().to_owned(),
            values: Vec::new(),
            parts: Vec::new(),
        };
        for child in node.children().filter(Node::is_element) {
            let attribute = |name| child.attribute(name).map(str::to_owned);
            if child.has_tag_name("parm") {
                let name = attribute("name").ok_or_else(|| refuse("a parm has no name"))?;
                let (value, datatype) = (attribute("value"), attribute("datatype"));
                found.values.push(Parameter {
                    name,
                    value,
                    datatype,
                });
            } else if child.has_tag_name("characteristic") && child.has_attribute("type") {
                found.parts.push(Self::read(child, depth + 1)?);
            } else {
                return Err(refuse(format!(
                    "an element {} that doesn't belong there",
                    child.tag_name().name()
                )));
            }
        }
        Ok(found)
    }

    fn named<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Self> {
        self.parts.iter().filter(move |part| part.kind == kind)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|value| value.name == name)?
            .value
            .as_deref()
    }

    fn wanted(&self, name: &str) -> Result<&str, Refusal> {
        self.value(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| refuse(format!("{name} is missing in {}", self.kind)))
    }
}

impl Parameter {
    /// Checks the datatype, which has to be explicit for numbers and truth values.
    fn typed(&self, format: Format) -> Result<String, Refusal> {
        let value = self.value.clone().unwrap_or_default();
        let is_right = match (format, self.datatype.as_deref()) {
            (Format::Int, Some("integer")) => value.parse::<u32>().is_ok(),
            (Format::Bool, Some("boolean")) => matches!(value.as_str(), "true" | "false"),
            (Format::Chr, None | Some("string")) => true,
            _ => false,
        };
        let Self { name, .. } = self;
        if is_right {
            Ok(value)
        } else {
            Err(refuse(format!("{name} lacks its datatype, or isn't of it")))
        }
    }
}
