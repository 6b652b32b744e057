//! An authority whose key stays in a token, with SoftHSM as the token. Needs the Debian package softhsm2.

use std::{path::Path, process::Command};

use domain::actor::Actor;
use sceau::actions::built_in::{self, BuiltInForm, ImportForm, KeyFile};
use zeroize::Zeroizing;

use super::{
    House,
    client::{ask, enrolment, issued, signer},
    openssl::{agrees, authority, write_certificate},
};
use crate::world::World;

const PIN: &str = "24680";
/// Set in the child process alone.
const INSIDE: &str = "SCEAU_TEST_TOKEN_FOLDER";
const NAME: &str = "built_in::pkcs11::a_key_in_a_token_is_brought_in_and_issues";

fn module() -> String {
    [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib64/softhsm/libsofthsm2.so",
    ]
    .into_iter()
    .find(|place| Path::new(place).exists())
    .expect("the tests need the Debian package softhsm2")
    .to_owned()
}

fn token_tool(configuration: &Path, arguments: &[&str]) {
    let output = Command::new("softhsm2-util")
        .args(arguments)
        .env("SOFTHSM2_CONF", configuration)
        .output()
        .expect("the tests need the Debian package softhsm2");
    assert!(output.status.success(), "{output:?}");
}

/// SoftHSM reads its configuration from the environment, once: the story runs in a process of its own.
#[test]
fn a_key_in_a_token_is_brought_in_and_issues() {
    if let Some(folder) = std::env::var_os(INSIDE) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        return runtime.block_on(issues(Path::new(&folder)));
    }
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let configuration = folder.path().join("softhsm2.conf");
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\n",
        tokens.display()
    );
    std::fs::write(&configuration, text).unwrap();
    authority(folder.path());
    let plain = [
        "pkcs8",
        "-topk8",
        "-nocrypt",
        "-in",
        "key.pem",
        "-passin",
        "pass:secret",
        "-out",
        "plain.pem",
    ];
    agrees(folder.path(), &plain);
    token_tool(
        &configuration,
        &[
            "--init-token",
            "--free",
            "--label",
            "house",
            "--pin",
            PIN,
            "--so-pin",
            "13579-so",
        ],
    );
    let key = folder.path().join("plain.pem");
    let key = key.to_str().unwrap();
    token_tool(
        &configuration,
        &[
            "--import", key, "--token", "house", "--label", "issuing", "--id", "01", "--pin", PIN,
        ],
    );
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env("SOFTHSM2_CONF", &configuration)
        .env(INSIDE, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

async fn issues(folder: &Path) {
    let world = World::new().await;
    let form = |pin: &str| ImportForm {
        settings: BuiltInForm {
            name: "Token CA".to_owned(),
            ..BuiltInForm::default()
        },
        key: KeyFile::Token {
            module: module(),
            token: "house".to_owned(),
            key: "issuing".to_owned(),
            pin: Zeroizing::new(pin.to_owned()),
            certificates: std::fs::read(folder.join("cert.pem")).unwrap(),
        },
    };
    let wrong = built_in::import_built_in(&world.app, &Actor::CommandLine, form("11111")).await;
    assert_eq!(wrong.unwrap_err().refusals()[0].field.as_deref(), Some("token"));
    let authority = built_in::import_built_in(&world.app, &Actor::CommandLine, form(PIN))
        .await
        .unwrap();
    let house = House { world, authority };
    let order = house.order("CN=ada").await;
    let mut one = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    write_certificate(folder, "ada.pem", &issued(ask(&house, &mut one).await));
    agrees(
        folder,
        &["verify", "-x509_strict", "-CAfile", "cert.pem", "ada.pem"],
    );
    let id = &house.authority.id;
    let view = built_in::view(&house.world.app, &Actor::CommandLine, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(view.token.as_deref(), Some("house"));
}
