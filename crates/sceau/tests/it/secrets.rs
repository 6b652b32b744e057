//! Secrets at rest.

use domain::Sealed;
use sceau::secrets::{Place, Secrets, hex, random_uuid, unhex};

const PLACE: Place<'static> = Place {
    table: "authorities",
    column: "password",
    row: "1",
};

#[test]
fn what_is_sealed_opens_at_its_own_place_alone() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Secrets::load_or_create(&folder.path().join("secrets.key")).unwrap();
    let sealed = secrets.seal(PLACE, b"a password").unwrap();
    assert_eq!(secrets.open(PLACE, &sealed).unwrap().as_slice(), b"a password");
    for elsewhere in [
        Place {
            table: "orders",
            ..PLACE
        },
        Place {
            column: "username",
            ..PLACE
        },
        Place { row: "2", ..PLACE },
    ] {
        assert!(secrets.open(elsewhere, &sealed).is_err(), "{elsewhere:?}");
    }
}

#[test]
fn every_changed_or_missing_octet_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Secrets::load_or_create(&folder.path().join("secrets.key")).unwrap();
    let sealed = secrets.seal(PLACE, b"a password").unwrap();
    for at in 0..sealed.0.len() {
        let mut changed = sealed.0.clone();
        changed[at] ^= 1;
        assert!(
            secrets.open(PLACE, &Sealed(changed)).is_err(),
            "octet {at} was changed"
        );
        assert!(
            secrets.open(PLACE, &Sealed(sealed.0[..at].to_vec())).is_err(),
            "cut at {at}"
        );
    }
}

#[test]
fn another_key_file_opens_nothing_and_an_older_key_still_does() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (folder.path().join("one.key"), folder.path().join("other.key"));
    let sealed = Secrets::load_or_create(&one)
        .unwrap()
        .seal(PLACE, b"a password")
        .unwrap();
    assert!(
        Secrets::load_or_create(&other)
            .unwrap()
            .open(PLACE, &sealed)
            .is_err()
    );
    let both = std::fs::read_to_string(&other).unwrap() + &std::fs::read_to_string(&one).unwrap();
    std::fs::write(&other, both).unwrap();
    let rotated = Secrets::load_or_create(&other).unwrap();
    assert_eq!(rotated.open(PLACE, &sealed).unwrap().as_slice(), b"a password");
}

#[test]
fn the_key_file_is_its_owners_alone_and_a_damaged_one_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.key");
    Secrets::load_or_create(&file).unwrap();
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    for damaged in ["", "# nothing\n", "zz\n", "0011\n"] {
        std::fs::write(&file, damaged).unwrap();
        assert!(Secrets::load_or_create(&file).is_err(), "{damaged:?}");
    }
}

#[test]
fn hexadecimal_goes_there_and_back_and_identifiers_are_uuids() {
    assert_eq!(unhex(&hex(&[0, 10, 255])).unwrap(), [0, 10, 255]);
    assert!(unhex("0").is_none() && unhex("0g").is_none());
    let uuid = random_uuid();
    assert_eq!(uuid.len(), 36);
    assert_eq!(uuid.as_bytes()[14], b'4');
    assert_ne!(uuid, random_uuid());
}

#[tokio::test]
async fn a_missing_key_file_is_not_replaced_while_something_is_sealed() {
    use sceau::{commands::start, settings::Settings};
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        data_dir: folder.path().to_owned(),
        ..Settings::default()
    };
    drop(start::application(settings.clone()).await.unwrap());
    std::fs::remove_file(settings.secrets_file()).unwrap();
    let refusal = start::application(settings.clone())
        .await
        .map(drop)
        .expect_err("nothing would open");
    assert!(
        refusal.to_string().contains("secrets.key is missing"),
        "{refusal}"
    );
    assert!(!settings.secrets_file().exists());
}
