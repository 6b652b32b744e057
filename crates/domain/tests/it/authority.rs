use domain::{
    challenge,
    external_ca::{
        Access, Authority, AuthorityForm, AuthorityKind, Password, check, check_static_challenge, kdc_address,
    },
};

use crate::samples::authority;

/// A certificate, PEM.
const FIXTURE: &str = include_str!("../fixtures/issuer.pem");

fn form() -> AuthorityForm {
    AuthorityForm {
        name: " NDES ".to_owned(),
        scep_url: "https://ndes.lab.test/certsrv/mscep/mscep.dll".to_owned(),
        username: r"LAB\ndes".to_owned(),
        password: Some(Password::new("secret".to_owned())),
        challenge_url: "https://ndes.lab.test/certsrv/mscep_admin/".to_owned(),
        ..AuthorityForm::default()
    }
}

fn key_of(change: impl FnOnce(&mut AuthorityForm)) -> String {
    let mut form = form();
    change(&mut form);
    let errors = check(&form, None).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors[0].key.clone()
}

#[test]
fn a_pasted_pkiclient_exe_is_taken_off() {
    for pasted in [
        "https://ndes.lab.test/certsrv/mscep/mscep.dll/pkiclient.exe",
        " https://NDES.lab.test/certsrv/mscep/mscep.dll/PKIClient.exe ",
        "https://ndes.lab.test/certsrv/mscep/mscep.dll/",
        "https://ndes.lab.test/certsrv/mscep/mscep.dll",
    ] {
        let mut form = form();
        form.scep_url = pasted.to_owned();
        let checked = check(&form, None).unwrap();
        assert_eq!(checked.scep_url, "https://ndes.lab.test/certsrv/mscep/mscep.dll");
        assert_eq!(checked.name, "NDES");
    }
}

#[test]
fn the_challenge_address_ends_in_a_slash() {
    let mut form = form();
    form.challenge_url = "https://ndes.lab.test/certsrv/mscep_admin".to_owned();
    assert_eq!(
        check(&form, None).unwrap().challenge_url,
        "https://ndes.lab.test/certsrv/mscep_admin/"
    );
}

#[test]
fn a_challenge_in_clear_must_be_consented_to() {
    let plain = "http://ndes.lab.test/certsrv/mscep_admin/".to_owned();
    assert_eq!(
        key_of(|form| form.challenge_url = plain.clone()),
        "error-challenge_url-plain-http"
    );
    let mut form = form();
    form.challenge_url = plain.clone();
    form.is_plain_http_accepted = true;
    assert_eq!(check(&form, None).unwrap().challenge_url, plain);
}

#[test]
fn addresses_that_are_none_are_refused() {
    assert_eq!(
        key_of(|form| form.scep_url = "ndes".to_owned()),
        "error-scep_url-invalid"
    );
    assert_eq!(
        key_of(|form| form.scep_url = "ftp://ndes/x".to_owned()),
        "error-scep_url-invalid"
    );
    assert_eq!(
        key_of(|form| form.scep_url.push_str("?operation=GetCACaps")),
        "error-scep_url-query"
    );
    assert_eq!(
        key_of(|form| form.challenge_url.push('#')),
        "error-challenge_url-query"
    );
    assert_eq!(
        key_of(|form| form.challenge_url = "https://u:p@ndes/certsrv/".to_owned()),
        "error-challenge_url-credentials"
    );
}

#[test]
fn a_user_without_a_domain_is_refused() {
    for name in ["ndes", "", r"LAB\", r"\ndes", r"LAB\a\b", "ndes@", "@lab.test"] {
        assert_eq!(
            key_of(|form| form.username = name.to_owned()),
            "error-username-invalid",
            "{name}"
        );
    }
    for name in [r"LAB\ndes", "ndes@lab.test", r"LAB\nd@es"] {
        let mut form = form();
        form.username = name.to_owned();
        assert!(check(&form, None).is_ok(), "{name}");
    }
}

