//! What aws-lc-rs refuses, for old clients and laboratories, from the C library beneath it: signatures with SHA-1 and
//! MD5, and RSA keys of 1024 bits. Nothing here runs for a key of 2048 bits and SHA-256.
//!
//! The only place of this crate with unsafe code. A [`Rsa`] owns its object of the library and frees it; all lengths
//! that go to the library are those of slices.
#![allow(unsafe_code)]

use std::ptr::{self, NonNull};

use aws_lc_sys as ffi;
use zeroize::Zeroizing;

use crate::{Digest, KeyTransport};

/// The least key that is used, in bits.
const LEAST_BITS: u32 = 1024;
/// The most, in octets: as aws-lc-rs.
const MOST_OCTETS: usize = 1024;

/// An RSA key, private or public, of 1024 to 8192 bits.
pub(super) struct Rsa(NonNull<ffi::RSA>);

// SAFETY: the library's RSA objects have no thread of their own (`Send`), and it documents that functions which take
// them without changing them may be called at the same time from several threads (`Sync`): openssl/rsa.h, "An RSA
// object represents … may be used concurrently". No function here changes one after it was made.
unsafe impl Send for Rsa {}
// SAFETY: as above.
unsafe impl Sync for Rsa {}

impl Drop for Rsa {
    fn drop(&mut self) {
        // SAFETY: the object is ours alone, and isn't used afterwards.
        unsafe { ffi::RSA_free(self.0.as_ptr()) }
    }
}

impl Rsa {
    /// Makes a new private key with the exponent 65537.
    pub(super) fn generate(bits: u16) -> Option<Self> {
        // SAFETY: both objects are checked for null before they are used; the key is owned by `Self` at once, the
        // exponent is copied by the library and freed here.
        unsafe {
            let key = Self(NonNull::new(ffi::RSA_new())?);
            let exponent = NonNull::new(ffi::BN_new())?;
            let is_made = ffi::BN_set_word(exponent.as_ptr(), ffi::RSA_F4 as _) == 1
                && ffi::RSA_generate_key_ex(key.0.as_ptr(), bits.into(), exponent.as_ptr(), ptr::null_mut())
                    == 1;
            ffi::BN_free(exponent.as_ptr());
            is_made.then_some(key).and_then(Self::of_permitted_size)
        }
    }

    /// Reads an RSAPrivateKey (RFC 8017 §A.1.2), DER. The library checks that its numbers belong together.
    pub(super) fn from_private(der: &[u8]) -> Option<Self> {
        // SAFETY: pointer and length are those of one slice; what comes back is null or a new object that is ours.
        let key = unsafe { ffi::RSA_private_key_from_bytes(der.as_ptr(), der.len()) };
        Self(NonNull::new(key)?).of_permitted_size()
    }

    /// Reads an RSAPublicKey (RFC 8017 §A.1.1), DER.
    pub(super) fn from_public(der: &[u8]) -> Option<Self> {
        // SAFETY: as in `from_private`.
        let key = unsafe { ffi::RSA_public_key_from_bytes(der.as_ptr(), der.len()) };
        Self(NonNull::new(key)?).of_permitted_size()
    }

    fn of_permitted_size(self) -> Option<Self> {
        // SAFETY: the object is alive and is only read.
        let bits = unsafe { ffi::RSA_bits(self.0.as_ptr()) };
        (bits >= LEAST_BITS && self.size() <= MOST_OCTETS).then_some(self)
    }

    /// The modulus in octets: how long signatures and encrypted keys are.
    fn size(&self) -> usize {
        // SAFETY: the object is alive and is only read.
        let size = unsafe { ffi::RSA_size(self.0.as_ptr()) };
        usize::try_from(size).unwrap_or(usize::MAX)
    }

    /// The RSAPrivateKey, DER.
    pub(super) fn to_private(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.written(ffi::RSA_private_key_to_bytes)
    }

    /// The RSAPublicKey, DER.
    pub(super) fn to_public(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.written(ffi::RSA_public_key_to_bytes)
    }

    fn written(
        &self,
        write: unsafe extern "C" fn(*mut *mut u8, *mut usize, *const ffi::RSA) -> std::os::raw::c_int,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let (mut octets, mut length) = (ptr::null_mut(), 0);
        // SAFETY: on success, and only then, the library sets pointer and length to a buffer that is ours to free; it
        // is copied before that, and the library's `OPENSSL_free` wipes it.
        unsafe {
            if write(&raw mut octets, &raw mut length, self.0.as_ptr()) != 1 || octets.is_null() {
                return None;
            }
            let copy = std::slice::from_raw_parts(octets, length).to_vec();
            ffi::OPENSSL_free(octets.cast());
            Some(Zeroizing::new(copy))
        }
    }

