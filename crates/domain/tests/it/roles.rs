use domain::{
    Id, Kind, Timestamp,
    actor::Actor,
    operator::{Permission, Role},
};

use crate::samples::id;

const ALL: [Permission; 6] = [
    Permission::Read,
    Permission::Configure,
    Permission::Order,
    Permission::Devices,
    Permission::RemoveDevices,
    Permission::Operators,
];

fn allowed(role: Role) -> Vec<Permission> {
    let actor = Actor::Operator {
        id: id(1),
        name: "Ada".to_owned(),
        role,
    };
    ALL.into_iter()
        .filter(|permission| actor.require(*permission).is_ok())
        .collect()
}

#[test]
fn each_role_may_what_it_is_for() {
    use Permission as P;
    assert_eq!(allowed(Role::Owner), ALL);
    assert_eq!(
        allowed(Role::Administrator),
        [P::Read, P::Configure, P::Devices, P::RemoveDevices]
    );
    assert_eq!(allowed(Role::PkiOperator), [P::Read, P::Configure, P::Order]);
    assert_eq!(allowed(Role::HelpDesk), [P::Read, P::Devices]);
    assert_eq!(allowed(Role::Auditor), [P::Read]);
}

#[test]
fn a_device_and_an_identity_provider_may_nothing_that_an_operator_may() {
    let source = "Entra".to_owned();
    let provider = Actor::Scim { source };
    for permission in ALL {
        assert_eq!(provider.require(permission).unwrap_err().kind, Kind::Forbidden);
        assert_eq!(
            Actor::Device(id(2)).require(permission).unwrap_err().kind,
            Kind::Forbidden
        );
        assert!(Actor::System.require(permission).is_ok());
        assert!(Actor::CommandLine.require(permission).is_ok());
    }
}

#[test]
fn the_audit_names_who_acted() {
    let ada = Actor::Operator {
        id: id(1),
        name: "Ada".to_owned(),
        role: Role::Owner,
    };
    assert_eq!(ada.label(), "operator:Ada");
    assert_eq!(Actor::CommandLine.label(), "command-line");
}

#[test]
fn a_role_is_stored_by_its_name() {
    for role in [
        Role::Owner,
        Role::Administrator,
        Role::PkiOperator,
        Role::HelpDesk,
        Role::Auditor,
    ] {
        assert_eq!(Role::from_name(role.name()), Some(role));
        assert_eq!(
            serde_json::to_string(&role).unwrap(),
            format!("\"{}\"", role.name())
        );
    }
    assert_eq!(Role::from_name("root"), None);
}

#[test]
fn identifiers_sort_by_the_time_they_were_made() {
    let early: Id<()> = Id::new(Timestamp::from_seconds(1), [0xff; 10]);
    let late: Id<()> = Id::new(Timestamp::from_seconds(2), [0; 10]);
    assert!(early < late);
    assert_eq!(Id::parse(early.as_str()).unwrap(), early);
    assert_eq!(
        serde_json::from_str::<Id<()>>(&serde_json::to_string(&late).unwrap()).unwrap(),
        late
    );
}

#[test]
fn an_identifier_from_outside_is_32_lower_case_digits() {
    for text in [
        "",
        "0",
        &"g".repeat(32),
        &"A".repeat(32),
        &"0".repeat(33),
        "../../etc/passwd",
    ] {
        assert!(Id::<()>::parse(text).is_err(), "{text}");
    }
}
