use crate::asn1::{self, Reader};
use crate::certificate::PublicKeyInfo;
use crate::csr_builder::{extension, sign};
use crate::{Digest, Error, Identity, RsaKey, crypto};

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Makes the self-signed certificate under which a client signs its first request (RFC 8894 §2.3).
#[derive(Debug, Clone)]
pub struct SignerCertificate {
    subject: Vec<u8>,
    has_critical_key_identifier: bool,
    not_before: i64,
    not_after: i64,
    digest: Digest,
}

impl SignerCertificate {
    /// A plain one for this subject (X.501 Name as DER), valid between two times in seconds since 1970.
    #[must_use]
    pub fn new(subject: impl Into<Vec<u8>>, not_before: i64, not_after: i64) -> Self {
        Self {
            subject: subject.into(),
            has_critical_key_identifier: false,
            not_before,
            not_after,
            digest: Digest::Sha256,
        }
    }

    /// One as Windows makes it: subject `CN=SCEP Protocol Certificate`, and a *critical* authorityKeyIdentifier
    /// that holds only a keyIdentifier.
    #[must_use]
    pub fn windows(not_before: i64, not_after: i64) -> Self {
        let name = asn1::tlv(asn1::PRINTABLE_STRING, b"SCEP Protocol Certificate");
        let attribute = asn1::sequence(&[&asn1::COMMON_NAME.der(), &name]);
        let subject = asn1::tlv(asn1::SEQUENCE, &asn1::tlv(asn1::SET, &attribute));
        Self {
            subject,
            has_critical_key_identifier: true,
            not_before,
            not_after,
            digest: Digest::Sha256,
        }
    }

    /// Signs it with this digest instead of SHA-256.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// The certificate for this key, with a random serial number of 16 octets.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a subject that isn't a Name or a time that can't be written.
    pub fn issue(&self, key: RsaKey) -> Result<Identity, Error> {
        asn1::read_sequence(&self.subject, "subject")?;
        let validity = asn1::sequence(&[&time(self.not_before)?, &time(self.not_after)?]);
        let extensions = if self.has_critical_key_identifier {
            let key = PublicKeyInfo::read(&mut Reader::new(key.public_key_der(), "public key"))?;
            let identifier = asn1::tlv(asn1::CONTEXT_0, &crypto::sha1(key.key));
            let value = asn1::tlv(asn1::SEQUENCE, &identifier);
            let extension = extension(&asn1::AUTHORITY_KEY_IDENTIFIER, true, &value);
            asn1::tlv(asn1::CONSTRUCTED_3, &asn1::tlv(asn1::SEQUENCE, &extension))
        } else {
            Vec::new()
        };
        let inner = asn1::sequence(&[
            // Extensions need version 3, whose number is 2 (RFC 5280 §4.1.2.1).
            &asn1::tlv(asn1::CONSTRUCTED_0, &asn1::TWO),
            &asn1::tlv(asn1::INTEGER, &serial_number()?),
            &self.digest.signature_algorithm(),
            &self.subject,
            &validity,
            &self.subject,
            key.public_key_der(),
            &extensions,
        ]);
        let certificate = sign(&inner, &key, self.digest)?;
        Ok(Identity { certificate, key })
    }
}

/// 16 random octets, positive and without a leading zero.
fn serial_number() -> Result<[u8; 16], Error> {
    let mut octets = [0; 16];
    crypto::fill_random(&mut octets)?;
    if let Some(first) = octets.first_mut() {
        *first = *first & 0x3f | 0x40;
    }
    Ok(octets)
}

/// Seconds since 1970 as UTCTime, or from 2050 on as GeneralizedTime (RFC 5280 §4.1.2.5).
fn time(seconds: i64) -> Result<Vec<u8>, Error> {
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    if !(1950..=9999).contains(&year) {
        return Err(Error::Malformed("time"));
    }
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    Ok(if year < 2050 {
        asn1::tlv(UTC_TIME, format!("{:02}{rest}", year % 100).as_bytes())
    } else {
        asn1::tlv(GENERALIZED_TIME, format!("{year:04}{rest}").as_bytes())
    })
}

/// Year, month and day of a day since 1970-01-01, in the proleptic Gregorian calendar. Counted in eras of 400 years
/// that begin on the first of March, so that the leap day is the last of its year.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
