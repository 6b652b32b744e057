//! People's passwords: argon2id, off the event loop, at most two at once.

use std::sync::{LazyLock, Mutex, PoisonError};

use anyhow::Context as _;
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Each hash takes 19 MiB: two at once bound what a flood of sign-ins can take.
static PLACES: Semaphore = Semaphore::const_new(2);

/// Memory to hash in, as much as there are places.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// Compared with when there is no such user, so that the answer takes as long.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now(&crate::secrets::random_token()).ok());

/// Longer passwords are refused: nobody types them, and hashing them costs.
pub const LONGEST: usize = 512;

/// Hashes a password for storing, as a PHC string.
pub async fn hash(password: Zeroizing<String>) -> anyhow::Result<String> {
    let _place = PLACES.acquire().await?;
    tokio::task::spawn_blocking(move || hash_now(&password)).await?
}

/// Whether the password belongs to the stored hash. `None` (no such user, or one without a password) takes the
/// same time and is never right.
pub async fn verify(password: Zeroizing<String>, stored: Option<String>) -> anyhow::Result<bool> {
    let _place = PLACES.acquire().await?;
    tokio::task::spawn_blocking(move || verify_now(&password, stored)).await?
}

fn hash_now(password: &str) -> anyhow::Result<String> {
    let (params, salt) = (Params::default(), crate::secrets::random::<16>());
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(Salt::new(&salt)?),
        hash: Some(output(
            password.as_bytes(),
            &salt,
            &params,
            Params::DEFAULT_OUTPUT_LEN,
        )?),
    };
    Ok(hash.to_string())
}

fn verify_now(password: &str, stored: Option<String>) -> anyhow::Result<bool> {
    let is_known = stored.is_some() && password.len() <= LONGEST;
    let Some(text) = stored.or_else(|| NOBODY.clone()) else {
        return Ok(false);
    };
    let damaged = || "a stored password hash is damaged";
    let parsed = PasswordHash::new(&text).with_context(damaged)?;
    let params = Params::try_from(&parsed).with_context(damaged)?;
    let (salt, expected) = parsed.salt.zip(parsed.hash).with_context(damaged)?;
    let password = password.as_bytes().get(..LONGEST).unwrap_or(password.as_bytes());
    // `Output` compares in constant time.
    let is_right = output(password, salt.as_ref(), &params, expected.len())? == expected;
    Ok(is_right && is_known)
}

/// argon2id in memory that is kept for the next password: freed and taken again in each thread of the runtime, it
/// would stay in the allocator many times over.
fn output(password: &[u8], salt: &[u8], params: &Params, length: usize) -> anyhow::Result<Output> {
    let mut memory = MEMORY
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop()
        .unwrap_or_default();
    memory.resize(params.block_count(), Block::default());
    let mut octets = Zeroizing::new(vec![0; length]);
    let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into_with_memory(password, salt, &mut octets, &mut memory)
        .context("hashing a password");
    memory.fill(Block::default());
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    hashed?;
    Ok(Output::new(&octets)?)
}
