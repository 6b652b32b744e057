//! RSA keys for the clients, made by OpenSSL once in a run of the tests: 4,096 bits take their time.

use std::path::Path;

use tokio::sync::OnceCell;

use super::program;

/// A size, and which key of that size.
#[derive(Clone, Copy)]
pub(super) enum Key {
    First,
    /// What a key is changed for.
    Second,
    /// One of 4,096 bits.
    Large,
}

static KEYS: [OnceCell<String>; 3] = [const { OnceCell::const_new() }; 3];

impl Key {
    fn bits(self) -> &'static str {
        match self {
            Self::First | Self::Second => "2048",
            Self::Large => "4096",
        }
    }

    /// Puts the key into a folder as PEM of PKCS#1 (scepclient reads no other), under this name.
    pub(super) async fn put(self, folder: &Path, name: &str) {
        let make = || async {
            let (is_made, pem) = program(
                folder,
                "openssl",
                &["genrsa", "-traditional", "-out", name, self.bits()],
            )
            .await;
            assert!(is_made, "{pem}");
            std::fs::read_to_string(folder.join(name)).unwrap()
        };
        let pem = KEYS[self as usize].get_or_init(make).await;
        std::fs::write(folder.join(name), pem).unwrap();
    }
}
