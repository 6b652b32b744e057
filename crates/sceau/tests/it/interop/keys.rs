//! RSA keys for the clients, made by OpenSSL. One of 4,096 bits takes its time: it is made once in a run of the tests.

use std::path::Path;

use tokio::sync::OnceCell;

use super::program;

#[derive(Clone, Copy)]
pub(super) enum Key {
    /// A new one of 2,048 bits. Clients that name a transaction after its key begin a new one with it.
    Fresh,
    /// One of 4,096 bits.
    Large,
}

static LARGE: OnceCell<String> = OnceCell::const_new();

impl Key {
    /// Puts a key into a folder as PEM of PKCS#1 (scepclient reads no other), under this name.
    pub(super) async fn put(self, folder: &Path, name: &str) {
        match self {
            Self::Fresh => make(folder, name, "2048").await,
            Self::Large => {
                let first = || async {
                    make(folder, name, "4096").await;
                    std::fs::read_to_string(folder.join(name)).unwrap()
                };
                let pem = LARGE.get_or_init(first).await;
                std::fs::write(folder.join(name), pem).unwrap();
            }
        }
    }
}

async fn make(folder: &Path, name: &str, bits: &str) {
    let (is_made, said) = program(folder, "openssl", &["genrsa", "-traditional", "-out", name, bits]).await;
    assert!(is_made, "{said}");
}
