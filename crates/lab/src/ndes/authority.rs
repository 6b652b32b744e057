//! The CA of the laboratory and the two certificates with which its NDES speaks for it.

use std::time::Duration;

use anyhow::Context as _;
use ca::{CertificateAuthority, IssuingKey, Order, Profile, Subject, serial};
use md5::{Digest as _, Md5};

use super::folder::Folder;

const YEAR: Duration = Duration::from_secs(365 * 86_400);
const RSA_BITS: u32 = 2048;

pub(super) struct Authority {
    pub(super) ca: CertificateAuthority,
    pub(super) ra_signing: scep::Identity,
    pub(super) ra_encryption: scep::Identity,
}

impl Authority {
    /// The authority that lies in the folder, or a new one. `now` in seconds since 1970.
    ///
    /// # Errors
    /// The folder can't be read or written, or holds what doesn't fit together.
    pub(super) fn open(folder: &Folder, now: i64) -> anyhow::Result<Self> {
        let ca = root(folder, "ca", "Laboratory Issuing CA", now)?;
        let ra_signing = identity(folder, &ca, "ra-signing", Profile::registration_signing(), now)?;
        let ra_encryption = identity(
            folder,
            &ca,
            "ra-encryption",
            Profile::registration_encryption(),
            now,
        )?;
        Ok(Self {
            ca,
            ra_signing,
            ra_encryption,
        })
    }

    /// What the page of challenges shows: the real one hashes with MD5.
    pub(super) fn thumbprint(&self) -> [u8; 16] {
        Md5::digest(self.ca.certificate()).into()
    }

    /// The three certificates of GetCACert.
    pub(super) fn certificates(&self) -> [Vec<u8>; 3] {
        [
            self.ca.certificate().to_vec(),
            self.ra_signing.certificate.clone(),
            self.ra_encryption.certificate.clone(),
        ]
    }
}

/// The self-signed authority of this name.
///
/// # Errors
/// As [`Authority::open`].
pub(super) fn root(
    folder: &Folder,
    name: &str,
    common_name: &str,
    now: i64,
) -> anyhow::Result<CertificateAuthority> {
    if let Some((certificate, key)) = folder.read(name)? {
        return CertificateAuthority::open(certificate, key)
            .with_context(|| format!("{name}.pem and {name}.key are no authority"));
    }
    let key = IssuingKey::generate(RSA_BITS)?;
    let secret = key.to_pkcs8()?;
    let made = CertificateAuthority::create_root(common_name, key, now, YEAR * 10, serial::random()?)?;
    folder.write(name, made.certificate(), &secret)?;
    Ok(made)
}

fn identity(
    folder: &Folder,
    ca: &CertificateAuthority,
    name: &str,
    profile: Profile,
    now: i64,
) -> anyhow::Result<scep::Identity> {
    let (certificate, key) = match folder.read(name)? {
        Some(found) => found,
        None => {
            let key = IssuingKey::generate(RSA_BITS)?;
            let subject = Subject::common_name("NDES-MSCEP-RA");
            // An RA certificate lives two years, as those of the real one do.
            let end = now + 2 * 365 * 86_400;
            let order = Order::new(profile, subject, key.spki(), serial::random()?, now - 86_400, end);
            let issued = ca.prepare(order)?.lint()?.sign()?;
            folder.write(name, &issued.der, &key.to_pkcs8()?)?;
            (issued.der, key)
        }
    };
    let key = scep::RsaKey::from_pkcs8(&key.to_pkcs8()?)?;
    Ok(scep::Identity { certificate, key })
}
