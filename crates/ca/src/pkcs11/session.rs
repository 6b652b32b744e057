//! One session with a token, logged in, and the key in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as TokenError, RvError};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use super::{Token, TokenAddress};
use crate::{Error, Result, der};

/// The modules that were loaded. None is ever unloaded: others may still use its sessions, and
/// PKCS#11 initializes a module once for the whole process.
static MODULES: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());

/// `DigestInfo` of SHA-256 up to the hash (RFC 8017 §9.2, note 1).
const DIGEST_INFO: &[u8] = &[
    0x30, 0x31, 0x30, 0x0d, 0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 0x05, 0, 0x04, 0x20,
];

pub(super) struct OpenKey {
    session: Session,
    key: ObjectHandle,
    /// Whether the token hashes by itself (CKM_SHA256_RSA_PKCS).
    hashes: bool,
}

impl OpenKey {
    pub(super) fn open(address: &TokenAddress, pin: &AuthPin) -> Result<Self> {
        let (session, hashes) = log_in(address, pin)?;
        let keys = keys(&session, ObjectClass::PRIVATE_KEY, &address.key)?;
        match keys.as_slice() {
            [key] => Ok(Self {
                session,
                key: *key,
                hashes,
            }),
            [] => Err(Error::Token("it has no RSA private key of this label".into())),
            _ => Err(Error::Token(
                "it has several RSA private keys of this label".into(),
            )),
        }
    }

    pub(super) fn generate(address: &TokenAddress, pin: &AuthPin, bits: u32) -> Result<Self> {
        let (session, hashes) = log_in(address, pin)?;
        if !keys(&session, ObjectClass::PRIVATE_KEY, &address.key)?.is_empty() {
            return Err(Error::Token("it has a key of this label already".into()));
        }
        let label = Attribute::Label(address.key.clone().into_bytes());
        let id = Attribute::Id(identifier()?);
        let public = [
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::PublicExponent(vec![1, 0, 1]),
            Attribute::ModulusBits(u64::from(bits).into()),
            label.clone(),
            id.clone(),
        ];
        let private = [
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
            Attribute::Decrypt(false),
            Attribute::Unwrap(false),
            label,
            id,
        ];
        let (_, key) = session
            .generate_key_pair(&Mechanism::RsaPkcsKeyPairGen, &public, &private)
            .map_err(said)?;
        Ok(Self { session, key, hashes })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let signed = if self.hashes {
            self.session.sign(&Mechanism::Sha256RsaPkcs, self.key, message)
        } else {
            let hash = digest::digest(&digest::SHA256, message);
            let info = [DIGEST_INFO, hash.as_ref()].concat();
            self.session.sign(&Mechanism::RsaPkcs, self.key, &info)
        };
        signed.map_err(said)
    }

    /// The DER of the `SubjectPublicKeyInfo`, from what the private key shows of itself.
    pub(super) fn public_key(&self) -> Result<Vec<u8>> {
        let wanted = [AttributeType::Modulus, AttributeType::PublicExponent];
        let shown = self.session.get_attributes(self.key, &wanted).map_err(said)?;
        let (mut modulus, mut exponent) = (None, None);
        for attribute in shown {
            match attribute {
                Attribute::Modulus(octets) => modulus = Some(octets),
                Attribute::PublicExponent(octets) => exponent = Some(octets),
                _ => {}
            }
        }
        match (modulus, exponent) {
            (Some(modulus), Some(exponent)) => Ok(public_key_info(&modulus, &exponent)),
            _ => Err(Error::Token("it does not show the public part of the key".into())),
        }
    }
}

/// What is said of a refused PIN, now and at each later signature.
pub(super) fn pin_refused() -> Error {
    Error::Token("it refused the PIN, which is not tried again".into())
}

/// A session in which the user is logged in, and whether the token hashes by itself.
fn log_in(address: &TokenAddress, pin: &AuthPin) -> Result<(Session, bool)> {
    let module = module(&address.module)?;
    let slot = slot(&module, &address.token)?;
    let mechanisms = module.get_mechanism_list(slot).map_err(said)?;
    let session = module.open_rw_session(slot).map_err(said)?;
    match session.login(UserType::User, Some(pin)) {
        // Login counts for all sessions of the process with the token (PKCS#11 §5.6).
        Ok(()) | Err(TokenError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
        Err(TokenError::Pkcs11(
            RvError::PinIncorrect
            | RvError::PinLocked
            | RvError::PinExpired
            | RvError::PinInvalid
            | RvError::PinLenRange,
            _,
        )) => return Err(pin_refused()),
        Err(error) => return Err(said(error)),
    }
    Ok((session, mechanisms.contains(&MechanismType::SHA256_RSA_PKCS)))
}

fn module(path: &Path) -> Result<Pkcs11> {
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    let module = match modules.get(path) {
        Some(module) => module.clone(),
        None => Pkcs11::new(path).map_err(|_| Error::Token("its PKCS#11 module cannot be loaded".into()))?,
    };
    modules.insert(path.to_owned(), module.clone());
    // Asked each time: a module that was finalized by others works again.
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(TokenError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(module),
        Err(error) => Err(said(error)),
    }
}

fn slot(module: &Pkcs11, token: &Token) -> Result<Slot> {
    let slots = module.get_slots_with_initialized_token().map_err(said)?;
    let fits = |slot: &Slot| match token {
        Token::Slot(number) => slot.id() == *number,
        Token::Label(label) => module
            .get_token_info(*slot)
            .is_ok_and(|info| info.label() == label),
    };
    let mut fitting = slots.into_iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (Some(slot), None) => Ok(slot),
        (None, _) => Err(Error::Token("the module has no such token".into())),
        _ => Err(Error::Token("the module has several tokens of this label".into())),
    }
}

fn keys(session: &Session, class: ObjectClass, label: &str) -> Result<Vec<ObjectHandle>> {
    let wanted = [
        Attribute::Class(class),
        Attribute::KeyType(KeyType::RSA),
        Attribute::Label(label.as_bytes().to_vec()),
    ];
    session.find_objects(&wanted).map_err(said)
}

/// Binds the two halves of a key pair to each other (CKA_ID).
fn identifier() -> Result<Vec<u8>> {
    let mut octets = vec![0; 16];
    aws_lc_rs::rand::fill(&mut octets).map_err(|_| Error::Crypto)?;
    Ok(octets)
}

/// rsaEncryption with its NULL (RFC 3279 §2.3.1).
fn public_key_info(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let oid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    let algorithm = der::sequence(&[der::write(der::OBJECT_IDENTIFIER, &oid), vec![0x05, 0x00]]);
    let key = der::sequence(&[der::unsigned(modulus), der::unsigned(exponent)]);
    der::sequence(&[algorithm, der::bit_string(&key)])
}

fn said(error: TokenError) -> Error {
    Error::Token(match error {
        TokenError::Pkcs11(code, function) => format!("{function:?} failed with {code:?}"),
        other => other.to_string(),
    })
}
