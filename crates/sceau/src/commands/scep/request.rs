//! What a certificate is asked for: names and usages, and the PKCS#10 of them.

use std::net::IpAddr;

use clap::{Args, ValueEnum};
use scep::{CsrBuilder, Digest, Error, ExtendedKeyUsage, GeneralName, KeyUsage, RsaKey};
use zeroize::Zeroizing;

use super::Failure;

/// Flags of what is asked for.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// A DNS name
    #[arg(long, value_name = "NAME")]
    dns: Vec<String>,
    /// An e-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Vec<String>,
    /// A URI
    #[arg(long, value_name = "URI")]
    uri: Vec<String>,
    /// A user principal name, name@domain
    #[arg(long, value_name = "UPN")]
    upn: Vec<String>,
    /// An IP address
    #[arg(long, value_name = "ADDRESS")]
    ip: Vec<IpAddr>,
    /// Key usages, separated by commas; `none` asks for none
    #[arg(long, value_enum, value_delimiter = ',', value_name = "USAGE")]
    usage: Vec<UsageName>,
    /// Extended key usages, separated by commas: client-auth, server-auth, email, smartcard-logon, or an OID
    #[arg(long, value_delimiter = ',', value_name = "USAGE", value_parser = extended_usage)]
    eku: Vec<ExtendedKeyUsage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum UsageName {
    None,
    DigitalSignature,
    NonRepudiation,
    KeyEncipherment,
    DataEncipherment,
    KeyAgreement,
}

impl UsageName {
    /// RFC 5280 §4.2.1.3: the bits, the first one highest.
    fn bit(self) -> u8 {
        match self {
            Self::None => 0,
            Self::DigitalSignature => 0x80,
            Self::NonRepudiation => 0x40,
            Self::KeyEncipherment => 0x20,
            Self::DataEncipherment => 0x10,
            Self::KeyAgreement => 0x08,
        }
    }
}

fn extended_usage(text: &str) -> Result<ExtendedKeyUsage, String> {
    let dotted = match text {
        "client-auth" => "1.3.6.1.5.5.7.3.2",
        "server-auth" => "1.3.6.1.5.5.7.3.1",
        "code-signing" => "1.3.6.1.5.5.7.3.3",
        "email" => "1.3.6.1.5.5.7.3.4",
        "smartcard-logon" => "1.3.6.1.4.1.311.20.2.2",
        other => other,
    };
    ExtendedKeyUsage::new(dotted).map_err(|_| {
        "give client-auth, server-auth, code-signing, email, smartcard-logon, or an OID".to_owned()
    })
}

/// What stands in a request beside its subject.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) names: Vec<GeneralName>,
    pub(super) usage: Option<KeyUsage>,
    pub(super) extended: Vec<ExtendedKeyUsage>,
}

impl Wanted {
    /// The names in the order of their kinds.
    pub(super) fn names(&self) -> Vec<GeneralName> {
        let texts = [
            (&self.dns, GeneralName::Dns as fn(String) -> GeneralName),
            (&self.email, GeneralName::Email),
            (&self.uri, GeneralName::Uri),
            (&self.upn, GeneralName::Upn),
        ];
        let texts = texts
            .into_iter()
            .flat_map(|(all, kind)| all.iter().cloned().map(kind));
        texts
            .chain(self.ip.iter().copied().map(GeneralName::Ip))
            .collect()
    }

    /// The usages that were named, if any were.
    pub(super) fn usage(&self) -> Option<Option<KeyUsage>> {
        if self.usage.is_empty() {
            return None;
        }
        let bits = self.usage.iter().fold(0, |bits, usage| bits | usage.bit());
        Some((bits != 0).then_some(KeyUsage(bits)))
    }

    pub(super) fn extended(&self) -> Vec<ExtendedKeyUsage> {
        self.eku.clone()
    }

    /// For a first certificate: digitalSignature and keyEncipherment unless others were named.
    pub(super) fn contents(&self) -> Contents {
        Contents {
            names: self.names(),
            usage: self.usage().unwrap_or(Some(KeyUsage::BOTH)),
            extended: self.extended(),
        }
    }
}

/// The PKCS#10 (DER).
pub(super) fn build(
    subject: &[u8],
    contents: &Contents,
    challenge: Option<&Zeroizing<String>>,
    digest: Digest,
    key: &RsaKey,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut builder = CsrBuilder::new(subject).digest(digest);
    if let Some(challenge) = challenge {
        builder = builder.challenge(challenge);
    }
    for name in &contents.names {
        builder = builder.name(name.clone());
    }
    if let Some(usage) = contents.usage {
        builder = builder.key_usage(usage);
    }
    for usage in &contents.extended {
        builder = builder.extended_key_usage(usage.clone());
    }
    builder
        .build(key)
        .map(Zeroizing::new)
        .map_err(|error| match error {
            Error::NotPrintable("challenge") => {
                Failure::usage("the challenge holds a character that SCEP can't carry")
                    .and("Windows takes A-Z a-z 0-9 blank ' ( ) + , - . / : = ? alone.")
            }
            Error::Algorithm(_) => {
                Failure::usage("requests aren't signed with this digest here: see --digest")
            }
            other => Failure::usage(format!("the request can't be written: {other}")),
        })
}
