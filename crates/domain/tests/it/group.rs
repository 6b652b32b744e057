use std::collections::BTreeSet;

use domain::{
    assignment::{Assignment, Scope},
    device::{Device, inventory::Inventory},
    error::Error,
    group::{Comparison, Condition, Fact, Group, GroupId, Of, Rule, check, of_device},
    person::Person,
};

use crate::samples::{NOW, device, id, jane};

fn group(of: Of, rule: &[(&str, Comparison, &str)]) -> Group {
    let condition = |(fact, is, value): &(&str, Comparison, &str)| Condition {
        fact: Fact::try_from((*fact).to_owned()).unwrap(),
        is: *is,
        value: (*value).to_owned(),
    };
    Group {
        id: id(30),
        name: "Sales".to_owned(),
        description: String::new(),
        of,
        rule: Some(Rule(rule.iter().map(condition).collect())),
        created_at: NOW,
        updated_at: NOW,
    }
}
fn by_hand(n: u8) -> Group {
    Group {
        id: id(n),
        rule: None,
        ..group(Of::Devices, &[])
    }
}
fn laptop() -> Device {
    Device {
        name: "Jane's-PC".to_owned(),
        manufacturer: Some("Contoso".to_owned()),
        model: Some("Book 3 Élite".to_owned()),
        os_version: Some("10.0.22631.3880".to_owned()),
        inventory: Inventory {
            edition: Some("48".to_owned()),
            tpm_version: Some("2.0".to_owned()),
            ..Inventory::default()
        },
        ..device()
    }
}
fn seller() -> Person {
    let mut jane = jane();
    jane.attributes.department = Some("Sales".to_owned());
    jane.attributes.custom = [("site".to_owned(), "Berne".to_owned())].into();
    jane
}
fn has(rule: &[(&str, Comparison, &str)]) -> bool {
    group(Of::Devices, rule).has(&laptop(), Some(&seller()), false)
}
fn refusals(of: Of, rule: &[(&str, Comparison, &str)]) -> Vec<String> {
    let errors: Vec<Error> = check(group(of, rule)).err().unwrap_or_default();
    errors.into_iter().map(|error| error.key).collect()
}

#[test]
fn each_comparison_says_what_its_name_says() {
    use Comparison as C;
    for (fact, is, value, holds) in [
        ("device.model", C::Equals, "BOOK 3 ÉLITE", true),
        ("device.model", C::Equals, "Book 3", false),
        ("device.model", C::StartsWith, "book", true),
        ("device.model", C::StartsWith, "3", false),
        ("device.name", C::Contains, "'s-", true),
        ("device.manufacturer", C::Contains, "ACME", false),
        ("person.department", C::Equals, "sales", true),
        ("person.custom.site", C::Equals, "Berne", true),
        ("person.custom.Site", C::Equals, "Berne", false),
        ("person.username", C::Contains, "jane", true),
        ("device.os_version", C::AtLeast, "10.0.22631", true),
        ("device.os_version", C::AtLeast, "10.0.22631.3880", true),
        ("device.os_version", C::AtLeast, "10.0.22631.3881", false),
        // As numbers: as text 9 would stand above 2.
        ("device.os_version", C::Below, "10.0.9200", false),
        ("device.os_version", C::Below, "10.0.26100", true),
        ("device.os_version", C::Below, "11", true),
        ("device.edition", C::Equals, "pro", true),
        ("device.edition", C::Equals, "Enterprise", false),
        ("device.tpm_version", C::AtLeast, "2.0", true),
        ("device.tpm_version", C::Below, "2.0", false),
    ] {
        assert_eq!(has(&[(fact, is, value)]), holds, "{fact} {is:?} {value}");
    }
}

#[test]
fn all_conditions_must_hold() {
    use Comparison as C;
    let (model, sales) = (
        ("device.model", C::StartsWith, "Book"),
        ("person.department", C::Equals, "Sales"),
    );
    assert!(has(&[model, sales]));
    assert!(!has(&[model, sales, ("person.custom.site", C::Equals, "Geneva")]));
    assert!(!has(&[]), "a rule without conditions is for nobody");
}

#[test]
fn what_is_not_known_fulfils_nothing() {
    use Comparison as C;
    let unknown = Device {
        model: None,
        os_version: Some("unknown".to_owned()),
        inventory: Inventory::default(),
        ..laptop()
    };
    for (fact, is, value) in [
        ("device.model", C::Contains, "o"),
        ("device.os_version", C::AtLeast, "0"),
        ("device.edition", C::Contains, "o"),
        ("device.tpm_version", C::Below, "99"),
        ("device.os_version", C::Below, "99"),
        ("person.department", C::Contains, "a"),
    ] {
        let rule = group(Of::Devices, &[(fact, is, value)]);
        assert!(!rule.has(&unknown, None, false), "{fact} {is:?}");
    }
}

