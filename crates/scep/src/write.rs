use crate::certificate::Certificate;
use crate::signed::{Outgoing, write_degenerate};
use crate::{Digest, Error, FailInfo, Identity, MessageType, Nonce, OpenedRequest, PkiStatus, ReplyTo};
use crate::{attributes, envelope};

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
    let content = write_degenerate(issued, &[]);
    write_enveloped(request, signer, &content, ca_certificates)
}

/// Writes the answer to a GetCRL: a CertRep with pkiStatus SUCCESS and the CRL (DER) in the envelope, in the degenerate
/// SignedData's `crls` (RFC 8894 §3.3.4 and §3.4). Without one, answer with [`FailInfo::BadCertId`].
///
/// # Errors
/// [`Error::Key`] when the requester's key can't be encrypted to, [`Error::Missing`] for an empty CRL.
pub fn write_revocation_list(
    request: &OpenedRequest,
    signer: &Identity,
    crl: &[u8],
    ca_certificates: &[Vec<u8>],
) -> Result<Vec<u8>, Error> {
    if crl.is_empty() {
        return Err(Error::Missing("revocation list"));
    }
    write_enveloped(request, signer, &write_degenerate(&[], &[crl]), ca_certificates)
}

/// Writes the answer to GetNextCACert (RFC 8894 §4.7.1): the certificates (DER) that will be valid after the CA's next
/// change of key, signed by the present one. Its content type is
/// [`CONTENT_TYPE_NEXT_CA_CERTIFICATE`](crate::CONTENT_TYPE_NEXT_CA_CERTIFICATE).
///
/// # Errors
/// [`Error::Missing`] when there are none, [`Error::Key`] when the signer's key doesn't sign.
pub fn write_next_ca(next: &[Vec<u8>], signer: &Identity) -> Result<Vec<u8>, Error> {
    if next.is_empty() {
        return Err(Error::Missing("CA certificate"));
    }
    let message = Outgoing {
        content: &write_degenerate(next, &[]),
        attributes: Vec::new(),
        digest: Digest::Sha256,
        certificates: Some(&[]),
    };
    message.write(signer)
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
    let failure = attributes::of_failure(fail_info, text);
    write(request, signer, PkiStatus::Failure, failure, &[], &[])
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
    all.extend(attributes::of_failure(fail_info, None));
    all.push(attributes::of_hresult(hresult));
    let message = Outgoing {
        content: &[0],
        attributes: all,
        digest: request.digest,
        certificates: None,
    };
    message.write(signer)
}

/// Writes a CertRep with pkiStatus PENDING.
///
/// # Errors
/// [`Error::Key`] when the signer's key doesn't sign.
pub fn write_pending(request: &ReplyTo, signer: &Identity) -> Result<Vec<u8>, Error> {
    write(request, signer, PkiStatus::Pending, Vec::new(), &[], &[])
}

/// The reply to the one who signed the request, and to nobody else (RFC 8894 §3.3.2.1).
fn write_enveloped(
    request: &OpenedRequest,
    signer: &Identity,
    content: &[u8],
    ca_certificates: &[Vec<u8>],
) -> Result<Vec<u8>, Error> {
    let requester = Certificate::read(&request.summary.signer_certificate)?;
    let content = envelope::seal(content, &requester, request.cipher(), request.key_transport())?;
    let to = request.reply_to();
    write(
        &to,
        signer,
        PkiStatus::Success,
        Vec::new(),
        &content,
        ca_certificates,
    )
}

/// Every reply carries every attribute: Windows and iOS drop one without, and say nothing.
fn write(
    to: &ReplyTo,
    signer: &Identity,
    status: PkiStatus,
    more: Vec<Vec<u8>>,
    content: &[u8],
    certificates: &[Vec<u8>],
) -> Result<Vec<u8>, Error> {
    let mut attributes = attributes_of_reply(to, status)?;
    attributes.extend(more);
    let message = Outgoing {
        content,
        attributes,
        digest: to.digest,
        certificates: Some(certificates),
    };
    message.write(signer)
}

fn attributes_of_reply(to: &ReplyTo, status: PkiStatus) -> Result<Vec<Vec<u8>>, Error> {
    let nonce = Nonce::random()?;
    let mut all = attributes::of_message(MessageType::CertRep, &to.transaction_id, &nonce);
    all.extend(attributes::of_reply(status, &to.sender_nonce));
    Ok(all)
}
