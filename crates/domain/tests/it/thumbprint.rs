use domain::thumbprint::{Sha1, from_certificate, known, match_pasted, md5, sha256};

use crate::samples::fixture;

fn chain() -> Vec<Vec<u8>> {
    vec![fixture("issuer.der"), fixture("registration.der")]
}

/// As NDES prints it: groups of eight with blanks.
fn grouped(digits: &str) -> String {
    let groups: Vec<_> = digits
        .as_bytes()
        .chunks(8)
        .map(|group| String::from_utf8_lossy(group))
        .collect();
    format!(" {} ", groups.join(" "))
}

#[test]
fn ndes_own_md5_is_taken_and_stored_as_sha1() {
    let issuer = fixture("issuer.der");
    assert_eq!(
        match_pasted(&grouped(&md5(&issuer)), &chain()).unwrap(),
        Sha1::of(&issuer)
    );
}

#[test]
fn sha1_and_sha256_are_taken_in_any_spelling() {
    let issuer = fixture("issuer.der");
    let sha1 = Sha1::of(&issuer);
    assert_eq!(
        match_pasted(&sha1.to_string().to_lowercase(), &chain()).unwrap(),
        sha1
    );
    assert_eq!(match_pasted(&format!("\u{200e}{sha1}"), &chain()).unwrap(), sha1);
    let colons: Vec<_> = sha256(&issuer)
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).into_owned())
        .collect();
    assert_eq!(match_pasted(&colons.join(":"), &chain()).unwrap(), sha1);
}

#[test]
fn one_that_matches_no_certificate_is_refused_with_what_the_chain_has() {
    let foreign = fixture("namesake.der");
    for pasted in [md5(&foreign), Sha1::of(&foreign).to_string(), sha256(&foreign)] {
        let error = match_pasted(&pasted, &chain()).unwrap_err();
        assert_eq!(error.key, "error-thumbprint-not-in-chain");
        assert!(error.detail.contains(&Sha1::of(&chain()[0]).to_string()));
        assert_eq!(error.field.as_deref(), Some("thumbprint"));
    }
}

#[test]
fn what_is_no_thumbprint_is_refused() {
    for pasted in [
        "",
        "xyz",
        &"0".repeat(39),
        &"g".repeat(40),
        &"é".repeat(20),
        &"0".repeat(100_000),
    ] {
        assert_eq!(
            match_pasted(pasted, &chain()).unwrap_err().key,
            "error-thumbprint-invalid"
        );
    }
}

#[test]
fn a_certificate_of_the_chain_gives_its_thumbprint_from_der_and_pem() {
    let issuer = fixture("issuer.der");
    assert_eq!(from_certificate(&issuer, &chain()).unwrap(), Sha1::of(&issuer));
    let error = from_certificate(&fixture("namesake.der"), &chain()).unwrap_err();
    assert_eq!(error.key, "error-thumbprint-not-in-chain");
    let pem = String::from_utf8(fixture("issuer.pem")).unwrap();
    assert_eq!(
        from_certificate(format!("Bag\r\n{pem}").as_bytes(), &chain()).unwrap(),
        Sha1::of(&issuer)
    );
    for file in [
        &b""[..],
        b"nonsense",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        assert_eq!(
            from_certificate(file, &chain()).unwrap_err().key,
            "error-thumbprint-file"
        );
    }
}

#[test]
fn all_three_thumbprints_are_listed_for_a_person_to_compare() {
    let listed = known(&chain());
    assert_eq!(listed.len(), 2);
    assert_eq!((listed[0].md5.len(), listed[0].sha256.len()), (32, 64));
    assert!(listed[0].subject.contains("Lab Issuing CA"));
}
