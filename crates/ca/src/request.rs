//! Certificate requests (PKCS#10, RFC 2986), read the way real devices send them.

use zeroize::Zeroizing;

use crate::der::{self, Element, Reader};
use crate::issuance::{GeneralName, KeyUsage};
use crate::object_identifier::ObjectIdentifier;
use crate::text::text;
use crate::{Error, Result, public_key};

/// The largest request that is read, in octets. An RSA-8192 request with many names has 8 KiB.
const LARGEST: usize = 64 * 1024;

const COMMON_NAME: &[u8] = &[0x55, 4, 3];
/// 1.2.840.113549.1.9.7 (RFC 2985 §5.4.1).
const CHALLENGE_PASSWORD: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 7];
/// 1.2.840.113549.1.9.14 (RFC 2985 §5.4.2).
const EXTENSION_REQUEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14];
/// 1.3.6.1.4.1.311.2.1.14, Microsoft's own identifier of the same attribute.
const MICROSOFT_EXTENSIONS: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 1, 14];

pub(crate) const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
pub(crate) const SUBJECT_ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 17];
pub(crate) const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];

/// A request as it came. Nothing of it is judged by reading it: ask
/// [`signature_is_valid`](Self::signature_is_valid) before believing that the sender holds the
/// key, and take into a certificate only what your own template allows.
pub struct CertificateRequest {
    to_be_signed: Vec<u8>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    subject: Vec<u8>,
    common_name: Option<String>,
    public_key: Vec<u8>,
    challenge_password: Option<Zeroizing<String>>,
    extensions: Vec<RequestedExtension>,
    attribute_count: usize,
    passes_over_extensions: bool,
}

pub(crate) struct RequestedExtension {
    pub(crate) oid: Vec<u8>,
    /// What the extension's OCTET STRING holds; not DER in every real request.
    pub(crate) value: Vec<u8>,
}

impl CertificateRequest {
    /// Reads a request in DER. Strings need not keep the rules of their types, extensions need
    /// not hold DER, and attributes that make no sense are passed over. Blank space and NULs
    /// may follow the request.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 64 KiB, [`Error::Malformed`] when it is no request.
    pub fn read(request: &[u8]) -> Result<Self> {
        if request.len() > LARGEST {
            return Err(Error::TooLarge {
                what: "a certificate request",
                length: request.len(),
                limit: LARGEST,
            });
        }
        let what = "the certificate request";
        let mut file = Reader::new(request);
        let mut outer = file.expect(der::SEQUENCE, what)?.reader();
        if !file
            .rest()
            .iter()
            .all(|octet| matches!(octet, 0 | b'\r' | b'\n' | b' '))
        {
            return Err(Error::Malformed(what));
        }
        let info = outer.expect(der::SEQUENCE, what)?;
        let algorithm = outer.expect(der::SEQUENCE, what)?;
        let signature = outer.expect(der::BIT_STRING, what)?;

        let mut fields = info.reader();
        fields.expect(der::INTEGER, "the version of the request")?;
        let subject = fields.expect(der::SEQUENCE, "the subject of the request")?;
        let public_key = fields.expect(der::SEQUENCE, "the public key of the request")?;
        let attributes = fields.optional(0xa0);

        let mut read = Self {
            to_be_signed: info.raw.to_vec(),
            algorithm: algorithm
                .reader()
                .expect(der::OBJECT_IDENTIFIER, "the signature algorithm of the request")?
                .value
                .to_vec(),
            signature: signature
                .bits()
                .ok_or(Error::Malformed("the signature of the request"))?
                .to_vec(),
            subject: subject.raw.to_vec(),
            common_name: common_name(subject),
            public_key: public_key.raw.to_vec(),
            challenge_password: None,
            extensions: Vec::new(),
            attribute_count: 0,
            passes_over_extensions: false,
        };
        for attribute in attributes.into_iter().flat_map(Element::reader) {
            read.attribute_count += 1;
            read.take_attribute(attribute);
        }
        Ok(read)
    }

    /// Whether the request was signed by the key that it names: its proof of possession
    /// (RFC 2986 §4.2). SHA-1 counts (also as 1.3.14.3.2.29, which Windows writes): a request
    /// is no document that outlives the moment.
    pub fn signature_is_valid(&self) -> bool {
        public_key::is_signed_by(
            &self.public_key,
            &self.algorithm,
            &self.to_be_signed,
            &self.signature,
        )
    }

    /// The DER of the `SubjectPublicKeyInfo`, as it came.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// The size of the key in bits; 0 for a kind of key that isn't known here.
    pub fn key_bits(&self) -> u32 {
        public_key::strength(&self.public_key).bits()
    }

