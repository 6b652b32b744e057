//! Directories in the console.

use domain::operator::Role;
use sceau::actions::directories;

use super::{
    READER, READER_PASSWORD, named,
    slapd::{Slapd, group, person},
};
use crate::{
    console::browser::{Browser, location},
    world::World,
};

const BASE: &str = "/admin/infrastructure/directories";

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_is_tested_added_and_read_and_its_people_say_where_they_come_from() {
    let entries = [
        person("anna", ""),
        person("bob", ""),
        group("wifi", &["uid=anna"]),
    ];
    let slapd = Slapd::start(&entries.concat()).await;
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, Role::Administrator).await;
    assert!(browser.get(BASE).await.text.contains("No directory yet."));
    let new = format!("{BASE}/new");
    browser.get(&new).await.expect(200);
    let (address, trust) = (slapd.ldap(), slapd.authority());
    let typed = |act: &'static str, filter: &'static str| {
        [
            ("name", "Lyon"),
            ("kind", "open_ldap"),
            ("addresses", address.as_str()),
            ("trust_pem", trust.as_str()),
            ("bind_dn", READER),
            ("bind_password", READER_PASSWORD),
            ("base_dn", "dc=example,dc=com"),
            ("user_filter", filter),
            ("group_filter", "(cn=wifi)"),
            ("read_minutes", "60"),
            ("is_enabled", "yes"),
            ("map_department", "departmentNumber"),
            ("custom", "badge=employeeNumber"),
            ("do", act),
        ]
    };
    let refused = browser.post(&new, &typed("save", "uid=*")).await.expect(422).text;
    assert!(refused.contains("This is no filter"), "{refused}");
    let tested = browser.post(&new, &typed("test", "")).await.expect(200).text;
    assert!(tested.contains("begins TLS by StartTLS"), "{tested}");
    assert!(
        tested.contains("2 people are found, among them: anna, bob"),
        "{tested}"
    );
    assert!(!tested.contains(READER_PASSWORD), "never shown again");
    let place = location(&browser.post(&new, &typed("save", "")).await);
    let (page, _) = place.split_once('?').unwrap();
    assert!(browser.get(page).await.text.contains("It was not read yet."));
    let id = page.rsplit('/').next().unwrap();
    directories::read(&world.app, &domain::Id::parse(id).unwrap())
        .await
        .unwrap();
    let shown = browser.get(page).await.text;
    for words in [
        "2 people found.",
        "One group found.",
        "Nobody was refused lately.",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let tested = browser.post(&format!("{page}/test"), &[]).await.expect(200).text;
    assert!(
        tested.contains("1 groups are found, among them: wifi"),
        "{tested}"
    );
    let anna = named(&world.app, "anna").await.unwrap();
    let own = format!("/people/{}", anna.id);
    let shown = browser.get(&own).await.text;
    assert!(
        shown.contains("This person comes from the directory “Lyon”"),
        "{shown}"
    );
    assert!(!shown.contains(r#"name="password""#), "{shown}");
    let changed = [("username", "anna"), ("email", "other@example.com")];
    let refused = browser.post(&own, &changed).await.expect(422).text;
    assert!(
        refused.contains("This comes from the directory “Lyon”: change it there."),
        "{refused}"
    );
}
