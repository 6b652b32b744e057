//! Holds a request against what was ordered.

mod extensions;
mod subject;

use crate::deviation::{Deviation, Part};
use crate::ordered::{Ordered, SMALLEST_KEY};
use crate::public_key::{self, Strength};
use crate::request::CertificateRequest;

/// The most of any part that a request may hold.
const MOST: usize = 64;

impl CertificateRequest {
    /// Whether the sender holds the key and asks for nothing but what was ordered. Whatever the
    /// answer, a certificate is only ever made from the order, never from the request.
    ///
    /// A request may leave out alternative names, usages and extensions; those that it names
    /// must have been ordered. The subject must be the one ordered. Subject and authority key
    /// identifiers, CA:FALSE and Microsoft's template names mean nothing here and pass.
    ///
    /// # Errors
    /// The first [`Deviation`] found. The key is judged before its signature, and the signature
    /// before what it covers.
    pub fn check_against(&self, ordered: &Ordered) -> Result<(), Deviation> {
        counts(self)?;
        key(self, ordered)?;
        if !self.signature_is_valid() {
            return Err(Deviation::NoProofOfPossession);
        }
        subject::check(self.subject(), ordered)?;
        extensions::check(self, ordered)
    }
}

fn counts(request: &CertificateRequest) -> Result<(), Deviation> {
    if request.attribute_count() > MOST {
        return Err(Deviation::TooMany(Part::Attributes));
    }
    if request.extensions().len() > MOST {
        return Err(Deviation::TooMany(Part::Extensions));
    }
    Ok(())
}

fn key(request: &CertificateRequest, ordered: &Ordered) -> Result<(), Deviation> {
    let Strength::Rsa { bits, exponent } = public_key::strength(request.public_key()) else {
        return Err(Deviation::NotRsa);
    };
    if bits < SMALLEST_KEY {
        return Err(Deviation::KeyTooSmall { bits });
    }
    if !ordered.key_bits.allows(bits) {
        let ordered = ordered.key_bits;
        return Err(Deviation::KeySize { bits, ordered });
    }
    if public_key::is_weak_exponent(exponent) {
        return Err(Deviation::WeakExponent);
    }
    Ok(())
}
