use super::context::{self, AdditionalContext};
use super::{Credentials, TRUST};
use crate::Error;
use crate::soap::{Envelope, MessageId, SECURITY};
use crate::xml;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use roxmltree::Node;

const ACTION: &str = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RST/wstep";
const ISSUE: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue";
const RENEW: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Renew";
const PKCS10: &str = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment#PKCS10";
/// MS-MDE 3.5.4.1.1.1 has the first, Microsoft's sample of a renewal the second.
const PKCS7: [&str; 2] = [
    "http://schemas.microsoft.com/windows/pki/2009/01/enrollment#PKCS7",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#PKCS7",
];
/// The first octet of DER: a SEQUENCE.
const SEQUENCE: u8 = 0x30;
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestType {
    /// A first identity, for the holder of the [`Credentials`].
    Issue,
    /// The next identity, for the holder of the present one.
    Renew,
}

/// MS-WSTEP's RequestSecurityToken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrollmentRequest {
    pub message_id: MessageId,
    pub request_type: RequestType,
    pub credentials: Credentials,
    /// The PKCS#10 request, as the device encoded it (not always strict DER: read it leniently).
    pub csr: Option<Vec<u8>>,
    /// A renewal's PKCS#7: the request, signed by the certificate in use. Not verified.
    pub pkcs7: Option<Vec<u8>>,
    pub context: AdditionalContext,
}

impl EnrollmentRequest {
    /// Exactly one of `csr` and `pkcs7` is given in what is returned.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let document = xml::parse(bytes)?;
        let envelope = Envelope::of(&document)?;
        envelope.require_action(ACTION)?;
        let request = envelope.operation(&[TRUST], "RequestSecurityToken")?;
        let (csr, pkcs7) = read_token(request)?;
        Ok(Self {
            message_id: envelope.message_id()?,
            request_type: read_type(request)?,
            credentials: envelope.credentials()?,
            csr,
            pkcs7,
            context: context::read(request)?,
        })
    }
}

fn read_type(request: Node<'_, '_>) -> Result<RequestType, Error> {
    let kind =
        xml::child_text(request, &[TRUST], "RequestType", 256)?.ok_or(Error::missing("RequestType"))?;
    match kind.as_str() {
        ISSUE => Ok(RequestType::Issue),
        RENEW => Ok(RequestType::Renew),
        _ => Err(Error::invalid("RequestType", "it is neither Issue nor Renew")),
    }
}

type Token = (Option<Vec<u8>>, Option<Vec<u8>>);

fn read_token(request: Node<'_, '_>) -> Result<Token, Error> {
    let token = xml::child_in(request, &[SECURITY], "BinarySecurityToken")
        .ok_or(Error::missing("BinarySecurityToken"))?;
    // Un-prefixed on the wire; one sample of the documentation puts a prefix before it.
    let kind = token
        .attributes()
        .find(|attribute| attribute.name() == "ValueType");
    let kind = kind.map(|attribute| attribute.value().trim()).unwrap_or_default();
    let der = decode(&xml::text(token))
        .ok_or_else(|| Error::invalid("BinarySecurityToken", "its content is not base64"))?;
    if der.is_empty() {
        return Err(Error::invalid("BinarySecurityToken", "it is empty"));
    }
    match kind {
        PKCS10 => Ok((Some(der), None)),
        kind if PKCS7.contains(&kind) => Ok((None, Some(decoded_once_more(der)))),
        _ => Err(Error::invalid(
            "BinarySecurityToken",
            "it is neither PKCS#10 nor PKCS#7",
        )),
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let encoded: String = text.split_whitespace().collect();
    BASE64.decode(encoded).ok()
}

/// A renewal that its user began encodes its PKCS#7 twice (Microsoft, certificate renewal).
fn decoded_once_more(octets: Vec<u8>) -> Vec<u8> {
    if octets.first() == Some(&SEQUENCE) {
        return octets;
    }
    let inner = std::str::from_utf8(&octets).ok().and_then(decode);
    inner
        .filter(|inner| inner.first() == Some(&SEQUENCE))
        .unwrap_or(octets)
}