#[test]
fn a_new_authority_needs_a_password() {
    assert_eq!(key_of(|form| form.password = None), "error-password-needed");
    assert_eq!(
        key_of(|form| form.password = Some(Password::default())),
        "error-password-needed"
    );
}

#[test]
fn a_known_password_is_never_sent_to_another_address_or_for_another_user() {
    let existing = authority();
    let edit = |change: fn(&mut AuthorityForm)| {
        let mut form = form();
        form.password = None;
        change(&mut form);
        check(&form, Some(&existing)).map_err(|errors| errors[0].key.clone())
    };
    assert!(edit(|form| form.name = "Other".to_owned()).is_ok());
    let needed = "error-password-needed";
    assert_eq!(
        edit(|form| form.scep_url = "https://other.test/scep".to_owned()).unwrap_err(),
        needed
    );
    assert_eq!(
        edit(|form| form.challenge_url = "https://evil.test/".to_owned()).unwrap_err(),
        needed
    );
    assert_eq!(
        edit(|form| form.username = r"LAB\other".to_owned()).unwrap_err(),
        needed
    );
}

fn fixed() -> AuthorityForm {
    AuthorityForm {
        name: "EJBCA".to_owned(),
        kind: AuthorityKind::Ejbca,
        scep_url: "https://ca.lab.test/ejbca/publicweb/apply/scep/tpm/pkiclient.exe".to_owned(),
        static_challenge: Some(Password::new("foo 123".to_owned())),
        ca_name: Some(" Issuing ".to_owned()),
        ..AuthorityForm::default()
    }
}

#[test]
fn an_authority_with_a_fixed_challenge_has_fields_of_its_own() {
    for kind in [AuthorityKind::Ejbca, AuthorityKind::GenericScep] {
        let checked = check(&AuthorityForm { kind, ..fixed() }, None).unwrap();
        assert_eq!(
            checked.scep_url,
            "https://ca.lab.test/ejbca/publicweb/apply/scep/tpm"
        );
        assert_eq!(checked.access.ca_name.as_deref(), Some("Issuing"));
        assert_eq!(
            (checked.username.as_str(), checked.challenge_url.as_str()),
            ("", "")
        );
    }
    let keys = |form: AuthorityForm| -> Vec<(Option<String>, String)> {
        let errors = check(&form, None).unwrap_err();
        errors.into_iter().map(|error| (error.field, error.key)).collect()
    };
    let at = |field: &str, key: &str| (Some(field.to_owned()), key.to_owned());
    let foreign = AuthorityForm {
        username: "ndes".to_owned(),
        ..fixed()
    };
    assert_eq!(keys(foreign), [at("username", "error-field-not-of-kind")]);
    let none = AuthorityForm {
        static_challenge: None,
        ..fixed()
    };
    assert_eq!(
        keys(none),
        [at("static_challenge", "error-static_challenge-needed")]
    );
    let unprintable = AuthorityForm {
        static_challenge: Some(Password::new("défi".to_owned())),
        ..fixed()
    };
    assert_eq!(keys(unprintable)[0].0.as_deref(), Some("static_challenge"));
    let ndes = AuthorityForm {
        static_challenge: Some(Password::new("foo".to_owned())),
        ..form()
    };
    assert_eq!(keys(ndes), [at("static_challenge", "error-field-not-of-kind")]);
    let changed = check(&fixed(), Some(&authority())).unwrap_err();
    assert!(changed.iter().any(|error| error.key == "error-kind-changed"));
}