    /// The DER of the subject's `Name`, as it came.
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// The first common name without the NULs that Windows leaves at its end; octets that
    /// are no UTF-8 are read as Latin-1.
    pub fn common_name(&self) -> Option<&str> {
        self.common_name_as_sent().map(|name| name.trim_end_matches('\0'))
    }

    /// The first common name with everything that was in it.
    pub fn common_name_as_sent(&self) -> Option<&str> {
        self.common_name.as_deref()
    }

    /// The challenge password (RFC 2985 §5.4.1), whichever type of string it came in.
    pub fn challenge_password(&self) -> Option<&str> {
        self.challenge_password.as_ref().map(|password| password.as_str())
    }

    /// The key usage asked for, without keyCertSign and cRLSign: an end entity gets neither.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        let value = self.extension(KEY_USAGE)?;
        let bits = Reader::new(value).optional(der::BIT_STRING)?;
        let (_, octets) = bits.value.split_first()?;
        Some(KeyUsage::of_octets(octets).of_end_entity())
    }

    /// The extended key usages asked for, in their order; empty when none were.
    pub fn extended_key_usages(&self) -> Vec<ObjectIdentifier> {
        self.elements_of(EXTENDED_KEY_USAGE)
            .filter(|element| element.tag == der::OBJECT_IDENTIFIER)
            .map(|element| ObjectIdentifier::of(element.value))
            .collect()
    }

    /// The subject alternative names asked for, each as the DER that came.
    pub fn subject_alternative_names(&self) -> Vec<GeneralName> {
        self.elements_of(SUBJECT_ALTERNATIVE_NAME)
            .map(|element| GeneralName::Raw(element.raw.to_vec()))
            .collect()
    }

    /// What was asked for in the extension with this object identifier: the content of its
    /// OCTET STRING, which need not be DER.
    pub fn requested_extension(&self, oid: &ObjectIdentifier) -> Option<&[u8]> {
        self.extension(oid.value())
    }

    /// How many attributes came, whatever they hold.
    pub(crate) fn attribute_count(&self) -> usize {
        self.attribute_count
    }

    /// Whether anything stands where extensions are asked for that is no extension.
    pub(crate) fn passes_over_extensions(&self) -> bool {
        self.passes_over_extensions
    }

    /// The extensions of all attributes together, in their order.
    pub(crate) fn extensions(&self) -> &[RequestedExtension] {
        &self.extensions
    }

    fn extension(&self, oid: &[u8]) -> Option<&[u8]> {
        self.extensions
            .iter()
            .find(|extension| extension.oid == oid)
            .map(|extension| extension.value.as_slice())
    }

    /// The elements of an extension whose value is a SEQUENCE OF.
    fn elements_of(&self, oid: &[u8]) -> impl Iterator<Item = Element<'_>> {
        self.extension(oid)
            .and_then(|value| Reader::new(value).optional(der::SEQUENCE))
            .into_iter()
            .flat_map(Element::reader)
    }

    fn take_attribute(&mut self, attribute: Element<'_>) {
        let mut fields = attribute.reader();
        let (Some(oid), Some(values)) = (fields.optional(der::OBJECT_IDENTIFIER), fields.optional(der::SET))
        else {
            return;
        };
        match oid.value {
            CHALLENGE_PASSWORD if self.challenge_password.is_none() => {
                self.challenge_password = values.reader().element().map(|value| Zeroizing::new(text(value)));
            }
            EXTENSION_REQUEST | MICROSOFT_EXTENSIONS => {
                self.take_extensions(values.reader());
            }
            _ => {}
        }
    }

    /// `SET OF SEQUENCE OF Extension`; what makes no sense is passed over and remembered.
    fn take_extensions(&mut self, mut lists: Reader<'_>) {
        while let Some(list) = lists.optional(der::SEQUENCE) {
            let mut elements = list.reader();
            while let Some(element) = elements.element() {
                match extension(element) {
                    Some(extension) => self.extensions.push(extension),
                    None => self.passes_over_extensions = true,
                }
            }
            self.passes_over_extensions |= !elements.is_empty();
        }
        self.passes_over_extensions |= !lists.is_empty();
    }
}

fn extension(element: Element<'_>) -> Option<RequestedExtension> {
    let mut fields = element.reader();
    let oid = fields.optional(der::OBJECT_IDENTIFIER)?;
    fields.optional(der::BOOLEAN);
    let value = fields.optional(der::OCTET_STRING)?;
    Some(RequestedExtension {
        oid: oid.value.to_vec(),
        value: value.value.to_vec(),
    })
}

fn common_name(subject: Element<'_>) -> Option<String> {
    subject.reader().flat_map(Element::reader).find_map(|attribute| {
        let mut fields = attribute.reader();
        let oid = fields.optional(der::OBJECT_IDENTIFIER)?;
        let value = fields.element()?;
        (oid.value == COMMON_NAME).then(|| text(value))
    })
}
