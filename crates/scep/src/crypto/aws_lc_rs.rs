use std::sync::Arc;

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{KeyPair, KeySize, PrivateDecryptingKey};
use aws_lc_rs::signature::KeyPair as _;
use zeroize::Zeroizing;

use crate::Error;

#[derive(Clone)]
pub(crate) struct PrivateKey(Arc<Parts>);

struct Parts {
    signing: KeyPair,
    decrypting: PrivateDecryptingKey,
    public_key_der: Vec<u8>,
}

impl PrivateKey {
    pub(crate) fn generate(bits: usize) -> Result<Self, Error> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            8192 => KeySize::Rsa8192,
            _ => return Err(Error::Key("its size isn't 2048, 3072, 4096 or 8192 bits")),
        };
        let key = KeyPair::generate(size).map_err(|_| Error::Key("it can't be made"))?;
        Self::from_pkcs8(&pkcs8(&key)?)
    }

    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        const UNREADABLE: Error = Error::Key("it isn't an RSA key of 2048 bits or more");
        let signing = KeyPair::from_pkcs8(der).map_err(|_| UNREADABLE)?;
        let decrypting = PrivateDecryptingKey::from_pkcs8(der).map_err(|_| UNREADABLE)?;
        let public: PublicKeyX509Der<'_> = signing.public_key().as_der().map_err(|_| UNREADABLE)?;
        let public_key_der = public.as_ref().to_vec();
        Ok(Self(Arc::new(Parts {
            signing,
            decrypting,
            public_key_der,
        })))
    }

    pub(crate) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        pkcs8(&self.0.signing)
    }

    pub(crate) fn public_key_der(&self) -> &[u8] {
        &self.0.public_key_der
    }
}

fn pkcs8(key: &KeyPair) -> Result<Zeroizing<Vec<u8>>, Error> {
    let der: Pkcs8V1Der<'_> = key.as_der().map_err(|_| Error::Key("it can't be written"))?;
    Ok(Zeroizing::new(der.as_ref().to_vec()))
}

pub(crate) fn sha1(octets: &[u8]) -> [u8; 20] {
    let mut out = [0; 20];
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, octets);
    out.iter_mut()
        .zip(digest.as_ref())
        .for_each(|(to, from)| *to = *from);
    out
}

pub(crate) fn fill_random(out: &mut [u8]) -> Result<(), Error> {
    rand::fill(out).map_err(|_| Error::Key("the system gives no random numbers"))
}