#[test]
fn a_group_of_people_has_their_devices() {
    let sales = group(Of::People, &[("person.department", Comparison::Equals, "Sales")]);
    assert!(sales.has(&laptop(), Some(&seller()), false));
    assert!(!sales.has(&laptop(), Some(&jane()), false));
    assert!(!sales.has(&laptop(), None, false));
    assert!(!sales.has(&laptop(), None, true), "a rule is not bent by hand");
}

#[test]
fn a_device_s_groups_are_those_of_rules_and_those_by_hand() {
    let mut rule = group(Of::Devices, &[("device.model", Comparison::StartsWith, "Book")]);
    rule.id = id(31);
    let groups = [by_hand(32), by_hand(33), rule];
    let listed = BTreeSet::from([id(33), id(99)]);
    let expected: BTreeSet<GroupId> = [id(31), id(33)].into();
    assert_eq!(of_device(&groups, &listed, &laptop(), None), expected);
}

#[test]
fn exclusion_wins_over_every_way_in() {
    let inside = |scope: Scope| {
        let assignment = Assignment {
            configuration_id: id(4),
            is_enabled: true,
            scope,
            updated_at: NOW,
        };
        assignment.covers(&id(2), Some(&id(1)), &BTreeSet::from([id(31), id(32)]))
    };
    let custom = |groups: &[u8], excluded: &[u8]| Scope::Custom {
        devices: Vec::new(),
        people: Vec::new(),
        excluded_devices: Vec::new(),
        excluded_people: Vec::new(),
        groups: groups.iter().map(|n| id(*n)).collect(),
        excluded_groups: excluded.iter().map(|n| id(*n)).collect(),
    };
    assert!(inside(custom(&[31], &[])));
    assert!(!inside(custom(&[33], &[])), "another group");
    assert!(inside(custom(&[31], &[33])));
    assert!(!inside(custom(&[31], &[32])));
    let Scope::Custom {
        groups,
        excluded_groups,
        ..
    } = custom(&[31], &[32])
    else {
        panic!("it is custom");
    };
    let by_name = |groups: Vec<GroupId>, excluded_groups: Vec<GroupId>, excluded: bool| Scope::Custom {
        devices: vec![id(2)],
        people: vec![id(1)],
        excluded_devices: if excluded { vec![id(2)] } else { Vec::new() },
        excluded_people: Vec::new(),
        groups,
        excluded_groups,
    };
    assert!(
        !inside(by_name(Vec::new(), excluded_groups, false)),
        "named by itself and excluded by a group"
    );
    assert!(
        !inside(by_name(groups, Vec::new(), true)),
        "in by a group and excluded by itself"
    );
}

#[test]
fn a_stored_distribution_without_groups_reads_and_writes_as_before() {
    let stored = r#"{"to":"custom","devices":[],"people":[],"excluded_devices":[],"excluded_people":[]}"#;
    let scope: Scope = serde_json::from_str(stored).unwrap();
    assert_eq!(scope.groups().count(), 0);
    assert_eq!(serde_json::to_string(&scope).unwrap(), stored);
}

#[test]
fn every_fact_is_read_as_it_is_written() {
    let custom = Fact::Custom("a.b".to_owned());
    for fact in Fact::all().into_iter().chain([custom]) {
        assert_eq!(Fact::try_from(String::from(fact.clone())), Ok(fact));
    }
    for unknown in ["model", "device.serial", "person.custom.", "person.password", ""] {
        assert!(Fact::try_from(unknown.to_owned()).is_err(), "{unknown}");
    }
}

#[test]
fn a_rule_that_could_not_mean_anything_is_refused() {
    use Comparison as C;
    let model = ("device.model", C::Equals, "Book");
    assert!(refusals(Of::Devices, &[model]).is_empty());
    assert_eq!(refusals(Of::People, &[model]), ["error-rule-people"]);
    assert_eq!(refusals(Of::Devices, &[]), ["error-rule-length"]);
    assert_eq!(refusals(Of::Devices, &[model; 21]), ["error-rule-length"]);
    assert_eq!(
        refusals(Of::Devices, &[("device.model", C::Equals, "  ")]),
        ["error-rule-value"]
    );
    assert_eq!(
        refusals(Of::Devices, &[("device.model", C::AtLeast, "3")]),
        ["error-rule-comparison"]
    );
    for wrong in ["22H2", "10.0.1.2.3", "10..1", "+10"] {
        assert_eq!(
            refusals(Of::Devices, &[("device.os_version", C::Below, wrong)]),
            ["error-rule-version"],
            "{wrong}"
        );
    }
    let blank = Group {
        name: "  ".to_owned(),
        description: "x".repeat(1001),
        ..by_hand(30)
    };
    let errors = check(blank).err().unwrap();
    assert_eq!(
        errors.iter().map(|error| error.key.as_str()).collect::<Vec<_>>(),
        ["error-name-empty", "error-description-invalid"]
    );
}
