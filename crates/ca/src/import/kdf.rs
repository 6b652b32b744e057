//! PKCS#12's own key derivation (RFC 7292 appendix B.2).

use std::num::NonZeroU32;

use aws_lc_rs::digest::{self, Context};
use zeroize::Zeroizing;

/// What the derived octets are for, by the number that stands for it (appendix B.3).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    Vector = 2,
    Integrity = 3,
}

/// Derives `length` octets. The passphrase is UTF-16 with its NUL.
pub(super) fn derive(
    hash: &'static digest::Algorithm,
    passphrase: &[u8],
    salt: &[u8],
    rounds: NonZeroU32,
    purpose: Purpose,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = hash.block_len();
    let diversifier = vec![purpose as u8; block];
    let mut input = Zeroizing::new(Vec::new());
    // One allocation, so that no copy of the passphrase is left behind.
    input.reserve_exact(filled(salt, block) + filled(passphrase, block));
    for part in [salt, passphrase] {
        input.extend(part.iter().cycle().take(filled(part, block)));
    }
    let mut derived = Zeroizing::new(Vec::with_capacity(length + hash.output_len()));
    while derived.len() < length {
        let mut context = Context::new(hash);
        context.update(&diversifier);
        context.update(&input);
        let mut output = Zeroizing::new(context.finish().as_ref().to_vec());
        for _ in 1..rounds.get() {
            let next = digest::digest(hash, &output);
            output.copy_from_slice(next.as_ref());
        }
        derived.extend_from_slice(&output);
        let addend = Zeroizing::new(output.iter().copied().cycle().take(block).collect::<Vec<u8>>());
        for part in input.chunks_mut(block) {
            add_with_one(part, &addend);
        }
    }
    derived.truncate(length);
    derived
}

/// How many octets a part takes when it is repeated to whole blocks.
fn filled(part: &[u8], block: usize) -> usize {
    part.len().div_ceil(block) * block
}

/// `part + addend + 1`, both big-endian and of one length, without the carry out of the top.
fn add_with_one(part: &mut [u8], addend: &[u8]) {
    let mut carry = 1_u16;
    for (octet, add) in part.iter_mut().zip(addend).rev() {
        let [high, low] = (u16::from(*octet) + u16::from(*add) + carry).to_be_bytes();
        *octet = low;
        carry = u16::from(high);
    }
}
