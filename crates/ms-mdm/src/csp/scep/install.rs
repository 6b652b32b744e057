use super::{ScepNode, Scope, UniqueId};
use crate::Error;
use crate::csp::certificates::hex;
use crate::syncml::{CmdId, Command, Format};
use std::fmt;
use zeroize::Zeroizing;

/// Where the key is made and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyProtection {
    /// 1: in the TPM; fails without one.
    Tpm,
    /// 2: in the TPM where there is one.
    TpmIfPresent,
    /// 3, Windows' default: in software.
    Software,
}

impl KeyProtection {
    pub fn number(self) -> u8 {
        match self {
            Self::Tpm => 1,
            Self::TpmIfPresent => 2,
            Self::Software => 3,
        }
    }
}

/// A family of hashes that Windows may sign its request with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    Sha1,
    Sha2,
    Sha3,
}

impl HashAlgorithm {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha2 => "SHA-2",
            Self::Sha3 => "SHA-3",
        }
    }
}

/// The unit of a validity that is wished for; the CA decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValidPeriod {
    Days,
    Months,
    Years,
}

impl ValidPeriod {
    pub fn name(self) -> &'static str {
        match self {
            Self::Days => "Days",
            Self::Months => "Months",
            Self::Years => "Years",
        }
    }
}

/// One delivery, with everything that Windows requires. Debug prints neither the challenge nor the address,
/// which may hold a token.
#[derive(Clone, PartialEq, Eq)]
pub struct ScepInstall {
    pub scope: Scope,
    /// Never used before on this device: an existing node answers 418 and undoes the whole Atomic.
    pub unique_id: UniqueId,
    /// Without `/pkiclient.exe`, which Windows adds; several are joined with `;`.
    pub server_url: String,
    /// Plain text, PrintableString characters only.
    pub challenge: Zeroizing<String>,
    /// Dotted object identifiers, at least one.
    pub eku_oids: Vec<String>,
    /// Bits: 32 keyEncipherment, 128 digitalSignature; at least one of the two.
    pub key_usage: u32,
    /// X.500 text, values quoted where they must be.
    pub subject_name: String,
    pub key_protection: KeyProtection,
    /// Minutes between questions after the CA said PENDING, at least 1. Not seconds.
    pub retry_delay_minutes: u32,
    /// How often to ask after PENDING, 0 to 30.
    pub retry_count: u32,
    /// RSA: 1024, 2048 or 4096.
    pub key_length: u32,
    pub hash_algorithms: Vec<HashAlgorithm>,
    /// SHA-1 of a certificate of GetCACert.
    pub ca_thumbprint_sha1: [u8; 20],
    /// `type+value;type+value`, empty for none.
    pub subject_alternative_names: String,
    /// A wish, with how many of the unit.
    pub valid_period: Option<(ValidPeriod, u32)>,
}

impl fmt::Debug for ScepInstall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ScepInstall")
            .field("unique_id", &self.unique_id)
            .field("subject_name", &self.subject_name)
            .finish_non_exhaustive()
    }
}

impl ScepInstall {
    pub fn node(&self) -> ScepNode {
        ScepNode::new(self.scope, self.unique_id.clone())
    }

    /// The one Atomic that creates the node, fills it and starts the enrolment, Exec last. Ids are taken for the
    /// Atomic first, then for its members in order. An error names the first value that Windows would refuse.
    pub fn command(&self, mut next_id: impl FnMut() -> CmdId) -> Result<Command, Error> {
        self.check()?;
        let node = self.node();
        let atomic_id = next_id();
        let mut commands = vec![Command::add_node(next_id(), &node.uri())];
        for (name, format, value) in self.parameters() {
            commands.push(Command::add(next_id(), &node.install_uri(name), format, &value));
        }
        commands.push(Command::exec(
            next_id(),
            &node.install_uri("Enroll"),
            Format::Null,
            None,
        ));
        Ok(Command::atomic(atomic_id, commands))
    }

    /// What Windows refuses without a word, or only after the Atomic was acknowledged.
    pub fn check(&self) -> Result<(), Error> {
        let rules = [
            (!self.server_url.is_empty(), "ServerURL", "it is empty"),
            (!self.challenge.is_empty(), "Challenge", "it is empty"),
            (
                self.challenge.chars().all(is_printable_string),
                "Challenge",
                "it has a character that Windows refuses",
            ),
            (!self.eku_oids.is_empty(), "EKUMapping", "it is empty"),
            (
                self.eku_oids.iter().all(|oid| is_dotted(oid)),
                "EKUMapping",
                "it is not an object identifier",
            ),
            (
                self.key_usage & 0xA0 != 0,
                "KeyUsage",
                "it has neither digitalSignature nor keyEncipherment",
            ),
            (!self.subject_name.trim().is_empty(), "SubjectName", "it is empty"),
            (
                self.retry_delay_minutes >= 1,
                "RetryDelay",
                "it is less than a minute",
            ),
            (self.retry_count <= 30, "RetryCount", "it is more than 30"),
            (
                matches!(self.key_length, 1024 | 2048 | 4096),
                "KeyLength",
                "it is not 1024, 2048 or 4096",
            ),
            (!self.hash_algorithms.is_empty(), "HashAlgorithm", "it is empty"),
        ];
        match rules.into_iter().find(|(is_kept, ..)| !is_kept) {
            Some((_, what, why)) => Err(Error::invalid(what, why)),
            None => Ok(()),
        }
    }

    fn parameters(&self) -> Vec<(&'static str, Format, Zeroizing<String>)> {
        let hashes: Vec<_> = self.hash_algorithms.iter().map(|hash| hash.name()).collect();
        let text = |name, value: &str| (name, Format::Chr, Zeroizing::new(value.to_owned()));
        let number = |name, value: u32| (name, Format::Int, Zeroizing::new(value.to_string()));
        let mut parameters = vec![
            text("ServerURL", &self.server_url),
            text("Challenge", &self.challenge),
            text("EKUMapping", &self.eku_oids.join("+")),
            number("KeyUsage", self.key_usage),
            text("SubjectName", &self.subject_name),
            number("KeyProtection", self.key_protection.number().into()),
            number("RetryDelay", self.retry_delay_minutes),
            number("RetryCount", self.retry_count),
            number("KeyLength", self.key_length),
            text("HashAlgorithm", &hashes.join("+")),
            text("CAThumbprint", &hex(&self.ca_thumbprint_sha1)),
        ];
        if !self.subject_alternative_names.is_empty() {
            parameters.push(text("SubjectAlternativeNames", &self.subject_alternative_names));
        }
        if let Some((unit, count)) = self.valid_period {
            parameters.push(text("ValidPeriod", unit.name()));
            parameters.push(number("ValidPeriodUnits", count));
        }
        parameters
    }
}

/// ASN.1 PrintableString (X.680): Windows puts the challenge into one, and fails without a word on the rest.
fn is_printable_string(character: char) -> bool {
    character.is_ascii_alphanumeric() || " '()+,-./:=?".contains(character)
}

fn is_dotted(oid: &str) -> bool {
    oid.contains('.')
        && oid
            .split('.')
            .all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()))
}
