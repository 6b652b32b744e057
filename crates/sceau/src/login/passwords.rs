//! People's passwords: argon2id, off the event loop, at most two at once.

use std::sync::LazyLock;

use anyhow::Context as _;
use argon2::{
    Argon2, PasswordHasher as _, PasswordVerifier as _,
    password_hash::{Error as HashError, phc::PasswordHash},
};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Each hash takes 19 MiB: two at once bound what a flood of sign-ins can take.
static PLACES: Semaphore = Semaphore::const_new(2);

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
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .context("hashing a password")?;
    Ok(hash.to_string())
}

fn verify_now(password: &str, stored: Option<String>) -> anyhow::Result<bool> {
    let is_known = stored.is_some() && password.len() <= LONGEST;
    let Some(text) = stored.or_else(|| NOBODY.clone()) else {
        return Ok(false);
    };
    let parsed = PasswordHash::new(&text).context("a stored password hash is damaged")?;
    let password = password.as_bytes().get(..LONGEST).unwrap_or(password.as_bytes());
    match Argon2::default().verify_password(password, &parsed) {
        Ok(()) => Ok(is_known),
        Err(HashError::PasswordInvalid) => Ok(false),
        Err(error) => Err(error).context("checking a password"),
    }
}
