//! A key that lies in a token (PKCS#11): an HSM, a smart card, or SoftHSM.

mod session;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use cryptoki::types::AuthPin;

use crate::key::SIGNATURE_ALGORITHM;
use crate::signing_key::SigningKey;
use crate::{Error, Result, public_key};
use session::OpenKey;

/// Where a key lies. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenAddress {
    /// The file of the PKCS#11 module, as its maker or the distribution installs it.
    pub module: PathBuf,
    /// Which of the module's tokens.
    pub token: Token,
    /// The label of the private key (CKA_LABEL).
    pub key: String,
}

/// One of the tokens of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// The one in this slot.
    Slot(u64),
    /// The one with this label, in whichever slot it stands: slots may change their numbers.
    Label(String),
}

/// An RSA key in a token. Signatures are made in the token, one at a time, whichever thread
/// asks; the private key never leaves it.
///
/// A session that fails is opened again once for each signature asked for, so that a token
/// that was away works again when it is back. A PIN that was refused is never tried again:
/// tokens lock themselves after a few wrong ones.
pub struct TokenKey {
    address: TokenAddress,
    pin: AuthPin,
    public_key: Vec<u8>,
    state: Mutex<State>,
}

enum State {
    Open(OpenKey),
    Closed,
    PinRefused,
}

impl TokenKey {
    /// Opens the key that lies at this address. A copy of the PIN is kept, and wiped when the key
    /// is dropped.
    ///
    /// # Errors
    /// [`Error::Token`] in words: the module, the token or the key isn't there or isn't the
    /// only one of its name, the PIN is refused; [`Error::Key`] when it is no RSA key of 2048
    /// bits or more.
    pub fn open(address: TokenAddress, pin: &str) -> Result<Self> {
        let pin = AuthPin::from(pin);
        let open = OpenKey::open(&address, &pin)?;
        Self::of(address, pin, open)
    }

    /// Makes a new key of 2048, 3072 or 4096 bits in the token, under a label that no key there
    /// has yet. It can neither be read out nor be used for anything but signing.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`Error::Key`] for any other size.
    pub fn generate(address: TokenAddress, pin: &str, bits: u32) -> Result<Self> {
        if !matches!(bits, 2048 | 3072 | 4096) {
            return Err(Error::Key("the size must be 2048, 3072 or 4096 bits"));
        }
        let pin = AuthPin::from(pin);
        let open = OpenKey::generate(&address, &pin, bits)?;
        Self::of(address, pin, open)
    }

    /// Where it lies.
    pub fn address(&self) -> &TokenAddress {
        &self.address
    }

    fn of(address: TokenAddress, pin: AuthPin, open: OpenKey) -> Result<Self> {
        let public_key = open.public_key()?;
        if public_key::strength(&public_key).bits() < crate::ordered::SMALLEST_KEY {
            return Err(Error::Key("no RSA key of 2048 bits or more in the token"));
        }
        Ok(Self {
            address,
            pin,
            public_key,
            state: Mutex::new(State::Open(open)),
        })
    }

    /// Opens what was closed, and makes sure that the same key is behind the label.
    fn reopened(&self) -> Result<OpenKey> {
        let open = OpenKey::open(&self.address, &self.pin)?;
        if open.public_key()? != self.public_key {
            return Err(Error::KeyMismatch);
        }
        Ok(open)
    }

    /// A signature from a session that is open, or after opening one.
    fn sign_in(&self, state: &mut State, message: &[u8]) -> Result<Vec<u8>> {
        if let State::Open(open) = state {
            match open.sign(message) {
                Ok(signature) => return Ok(signature),
                // The session, or the token, is gone: what is open now is worth nothing.
                Err(_) => *state = State::Closed,
            }
        }
        if matches!(state, State::PinRefused) {
            return Err(session::pin_refused());
        }
        let open = self.reopened().inspect_err(|error| {
            if *error == session::pin_refused() {
                *state = State::PinRefused;
            }
        })?;
        let signature = open.sign(message)?;
        *state = State::Open(open);
        Ok(signature)
    }
}

impl SigningKey for TokenKey {
    fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        // A thread that panicked between two steps leaves a session that fails and is reopened.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let signature = self.sign_in(&mut state, message)?;
        drop(state);
        // A faulty signature under CRT gives the key away, and a wrong one helps nobody.
        if !public_key::is_signed_by(&self.public_key, SIGNATURE_ALGORITHM, message, &signature) {
            return Err(Error::Token("it made a wrong signature".into()));
        }
        Ok(signature)
    }
}

impl From<TokenKey> for std::sync::Arc<dyn SigningKey> {
    fn from(key: TokenKey) -> Self {
        std::sync::Arc::new(key)
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("TokenKey")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