    /// Signs in the manner of PKCS#1 v1.5.
    pub(super) fn sign(&self, digest: Digest, hash: &[u8]) -> Option<Vec<u8>> {
        let mut out = vec![0; self.size()];
        let mut length = 0;
        // SAFETY: the library reads the hash as far as its slice goes, and writes at most RSA_size octets, which
        // `out` has.
        let is_signed = unsafe {
            ffi::RSA_sign(
                number(digest),
                hash.as_ptr(),
                hash.len(),
                out.as_mut_ptr(),
                &raw mut length,
                self.0.as_ptr(),
            )
        };
        out.truncate(usize::try_from(length).ok()?);
        (is_signed == 1).then_some(out)
    }

    /// Verifies in the manner of PKCS#1 v1.5.
    pub(super) fn verify(&self, digest: Digest, hash: &[u8], signature: &[u8]) -> bool {
        // SAFETY: pointers and lengths are those of two slices, which the library only reads.
        let is_verified = unsafe {
            ffi::RSA_verify(
                number(digest),
                hash.as_ptr(),
                hash.len(),
                signature.as_ptr(),
                signature.len(),
                self.0.as_ptr(),
            )
        };
        is_verified == 1
    }

    /// Encrypts a content key to this public key.
    pub(super) fn encrypt(&self, transport: KeyTransport, octets: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.transported(
            transport,
            octets,
            ffi::EVP_PKEY_encrypt_init,
            ffi::EVP_PKEY_encrypt,
        )
    }

    /// Decrypts a content key with this private key.
    pub(super) fn decrypt(&self, transport: KeyTransport, octets: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.transported(
            transport,
            octets,
            ffi::EVP_PKEY_decrypt_init,
            ffi::EVP_PKEY_decrypt,
        )
    }

    fn transported(
        &self,
        transport: KeyTransport,
        octets: &[u8],
        begin: unsafe extern "C" fn(*mut ffi::EVP_PKEY_CTX) -> std::os::raw::c_int,
        run: unsafe extern "C" fn(
            *mut ffi::EVP_PKEY_CTX,
            *mut u8,
            *mut usize,
            *const u8,
            usize,
        ) -> std::os::raw::c_int,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let mut out = Zeroizing::new(vec![0; self.size()]);
        let mut length = out.len();
        // SAFETY: the EVP_PKEY takes a reference to our RSA object, the context one to the EVP_PKEY; both are freed
        // before the end, and free functions take null. The library reads `octets` as far as its slice goes, and
        // writes at most `length` octets, which `out` has. The digests are constants of the library.
        let is_done = unsafe {
            let key = ffi::EVP_PKEY_new();
            let is_set = !key.is_null() && ffi::EVP_PKEY_set1_RSA(key, self.0.as_ptr()) == 1;
            let context = if is_set {
                ffi::EVP_PKEY_CTX_new(key, ptr::null_mut())
            } else {
                ptr::null_mut()
            };
            let is_done = !context.is_null()
                && begin(context) == 1
                && set_padding(context, transport)
                && run(
                    context,
                    out.as_mut_ptr(),
                    &raw mut length,
                    octets.as_ptr(),
                    octets.len(),
                ) == 1;
            ffi::EVP_PKEY_CTX_free(context);
            ffi::EVP_PKEY_free(key);
            is_done
        };
        out.truncate(length);
        is_done.then_some(out)
    }
}

/// # Safety
/// The context must be alive and initialised for encryption or decryption with an RSA key.
unsafe fn set_padding(context: *mut ffi::EVP_PKEY_CTX, transport: KeyTransport) -> bool {
    let padding = match transport {
        KeyTransport::Pkcs1 => ffi::RSA_PKCS1_PADDING,
        KeyTransport::OaepSha1 | KeyTransport::OaepSha256 => ffi::RSA_PKCS1_OAEP_PADDING,
    };
    // SAFETY: the caller's promise; SHA-1 is the library's default, and the mask's digest follows the other.
    unsafe {
        ffi::EVP_PKEY_CTX_set_rsa_padding(context, padding) == 1
            && (transport != KeyTransport::OaepSha256
                || ffi::EVP_PKEY_CTX_set_rsa_oaep_md(context, ffi::EVP_sha256()) == 1)
    }
}

pub(super) fn md5(octets: &[u8]) -> [u8; 16] {
    let mut out = [0; 16];
    // SAFETY: the library reads the slice and writes the 16 octets of an MD5.
    unsafe { ffi::MD5(octets.as_ptr(), octets.len(), out.as_mut_ptr()) };
    out
}

/// The library's number for a digest.
fn number(digest: Digest) -> i32 {
    match digest {
        Digest::Md5 => ffi::NID_md5,
        Digest::Sha1 => ffi::NID_sha1,
        Digest::Sha256 => ffi::NID_sha256,
        Digest::Sha384 => ffi::NID_sha384,
        Digest::Sha512 => ffi::NID_sha512,
    }
}
