//! What was ordered for one device or person, before any key or request is known.

use crate::issuance::{GeneralName, KeyUsage, Order, Profile, Subject};
use crate::object_identifier::ObjectIdentifier;
use crate::serial::SerialNumber;
use crate::{Error, Result, subject};

/// What a certificate shall be, whoever asks for it: held against the request by
/// [`CertificateRequest::check_against`](crate::CertificateRequest::check_against), then made
/// into the [`Order`] that is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// The subject; a request must name it exactly, in any order and any type of string.
    pub subject: Subject,
    /// The subject alternative names; a request that names any must name all of these and no
    /// others.
    pub names: Vec<GeneralName>,
    /// The key usage; a request may ask for less.
    pub key_usage: KeyUsage,
    /// The extended key usages; a request may ask for fewer.
    pub extended_key_usages: Vec<ObjectIdentifier>,
    /// The size of the RSA key.
    pub key_bits: KeyBits,
}

/// Which sizes of RSA key do, in bits. Below 2048 none does, beyond 8192 none is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyBits {
    /// This size and no other.
    Exactly(u32),
    /// This size or a larger one.
    AtLeast(u32),
}

impl KeyBits {
    /// The size that was named.
    pub fn bits(self) -> u32 {
        match self {
            Self::Exactly(bits) | Self::AtLeast(bits) => bits,
        }
    }

    /// Whether a key of so many bits does.
    pub fn allows(self, bits: u32) -> bool {
        let is_ordered = match self {
            Self::Exactly(ordered) => bits == ordered,
            Self::AtLeast(smallest) => bits >= smallest,
        };
        is_ordered && (SMALLEST_KEY..=LARGEST_KEY).contains(&bits)
    }
}

/// NIST SP 800-131A: nothing below 2048 bits signs any more.
pub(crate) const SMALLEST_KEY: u32 = 2048;
/// Beyond it a verification costs more than an answer is worth.
pub(crate) const LARGEST_KEY: u32 = 8192;

impl Ordered {
    /// Whether a certificate of this kind could be issued at all: asked when the order is
    /// placed, so that it isn't refused only at the device.
    ///
    /// # Errors
    /// [`Error::Invalid`] or [`Error::Malformed`] naming the part that no certificate can hold,
    /// that an end entity may not have, or that is too weak.
    pub fn check(&self) -> Result<()> {
        let name = subject::name(&self.subject)?;
        subject::general_names(&self.names)?;
        let names_nobody = name == crate::der::sequence::<&[u8]>(&[]) && self.names.is_empty();
        let authority = KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN;
        if names_nobody {
            return Err(Error::Invalid("an empty subject"));
        }
        if self.key_usage == KeyUsage::NONE || self.key_usage.intersects(authority) {
            return Err(Error::Invalid("the key usage"));
        }
        if !self.key_bits.allows(self.key_bits.bits()) {
            return Err(Error::Invalid("the size of the key"));
        }
        Ok(())
    }

    /// The order of a certificate for this key (the DER of its `SubjectPublicKeyInfo`). Times
    /// in seconds since 1970 (UTC). The URLs of the authority are left to the caller.
    pub fn order(&self, public_key: &[u8], serial: SerialNumber, not_before: i64, not_after: i64) -> Order {
        let profile = Profile::end_entity(
            self.key_usage,
            self.extended_key_usages.clone(),
            self.key_bits.bits(),
        );
        let subject = self.subject.clone();
        let mut order = Order::new(profile, subject, public_key, serial, not_before, not_after);
        order.names.clone_from(&self.names);
        order
    }
}
