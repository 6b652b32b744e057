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
const PKCS7: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#PKCS7";
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
    /// A renewal's PKCS#7: the request, signed by the certificate in use.
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
    let encoded: String = xml::text(token).split_whitespace().collect();
    let der = BASE64
        .decode(encoded)
        .map_err(|_| Error::invalid("BinarySecurityToken", "its content is not base64"))?;
    if der.is_empty() {
        return Err(Error::invalid("BinarySecurityToken", "it is empty"));
    }
    match kind {
        PKCS10 => Ok((Some(der), None)),
        PKCS7 => Ok((None, Some(der))),
        _ => Err(Error::invalid(
            "BinarySecurityToken",
            "it is neither PKCS#10 nor PKCS#7",
        )),
    }
}
