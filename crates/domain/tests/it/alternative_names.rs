use domain::{
    diagnosis::Cause,
    scep_configuration::{San, SanKind},
    subject::alternative_names::{check, fill, read},
};

use crate::samples::{device, facts, jane};

fn row(kind: SanKind, value: &str) -> San {
    San {
        kind,
        value: value.to_owned(),
    }
}

#[test]
fn rows_become_the_csps_types() {
    let (jane, device) = (jane(), device());
    let rows = [
        row(SanKind::Email, "${userEmailAddress}"),
        row(SanKind::Dns, "${deviceName}.lab.test"),
        row(SanKind::Uri, "https://lab.test/${custom.badge}"),
        row(SanKind::Ip, "10.0.0.7"),
        row(SanKind::Upn, "${userUPN}"),
        row(SanKind::Sid, ""),
    ];
    assert!(check(&rows).is_ok());
    let filled = fill(&rows, &facts(Some(&jane), &device)).unwrap();
    assert_eq!(
        filled,
        "2+jane+vpn@lab.test;3+PC-7.lab.test;7+https://lab.test/7;8+10.0.0.7;11+jane@lab.test;\
         7+tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-1104"
    );
    assert_eq!(read(&filled)[0], (2, "jane+vpn@lab.test".to_owned()));
    assert_eq!(read(&filled).len(), 6);
}

#[test]
fn a_strong_mapping_comes_from_the_servers_own_record_alone() {
    let device = device();
    let cause = fill(&[row(SanKind::Sid, "")], &facts(None, &device)).unwrap_err();
    assert_eq!(
        cause,
        Cause::VariableMissing {
            variable: "userSID".to_owned()
        }
    );
    let cause = fill(&[row(SanKind::Sid, "${deviceSID}")], &facts(None, &device)).unwrap_err();
    assert_eq!(
        cause,
        Cause::VariableMissing {
            variable: "deviceSID".to_owned()
        }
    );
}

#[test]
fn wrong_rows_are_refused_by_number_when_they_are_saved() {
    let rows = [
        row(SanKind::Email, "jane"),
        row(SanKind::Dns, "-x.test"),
        row(SanKind::Uri, "no scheme"),
        row(SanKind::Ip, "10.0.0.256"),
        row(SanKind::Upn, "jane@"),
        row(SanKind::Sid, "S-1-x"),
        row(SanKind::Dns, "a.test;3+b.test"),
        row(SanKind::Email, "${userMail};"),
        row(SanKind::Email, "${userEmailAddress};11+root@lab.test"),
    ];
    let errors = check(&rows).unwrap_err();
    assert_eq!(errors.len(), rows.len());
    for (position, error) in errors.iter().enumerate() {
        assert_eq!(error.field.as_deref(), Some("sans"));
        let row = error.values.iter().find(|(name, _)| name == "row").unwrap();
        assert_eq!(row.1, (position + 1).to_string());
    }
}

#[test]
fn a_value_can_never_add_a_name() {
    let (mut jane, device) = (jane(), device());
    jane.attributes.email = Some("jane@lab.test;11+root@lab.test".to_owned());
    let cause = fill(
        &[row(SanKind::Email, "${userEmailAddress}")],
        &facts(Some(&jane), &device),
    )
    .unwrap_err();
    assert!(matches!(
        cause,
        Cause::SanInvalid {
            kind: SanKind::Email,
            ..
        }
    ));
}

#[test]
fn a_value_that_is_wrong_only_on_one_device_fails_that_device() {
    let (jane, mut device) = (jane(), device());
    device.name = "PC 7".to_owned();
    let cause = fill(
        &[row(SanKind::Dns, "${deviceName}")],
        &facts(Some(&jane), &device),
    )
    .unwrap_err();
    assert!(matches!(
        cause,
        Cause::SanInvalid {
            kind: SanKind::Dns,
            ..
        }
    ));
}

#[test]
fn no_rows_are_an_empty_text() {
    let device = device();
    assert_eq!(fill(&[], &facts(None, &device)).unwrap(), "");
}
