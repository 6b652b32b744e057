use crate::{Error, FailInfo, Identity, OpenedRequest, ReplyTo};

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
    let _ = (request, signer, issued, ca_certificates);
    todo!()
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
    let _ = (request, signer, fail_info, text);
    todo!()
}

/// Writes a CertRep with pkiStatus PENDING.
///
/// # Errors
/// [`Error::Key`] when the signer's key doesn't sign.
pub fn write_pending(request: &ReplyTo, signer: &Identity) -> Result<Vec<u8>, Error> {
    let _ = (request, signer);
    todo!()
}
