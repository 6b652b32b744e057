use crate::{Cipher, Digest, MessageType};

/// A keyword of GetCACaps (RFC 8894 §3.5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// AES-128-CBC.
    Aes,
    /// Triple DES.
    Des3,
    /// The CA answers GetNextCACert.
    GetNextCaCert,
    /// PKIOperation may be POSTed.
    PostPkiOperation,
    /// The CA takes RenewalReq.
    Renewal,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384: no keyword of RFC 8894, though strongSwan knows it, and 5.9.8 sees AES only where it stands.
    Sha384,
    /// SHA-512.
    Sha512,
    /// AES, SHA-256 and POST together.
    ScepStandard,
    /// The CA may be updated by UpdateCA of older drafts: read, never acted on.
    Update,
}

impl Capability {
    const KEYWORDS: [(Self, &'static str); 11] = [
        (Self::Aes, "AES"),
        (Self::Des3, "DES3"),
        (Self::GetNextCaCert, "GetNextCACert"),
        (Self::PostPkiOperation, "POSTPKIOperation"),
        (Self::Renewal, "Renewal"),
        (Self::Sha1, "SHA-1"),
        (Self::Sha256, "SHA-256"),
        (Self::Sha384, "SHA-384"),
        (Self::Sha512, "SHA-512"),
        (Self::ScepStandard, "SCEPStandard"),
        (Self::Update, "Update"),
    ];

    /// The keyword as it stands on the wire.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        Self::KEYWORDS
            .iter()
            .find(|(capability, _)| *capability == self)
            .map_or("", |(_, keyword)| keyword)
    }
}

/// What a CA says that it can do: the body of GetCACaps.
///
/// An empty list is valid: servers before GetCACaps, and NDES of 2008, say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities(Vec<Capability>);

impl Capabilities {
    /// These capabilities, in this order.
    #[must_use]
    pub fn new(capabilities: impl IntoIterator<Item = Capability>) -> Self {
        Self(capabilities.into_iter().collect())
    }

    /// Reads a body: one keyword a line, any letter case, any line ending; unknown keywords are passed over
    /// (RFC 8894 §3.5.2 wants that). Never fails: a page of HTML has no keywords.
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body.get(..4096).unwrap_or(body)).into_owned();
        let known = |line: &str| {
            let keywords = Capability::KEYWORDS.iter();
            keywords
                .clone()
                .find(|(_, keyword)| keyword.eq_ignore_ascii_case(line))
                .map(|(known, _)| *known)
        };
        Self(
            text.split(['\r', '\n', ' ', '\t', '\0'])
                .filter_map(known)
                .collect(),
        )
    }

    /// The body: one keyword a line.
    #[must_use]
    pub fn to_body(&self) -> Vec<u8> {
        self.0
            .iter()
            .flat_map(|capability| [capability.keyword(), "\n"])
            .collect::<String>()
            .into_bytes()
    }

    /// Whether it is listed, or contained in SCEPStandard (RFC 8894 §3.5.2: AES, SHA-256 and POST).
    #[must_use]
    pub fn has(&self, capability: Capability) -> bool {
        use Capability::{Aes, PostPkiOperation, ScepStandard, Sha256};
        let implied = matches!(capability, Aes | Sha256 | PostPkiOperation) && self.0.contains(&ScepStandard);
        implied || self.0.contains(&capability)
    }

    /// The listed capabilities.
    pub fn iter(&self) -> impl Iterator<Item = Capability> + '_ {
        self.0.iter().copied()
    }

    /// The strongest cipher that both sides have: AES-256 is not in the list of keywords, so AES-128, else
    /// triple DES (RFC 8894 §3.5.2 has triple DES as the least).
    #[must_use]
    pub fn cipher(&self) -> Cipher {
        if self.has(Capability::Aes) {
            Cipher::Aes128
        } else {
            Cipher::Des3
        }
    }

    /// The kind of message that renews here (RFC 8894 §3.5.2): a RenewalReq where [`Capability::Renewal`] is listed,
    /// else a PKCSReq signed by the old certificate. Whether to renew at all with a CA that doesn't list it is the
    /// client's decision: such a CA may want a challenge again.
    #[must_use]
    pub fn renewal_message_type(&self) -> MessageType {
        if self.has(Capability::Renewal) {
            MessageType::RenewalReq
        } else {
            MessageType::PkcsReq
        }
    }

    /// The digest to sign with: SHA-512 only where SHA-256 isn't offered, else SHA-256. A CA that offers neither
    /// gets SHA-256 all the same: the list isn't signed, and whoever shortens it shall not get SHA-1. A client that
    /// knows its CA to be that old chooses with [`Enrolment::with_digest`](crate::Enrolment::with_digest).
    #[must_use]
    pub fn digest(&self) -> Digest {
        let only_sha512 = self.has(Capability::Sha512) && !self.has(Capability::Sha256);
        if only_sha512 {
            Digest::Sha512
        } else {
            Digest::Sha256
        }
    }
}
