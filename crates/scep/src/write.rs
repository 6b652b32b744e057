use rasn::prelude::Any;

use crate::certificate::Certificate;
use crate::{Error, FailInfo, Identity, MessageType, Nonce, OpenedRequest, PkiStatus, ReplyTo};
use crate::{attributes, envelope, signed};

/// Writes a CertRep with pkiStatus SUCCESS: the certificates in an envelope to the requester's certificate, in the
/// request's cipher and key transport.
///
/// `issued` holds certificates as DER, the issued one first, then its chain as far as it should travel.
/// `ca_certificates` stand in clear in the outer SignedData after the signer's own: at least the CA's, if the
/// signer is an RA.
///
/// # Errors
/// [`Error::Key`] when the requester's key can't be encrypted to, [`Error::Missing`] when nothing is issued.
pub fn write_success(
    request: &OpenedRequest,
    signer: &Identity,
    issued: &[Vec<u8>],
    ca_certificates: &[Vec<u8>],
) -> Result<Vec<u8>, Error> {
    if issued.is_empty() {
        return Err(Error::Missing("issued certificate"));
    }
    let reply_to = request.reply_to();
    let requester = Certificate::read(&reply_to.signer_certificate)?;
    let content = signed::write_degenerate(issued)?;
    let content = envelope::seal(&content, &requester, request.cipher(), request.key_transport())?;
    write(
        &reply_to,
        signer,
        PkiStatus::Success,
        Vec::new(),
        content,
        ca_certificates,
    )
}

/// Writes a CertRep with pkiStatus FAILURE. `text` goes to the client as failInfoText: say nothing internal.
///
/// # Errors
/// [`Error::Key`] when the signer's key doesn't sign.
pub fn write_failure(
    request: &ReplyTo,
    signer: &Identity,
    fail_info: FailInfo,
    text: Option<&str>,
) -> Result<Vec<u8>, Error> {
    let failure = attributes::of_failure(fail_info, text)?;
    write(request, signer, PkiStatus::Failure, failure, Vec::new(), &[])
}

/// Writes a FAILURE in the shape that NDES gives it, for laboratories: no certificate at all, a content of one octet,
/// and an HRESULT in the attribute 1.3.6.1.4.1.311.21.33.
///
/// # Errors
/// [`Error::Key`] when the signer's key doesn't sign.
pub fn write_ndes_failure(
    request: &ReplyTo,
    signer: &Identity,
    fail_info: FailInfo,
    hresult: i32,
) -> Result<Vec<u8>, Error> {
    let mut all = attributes_of_reply(request, PkiStatus::Failure)?;
    all.extend(attributes::of_failure(fail_info, None)?);
    all.push(attributes::of_hresult(hresult)?);
    signed::write_signed(vec![0], all, signer, request.digest.for_signing(), None)
}

/// Writes a CertRep with pkiStatus PENDING.
///
/// # Errors
/// [`Error::Key`] when the signer's key doesn't sign.
pub fn write_pending(request: &ReplyTo, signer: &Identity) -> Result<Vec<u8>, Error> {
    write(request, signer, PkiStatus::Pending, Vec::new(), Vec::new(), &[])
}

/// Every reply carries every attribute: Windows and iOS drop one without, and say nothing.
fn write(
    to: &ReplyTo,
    signer: &Identity,
    status: PkiStatus,
    more: Vec<Any>,
    content: Vec<u8>,
    certificates: &[Vec<u8>],
) -> Result<Vec<u8>, Error> {
    let mut all = attributes_of_reply(to, status)?;
    all.extend(more);
    signed::write_signed(content, all, signer, to.digest.for_signing(), Some(certificates))
}

fn attributes_of_reply(to: &ReplyTo, status: PkiStatus) -> Result<Vec<Any>, Error> {
    let nonce = Nonce::random()?;
    let mut all = attributes::of_message(MessageType::CertRep, &to.transaction_id, &nonce)?;
    all.extend(attributes::of_reply(status, &to.sender_nonce)?);
    Ok(all)
}
