use domain::{
    diagnosis::Cause,
    subject::{Subject, Template, check_literal, variables, x500},
};

use crate::samples::{device, facts, jane};

fn filled(subject: &str) -> Result<String, Cause> {
    let (jane, device) = (jane(), device());
    Subject::parse(subject)
        .unwrap()
        .fill(&facts(Some(&jane), &device))
}

fn suggestion(error: &domain::Error) -> Option<&str> {
    error
        .values
        .iter()
        .find(|(name, _)| name == "suggestion")
        .map(|(_, value)| value.as_str())
}

#[test]
fn an_address_with_a_plus_does_not_break_the_subject() {
    assert_eq!(
        filled("CN=${userEmailAddress}").unwrap(),
        r#"CN="jane+vpn@lab.test""#
    );
}

#[test]
fn a_value_of_several_variables_is_quoted_as_a_whole() {
    let (mut jane, device) = (jane(), device());
    jane.attributes.last_name = Some("O\"Hara, ".to_owned());
    let subject = Subject::parse("CN=${userFirstName} ${userLastName},OU=Ventes").unwrap();
    let filled = subject.fill(&facts(Some(&jane), &device)).unwrap();
    assert_eq!(filled, r#"CN="Jane O""Hara, ",OU=Ventes"#);
}

#[test]
fn a_value_can_never_add_an_attribute() {
    let (mut jane, device) = (jane(), device());
    jane.attributes.first_name = Some(r#"x",CN=Administrator,O="#.to_owned());
    let subject = Subject::parse(r#"CN="${userFirstName}",O=Lab"#).unwrap();
    let filled = subject.fill(&facts(Some(&jane), &device)).unwrap();
    let name = x500::parse(&filled).unwrap();
    assert_eq!(name.0.len(), 2);
    assert_eq!(
        name.0[0],
        [("CN".to_owned(), r#"x",CN=Administrator,O="#.to_owned())]
    );
}

#[test]
fn a_plain_value_stays_without_quotes() {
    assert_eq!(filled("CN=${userLastName},O=Lab 1").unwrap(), "CN=Doe,O=Lab 1");
}

#[test]
fn quotes_written_by_a_person_are_understood() {
    assert_eq!(
        filled(r#"CN="${userLastName}, ${userFirstName}""#).unwrap(),
        r#"CN="Doe, Jane""#
    );
}

#[test]
fn several_attributes_of_one_rdn_stay_together() {
    assert_eq!(
        filled("CN=${userLastName}+SERIALNUMBER=${custom.badge}").unwrap(),
        "CN=Doe+SERIALNUMBER=7"
    );
}

#[test]
fn the_help_pages_misprint_is_refused_with_the_right_spelling() {
    for misprint in [
        r"CN=$\{userEmailAddress\}",
        r"CN=$\{userEmailAddress}",
        r"CN=$\\{userEmailAddress}",
    ] {
        let error = Subject::parse(misprint).unwrap_err();
        assert_eq!(error.key, "error-variable-backslash", "{misprint}");
        assert_eq!(suggestion(&error), Some("CN=${userEmailAddress}"), "{misprint}");
        assert_eq!(error.field.as_deref(), Some("subject"));
    }
}

#[test]
fn an_unknown_variable_is_named_with_the_nearest() {
    let error = Subject::parse("CN=${userEmailAdress}").unwrap_err();
    assert!(error.detail.contains("userEmailAdress"));
    assert_eq!(suggestion(&error), Some("${userEmailAddress}"));
    let error = Subject::parse("CN=${USERUPN}").unwrap_err();
    assert_eq!(suggestion(&error), Some("${userUPN}"));
    let error = Subject::parse("CN=${x}").unwrap_err();
    assert_eq!(
        (error.key.as_str(), suggestion(&error)),
        ("error-variable-unknown", None)
    );
}

#[test]
fn a_variable_without_its_brace_is_refused() {
    assert_eq!(
        Subject::parse("CN=${userUPN").unwrap_err().key,
        "error-variable-unclosed"
    );
}

#[test]
fn a_missing_value_is_named_and_never_empty() {
    assert_eq!(
        filled("CN=${userDepartment}").unwrap_err(),
        Cause::VariableMissing {
            variable: "userDepartment".to_owned()
        }
    );
    assert_eq!(
        filled("CN=${custom.room}").unwrap_err(),
        Cause::VariableMissing {
            variable: "custom.room".to_owned()
        }
    );
    let (mut jane, device) = (jane(), device());
    jane.attributes.upn = Some("  ".to_owned());
    let subject = Subject::parse("CN=${userUPN}").unwrap();
    assert!(matches!(
        subject.fill(&facts(Some(&jane), &device)),
        Err(Cause::VariableMissing { .. })
    ));
}

#[test]
fn a_device_without_a_person_fails_by_the_variables_name() {
    let device = device();
    let subject = Subject::parse("CN=${userUPN}").unwrap();
    assert_eq!(
        subject.fill(&facts(None, &device)).unwrap_err(),
        Cause::VariableMissing {
            variable: "userUPN".to_owned()
        }
    );
    let subject = Subject::parse("CN=${deviceName}").unwrap();
    assert_eq!(subject.fill(&facts(None, &device)).unwrap(), "CN=PC-7");
}

#[test]
fn every_variable_is_read_and_filled_or_named_as_missing() {
    let (jane, device) = (jane(), device());
    for name in variables::LIST {
        let template = Template::parse(&format!("${{{name}}}")).unwrap();
        match template.fill(&facts(Some(&jane), &device)) {
            Ok(value) => assert!(!value.is_empty() && !value.contains("${"), "{name}"),
            Err(cause) => assert_eq!(
                cause,
                Cause::VariableMissing {
                    variable: (*name).to_owned()
                }
            ),
        }
    }
    let fill = |text| {
        Template::parse(text)
            .unwrap()
            .fill(&facts(Some(&jane), &device))
            .unwrap()
    };
    assert_eq!(
        fill("${userEmailAddressLocalPart}|${userEmailAddressDomain}"),
        "jane+vpn|lab.test"
    );
    assert_eq!(fill("${timestampMS}"), "1800000000000");
    assert_eq!(fill("${deviceGUID}").len(), 36);
}

#[test]
fn a_whole_name_of_the_directory_may_stand_as_the_subject() {
    assert_eq!(
        filled("${userDN}").unwrap(),
        r#"CN="Doe, Jane",OU=Ventes,DC=lab,DC=test"#
    );
    assert_eq!(
        filled("${userDN},O=Lab").unwrap(),
        r#"CN="Doe, Jane",OU=Ventes,DC=lab,DC=test,O=Lab"#
    );
    assert_eq!(
        Subject::parse("${userUPN}").unwrap_err().key,
        "error-subject-no-attribute",
        "no other variable is a name"
    );
}

#[test]
fn a_directory_name_escaped_octet_by_octet_is_read() {
    let (mut jane, device) = (jane(), device());
    jane.attributes.dn = Some(r"CN=Zo\C3\AB\+,O=Lab\ ".to_owned());
    let subject = Subject::parse("${userDN}").unwrap();
    assert_eq!(
        subject.fill(&facts(Some(&jane), &device)).unwrap(),
        r#"CN="Zoë+",O="Lab ""#
    );
    for broken in ["CN=x\\", "x", "CN=", "CN=\\ff"] {
        jane.attributes.dn = Some(broken.to_owned());
        assert!(matches!(
            subject.fill(&facts(Some(&jane), &device)),
            Err(Cause::SubjectInvalid { .. })
        ));
    }
}

#[test]
fn what_windows_cannot_parse_is_refused_when_it_is_saved() {
    for (subject, key) in [
        ("", "error-subject-empty"),
        ("jane", "error-subject-no-attribute"),
        ("CN=jane,", "error-subject-no-attribute"),
        (r"CN=Doe\, Jane", "error-subject-no-attribute"),
        ("CN=", "error-subject-value-empty"),
        ("CN=\"\"", "error-subject-value-empty"),
        ("CN=\"jane", "error-subject-quote-open"),
        ("CN=ja\"ne\"", "error-subject-quotes"),
        ("CN=a=b", "error-subject-quotes"),
        ("CN=\"a\"b\"c\"", "error-subject-quotes"),
        ("EMAILADDRESS=a@b.c", "error-subject-attribute-unknown"),
        ("1.02.3=x", "error-subject-attribute-unknown"),
        ("C=France", "error-subject-too-long"),
        ("C=F1", "error-subject-value-characters"),
        ("E=zoë@lab.test", "error-subject-value-characters"),
        ("CN=a\tb", "error-template-characters"),
        ("CN=a\u{e000}b", "error-template-characters"),
    ] {
        assert_eq!(Subject::parse(subject).unwrap_err().key, key, "{subject:?}");
    }
}

#[test]
fn names_known_from_elsewhere_are_offered_in_windows_own_spelling() {
    let error = Subject::parse("EMAILADDRESS=${userEmailAddress}").unwrap_err();
    assert_eq!(suggestion(&error), Some("E"));
    let error = Subject::parse("CN=a=b").unwrap_err();
    assert_eq!(suggestion(&error), Some(r#"CN="a=b""#));
}

#[test]
fn a_common_name_over_64_characters_fails_the_device_in_words() {
    let (mut jane, device) = (jane(), device());
    let subject = Subject::parse("CN=${userLastName},OU=x").unwrap();
    jane.attributes.last_name = Some("é".repeat(64));
    assert!(subject.fill(&facts(Some(&jane), &device)).is_ok());
    jane.attributes.last_name = Some("é".repeat(65));
    match subject.fill(&facts(Some(&jane), &device)) {
        Err(Cause::SubjectInvalid { detail }) => assert!(detail.contains("64") && detail.contains("65")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_control_character_in_a_value_is_refused() {
    let (mut jane, device) = (jane(), device());
    jane.attributes.last_name = Some("a\u{0}b".to_owned());
    let subject = Subject::parse("CN=${userLastName}").unwrap();
    assert!(matches!(
        subject.fill(&facts(Some(&jane), &device)),
        Err(Cause::SubjectInvalid { .. })
    ));
}

#[test]
fn oids_and_lower_case_names_are_taken() {
    assert_eq!(
        check_literal("cn=a; oid.2.5.4.10=b,0.9.2342.19200300.100.1.1=c").unwrap(),
        { "CN=a,O=b,0.9.2342.19200300.100.1.1=c" }
    );
}

#[test]
fn subjects_are_compared_by_meaning_and_in_order() {
    let name = |text| x500::parse(text).unwrap();
    assert!(x500::same(
        &name("E=a@b.c,S=x"),
        &name("email=\"a@b.c\"; 2.5.4.8=x")
    ));
    assert!(!x500::same(&name("CN=a,O=b"), &name("O=b,CN=a")));
    assert!(!x500::same(&name("CN=a"), &name("CN=A")));
    assert!(x500::same(&name("CN=a+OU=b"), &name("OU=b+CN=a")));
}