#[test]
fn how_an_authority_is_signed_in_to_is_a_persons_to_say() {
    let set = |form: &mut AuthorityForm| {
        (form.allows_basic, form.prefers_kerberos) = (true, true);
        (form.kdc, form.watch_minutes) = (Some(" dc1.lab.test:88 ".to_owned()), 5);
    };
    let mut ndes = form();
    set(&mut ndes);
    let expected = Access {
        allows_basic: true,
        prefers_kerberos: true,
        kdc: Some("dc1.lab.test:88".to_owned()),
        watch_minutes: 5,
        trusts_public: false,
        ..Access::default()
    };
    assert_eq!(check(&ndes, None).unwrap().access, expected);
    let usual = Access {
        trusts_public: false,
        ..Access::default()
    };
    assert_eq!(check(&form(), None).unwrap().access, usual);

    let key = key_of(|form| {
        form.allows_basic = true;
        form.is_plain_http_accepted = true;
        form.challenge_url = "http://ndes.lab.test/certsrv/mscep_admin/".to_owned();
    });
    assert_eq!(key, "error-allows_basic-plain-http");
    for minutes in [0, 4, 1441] {
        assert_eq!(
            key_of(|form| form.watch_minutes = minutes),
            "error-watch_minutes-invalid"
        );
    }
    for kdc in [
        "dc1.lab.test:",
        "dc1.lab.test:0",
        ":88",
        "dc1/lab",
        "tcp://dc1",
        "dc1:88:88",
        "dc 1",
    ] {
        assert_eq!(
            key_of(|form| form.kdc = Some(kdc.to_owned())),
            "error-kdc-invalid",
            "{kdc}"
        );
    }

    let mut ejbca = fixed();
    set(&mut ejbca);
    let fields: Vec<_> = check(&ejbca, None)
        .unwrap_err()
        .into_iter()
        .map(|error| (error.field.unwrap(), error.key))
        .collect();
    let foreign = ["allows_basic", "prefers_kerberos", "kdc"]
        .map(|field| (field.to_owned(), "error-field-not-of-kind".to_owned()));
    assert_eq!(fields, foreign);
}

#[test]
fn another_key_distribution_centre_asks_for_the_password_again() {
    let known = authority();
    let edit = |kdc: Option<&str>| {
        let form = AuthorityForm {
            name: known.name.clone(),
            scep_url: known.scep_url.clone(),
            username: known.username.clone(),
            challenge_url: known.challenge_url.clone(),
            is_plain_http_accepted: known.is_plain_http_accepted,
            trust_pem: known.trust_pem.clone(),
            limits: known.limits,
            kdc: kdc.map(str::to_owned),
            ..AuthorityForm::default()
        };
        check(&form, Some(&known)).map_err(|errors| errors[0].key.clone())
    };
    assert!(edit(None).is_ok());
    assert_eq!(edit(Some("evil.test")).unwrap_err(), "error-password-needed");
}

#[test]
fn a_change_of_whom_an_authoritys_https_trusts_asks_for_the_password() {
    let before = Authority {
        trust_pem: Some(FIXTURE.trim().to_owned()),
        ..authority()
    };
    assert!(before.access.trusts_public, "as an earlier version did");
    let edit = |trust: Option<&str>, trusts_public| {
        let form = AuthorityForm {
            trust_pem: trust.map(str::to_owned),
            trusts_public,
            ..AuthorityForm::of(&before)
        };
        check(&form, Some(&before)).map_err(|errors| errors[0].key.clone())
    };
    assert!(AuthorityForm::of(&before).trusts_public);
    assert!(edit(Some(FIXTURE), true).is_ok());
    for (trust, trusts_public) in [(Some(FIXTURE), false), (None, true), (None, false)] {
        assert_eq!(edit(trust, trusts_public).unwrap_err(), "error-password-needed");
    }
    // Without any there is nothing that the public ones could be beside.
    let without = authority();
    let form = AuthorityForm {
        trusts_public: !without.access.trusts_public,
        ..AuthorityForm::of(&without)
    };
    assert!(check(&form, Some(&without)).is_ok());
}

