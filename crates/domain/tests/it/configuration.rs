use domain::external_ca::AuthorityKind;
use domain::scep_configuration::{
    CertificateStore, ConfigurationForm, HashFamily, KeyStorage, RETRY_DELAYS, Route, Usage, ValidityUnit,
    Warning, check,
};

use crate::samples::{authority, configuration, fixture, form};

fn refused(change: impl FnOnce(&mut ConfigurationForm)) -> Vec<(String, String)> {
    let mut form = form();
    change(&mut form);
    let errors = check(&form, &authority()).unwrap_err();
    errors
        .into_iter()
        .map(|error| (error.field.unwrap(), error.key))
        .collect()
}

fn warned(change: impl FnOnce(&mut ConfigurationForm)) -> Vec<Warning> {
    let mut form = form();
    change(&mut form);
    check(&form, &authority()).unwrap().warnings
}

#[test]
fn the_defaults_are_the_products() {
    let checked = check(&form(), &authority()).unwrap();
    let settings = checked.settings;
    assert_eq!(
        (
            settings.retries,
            settings.retry_delay_seconds,
            settings.key_length
        ),
        (3, 300, 2048)
    );
    assert_eq!(settings.ekus, ["1.3.6.1.5.5.7.3.2"]);
    assert_eq!(settings.renew_at_percent, 20);
    assert_eq!(settings.hashes, [HashFamily::Sha2]);
    assert_eq!(
        (settings.store, settings.route),
        (CertificateStore::Device, Route::Proxy)
    );
    assert_eq!(settings.ca_sha1, authority().issuer_sha1);
    assert_eq!(settings.key_usage_bits(), 0xA0);
    assert!(checked.warnings.is_empty());
}

#[test]
fn a_retry_delay_that_is_no_whole_minute_is_refused_and_never_rounded() {
    for seconds in [1, 10, 59, 61, 90, 3601, -30] {
        let refused = refused(|form| form.retry_delay_seconds = seconds);
        assert_eq!(
            refused,
            [(
                "retry_delay_seconds".to_owned(),
                "error-retry_delay_seconds-minutes".to_owned()
            )]
        );
    }
    for seconds in [0, -60, 86_460] {
        let refused = refused(|form| form.retry_delay_seconds = seconds);
        assert_eq!(refused[0].1, "error-retry_delay_seconds-invalid");
    }
    for seconds in RETRY_DELAYS.into_iter().chain([7200, 86_400]) {
        let mut form = form();
        form.retry_delay_seconds = seconds.into();
        assert_eq!(
            check(&form, &authority()).unwrap().settings.retry_delay_seconds,
            seconds
        );
    }
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let refused = refused(|form| {
        form.name = " ".to_owned();
        form.subject = "jane".to_owned();
        form.retries = 31;
        form.key_length = 3072;
        form.usages.clear();
        form.ekus = vec!["client".to_owned()];
        form.hashes.clear();
        form.validity = 0;
        form.thumbprint = "xyz".to_owned();
        form.renew_at_percent = 91;
    });
    let fields: Vec<_> = refused.iter().map(|(field, _)| field.as_str()).collect();
    for field in [
        "name",
        "subject",
        "retries",
        "key_length",
        "usages",
        "ekus",
        "hashes",
        "validity",
        "thumbprint",
        "renew_at_percent",
    ] {
        assert!(fields.contains(&field), "{field} is missing from {fields:?}");
    }
    assert_eq!(fields.len(), 10);
}

#[test]
fn thirty_years_are_the_longest_validity() {
    for (validity, unit, is_taken) in [
        (30, ValidityUnit::Years, true),
        (31, ValidityUnit::Years, false),
        (365, ValidityUnit::Months, true),
        (366, ValidityUnit::Months, false),
        (10_950, ValidityUnit::Days, true),
        (i64::MAX, ValidityUnit::Days, false),
        (-1, ValidityUnit::Days, false),
    ] {
        let mut form = form();
        form.validity = validity;
        form.validity_unit = unit;
        assert_eq!(
            check(&form, &authority()).is_ok(),
            is_taken,
            "{validity} {unit:?}"
        );
    }
}

#[test]
fn a_built_in_authority_takes_no_key_of_1024_bits() {
    let mut own = authority();
    own.kind = AuthorityKind::BuiltIn;
    let mut form = form();
    form.key_length = 1024;
    let errors = check(&form, &own).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].field.as_deref(), Some("key_length"));
    assert_eq!(errors[0].key, "error-key_length-built-in");
    form.key_length = 2048;
    assert!(check(&form, &own).is_ok());
}

#[test]
fn what_is_seldom_wise_is_warned_against() {
    assert_eq!(warned(|form| form.key_length = 1024), [Warning::KeyLength1024]);
    assert_eq!(
        warned(|form| form.key_length = 4096),
        [Warning::KeyLength4096WithTpm]
    );
    assert_eq!(
        warned(|form| {
            form.key_length = 4096;
            form.key_storage = KeyStorage::Software;
        }),
        []
    );
    assert_eq!(
        warned(|form| form.hashes = vec![HashFamily::Sha2, HashFamily::Sha1]),
        [Warning::HashSha1]
    );
    assert_eq!(
        warned(|form| form.hashes = vec![HashFamily::Sha3]),
        [Warning::HashSha3Alone]
    );
    let registration = domain::thumbprint::md5(&fixture("registration.der"));
    assert_eq!(
        warned(|form| form.thumbprint = registration),
        [Warning::ThumbprintIsNotIssuer]
    );
}

#[test]
fn hash_families_and_usages_are_written_as_the_csp_wants_them() {
    let mut form = form();
    form.hashes = vec![HashFamily::Sha3, HashFamily::Sha2, HashFamily::Sha3];
    form.usages = vec![Usage::DigitalSignature];
    form.ekus = vec![" 1.3.6.1.5.5.7.3.2 ".to_owned(), "1.3.6.1.5.5.7.3.2".to_owned()];
    let settings = check(&form, &authority()).unwrap().settings;
    assert_eq!(settings.hash_algorithm(), "SHA-2+SHA-3");
    assert_eq!(settings.key_usage_bits(), 0x80);
    assert_eq!(settings.ekus.len(), 1);
    assert_eq!(KeyStorage::TpmIfPresent.key_protection(), 2);
}

#[test]
fn a_form_with_an_unknown_field_is_refused() {
    let refused = serde_json::from_str::<ConfigurationForm>(r#"{"name":"x","retry_delay":60}"#);
    assert!(refused.unwrap_err().to_string().contains("retry_delay"));
    let form: ConfigurationForm =
        serde_json::from_str(r#"{"name":"x","hashes":["SHA-2"],"usages":["key_encipherment"]}"#).unwrap();
    assert_eq!((form.retries, form.usages), (3, vec![Usage::KeyEncipherment]));
}

#[test]
fn a_configuration_fills_its_own_form_again() {
    let configuration = configuration(&form());
    let again = check(&ConfigurationForm::of(&configuration), &authority()).unwrap();
    assert_eq!(again.settings, configuration.settings);
}

#[test]
fn only_what_certificates_hold_issues_them_again() {
    let settings = configuration(&form()).settings;
    let mut new = settings.clone();
    new.retries = 9;
    new.renew_at_percent = 30;
    new.route = Route::Direct;
    assert!(!settings.reissues(&new));
    new.subject = "CN=${userUPN}".to_owned();
    assert!(settings.reissues(&new));
}
