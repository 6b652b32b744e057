use crate::asn1::{self, Value};
use crate::attributes::Attribute;
use crate::certificate::{PublicKeyInfo, Signed};
use crate::{Error, SecretText};

/// A PKCS#10 as received (RFC 2986 §4).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Csr<'a> {
    pub(crate) der: &'a [u8],
    subject: &'a [u8],
    key: PublicKeyInfo<'a>,
    attributes: Option<Value<'a>>,
}

impl<'a> Csr<'a> {
    /// Reads the structure; what follows it (line ends) is cut off.
    pub(crate) fn read(octets: &'a [u8]) -> Result<Self, Error> {
        const WHAT: &str = "certification request";
        let whole = asn1::read(octets, WHAT)?;
        let outer = Signed::read(whole, WHAT)?;
        let mut parts = outer.signed.within(asn1::SEQUENCE, WHAT)?;
        parts.expect(asn1::INTEGER)?;
        let subject = parts.expect(asn1::SEQUENCE)?.whole;
        let key = PublicKeyInfo::read(&mut parts)?;
        // RFC 2986 has it always; some clients leave an empty set out.
        let attributes = parts.optional(asn1::CONSTRUCTED_0)?;
        parts.end()?;
        Ok(Self {
            der: whole.whole,
            subject,
            key,
            attributes,
        })
    }

    /// The X.501 Name.
    pub(crate) fn subject(&self) -> &'a [u8] {
        self.subject
    }

    /// The content of the subjectPublicKey BIT STRING.
    pub(crate) fn public_key(&self) -> &'a [u8] {
        self.key.key
    }

    /// The challengePassword. There may be other attributes beside it that can't be read.
    pub(crate) fn challenge(&self) -> Option<SecretText> {
        let mut all = self.attributes?.within(asn1::CONSTRUCTED_0, "attributes").ok()?;
        while !all.is_empty() {
            let Ok(attribute) = Attribute::read(all.any().ok()?) else {
                continue;
            };
            if asn1::CHALLENGE_PASSWORD.is(attribute.kind) {
                return asn1::text(attribute.first()?).map(SecretText::new);
            }
        }
        None
    }
}