#[test]
fn what_another_version_wrote_of_an_authoritys_access_is_read() {
    let read = |text: &str| serde_json::from_str::<Access>(text).unwrap();
    assert_eq!(read("{}"), Access::default());
    assert!(
        read("{}").trusts_public,
        "what was trusted before the choice is trusted still"
    );
    let newer = read(r#"{"allows_basic":true,"of_a_later_version":{"x":1}}"#);
    assert!(newer.allows_basic);
    assert_eq!(newer.watch_minutes, Access::default().watch_minutes);
    assert_eq!(read(&serde_json::to_string(&newer).unwrap()), newer);
}

#[test]
fn a_key_distribution_centre_is_a_host_and_perhaps_a_port() {
    let parts = |host: &str, port| Some((host.to_owned(), port));
    assert_eq!(kdc_address("dc1.lab.test"), parts("dc1.lab.test", None));
    assert_eq!(
        kdc_address("dc1.lab.test:8088"),
        parts("dc1.lab.test", Some(8088))
    );
    assert_eq!(kdc_address("127.0.0.1:88"), parts("127.0.0.1", Some(88)));
    assert_eq!(kdc_address("[::1]:88"), parts("::1", Some(88)));
    assert_eq!(kdc_address("[::1]"), parts("::1", None));
    for nonsense in [
        "",
        ":88",
        "dc1:",
        "dc1:0",
        "dc1:65536",
        "::1",
        "dc1..test",
        "tcp://dc1",
        "dc1/x",
        "dc 1",
        "ndes@dc1",
        "[dc1]:88",
    ] {
        assert_eq!(kdc_address(nonsense), None, "{nonsense}");
    }
}

#[test]
fn a_trust_file_without_certificates_is_refused() {
    assert_eq!(
        key_of(|form| form.trust_pem = Some("nonsense".to_owned())),
        "error-trust_pem-invalid"
    );
    let mut form = form();
    form.trust_pem = Some("  ".to_owned());
    assert_eq!(check(&form, None).unwrap().trust_pem, None);
}

#[test]
fn limits_that_contradict_each_other_are_refused() {
    assert_eq!(
        key_of(|form| form.limits.safe_life_seconds = 3601),
        "error-limits-invalid"
    );
    assert_eq!(key_of(|form| form.limits.max_unused = 0), "error-limits-invalid");
}

#[test]
fn a_password_shows_itself_nowhere() {
    let form: AuthorityForm = serde_json::from_str(r#"{"password":"canary-7"}"#).unwrap();
    assert_eq!(form.password.as_ref().unwrap().reveal(), "canary-7");
    assert!(!format!("{form:?}").contains("canary"));
}

#[test]
fn a_challenge_that_windows_would_choke_on_is_refused_without_being_shown() {
    assert!(check_static_challenge("A1 '()+,-./:=?z").is_ok());
    for challenge in [
        "",
        "a_b",
        "a!b",
        "caf\u{e9}",
        "a\nb",
        "a*b",
        "a@b",
        &"a".repeat(256),
    ] {
        let error = check_static_challenge(challenge).unwrap_err();
        assert!(challenge.is_empty() || !error.to_string().contains(challenge));
    }
}

#[test]
fn a_slot_is_held_until_its_challenge_dies() {
    use crate::samples::{NOW, id};
    let limits = authority().limits;
    let mut out = challenge::Challenge {
        id: id(1),
        authority_id: id(3),
        delivery_id: None,
        purpose: challenge::Purpose::Order,
        fate: challenge::Fate::Taken,
        claimed_at: NOW,
        taken_at: Some(NOW.plus_seconds(2)),
        ended_at: None,
    };
    assert_eq!(out.slot_free_at(&limits), NOW.plus_seconds(3602));
    assert!(out.holds_slot(&limits, NOW.plus_seconds(3601)));
    out.fate = challenge::Fate::Lost;
    assert_eq!(out.slot_free_at(&limits), NOW.plus_seconds(3600));
    out.fate = challenge::Fate::Used;
    out.ended_at = Some(NOW.plus_seconds(9));
    assert!(!out.holds_slot(&limits, NOW.plus_seconds(9)));
    assert_eq!(challenge::safe_until(NOW, &limits), NOW.plus_seconds(3420));
}
