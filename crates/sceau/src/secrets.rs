//! Secrets at rest: AES-256-GCM, the key's id in front, bound to table, column and row.

use std::{
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest, rand,
};
use domain::Sealed;
use zeroize::Zeroizing;

/// First octet of what is sealed: the layout that follows.
const LAYOUT: u8 = 1;
/// Octets of a key's id: the first ones of the key's SHA-256.
const ID_LEN: usize = 4;

/// Where a secret lives: bound to it, so that a sealed value moved to another row doesn't open.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Table.
    pub table: &'a str,
    /// Column.
    pub column: &'a str,
    /// Row's key.
    pub row: &'a str,
}

impl Place<'_> {
    fn associated_data(self) -> Vec<u8> {
        [self.table, self.column, self.row].join("\u{1f}").into_bytes()
    }
}

/// The keys: the first one seals, each of them opens.
pub struct Secrets {
    keys: Vec<([u8; ID_LEN], LessSafeKey)>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// Reads the key file, making it with a fresh key when there is none.
    pub fn load_or_create(path: &Path) -> anyhow::Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&Zeroizing::new(text))
                .with_context(|| format!("the secrets key file {} can't be used", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::create(path),
            Err(error) => {
                Err(error).with_context(|| format!("reading the secrets key file {}", path.display()))
            }
        }
    }

    fn create(path: &Path) -> anyhow::Result<Self> {
        let mut key = Zeroizing::new([0_u8; 32]);
        rand::fill(key.as_mut()).map_err(|_| anyhow::anyhow!("no randomness"))?;
        let text = Zeroizing::new(format!(
            "# Opens what is sealed in the database. Keep a copy apart from the database's backup.\n{}\n",
            hex(key.as_ref())
        ));
        write_private(path, text.as_bytes())?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut keys = Vec::new();
        for line in text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let key = Zeroizing::new(unhex(line).context("a line is not hexadecimal")?);
            ensure!(key.len() == 32, "a key has {} octets instead of 32", key.len());
            let mut id = [0; ID_LEN];
            for (to, from) in id.iter_mut().zip(digest::digest(&digest::SHA256, &key).as_ref()) {
                *to = *from;
            }
            let unbound =
                UnboundKey::new(&AES_256_GCM, &key).map_err(|_| anyhow::anyhow!("a key is unusable"))?;
            keys.push((id, LessSafeKey::new(unbound)));
        }
        ensure!(!keys.is_empty(), "there is no key in it");
        Ok(Self { keys })
    }

    /// Seals a secret for its place.
    pub fn seal(&self, place: Place<'_>, secret: &[u8]) -> anyhow::Result<Sealed> {
        let (id, key) = self.keys.first().context("no key")?;
        let mut nonce = [0_u8; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| anyhow::anyhow!("no randomness"))?;
        let mut body = secret.to_vec();
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place.associated_data()),
            &mut body,
        )
        .map_err(|_| anyhow::anyhow!("sealing failed"))?;
        let mut sealed = Vec::with_capacity(1 + ID_LEN + NONCE_LEN + body.len());
        sealed.push(LAYOUT);
        sealed.extend_from_slice(id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(Sealed(sealed))
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: Place<'_>, sealed: &Sealed) -> anyhow::Result<Zeroizing<Vec<u8>>> {
        let (layout, rest) = sealed.0.split_first().context("empty")?;
        ensure!(*layout == LAYOUT, "unknown layout {layout}");
        let (id, rest) = rest.split_at_checked(ID_LEN).context("too short")?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).context("too short")?;
        let Some((_, key)) = self.keys.iter().find(|(known, _)| known == id) else {
            bail!("sealed under a key that is not in the key file");
        };
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| anyhow::anyhow!("bad nonce"))?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = key
            .open_in_place(nonce, Aad::from(place.associated_data()), &mut body)
            .map_err(|_| anyhow::anyhow!("{}.{} does not open", place.table, place.column))?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

/// Writes a file that only its owner may read, whole or not at all.
pub fn write_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let folder = path
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let part = path.with_extension("part");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .with_context(|| format!("writing {}", part.display()))?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&part, path).with_context(|| format!("writing {}", path.display()))
}

/// Lower-case hexadecimal.
pub fn hex(octets: &[u8]) -> String {
    octets
        .iter()
        .fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
            text.push_str(&format!("{octet:02x}"));
            text
        })
}

/// Reads hexadecimal of either case.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| {
        digits
            .chunks_exact(2)
            .filter_map(|pair| Some(pair.first()? << 4 | pair.get(1)?))
            .collect()
    })
}

/// SHA-256 of a random token, as hex: the form in which tokens are stored.
pub fn token_sha256(token: &str) -> String {
    hex(digest::digest(&digest::SHA256, token.as_bytes()).as_ref())
}

/// A fresh token of 128 random bits as hex.
pub fn random_token() -> Zeroizing<String> {
    Zeroizing::new(hex(&random::<16>()))
}

/// Random octets. The operating system's generator doesn't fail once it has started.
pub fn random<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    if rand::fill(&mut octets).is_err() {
        // Going on with predictable tokens would be worse than stopping.
        std::process::abort();
    }
    octets
}

/// A random UUID (RFC 9562, version 4).
pub fn random_uuid() -> String {
    let mut octets = random::<16>();
    octets[6] = octets[6] & 0x0f | 0x40;
    octets[8] = octets[8] & 0x3f | 0x80;
    let text = hex(&octets);
    let cut = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    [cut(0, 8), cut(8, 12), cut(12, 16), cut(16, 20), cut(20, 32)].join("-")
}
