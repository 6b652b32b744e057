//! The management tree of a device: its nodes, and what a server's commands do to them.

mod atomic;
mod execute;
mod order;
mod run;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use execute::{Answer, answer};
pub use order::EnrolOrder;
pub use table::{Format, Row, SCEP, SCEP_ROWS, kind};

/// Nodes by path; paths begin `./Vendor/…`, `./DevInfo` or `./DevDetail`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Tree {
    nodes: BTreeMap<String, Leaf>,
}

/// A node's value; an interior node's is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    pub format: Format,
    pub value: String,
}

/// What the device must do after a message, beyond its tree.
#[derive(Debug)]
pub enum Effect {
    /// A certificate was added to a store of trusted ones.
    Trust {
        store: TrustStore,
        sha1: String,
        der: Vec<u8>,
    },
    Distrust {
        store: TrustStore,
        sha1: String,
    },
    /// An enrolment begins.
    Enrol(Box<EnrolOrder>),
    /// A `{UniqueID}` was deleted, and its certificate with it.
    Forget {
        unique_id: String,
    },
    /// The poll schedule was replaced: it starts anew.
    PollChanged,
    /// The server ends the management; no answer is sent.
    Unenrol,
}

/// Where a trusted certificate lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustStore {
    Root,
    Intermediate,
}

const TPM_VERSION: &str = "./Vendor/MSFT/DeviceStatus/TPM/SpecificationVersion";
/// The value of DeviceStatus where there is nothing to tell of (its DDF).
const NOT_AVAILABLE: &str = "Not available";

impl Tree {
    /// What `DeviceStatus` says of Windows 11 Pro (48 of GetProductInfo) and of the TPM. Microsoft, DeviceStatus CSP.
    pub fn set_hardware(&mut self, has_tpm: bool) {
        let told = |text| if has_tpm { text } else { NOT_AVAILABLE };
        for (path, value) in [
            ("./Vendor/MSFT/DeviceStatus/OS/Edition", "48"),
            (TPM_VERSION, told("2.0")),
            ("./Vendor/MSFT/DeviceStatus/TPM/ManufacturerIdTxt", told("INTC")),
            (
                "./Vendor/MSFT/DeviceStatus/TPM/ManufacturerVersion",
                told("600.18.32.0"),
            ),
        ] {
            self.set(path, Format::Chr, value);
        }
    }

    /// Sets a value without asking the table.
    pub fn set(&mut self, path: impl Into<String>, format: Format, value: impl Into<String>) {
        self.nodes.insert(
            path.into(),
            Leaf {
                format,
                value: value.into(),
            },
        );
    }

    /// The value at a path.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<&str> {
        self.nodes.get(path).map(|leaf| leaf.value.as_str())
    }

    /// The node at a path.
    #[must_use]
    pub fn leaf(&self, path: &str) -> Option<&Leaf> {
        self.nodes.get(path)
    }

    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.nodes.contains_key(path) || self.below(path).next().is_some()
    }

    /// Removes a node with all below it; says whether there was one.
    pub fn remove(&mut self, path: &str) -> bool {
        let doomed: Vec<String> = self.below(path).map(str::to_owned).collect();
        let was_there = self.nodes.remove(path).is_some();
        doomed.iter().for_each(|path| {
            self.nodes.remove(path);
        });
        was_there || !doomed.is_empty()
    }

    /// The names right below a path.
    #[must_use]
    pub fn children(&self, path: &str) -> BTreeSet<String> {
        self.below(path)
            .filter_map(|found| found.get(path.len() + 1..)?.split('/').next())
            .map(str::to_owned)
            .collect()
    }

    fn below<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a str> {
        self.nodes
            .range(path.to_owned()..)
            .map(|(found, _)| found.as_str())
            .take_while(move |found| found.starts_with(path))
            .filter(move |found| found.as_bytes().get(path.len()) == Some(&b'/'))
    }

    /// The value below a `{UniqueID}`, e.g. `Install/KeyLength`.
    #[must_use]
    pub fn scep(&self, unique_id: &str, name: &str) -> Option<&str> {
        self.value(&format!("{SCEP}/{unique_id}/{name}"))
    }

    /// Says how an enrolment stands: `Status` and `ErrorCode` of a node that is still there.
    pub fn set_scep_state(&mut self, unique_id: &str, status: u32, error_code: i32) {
        let node = format!("{SCEP}/{unique_id}");
        if self.contains(&node) {
            self.set(format!("{node}/Status"), Format::Int, status.to_string());
            self.set(format!("{node}/ErrorCode"), Format::Int, error_code.to_string());
        }
    }

    /// Sets `CertThumbprint` or `RespondentServerUrl` of a node that is still there.
    pub fn set_scep_text(&mut self, unique_id: &str, name: &str, value: &str) {
        let node = format!("{SCEP}/{unique_id}");
        if self.contains(&node) {
            self.set(format!("{node}/{name}"), Format::Chr, value);
        }
    }

    /// The `{UniqueID}`s that a server made.
    #[must_use]
    pub fn scep_nodes(&self) -> BTreeSet<String> {
        self.children(SCEP)
    }
}

/// The path of a node by the URI that a server wrote, or the status that refuses it.
///
/// # Errors
/// 404 for a URI that no node can have, 500 for the user's tree: laboratory devices aren't joined
/// to Entra, and Windows answers so without a user that counts.
pub fn place(uri: &str) -> Result<String, u16> {
    if uri == "./User" || uri.starts_with("./User/") {
        return Err(500);
    }
    let path = match uri.strip_prefix("./Device/Vendor/") {
        Some(rest) => format!("./Vendor/{rest}"),
        None if uri.starts_with("./") => uri.to_owned(),
        None => return Err(404),
    };
    Ok(fold(&path))
}

/// Store names of the CertificateStore CSP appear as `MY` and `My`; hashes in either case.
fn fold(path: &str) -> String {
    let path = path.replace("/CertificateStore/MY/", "/CertificateStore/My/");
    let holds_hashes = path.starts_with("./Vendor/MSFT/RootCATrustedCertificates/")
        || path.starts_with("./Vendor/MSFT/CertificateStore/My/");
    let segments: Vec<String> = path
        .split('/')
        .map(|segment| {
            let is_hash = segment.len() == 40 && segment.bytes().all(|byte| byte.is_ascii_hexdigit());
            if holds_hashes && is_hash {
                segment.to_ascii_uppercase()
            } else {
                segment.to_owned()
            }
        })
        .collect();
    segments.join("/")
}
