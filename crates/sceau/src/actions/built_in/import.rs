//! An existing authority brought in: its certificate with its key, from a file or in a token.

use ca::{CertificateAuthority, ImportError, Imported};
use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    built_in::{AuthorityKey, TokenKey},
    external_ca::{Authority, AuthorityId},
    operator::Permission,
};
use x509_parser::pem::Pem;
use zeroize::Zeroizing;

use super::{
    create::{BuiltInForm, Material, checked, install},
    keys,
};
use crate::{
    actions::{Error, Result, authorities},
    app::Shared,
};

/// An authority that exists.
pub struct ImportForm {
    /// Name and rules; lengths and years are the certificate's own.
    pub settings: BuiltInForm,
    /// Where key and certificate are.
    pub key: KeyFile,
}

/// Where key and certificate come from.
pub enum KeyFile {
    /// PEM: a private key (plain or encrypted PKCS#8, PKCS#1) and certificates.
    Pem {
        /// The text.
        text: Zeroizing<Vec<u8>>,
        /// Opens an encrypted key.
        passphrase: Option<Zeroizing<String>>,
    },
    /// PKCS#12 (PFX).
    Pkcs12 {
        /// The file.
        der: Zeroizing<Vec<u8>>,
        /// Opens it.
        passphrase: Zeroizing<String>,
    },
    /// The key stays in a PKCS#11 token; certificates as PEM, the issuing one first.
    Token {
        /// Path of the module.
        module: String,
        /// Label of the token.
        token: String,
        /// Label of the key.
        key: String,
        /// The user PIN.
        pin: Zeroizing<String>,
        /// PEM.
        certificates: Vec<u8>,
    },
}

/// Brings in an existing authority. Its key is sealed, or stays in its token.
pub async fn import_built_in(app: &Shared, actor: &Actor, form: ImportForm) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    let settings = checked(&form.settings)?;
    authorities::refuse_taken_name(app, &settings.name, None).await?;
    let (id, now): (AuthorityId, _) = (app.fresh_id(), app.now());
    let (reader, owner) = (app.clone(), id.clone());
    let material = tokio::task::spawn_blocking(move || read(&reader, &owner, form.key, now))
        .await
        .map_err(anyhow::Error::new)??;
    install(app, actor, id, &settings, material, now).await
}

fn read(app: &Shared, id: &AuthorityId, file: KeyFile, now: Timestamp) -> Result<Material> {
    let imported = match file {
        KeyFile::Pem { text, passphrase } => ca::import_pem(
            &text,
            passphrase.as_ref().map(|text| text.as_str()),
            now.seconds(),
        ),
        KeyFile::Pkcs12 { der, passphrase } => ca::import_pkcs12(&der, &passphrase, now.seconds()),
        KeyFile::Token {
            module,
            token,
            key,
            pin,
            certificates,
        } => return token_material(app, id, (module, token, key), &pin, &certificates),
    };
    let Imported {
        key,
        certificate,
        chain,
    } = imported.map_err(|error| unreadable(&error))?;
    let sealed = keys::seal(
        &app.secrets,
        id,
        "signing_key",
        &key.to_pkcs8().map_err(anyhow::Error::new)?,
    )?;
    Ok(Material {
        key: AuthorityKey::Sealed(sealed),
        authority: CertificateAuthority::open(certificate, key).map_err(|error| unusable(&error))?,
        chain,
        root_key: None,
    })
}

fn token_material(
    app: &Shared,
    id: &AuthorityId,
    (module, token, key): (String, String, String),
    pin: &str,
    certificates: &[u8],
) -> Result<Material> {
    let chain: Vec<Vec<u8>> = Pem::iter_from_buffer(certificates)
        .filter_map(std::result::Result::ok)
        .filter(|block| block.label == "CERTIFICATE")
        .map(|block| block.contents)
        .collect();
    let Some((certificate, above)) = chain.split_first() else {
        return Err(
            Refusal::invalid("file", "the file holds no readable PEM certificates")
                .keyed("error-ca-file")
                .with("detail", "no certificate in PEM")
                .into(),
        );
    };
    let place = AuthorityKey::Pkcs11(TokenKey {
        module,
        token,
        key,
        pin: keys::seal(&app.secrets, id, "pin", pin.as_bytes())?,
    });
    let signing = keys::signing_key(&app.secrets, id, &place).map_err(|error| {
        Refusal::new(Kind::Outside, "error-ca-token", format!("{error:#}"))
            .at("token")
            .with("detail", format!("{error:#}"))
    })?;
    Ok(Material {
        key: place,
        authority: CertificateAuthority::open(certificate.clone(), signing)
            .map_err(|error| unusable(&error))?,
        chain: above.to_vec(),
        root_key: None,
    })
}

/// What a file can't become; a passphrase that doesn't open it is wrong at its own field.
fn unreadable(error: &ImportError) -> Error {
    match error {
        ImportError::WrongPassphrase | ImportError::PassphraseNeeded => {
            Refusal::invalid("passphrase", error.to_string())
                .keyed("error-ca-passphrase")
                .with("detail", error.to_string())
                .into()
        }
        other => unusable(other),
    }
}

fn unusable(error: &dyn std::fmt::Display) -> Error {
    Refusal::invalid("file", format!("this can't become an authority: {error}"))
        .keyed("error-ca-file")
        .with("detail", error.to_string())
        .into()
}
