#![allow(clippy::unwrap_used)]

use ndes::{ChallengeUrl, Error, Operation, ScepUrl};

#[test]
fn the_part_that_windows_adds_is_taken_off_a_scep_address() {
    let bare = "https://ndes.example.test/certsrv/mscep/mscep.dll";
    for pasted in [
        bare.to_owned(),
        format!("  {bare}\n"),
        format!("{bare}/"),
        format!("{bare}/pkiclient.exe"),
        format!("{bare}/PKIClient.exe/"),
    ] {
        assert_eq!(ScepUrl::parse(&pasted).unwrap().as_str(), bare, "{pasted}");
    }
    let root = ScepUrl::parse("http://ndes.example.test:8080/pkiclient.exe").unwrap();
    assert_eq!(root.as_str(), "http://ndes.example.test:8080/");
    assert!(!root.is_encrypted());
}

#[test]
fn a_challenge_address_gets_its_last_slash() {
    let whole = "https://ndes.example.test/certsrv/mscep_admin/";
    for pasted in [
        whole,
        "https://ndes.example.test/certsrv/mscep_admin",
        " HTTPS://NDES.example.test/certsrv/mscep_admin ",
    ] {
        assert_eq!(ChallengeUrl::parse(pasted).unwrap().as_str(), whole);
    }
    assert!(ChallengeUrl::parse(whole).unwrap().is_encrypted());
}

#[test]
fn what_is_no_plain_web_address_is_refused() {
    for (text, error) in [
        ("ftp://ndes.example.test/", Error::NotHttp),
        ("file:///certsrv", Error::NotHttp),
        (
            "https://lab%5Cndes:secret@ndes.example.test/",
            Error::CredentialsInUrl,
        ),
        ("https://ndes@ndes.example.test/", Error::CredentialsInUrl),
        (
            "https://ndes.example.test/?operation=GetCACert",
            Error::QueryInUrl,
        ),
        ("https://ndes.example.test/#top", Error::QueryInUrl),
    ] {
        assert_eq!(ScepUrl::parse(text), Err(error.clone()), "{text}");
        assert_eq!(ChallengeUrl::parse(text), Err(error), "{text}");
    }
    for text in [
        "",
        "ndes.example.test/certsrv",
        "https://",
        "https://[::1/",
        "https://é\u{0}/",
    ] {
        assert!(matches!(ScepUrl::parse(text), Err(Error::NotAUrl(_))), "{text}");
    }
}

#[test]
fn a_challenge_url_may_ask_a_policy_module_and_nothing_else() {
    let url = ChallengeUrl::parse(
        "https://ndes.example.test/certsrv/mscep_admin?operation=NDESGenerateChallenge&keyUsage=0xa0",
    )
    .unwrap();
    assert_eq!(
        url.as_str(),
        "https://ndes.example.test/certsrv/mscep_admin/?operation=NDESGenerateChallenge&keyUsage=0xa0"
    );
    assert_eq!(url.operation(), Some(Operation::GenerateChallenge));
    assert_eq!(
        url.without_page(),
        "https://ndes.example.test/certsrv/mscep_admin",
        "where no challenge is made"
    );
    assert_eq!(
        ChallengeUrl::parse("https://ndes.example.test/certsrv/mscep_admin/?x=1"),
        Err(Error::QueryInUrl)
    );
}
