//! The CA of the laboratory and the two certificates with which its NDES speaks for it; and what takes their place
//! when they expire or the CA is renewed.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use ca::{CertificateAuthority, CertificateRevocationList, IssuingKey, Order, Profile, Subject, serial};
use md5::{Digest as _, Md5};

use crate::faults::{Fault, Faults};

use super::folder::Folder;
use super::mishaps::Mishaps;

const COMMON_NAME: &str = "Laboratory Issuing CA";
const YEAR: Duration = Duration::from_secs(365 * 86_400);
const RSA_BITS: u32 = 2048;

pub(super) struct Authority {
    pub(super) ca: CertificateAuthority,
    pub(super) ra_signing: scep::Identity,
    pub(super) ra_encryption: scep::Identity,
    /// Where the certificates say that the revocation list is.
    pub(super) revocation_list_url: String,
}

/// The authority as it is, and the two that faults put in its place. Those are made when such a fault is switched on.
pub(super) struct Authorities {
    folder: Folder,
    revocation_list_url: String,
    usual: Arc<Authority>,
    expired: OnceLock<Arc<Authority>>,
    renewed: OnceLock<Arc<Authority>>,
}

/// Which CA, and how its RA certificates are named and last.
struct Pair<'a> {
    ca: &'a str,
    suffix: &'a str,
    begin: i64,
    end: i64,
}

impl Authorities {
    /// What lies in the folder, or new ones. `now` in seconds since 1970.
    ///
    /// # Errors
    /// The folder can't be read or written, or holds what doesn't fit together.
    pub(super) fn open(folder: Folder, revocation_list_url: String, now: i64) -> anyhow::Result<Self> {
        let pair = Pair {
            ca: "ca",
            suffix: "",
            begin: now - 86_400,
            // An RA certificate lives two years, as those of the real one do.
            end: now + 2 * 365 * 86_400,
        };
        let usual = Arc::new(Authority::open(&folder, &revocation_list_url, &pair, now)?);
        Ok(Self {
            folder,
            revocation_list_url,
            usual,
            expired: OnceLock::new(),
            renewed: OnceLock::new(),
        })
    }

    /// Makes what these faults need.
    ///
    /// # Errors
    /// As [`Authorities::open`].
    pub(super) fn prepare(&self, faults: &Faults, now: i64) -> anyhow::Result<()> {
        let url = &self.revocation_list_url;
        if faults.has(Fault::ExpiredRa) && self.expired.get().is_none() {
            let (begin, end) = (now - 7_200, now - 3_600);
            let (ca, suffix) = ("ca", "-expired");
            let pair = Pair {
                ca,
                suffix,
                begin,
                end,
            };
            let made = Authority::open(&self.folder, url, &pair, now)?;
            let _ = self.expired.set(Arc::new(made));
        }
        let is_renewal = |fault: &Fault| matches!(fault, Fault::RenewedCa { .. }).then_some(());
        if faults.find(is_renewal).is_some() && self.renewed.get().is_none() {
            let (begin, end) = (now - 86_400, now + 2 * 365 * 86_400);
            let (ca, suffix) = ("ca-renewed", "-renewed");
            let pair = Pair {
                ca,
                suffix,
                begin,
                end,
            };
            let made = Authority::open(&self.folder, url, &pair, now)?;
            let _ = self.renewed.set(Arc::new(made));
        }
        Ok(())
    }

    /// The one that answers now.
    pub(super) fn current(&self, mishaps: &Mishaps) -> Arc<Authority> {
        let other = if mishaps.is_renewed() {
            self.renewed.get()
        } else if mishaps.has(Fault::ExpiredRa) {
            self.expired.get()
        } else {
            None
        };
        Arc::clone(other.unwrap_or(&self.usual))
    }
}

impl Authority {
    fn open(folder: &Folder, url: &str, pair: &Pair<'_>, now: i64) -> anyhow::Result<Self> {
        let ca = root(folder, pair.ca, COMMON_NAME, now)?;
        let signing = Profile::registration_signing();
        let encryption = Profile::registration_encryption();
        let ra_signing = identity(folder, &ca, "ra-signing", signing, url, pair)?;
        let ra_encryption = identity(folder, &ca, "ra-encryption", encryption, url, pair)?;
        Ok(Self {
            ca,
            ra_signing,
            ra_encryption,
            revocation_list_url: url.to_owned(),
        })
    }

    /// The list of what was revoked: nothing ever is. Good for a week, as AD CS makes them.
    ///
    /// # Errors
    /// It can't be signed.
    pub(super) fn revocation_list(&self, now: i64) -> anyhow::Result<Vec<u8>> {
        let list = CertificateRevocationList {
            number: u64::try_from(now)?,
            this_update: now - 600,
            next_update: now + 7 * 86_400,
            revoked: Vec::new(),
        };
        Ok(self.ca.sign_revocation_list(&list)?)
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
/// As [`Authorities::open`].
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
    role: &str,
    profile: Profile,
    revocation_list_url: &str,
    pair: &Pair<'_>,
) -> anyhow::Result<scep::Identity> {
    let name = format!("{role}{}", pair.suffix);
    let (certificate, key) = match folder.read(&name)? {
        Some(found) => found,
        None => {
            let key = IssuingKey::generate(RSA_BITS)?;
            let subject = Subject::common_name("NDES-MSCEP-RA");
            let number = serial::random()?;
            let mut order = Order::new(profile, subject, key.spki(), number, pair.begin, pair.end);
            order.revocation_list_url = Some(revocation_list_url.to_owned());
            let issued = ca.prepare(order)?.lint()?.sign()?;
            folder.write(&name, &issued.der, &key.to_pkcs8()?)?;
            (issued.der, key)
        }
    };
    let key = scep::RsaKey::from_pkcs8(&key.to_pkcs8()?)?;
    Ok(scep::Identity { certificate, key })
}
